"""One wave of messages inside one transaction: read what is known, think, note what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.keep import Keep
from lurewatch.casework.screening.nouns import ConversationKey, Incoming, Screened, text_hash
from lurewatch.casework.screening.records import Notes
from lurewatch.casework.store import ledger
from lurewatch.engine.model import Decision, Memory, Message, Verdict
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.policies import off_platform
from lurewatch.engine.state import ConversationState
from lurewatch.errors import ConflictError, InputError

_STATE: msgspec.json.Decoder[ConversationState] = msgspec.json.Decoder(ConversationState)
_VERDICT: msgspec.json.Decoder[Verdict] = msgspec.json.Decoder(Verdict)
_DECISIONS: msgspec.json.Decoder[tuple[Decision, ...]] = msgspec.json.Decoder(tuple[Decision, ...])


@dataclass(slots=True)
class Held:
    """A conversation whose row is locked, as it is and then as it will be."""

    seq: int
    state: ConversationState
    handed_off_at: float | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was read and judged, and not yet decided on."""

    incoming: Incoming
    held: Held
    verdict: Verdict
    position: int
    edition: int
    counted: int
    """How many incidents of its pair earlier editions of the message were."""


class Desk:
    """Good for one wave, in which every conversation comes once; ``now`` and ``new_id`` are its clock and its dice."""

    def __init__(
        self, connection: AsyncConnection, engine: Engine, now: float, new_id: Callable[[], str], keep: Keep
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._now = now
        self._notes = Notes(now, new_id, keep)
        self._conversations: dict[ConversationKey, Held] = {}
        self._known: Mapping[tuple[int, str], ledger.Row] = {}
        self._answered: Mapping[ledger.Key, ledger.Row] = {}

    async def screen(self, wave: Sequence[Incoming]) -> list[Screened | Exception]:
        """An outcome for each, in order. Everything is written when this returns, and nothing is committed."""
        await self._read(wave)
        drafts = [await self._draft(incoming) for incoming in wave]
        read = [draft for draft in drafts if isinstance(draft, Draft)]
        pairs = {draft.incoming.pair for draft in read if _has_contact(draft)}
        counters = await ledger.hold_counters(self._connection, pairs, self._now)
        alerts = await ledger.last_alerts(self._connection, [draft.incoming.conversation for draft in read])
        outcomes = [
            await self._decided(draft, counters, alerts) if isinstance(draft, Draft) else draft for draft in drafts
        ]
        await ledger.write(self._connection, self._notes.rows(counters))
        return outcomes

    async def _read(self, wave: Sequence[Incoming]) -> None:
        keys = [(incoming.tenant, incoming.idempotency_key) for incoming in wave if incoming.idempotency_key]
        self._answered = await ledger.answered_keys(self._connection, keys)
        new = [incoming for incoming in wave if self._answer_to(incoming) is None]
        rows = await ledger.hold_conversations(self._connection, [self._fresh(incoming) for incoming in new])
        for key, row in rows.items():
            state = _STATE.decode(row["state"])
            self._conversations[ConversationKey(*key)] = Held(row["seq"], state, row["handed_off_at"])
        self._known = await ledger.known_messages(
            self._connection,
            {
                (self._conversations[incoming.conversation].seq, incoming.message.message_id)
                for incoming in new
                if incoming.message.message_id
            },
        )

    def _answer_to(self, incoming: Incoming) -> ledger.Row | None:
        """What its idempotency key stood for before."""
        return self._answered.get((incoming.tenant, incoming.idempotency_key))

    def _fresh(self, incoming: Incoming) -> dict[str, object]:
        state = replace(self._engine.start(incoming.conversation_id), sender_metadata=incoming.sender_metadata)
        return {
            **incoming.conversation._asdict(),
            "state": msgspec.json.encode(state),
            "message_count": 0,
            "scam_probability": 0.0,
            "risk_level": "safe",
            "scam_type": "not_scam",
            "user_id": incoming.sender_metadata.user_id or "",
            "created_at": self._now,
            "updated_at": self._now,
        }

    async def _draft(self, incoming: Incoming) -> Draft | Screened | Exception:
        if (answered := self._answer_to(incoming)) is not None:
            return await self._answered_before(incoming, answered)
        held = self._conversations[incoming.conversation]
        known = self._known.get((held.seq, incoming.message.message_id))
        try:
            if known is None:
                return self._read_on(incoming, held)
            if known["text_hash"] == text_hash(incoming.message.text):
                row = await ledger.last_verdict(self._connection, held.seq, known["position"])
                if row is not None:
                    self._notes.key(incoming, row["id"])
                    return _told(row)
            return await self._read_again(incoming, held, known)
        except InputError as error:
            return error

    async def _answered_before(self, incoming: Incoming, answered: ledger.Row) -> Screened | Exception:
        if answered["request_hash"] != incoming.fingerprint:
            return ConflictError(
                "this Idempotency-Key came before with another message. Send a new key with a new message"
            )
        rows = await ledger.verdict_rows(self._connection, incoming.tenant, [answered["verdict"]])
        if not rows:
            return ConflictError(
                "what came with this Idempotency-Key was screened and has been erased since. Send a new key to have it "
                "screened anew"
            )
        return _told(rows[answered["verdict"]])

    def _read_on(self, incoming: Incoming, held: Held) -> Draft:
        position = held.state.message_count
        state, _ = self._engine.observe(held.state, incoming.message)
        return self._judged(incoming, held, state, position)

    async def _read_again(self, incoming: Incoming, held: Held, known: ledger.Row) -> Draft:
        """An edit: the conversation is read anew with the other text.

        Where the other texts were not kept as they were sent, the edit is read as one more message of its sender:
        better twice than never.
        """
        position, edition = known["position"], known["edition"] + 1
        rows = await ledger.texts(self._connection, held.seq)
        message_id = incoming.message.message_id
        counted = await ledger.counted_before(self._connection, held.seq, message_id, incoming.pair)
        if (
            any(not _is_as_sent(row) for row in rows if row["position"] != position)
            or len(rows) > self._engine.config.most_messages
        ):
            state, _ = self._engine.observe(held.state, incoming.message)
            return replace(self._judged(incoming, held, state, state.message_count - 1), counted=counted)
        state = replace(self._engine.start(incoming.conversation_id), sender_metadata=held.state.sender_metadata)
        for row in rows:
            state, _ = self._engine.observe(state, incoming.message if row["position"] == position else _message(row))
        return self._judged(incoming, held, state, position, edition, counted)

    def _judged(
        self,
        incoming: Incoming,
        held: Held,
        state: ConversationState,
        position: int,
        edition: int = 0,
        counted: int = 0,
    ) -> Draft:
        held.state = state
        return Draft(incoming, held, self._engine.judge(state, incoming.knowledge), position, edition, counted)

    async def _decided(
        self,
        draft: Draft,
        counters: dict[ledger.Key, int],
        alerts: dict[ledger.Key, dict[str, float]],
    ) -> Screened:
        incoming, held = draft.incoming, draft.held
        last = alerts.setdefault(incoming.conversation, {})
        memory = Memory(
            now=self._now,
            first_new=draft.position,
            incidents=counters.get(incoming.pair, 0) - draft.counted,
            last_alert=dict(last),
            handed_off=held.handed_off_at is not None,
        )
        decisions = self._engine.decide(_of_message(draft.verdict, draft.position), memory)
        for decision in decisions:
            if decision.policy == "off_platform":
                counters[incoming.pair] = decision.count
            elif decision.action == "hand_off":
                held.handed_off_at = self._now
            elif decision.type and not decision.suppressed:
                last[decision.type] = self._now
        screened = self._notes.take(draft, decisions, memory)
        if earlier := self._notes.earlier(held.seq):
            said = await ledger.texts(self._connection, held.seq)
            rows = [row for row in said if row["position"] in earlier and row["text"] is not None]
            kept = [{"of": row["seq"], "kept": earlier[row["position"]].kept(row["text"])} for row in rows]
            await ledger.change_texts(self._connection, kept)
        if any(decision.action == "hand_off" for decision in decisions):
            said = await ledger.texts(self._connection, held.seq)
            self._notes.hand_off(draft, self._engine.pack, said)
        return screened


def _of_message(verdict: Verdict, position: int) -> Verdict:
    """The verdict with the evidence of one message alone: what policies are to count anew."""
    return replace(
        verdict,
        flags=tuple(flag for flag in verdict.flags if flag.message_index == position),
        indicators=tuple(one for one in verdict.indicators if one.message_index == position),
    )


def _has_contact(draft: Draft) -> bool:
    return any(
        flag.pattern in off_platform.PATTERNS and flag.message_index == draft.position for flag in draft.verdict.flags
    )


def _message(row: ledger.Row) -> Message:
    return Message(row["text"], row["sender"], row["role"], row["sent_at"], row["message_id"])


def _is_as_sent(row: ledger.Row) -> bool:
    return row["text"] is not None and text_hash(row["text"]) == row["text_hash"]


def _told(row: ledger.Row) -> Screened:
    """What was said before."""
    return Screened(
        _VERDICT.decode(row["verdict"]),
        _DECISIONS.decode(row["decisions"]),
        verdict_id=row["id"],
        position=row["position"],
        edition=row["edition"],
        recorded=True,
        repeated=True,
    )
