"""Where sentences and clauses end, for the exceptions of a rule."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from lurewatch.engine.rules.evidence import Spans

_ENDS = ".!?\n।。！？"
_CLOSING = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"'}
_MARK = re.compile(f"[{''.join(_CLOSING)}]")
# no colon: what follows one is what was said; and no comma inside a number
_PAUSE = re.compile(r"[;—–…()，；،]|,(?!\d)|(?<=\s)-(?=\s)")
_LONGEST_QUOTE = 1000
"""Marks further apart enclose no quotation."""
_MOST_MARKS = 200
"""So many marks of a text are looked at."""
_FAR = 1 << 60


class Sentences:
    """Where sentences end, found once a message. None ends within quotation marks: what is quoted is part of it."""

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        self._text = text
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
        low, _ = _between(self._ends, span[0])
        _, high = _between(self._ends, span[1] - 1)
        first = max(bisect_left(others, (low, 0)) - 1, 0)
        for start, end in others[first:]:
            if start > high:
                return False
            if end > low + 1 and (inside or not _holds(span, (start, end))):
                return True
        return False

    def clauses(self, openers: Spans) -> Clauses:
        """The clauses of the sentences; each of ``openers`` begins one."""
        return Clauses(self._text, self._ends, openers)


class Clauses:
    """Where clauses end: with the sentence, at a pause, before an opener, and where a quotation ends."""

    def __init__(self, text: str, sentence_ends: Sequence[int], openers: Spans) -> None:
        self._quotations = list(_quotations(text))
        pauses = (match.start() for match in _PAUSE.finditer(text))
        turns = (start - 1 for start, _ in openers if start)
        self._ends = sorted({*sentence_ends, *pauses, *turns, *(closed for _, closed in self._quotations)})

    def addressed(self, span: tuple[int, int], address: Spans) -> bool:
        """Whether the span is the sender's own word to the reader: one of ``address`` beside it, and not quoted."""
        place = bisect_left(self._quotations, (span[0] + 1, 0)) - 1
        if place >= 0 and span[0] < self._quotations[place][1]:
            return False
        return self.shared(span, address, inside=True)

    def shared(self, span: tuple[int, int], others: Spans, *, inside: bool) -> bool:
        """Whether one of the others begins in the clause that the span ends in; phrases may run on over a pause."""
        low, high = _between(self._ends, span[1] - 1)
        place = bisect_left(others, (low + 1, 0))
        return any(inside or not _holds(span, other) for other in takewhile(lambda one: one[0] <= high, others[place:]))


def _between(ends: Sequence[int], place: int) -> tuple[int, int]:
    """The ends before and after a place."""
    after = bisect_left(ends, place)
    return ends[after - 1] if after else -1, ends[after] if after < len(ends) else _FAR


def _holds(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span[0] <= other[0] and other[1] <= span[1]


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
