"""What came of a wave, as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from lurewatch.casework.acts import MOST_FLAGGED, due
from lurewatch.casework.privacy import Covers
from lurewatch.casework.screening import members
from lurewatch.casework.screening.drafts import Draft, Held
from lurewatch.casework.screening.keeping import Keeping
from lurewatch.casework.screening.nouns import Incoming, PairKey, Screened, text_hash
from lurewatch.casework.screening.outgoing import Outgoing, Raised
from lurewatch.casework.screening.terms import Terms
from lurewatch.casework.store import journal, ledger
from lurewatch.engine.model import Decision, Indicator, Memory
from lurewatch.engine.packs.pack import Pack

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
        self.outgoing = Outgoing(now, new_id)
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
        self.outgoing.result(draft, verdict_id)
        self._held[draft.held.seq] = draft.held, draft, keeping
        return Screened(draft.verdict, decisions, verdict_id, draft.position, draft.edition, recorded=True)

    def hand_off(self, draft: Draft, pack: Pack, said: Sequence[ledger.Row], mode: str) -> None:
        """Note that the conversation is handed off, with what was ``said`` in it besides this message."""
        self.outgoing.hand_off(draft, pack, self._held[draft.held.seq][2], said, mode)

    def earlier(self, conversation: int) -> Mapping[int, Covers]:
        """What is no longer to be kept of earlier messages of a conversation, by their position."""
        return self._held[conversation][2].earlier

    def without_secrets(self, draft: Draft) -> tuple[Indicator, ...]:
        """The indicators of a message that was taken, but for what nobody may keep."""
        keeping = self._held[draft.held.seq][2]
        return tuple(one for one in draft.verdict.indicators if not keeping.has_secret(one))

    def rows(self, counters: Mapping[ledger.Key, int]) -> ledger.Rows:
        """Everything, to be written once; ``counters`` are the incidents of the pairs after the wave."""
        rows = self._rows
        rows.outbox = self.outgoing.rows
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
        # Who leads is found anew with the next message.
        whole = replace(held.state, dossiers={**held.away, **held.state.dossiers}, leading=None)
        state, away = members.put_away(keeping.state(whole))
        if held.anew:
            self._rows.read_anew.append(held.seq)
        self._rows.dossiers += [
            {
                "tenant": draft.incoming.tenant,
                "conversation": held.seq,
                "sender": sender,
                "dossier": msgspec.json.encode(dossier),
            }
            for sender, dossier in sorted(away.items())
        ]
        return {
            "of": held.seq,
            "state": msgspec.json.encode(state),
            "message_count": held.state.message_count,
            "scam_probability": draft.verdict.scam_probability,
            "risk_level": draft.verdict.risk_level,
            "scam_type": draft.verdict.scam_type,
            "handed_off_at": held.handed_off_at,
            "asked_at": held.asked_at,
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
                "memory": msgspec.json.encode(keeping.memory(decided.memory)),
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
            self.outgoing.acts(draft, Raised(alert_id, verdict_id, decision), acts)
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
                "flagged_text": flag.matched_text[:MOST_FLAGGED],
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
