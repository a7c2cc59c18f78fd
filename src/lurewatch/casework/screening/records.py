"""What came of a wave, as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from lurewatch.casework import announcements
from lurewatch.casework.acts import MOST_MATCHED, Act, due
from lurewatch.casework.events import EventType
from lurewatch.casework.privacy import Covers
from lurewatch.casework.screening.keeping import Keeping
from lurewatch.casework.screening.nouns import Incoming, PairKey, Screened, text_hash
from lurewatch.casework.screening.terms import Terms
from lurewatch.casework.store import journal, ledger
from lurewatch.engine.model import Decision, Memory
from lurewatch.engine.packs.pack import Pack

if TYPE_CHECKING:
    from lurewatch.casework.screening.desk import Draft, Held

_MOST_FLAGGED = 200
"""Characters of a flagged text that are kept (spec: contact monitor)."""

_ONLY_RECORDED = ("none", "log")
"""Actions of decisions that ask nobody for anything."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a message, from which memory, by which policies (as they are kept for a replay)."""

    decisions: tuple[Decision, ...]
    memory: Memory
    policies: str


class Notes:
    """Collects the rows of a wave. ``now`` is the time of all of them."""

    def __init__(self, now: float, new_id: Callable[[], str], terms: Terms) -> None:
        self._now = now
        self._new_id = new_id
        self._terms = terms
        self._rows = ledger.Rows()
        self._held: dict[int, tuple[Held, Draft, Keeping]] = {}
        self._pairs: set[PairKey] = set()

    def take(self, draft: Draft, decided: Decided) -> Screened:
        """Note one message with what was decided; the outcome for its sender."""
        decisions, memory = decided.decisions, decided.memory
        verdict_id = self._new_id()
        keeping = Keeping(
            draft.incoming.message.text, draft.position, draft.verdict, draft.held.state, self._terms.keep
        )
        kept = replace(decided, decisions=keeping.decisions(decisions))
        self._message(draft, keeping)
        self._verdict(draft, verdict_id, kept, keeping)
        for decision in kept.decisions:
            self._decision(draft, verdict_id, decision, memory)
        self.key(draft.incoming, verdict_id)
        self._result(draft, verdict_id)
        self._held[draft.held.seq] = draft.held, draft, keeping
        return Screened(draft.verdict, decisions, verdict_id, draft.position, draft.edition, recorded=True)

    def earlier(self, conversation: int) -> Mapping[int, Covers]:
        """What is no longer to be kept of earlier messages of a conversation, by their position."""
        return self._held[conversation][2].earlier

    def rows(self, counters: Mapping[ledger.Key, int]) -> ledger.Rows:
        """Everything, to be written once; ``counters`` are the incidents of the pairs after the wave."""
        rows = self._rows
        rows.conversations = [self._conversation(*held) for held in self._held.values()]
        rows.counters = [
            {
                "tenant": pair.tenant,
                "client_email": pair.client,
                "advisor_email": pair.advisor,
                "incidents": counters[pair],
                "updated_at": self._now,
            }
            for pair in sorted(self._pairs)
        ]
        return rows

    def _conversation(self, held: Held, draft: Draft, keeping: Keeping) -> dict[str, Any]:
        return {
            "of": held.seq,
            "state": msgspec.json.encode(keeping.state(held.state)),
            "message_count": held.state.message_count,
            "scam_probability": draft.verdict.scam_probability,
            "risk_level": draft.verdict.risk_level,
            "scam_type": draft.verdict.scam_type,
            "handed_off_at": held.handed_off_at,
            "updated_at": self._now,
        }

    def _message(self, draft: Draft, keeping: Keeping) -> None:
        message = draft.incoming.message
        self._rows.messages.append(
            {
                "tenant": draft.incoming.tenant,
                "conversation": draft.held.seq,
                "position": draft.position,
                "message_id": message.message_id,
                "edition": draft.edition,
                "sender": message.sender,
                "role": message.role,
                "text": keeping.text,
                "text_hash": text_hash(message.text),
                "sent_at": message.timestamp,
                "created_at": self._now,
            }
        )

    def _verdict(self, draft: Draft, verdict_id: str, decided: Decided, keeping: Keeping) -> None:
        verdict = draft.verdict
        self._rows.verdicts.append(
            {
                "tenant": draft.incoming.tenant,
                "id": verdict_id,
                "conversation": draft.held.seq,
                "position": draft.position,
                "edition": draft.edition,
                "scam_probability": verdict.scam_probability,
                "risk_level": verdict.risk_level,
                "scam_type": verdict.scam_type,
                "verdict": msgspec.json.encode(keeping.verdict(verdict)),
                "decisions": msgspec.json.encode(decided.decisions),
                "knowledge": msgspec.json.encode(keeping.knowledge(draft.knowledge)),
                "memory": msgspec.json.encode(decided.memory),
                "policies": decided.policies,
                "pack": verdict.versions.pack,
                "config": verdict.versions.config,
                "anew": draft.anew,
                "created_at": self._now,
            }
        )

    def _decision(self, draft: Draft, verdict_id: str, decision: Decision, memory: Memory) -> None:
        incoming, alert_id = draft.incoming, self._new_id()
        counts = decision.policy == "off_platform"
        acts = due(self._terms.destinations, incoming.tenant, incoming.channel, decision)
        self._rows.alerts.append(
            {
                "tenant": incoming.tenant,
                "id": alert_id,
                "conversation": draft.held.seq,
                "channel": incoming.channel,
                "actors": incoming.actors,
                "verdict": verdict_id,
                "policy": decision.policy,
                "action": decision.action,
                "type": decision.type or "",
                "score": decision.score,
                "count": decision.count,
                "suppressed": decision.suppressed,
                "mode": decision.mode,
                "acts": [kind for _, kind in acts],
                "keywords": list(decision.keywords),
                "patterns": sorted({flag.pattern for flag in decision.flags}),
                "brands": decision.detail.get("brands", []),
                "incidents": decision.count - memory.incidents - draft.counted if counts else 0,
                "client_email": incoming.pair.client if counts else "",
                "advisor_email": incoming.pair.advisor if counts else "",
                "status": "open",
                "created_at": self._now,
            }
        )
        if acts and decision.mode == "enforce":
            payload = msgspec.json.encode(_act(draft, verdict_id, alert_id, decision, self._now))
            for destination, kind in acts:
                order = f"{_order(incoming)}/{destination.name}"
                self._put(incoming, kind, payload, ordered_by=order, alert=alert_id)
        self._audit(incoming.tenant, alert_id, verdict_id, decision)
        if counts:
            self._flags(incoming, verdict_id, alert_id, decision)
        elif decision.type and not decision.suppressed and decision.action != "hand_off":
            self._rows.cooldowns.append(
                {
                    "tenant": incoming.tenant,
                    "channel": incoming.channel,
                    "conversation_id": incoming.conversation_id,
                    "type": decision.type,
                    "last_at": self._now,
                }
            )

    def _flags(self, incoming: Incoming, verdict_id: str, alert_id: str, decision: Decision) -> None:
        self._pairs.add(incoming.pair)
        self._rows.conversation_flags += [
            {
                "tenant": incoming.tenant,
                "verdict": verdict_id,
                "alert": alert_id,
                "issue_reference": incoming.conversation_id,
                "flagged_user": incoming.message.sender,
                "user_type": incoming.sender_type,
                "client_email": incoming.pair.client,
                "advisor_email": incoming.pair.advisor,
                "flagged_pattern": flag.pattern,
                "flagged_text": flag.matched_text[:_MOST_FLAGGED],
                "flag_count_for_pair": decision.count,
                "created_at": self._now,
            }
            for flag in decision.flags
        ]

    def _audit(self, tenant: str, alert_id: str, verdict_id: str, decision: Decision) -> None:
        only_recorded = decision.suppressed or decision.action in _ONLY_RECORDED
        raised: journal.Action = "decided" if only_recorded else "alert_raised"
        action: journal.Action = "handed_off" if decision.action == "hand_off" else raised
        names = ("policy", "action", "type", "suppressed")
        detail = {"verdict": verdict_id} | {name: getattr(decision, name) for name in names}
        self._rows.audit_log.append(journal.Act(action, tenant, alert_id, self._now, detail=detail).row())

    def key(self, incoming: Incoming, verdict_id: str) -> None:
        """Note what the idempotency key of a message, if it has one, stands for."""
        if incoming.idempotency_key:
            self._rows.idempotency_keys.append(
                {
                    "tenant": incoming.tenant,
                    "key": incoming.idempotency_key,
                    "request_hash": incoming.fingerprint,
                    "verdict": verdict_id,
                    "created_at": self._now,
                }
            )

    def hand_off(self, draft: Draft, pack: Pack, said: Sequence[ledger.Row], mode: str) -> None:
        """Note that the conversation is handed off, with what was ``said`` in it besides this message.

        The event tells the ``mode`` of the policy: who is not to act on it yet can tell.
        """
        incoming, keeping = draft.incoming, self._held[draft.held.seq][2]
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
        conversation = [spoken[position] for position in sorted(spoken)]
        metadata = {
            "sender_id": incoming.sender_metadata.user_id,
            "message_count": draft.verdict.message_count,
            "mode": mode,
        }
        payload = announcements.scam_confirmed(
            incoming.conversation_id, keeping.verdict(draft.verdict), pack, metadata, conversation
        )
        self._event(incoming, EventType.SCAM_CONFIRMED, payload)

    def _result(self, draft: Draft, verdict_id: str) -> None:
        incoming = draft.incoming
        sender = incoming.sender_metadata.user_id
        payload = announcements.detection_result(incoming.conversation_id, draft.verdict, verdict_id, sender)
        self._event(incoming, EventType.SCAM_DETECTION_RESULT, payload)

    def _event(self, incoming: Incoming, kind: EventType, payload: Mapping[str, Any]) -> None:
        self._put(incoming, kind.value, msgspec.json.encode(payload), ordered_by=_order(incoming))

    def _put(self, incoming: Incoming, kind: str, payload: bytes, *, ordered_by: str, alert: str = "") -> None:
        self._rows.outbox.append(
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


def _order(incoming: Incoming) -> str:
    return "/".join(incoming.conversation)


def _act(draft: Draft, verdict_id: str, alert_id: str, decision: Decision, now: float) -> Act:
    """What those outside are told of a decision."""
    incoming, verdict = draft.incoming, draft.verdict
    return Act(
        alert=alert_id,
        tenant=incoming.tenant,
        channel=incoming.channel,
        conversation_id=incoming.conversation_id,
        message_id=incoming.message.message_id,
        verdict=verdict_id,
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
        matched=tuple(dict.fromkeys(flag.matched_text[:_MOST_FLAGGED] for flag in decision.flags))[:MOST_MATCHED],
        created_at=now,
    )
