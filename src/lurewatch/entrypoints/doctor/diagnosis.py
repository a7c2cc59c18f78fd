"""What one check found."""

from __future__ import annotations

import email.utils
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from lurewatch.entrypoints.settings import Settings

State = Literal["ok", "warn", "fail"]
"""As it should be; works, and somebody should look at it; does not work."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one check found: how it is, what was seen, and what to do where it is not as it should be.

    Nothing in it is secret.
    """

    check: str
    state: State
    seen: str
    remedy: str = ""

    @property
    def well(self) -> bool:
        """Whether it works."""
        return self.state != "fail"


@dataclass(frozen=True, slots=True)
class Clock:
    """Whose clock was read, by how many seconds it is ahead of ours, and how far off that may be."""

    of: str
    ahead: float
    uncertain: float

    @classmethod
    def of_date(cls, host: str, date: str, before: float, after: float) -> Clock | None:
        """The clock behind a header ``Date``, which says whole seconds, of some moment while we waited."""
        try:
            theirs = email.utils.parsedate_to_datetime(date).timestamp()
        except ValueError:
            return None
        return cls(host, theirs + 0.5 - (before + after) / 2, 0.5 + (after - before) / 2)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in one place: its diagnoses, in the order in which one would read them, and its clock."""

    diagnoses: tuple[Diagnosis, ...] = ()
    clock: Clock | None = None


Check = Callable[[Settings], Awaitable[Findings]]
"""Looks at one place. It needs no other check and ends by itself."""
