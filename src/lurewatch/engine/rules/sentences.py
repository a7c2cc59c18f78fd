"""Where sentences end, for the exceptions of a rule."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from lurewatch.engine.rules.evidence import Spans

_ENDS = ".!?\n।。！？"
_CLOSING = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"'}
_MARK = re.compile(f"[{''.join(_CLOSING)}]")
_LONGEST_QUOTE = 1000
"""Marks further apart enclose no quotation."""
_MOST_MARKS = 200
"""So many marks of a text are looked at."""


class Sentences:
    """Where sentences end, found once a message. None ends within quotation marks: what is quoted is part of it."""

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        length = len(text)
        for mark in _ENDS:
            found = text.find(mark)
            while found >= 0:
                # a full stop inside a number, a name or a link ends nothing
                if mark not in ".!?" or found + 1 == length or not text[found + 1].isalnum():
                    self._ends.append(found)
                found = text.find(mark, found + 1)
        self._ends.sort()
        for opened, closed in _quotations(text) if self._ends else ():
            low, high = bisect_left(self._ends, opened), bisect_left(self._ends, closed)
            del self._ends[low:high]

    def shared(self, span: tuple[int, int], others: Spans, *, inside: bool = False) -> bool:
        """Whether one of the others lies in a sentence the span touches; a part of the span counts if ``inside``."""
        ends = self._ends
        before = bisect_left(ends, span[0])
        after = bisect_left(ends, span[1] - 1)
        low = ends[before - 1] if before else -1
        high = ends[after] if after < len(ends) else 1 << 60
        first = max(bisect_left(others, (low, 0)) - 1, 0)
        for start, end in others[first:]:
            if start > high:
                return False
            if end > low + 1 and (inside or not (span[0] <= start and end <= span[1])):
                return True
        return False


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """The places of the opening and the closing mark of each quotation, in order; none lies in another."""
    closed = -1
    for mark in islice(_MARK.finditer(text), _MOST_MARKS):
        opened = mark.start()
        if opened > closed:
            rest = text[opened + 1 : opened + _LONGEST_QUOTE]
            ends = [end for closing in _CLOSING[mark[0]] if (end := rest.find(closing)) >= 0]
            if ends:
                closed = opened + 1 + min(ends)
                yield opened, closed
