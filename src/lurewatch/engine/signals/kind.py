"""What a kind of signal is: candidates for the automaton, and a reader that turns candidates into signals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lurewatch.engine.model import Reading, Signal, View
from lurewatch.engine.packs.tables import Tables

MOST = 50
"""At most so many signals of a kind are read from one view."""
FOLDED: frozenset[Reading] = frozenset({"folded", "spoken"})
EVERY: frozenset[Reading] = frozenset({"folded", "plain", "spoken"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where the candidates of one kind lie in one view: ``spans`` are offsets of the view, sorted by their start.

    ``regions`` are the ISO country codes in whose national formats numbers may be written, most likely first.
    """

    original: str
    view: View
    spans: Sequence[tuple[int, int]]
    tables: Tables
    regions: tuple[str, ...]

    def as_sent(self, start: int, end: int) -> str:
        """What the sender wrote for ``view.text[start:end]`` (not empty), in the original's letters and case."""
        first, last = self.view.span(start, end)
        return self.original[first:last]

    def signal(
        self,
        kind: str,
        value: str,
        start: int,
        end: int,
        *,
        valid: bool | None = None,
        traits: Iterable[str] = (),
    ) -> Signal:
        """The signal read from ``view.text[start:end]``, placed in the original."""
        first, last = self.view.span(start, end)
        return Signal(kind, value, first, last, valid, frozenset(traits))


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of reading signals from text.

    ``yields`` names the kinds of signals it makes. ``patterns`` are linear-time candidates over lower-case ASCII text
    in which every other character is one ``?``; each has a fixed end, so that a long text cannot make it fire at every
    character. ``read`` looks at the candidates and decides; it bounds its own work.
    """

    name: str
    yields: tuple[str, ...]
    readings: frozenset[Reading]
    patterns: Callable[[Tables], tuple[str, ...]]
    read: Callable[[Sighting], Iterable[Signal]]
