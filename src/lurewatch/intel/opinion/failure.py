"""Why there is no opinion."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "unreachable", "timeout", "unauthorised", "not_found", "busy", "failing", "rejected",
    "not_json", "oversized", "truncated", "refusal", "invalid", "unfounded",
]  # fmt: skip
OUTAGES: frozenset[Kind] = frozenset({"unreachable", "timeout", "unauthorised", "not_found", "busy", "failing"})
"""What lies with the endpoint, whatever the message: these open the circuit."""


class Failure(Exception):  # noqa: N818 - an outcome, caught where the outcome is made
    """There is no opinion. The text is in our own words: nothing of the endpoint's, which may hold anything."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
