"""What is kept of a text: all of it but secrets, all but personal values, or nothing.

Of a value that is not kept every character is masked, one for one, so that spans of the message as sent are spans of
the text that is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import re2

from lurewatch.casework import secret_values
from lurewatch.casework.keep import Keep
from lurewatch.engine.model import Indicator
from lurewatch.engine.personal import PLACEHOLDERS, host_end, query_start

PERSONAL = frozenset(PLACEHOLDERS)
SECRETS = frozenset({"card", "cvv", "code", "pin", "password"})
_NO_CODE = frozenset({"money", "date", "phone", "email", "url", "domain", "iban", "bank_account", "upi", "wallet"})
"""What surely is no code or PIN, even beside a word for one."""
_NETS = (
    # What the engine took for nothing, or stopped counting. Must match "bob@home", not "meet @ six".
    ("email", re2.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,8}")),
    # Must match "0172 / 83 92 01" and "5550134", not "482,913".
    ("number", re2.compile(r"\d(?:[ .\-/()]{0,2}\d){6,}")),
)
_NAMELESS = frozenset({"money", "date", "domain", "url"})
"""What a net may not take: it names nobody, and of links only parts do."""
_SHORT = 40
"""A longer message speaks for itself."""
MASK = "\u2588"
"""What stands in the place of a character that is not kept: a full block, which nobody types."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What is not kept of a text: the value in ``[start, end)``."""

    kind: str
    start: int
    end: int


class Covers:
    """All covers of one text; they do not overlap."""

    def __init__(self, found: Iterable[Cover]) -> None:
        self._covers = _apart(found)
        self._ends = [cover.end for cover in self._covers]

    def __iter__(self) -> Iterator[Cover]:
        return iter(self._covers)

    def __bool__(self) -> bool:
        return bool(self._covers)

    def kept(self, piece: str, start: int = 0) -> str:
        """What is kept of ``piece``, which begins at offset ``start`` of the text; as long as it was."""
        parts: list[str] = []
        at = 0
        for cover in self._covers[bisect_right(self._ends, start) :]:
            first, last = max(0, cover.start - start), min(len(piece), cover.end - start)
            if first >= last:
                break
            parts += (piece[at:first], masked(piece[first:last]))
            at = last
        return "".join((*parts, piece[at:])) if parts else piece

    def over(self, start: int, end: int) -> Cover | None:
        """The first cover with a character of the span."""
        at = bisect_right(self._ends, start)
        return self._covers[at] if at < len(self._covers) and self._covers[at].start < end else None


def masked(value: str) -> str:
    """A value of which nothing is kept but its length and where it has spaces."""
    return "".join(char if char.isspace() else MASK for char in value)


def covers(text: str, indicators: Iterable[Indicator], keep: Keep, before: str = "") -> Covers:
    """What of a message is not kept as text, by what the engine saw in it and by the patterns of secrets.

    ``before`` is the end of the message before: a short answer to "What is the code?" is one.
    """
    seen = tuple(indicators)
    taken = [(one.start, one.end) for one in seen if one.type in _NO_CODE]
    found = [Cover(one.kind, one.start, one.end) for one in secret_values.find(text, taken)]
    if before and len(text) <= _SHORT:
        lead = before.rstrip(" \n.!?") + " "
        apart = [(start + len(lead), end + len(lead)) for start, end in taken]
        found += (
            Cover(one.kind, one.start - len(lead), one.end - len(lead))
            for one in secret_values.find(lead + text, apart)
            if one.start >= len(lead) and one.kind != "card"
        )
    found += (Cover("card", one.start, one.end) for one in seen if one.type == "card")
    if keep != "full":
        found += (cover for one in seen for cover in _personal(text, one))
        nameless = Covers(Cover(one.type, one.start, one.end) for one in seen if one.type in _NAMELESS)
        found += (
            Cover(kind, *match.span())
            for kind, net in _NETS
            for match in net.finditer(text)
            if nameless.over(*match.span()) is None
        )
    return Covers(found)


def _personal(text: str, one: Indicator) -> Iterator[Cover]:
    if one.type == "url":
        host = host_end(text, one.start, one.end)
        user = text.rfind("@", one.start, host)
        if user >= 0:
            scheme = text.find("://", one.start, user)
            yield Cover("user", scheme + 3 if scheme >= 0 else one.start, user)
        query = query_start(text, one.start, one.end)
        if query < one.end:
            yield Cover("query", query, one.end)
    elif one.type == "handle" and "profile_link" in one.traits:  # the host of t.me/name names nobody
        start = host_end(text, one.start, one.end)
        yield Cover(one.type, start + 1 if start + 1 < one.end else one.start, one.end)
    elif one.type in PERSONAL:
        yield Cover(one.type, one.start, one.end)


def _apart(found: Iterable[Cover]) -> tuple[Cover, ...]:
    """The covers in order, those that overlap made one under the name of the longest."""
    joined: list[Cover] = []
    longest = 0
    for cover in sorted(found, key=lambda cover: (cover.start, -cover.end)):
        size = cover.end - cover.start
        if joined and cover.start < joined[-1].end:
            last = joined[-1]
            kind = cover.kind if size > longest else last.kind
            joined[-1] = Cover(kind, last.start, max(last.end, cover.end))
            longest = max(longest, size)
        elif size:
            joined.append(cover)
            longest = size
    return tuple(joined)
