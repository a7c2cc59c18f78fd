"""What is told outside of a wave, as rows of the outbox: events, and the acts that decisions ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lurewatch.casework import announcements
from lurewatch.casework.acts import MOST_FLAGGED, MOST_MATCHED, Act, Destination
from lurewatch.casework.events import EventType
from lurewatch.casework.screening.drafts import Draft
from lurewatch.casework.screening.keeping import Keeping
from lurewatch.casework.screening.nouns import Incoming
from lurewatch.casework.store import ledger
from lurewatch.engine.model import Decision
from lurewatch.engine.packs.pack import Pack

_MOST_MESSAGES, _MOST_TOLD = 500, 100_000
"""Of the conversation so far an event has the newest messages and characters: a bus takes a megabyte, in any script."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that was raised, by a decision as it is kept."""

    alert: str
    verdict: str
    decision: Decision


class Outgoing:
    """Collects ``rows`` of the outbox. ``now`` is the time of all of them."""

    def __init__(self, now: float, new_id: Callable[[], str]) -> None:
        self._now = now
        self._new_id = new_id
        self.rows: list[dict[str, Any]] = []

    def result(self, draft: Draft, verdict_id: str) -> None:
        """The event of every analysis."""
        incoming = draft.incoming
        sender = incoming.sender_metadata.user_id
        payload = announcements.detection_result(incoming.conversation_id, draft.verdict, verdict_id, sender)
        self._event(incoming, EventType.SCAM_DETECTION_RESULT, payload)

    def hand_off(self, draft: Draft, pack: Pack, keeping: Keeping, said: Sequence[ledger.Row], mode: str) -> None:
        """The event of a confirmed scam, with what was ``said`` besides the newest message.

        It tells the ``mode`` of the policy: who is not to act on it yet can tell.
        """
        incoming = draft.incoming
        spoken = {
            row["position"]: {name: row[name] for name in ("message_id", "sender", "role")}
            | {"content": keeping.again(row["position"], row["text"])}
            for row in said
        }
        spoken[draft.position] = {
            "message_id": incoming.message.message_id,
            "sender": incoming.message.sender,
            "role": incoming.message.role,
            "content": keeping.text,
        }
        conversation = _newest([spoken[position] for position in sorted(spoken)])
        metadata = {
            "sender_id": incoming.sender_metadata.user_id,
            "message_count": draft.verdict.message_count,
            "left_out": len(spoken) - len(conversation),
            "mode": mode,
        }
        payload = announcements.scam_confirmed(
            incoming.conversation_id, keeping.verdict(draft.verdict), pack, metadata, conversation
        )
        self._event(incoming, EventType.SCAM_CONFIRMED, payload)

    def acts(self, draft: Draft, raised: Raised, due: Sequence[tuple[Destination, str]]) -> None:
        """The acts that are ``due`` for an alert, as destinations and kinds."""
        payload = msgspec.json.encode(_act(draft, raised, self._now))
        for destination, kind in due:
            order = f"{_order(draft.incoming)}/{destination.name}"
            self._put(draft.incoming, kind, payload, ordered_by=order, alert=raised.alert)

    def _event(self, incoming: Incoming, kind: EventType, payload: object) -> None:
        self._put(incoming, kind.value, msgspec.json.encode(payload), ordered_by=_order(incoming))

    def _put(self, incoming: Incoming, kind: str, payload: bytes, *, ordered_by: str, alert: str = "") -> None:
        self.rows.append(
            {
                "tenant": incoming.tenant,
                "id": self._new_id(),
                "kind": kind,
                "ordered_by": ordered_by,
                "subject": incoming.conversation_id,
                "payload": payload,
                "alert": alert,
                "status": "pending",
                "attempts": 0,
                "next_at": self._now,
                "created_at": self._now,
            }
        )


def _newest(said: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The newest messages, as many as every bus carries."""
    kept: list[Mapping[str, Any]] = []
    left = _MOST_TOLD
    for one in reversed(said[-_MOST_MESSAGES:]):
        left -= len(one["content"] or "")
        if left < 0 and kept:
            break
        kept.append(one)
    return kept[::-1]


def _order(incoming: Incoming) -> str:
    return "/".join(incoming.conversation)


def _act(draft: Draft, raised: Raised, now: float) -> Act:
    incoming, verdict, decision = draft.incoming, draft.verdict, raised.decision
    return Act(
        alert=raised.alert,
        tenant=incoming.tenant,
        channel=incoming.channel,
        conversation_id=incoming.conversation_id,
        message_id=incoming.message.message_id,
        verdict=raised.verdict,
        policy=decision.policy,
        action=decision.action,
        type=decision.type or "",
        text=decision.text,
        sender=incoming.message.sender,
        sender_type=incoming.sender_type,
        client_email=incoming.client,
        advisor_email=incoming.advisor,
        count=decision.count,
        score=decision.score,
        scam_probability=verdict.scam_probability,
        risk_level=verdict.risk_level,
        scam_type=verdict.scam_type,
        patterns=tuple(sorted({flag.pattern for flag in decision.flags})),
        keywords=decision.keywords,
        matched=tuple(dict.fromkeys(flag.matched_text[:MOST_FLAGGED] for flag in decision.flags))[:MOST_MATCHED],
        created_at=now,
    )
