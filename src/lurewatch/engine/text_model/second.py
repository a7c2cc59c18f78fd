"""A second reading of a wording that the text model leaves open: by something slower that knows more than n-grams.

None is shipped with the engine. One is asked only of what the text model calls neither lure nor honest, so that its
cost falls on a few messages; what it says fades in from the edge of that band, so that no small change makes a jump.
"""

from __future__ import annotations

from typing import Protocol

OPEN = 2.0
"""Log-odds of the text model nearer to even than this leave a text open."""


class SecondReading(Protocol):
    """Immutable, thread-safe and picklable. The same text and first odds always get the same answer."""

    @property
    def version(self) -> str:
        """Names everything that decides the answers; it goes into the versions of a verdict."""

    def odds(self, text: str, first: float) -> float:
        """The log-odds of a lure when both readings are weighed together; finite.

        ``text`` is a ``wording`` of at most LONGEST characters, ``first`` what the text model made of it.
        """


def together(first: float, text: str, second: SecondReading) -> float:
    """The log-odds after both readings: those of the first at the edge of the band and beyond, unasked."""
    if abs(first) >= OPEN:
        return first
    return first + (1.0 - abs(first) / OPEN) * (second.odds(text, first) - first)
