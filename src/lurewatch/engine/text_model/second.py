"""A second reading of a wording that the text model does not call honest: by something slower, not of n-grams.

None is shipped with the engine. One is asked only from here on, so that its cost falls on a few of the messages of
honest people, and also of what the text model calls a lure: there its false alarms are. What the second one says fades
in over the first step, so that no small change makes a jump.
"""

from __future__ import annotations

from typing import Protocol

HONEST = -1.0
"""Log-odds of the text model up to which a text counts as honest and is not read again."""
_STEP = 1.0


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
    """The log-odds after both readings: those of the first, unasked, where it says honest."""
    if first <= HONEST:
        return first
    return first + min(1.0, (first - HONEST) / _STEP) * (second.odds(text, first) - first)
