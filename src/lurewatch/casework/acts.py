"""What is done outside about a decision: an act for each who is told, handed on by the outbox, proved by a receipt.

In ``enforce`` the acts are written with the decision; in ``monitor`` it is only noted which they would have been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from lurewatch.casework.delivery import Deliver, Delivery
from lurewatch.engine.model import Decision

MOST_FLAGGED = 200
"""Characters of a flagged text that are kept and shown (spec: contact monitor)."""
MOST_MATCHED = 5
"""So many matched texts are shown to administrators (spec: contact monitor)."""


@dataclass(frozen=True, slots=True)
class Act:
    """A decision as those outside are told of it; what they make of it is theirs.

    ``text`` is what the people in the conversation are to read, "" where they are not told. ``matched`` are up to
    MOST_MATCHED matched texts: foreign text, to be escaped. ``created_at`` is in seconds since the epoch.
    """

    alert: str
    tenant: str
    channel: str
    conversation_id: str
    message_id: str
    verdict: str
    policy: str
    action: str
    type: str
    text: str
    sender: str
    sender_type: str
    client_email: str
    advisor_email: str
    count: int
    score: float
    scam_probability: float
    risk_level: str
    scam_type: str
    patterns: tuple[str, ...]
    keywords: tuple[str, ...]
    matched: tuple[str, ...]
    created_at: float

    @classmethod
    def of(cls, delivery: Delivery) -> Act:
        """The act of a row of the outbox."""
        return msgspec.json.decode(delivery.payload, type=cls)


@dataclass(frozen=True, slots=True)
class Destination:
    """Somebody who is told: of which tenant and channels (none: all), and which acts answer which decisions.

    ``answers`` maps the kind of an act, as it is called in the outbox, to the actions of decisions that it answers.
    """

    name: str
    tenant: str
    answers: Mapping[str, frozenset[str]]
    channels: frozenset[str] = field(default_factory=frozenset)

    def kinds(self, tenant: str, channel: str, action: str) -> tuple[str, ...]:
        """The kinds of acts that answer a decision of this action there."""
        if tenant != self.tenant or (self.channels and channel not in self.channels):
            return ()
        return tuple(kind for kind, actions in self.answers.items() if action in actions)


class Doer(Protocol):
    """What does the acts of one destination."""

    @property
    def destination(self) -> Destination:
        """For whom."""

    @property
    def does(self) -> Mapping[str, Deliver]:
        """What does the acts of each kind that the destination answers with."""

    async def close(self) -> None:
        """Let go of connections."""


def due(
    destinations: Iterable[Destination], tenant: str, channel: str, decision: Decision
) -> tuple[tuple[Destination, str], ...]:
    """The acts that a decision asks for, as destinations and kinds; none for what is held back by its cool-down."""
    if decision.suppressed:
        return ()
    return tuple((one, kind) for one in destinations for kind in one.kinds(tenant, channel, decision.action))
