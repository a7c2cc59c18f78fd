"""Every error a caller may want to catch.

    LurewatchError
    ├── InputError     what came in cannot be analysed: malformed, or over a limit
    ├── ConflictError  the same idempotency key came with something else
    ├── DeliveryError  an event or an act did not reach whom it is for
    ├── PackError      a rule pack was refused; lists every problem with file and line
    ├── ReplayError    a stored verdict cannot be made once more: something it was made of is gone
    ├── SettingsError  a setting is missing, unknown or out of range
    ├── SignatureError it cannot be shown that a webhook comes from whom it says
    └── StoreError     the store cannot be reached or used; what was asked was not recorded

Each message says what was wrong, where, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LurewatchError(Exception):
    """The root: catch it to catch everything Lurewatch raises on purpose."""


class InputError(LurewatchError):
    """What came in cannot be analysed.

    ``pointer`` is an RFC 6901 JSON pointer to the offending value, ``""`` for the whole input.
    ``limit`` is true when the value is well-formed but larger than the configured bound.
    """

    def __init__(self, message: str, *, pointer: str = "", limit: bool = False) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a pack: the file, the line (1-based, 0 if unknown), what is wrong, what to do."""

    file: str
    line: int
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" + (f" {self.remedy}" if self.remedy else "")


class PackError(LurewatchError):
    """A rule pack was refused. ``problems`` holds all of them, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ReplayError(LurewatchError):
    """A stored verdict cannot be made once more: something that it was made of is not kept."""


class SettingsError(LurewatchError):
    """A setting is missing, unknown or out of range."""


class SignatureError(LurewatchError):
    """A webhook carries no signature or token, or not the one that its body and our secret call for."""


class ConflictError(LurewatchError):
    """The same idempotency key came before with something else."""


class DeliveryError(LurewatchError):
    """An event or an act did not reach whom it is for; unless ``permanent``, the same is tried again later.

    ``permanent``: it would be refused every time. ``unreachable``: whom it is for is away, so that nothing else would
    reach them either. ``retry_after``: seconds they want to be left alone. ``certain``: it is known that nothing came
    of the attempt. ``gone``: whom it is for has left for good, which is permanent too. The message is stored and shown:
    it holds no secret and nothing of what was written.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unreachable: bool = False,
        retry_after: float = 0.0,
        certain: bool = False,
        gone: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or gone
        self.gone = gone
        self.unreachable = unreachable
        self.retry_after = retry_after
        self.certain = certain


class StoreError(LurewatchError):
    """The store cannot be reached or used. Nothing of what was asked was recorded; the same may be tried again.

    ``unreachable`` is true where the store itself is away, so that nothing else would be recorded either; ``lasting``
    where it does not come back by itself: what is there is damaged, no database, or one of a newer Lurewatch.
    ``yielded`` is true where two transactions waited for each other and this one was ended for the other.
    """

    def __init__(
        self, message: str, *, unreachable: bool = False, lasting: bool = False, yielded: bool = False
    ) -> None:
        super().__init__(message)
        self.unreachable = unreachable
        self.lasting = lasting
        self.yielded = yielded
