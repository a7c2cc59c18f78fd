"""What may be in a message, read closely only where a rule asks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from lurewatch.engine.matching import Scan

Key = int | str
Spans = Sequence[tuple[int, int]]
NO_SPANS: Spans = ()


class Evidence:
    """What may be in a message, by pattern number and by signal (``url``) and trait (``url.shortener``).

    ``keys`` are what may be there; ``get`` reads the spans (of the original, in order), and only then looks closely.
    """

    __slots__ = ("_scans", "_spans", "keys")

    def __init__(self, scans: Sequence[Scan], signals: Mapping[str, Spans]) -> None:
        self._scans = scans
        self._spans: dict[Key, Spans] = {}
        self._spans.update(signals)
        self.keys: set[Key] = set(signals)
        for scan in scans:
            self.keys.update(scan.fired)

    def get(self, key: Key) -> Spans:
        """The spans under a key, over all readings of the message."""
        known = self._spans.get(key)
        if known is None:
            if key not in self.keys:
                return NO_SPANS
            known = self._spans[key] = self._read(key) if isinstance(key, int) else NO_SPANS
        return known

    def _read(self, number: int) -> Spans:
        found: Spans = NO_SPANS
        for scan in self._scans:
            if number in scan.fired:
                view = scan.view
                spans: Spans = scan.spans(number)
                if view.origin is not None:
                    spans = [view.span(start, end) for start, end in spans]
                found = _merged(found, spans) if found else spans
        return found


def _merged(known: Spans, more: Spans) -> Spans:
    """Both, less those of ``more`` that overlap a known one: another reading of the same words."""
    fresh = []
    for span in more:
        place = bisect_left(known, (span[1], 0))  # the known spans are disjoint: only the one before may reach into it
        if not place or known[place - 1][1] <= span[0]:
            fresh.append(span)
    return sorted([*known, *fresh]) if fresh else known


def disjoint(spans: Spans) -> list[tuple[int, int]]:
    """The spans in order, with those that overlap an earlier one left out."""
    return _apart(spans if len(spans) == 1 else sorted(set(spans)))


def longest(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same, but of spans that begin together the longest."""
    return _apart(sorted(spans, key=lambda span: (span[0], -span[1])))


def _apart(ordered: Spans) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    last = -1
    for span in ordered:
        if span[0] >= last:
            found.append(span)
            last = span[1]
    return found
