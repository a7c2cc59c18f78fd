"""One wave of messages inside one transaction: read what is known, think, note what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework import indicators
from lurewatch.casework.screening import members, quotations, resuming
from lurewatch.casework.screening.bindings import Bound, Rules
from lurewatch.casework.screening.drafts import Draft, Held, Read
from lurewatch.casework.screening.newest import has_contact, may_alert, of_message
from lurewatch.casework.screening.nouns import ConversationKey, Incoming, Screened, text_hash
from lurewatch.casework.screening.records import Decided, Notes
from lurewatch.casework.screening.terms import Terms
from lurewatch.casework.store import cases, ledger, origins
from lurewatch.engine.model import Decision, KnownIndicator, Memory, Verdict
from lurewatch.engine.pipeline import Engine
from lurewatch.errors import ConflictError, InputError

_FRESH_SECONDS = 60.0
"""So long it holds that nobody knew the values of earlier messages."""
_VERDICT: msgspec.json.Decoder[Verdict] = msgspec.json.Decoder(Verdict)
_DECISIONS: msgspec.json.Decoder[tuple[Decision, ...]] = msgspec.json.Decoder(tuple[Decision, ...])


class Desk:
    """Good for one wave, in which every conversation comes once; ``now`` and ``new_id`` are its clock and its dice."""

    def __init__(
        self, connection: AsyncConnection, engine: Engine, terms: Terms, now: float, new_id: Callable[[], str]
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._bound = Bound(engine, terms.bindings)
        self._now = now
        self._new_id = new_id
        self._keep = terms.keep
        self._notes = Notes(now, new_id, terms)
        self._conversations: dict[ConversationKey, Held] = {}
        self._known: Mapping[tuple[int, str], ledger.Row] = {}
        self._answered: Mapping[ledger.Key, ledger.Row] = {}

    async def screen(self, wave: Sequence[Incoming]) -> list[Screened | Exception]:
        """An outcome for each, in order. Everything is written when this returns, and nothing is committed."""
        await self._read(wave)
        first = [await self._draft(incoming) for incoming in wave]
        known = await self._known_of([one for one in first if isinstance(one, Read)])
        drafts = [self._judged(one, known) if isinstance(one, Read) else one for one in first]
        judged = [draft for draft in drafts if isinstance(draft, Draft)]
        pairs = {draft.incoming.pair for draft in judged if has_contact(draft.verdict, draft.position)}
        counters = await ledger.hold_counters(self._connection, pairs, self._now)
        alerting = [draft.incoming.conversation for draft in judged if may_alert(draft.verdict, draft.position)]
        alerts = await ledger.last_alerts(self._connection, alerting)
        outcomes = [
            await self._decided(draft, counters, alerts) if isinstance(draft, Draft) else draft for draft in drafts
        ]
        rows = self._notes.rows(counters)
        await cases.file(self._connection, rows.alerts, self._now, self._new_id)
        await ledger.write(self._connection, rows)
        await origins.keep_policies(self._connection, self._bound.kept(), self._now)
        used = [self._used(draft) for draft in judged if draft.verdict.risk_level == "confirmed"]
        await indicators.keep(self._connection, used, self._now, self._keep)
        return outcomes

    async def _read(self, wave: Sequence[Incoming]) -> None:
        keys = [(incoming.tenant, incoming.idempotency_key) for incoming in wave if incoming.idempotency_key]
        self._answered = await ledger.answered_keys(self._connection, keys)
        new = [incoming for incoming in wave if self._answer_to(incoming) is None]
        rows = await ledger.hold_conversations(self._connection, [self._fresh(incoming) for incoming in new])
        senders = {incoming.conversation: incoming.sender_metadata for incoming in new}
        for name, row in rows.items():
            key = ConversationKey(*name)
            resumed = await resuming.resume(self._connection, self._engine, row, senders[key])
            state, away = members.put_away(resumed.state)
            self._conversations[key] = Held(
                row["seq"],
                state,
                row["handed_off_at"],
                confirmed=row["risk_level"] == "confirmed" and not resumed.anew,
                anew=resumed.anew,
                asked_at=None if resumed.anew else row["asked_at"],
                away=away,
            )
        speaking = [(self._conversations[incoming.conversation], incoming.message) for incoming in new]
        await members.take_up(self._connection, self._engine, speaking)
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

    async def _draft(self, incoming: Incoming) -> Read | Screened | Exception:
        if (answered := self._answer_to(incoming)) is not None:
            return await self._answered_before(incoming, answered)
        held = self._conversations[incoming.conversation]
        known = self._known.get((held.seq, incoming.message.message_id))
        position = held.state.message_count if known is None else known["position"]
        most = self._engine.config.most_characters
        incoming = await quotations.completed(self._connection, incoming, held.seq, position, most)
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

    def _read_on(self, incoming: Incoming, held: Held) -> Read:
        position = held.state.message_count
        held.state, _ = self._engine.observe(held.state, incoming.message)
        return Read(incoming, held, position)

    async def _read_again(self, incoming: Incoming, held: Held, known: ledger.Row) -> Read:
        """An edit: the conversation is read anew with the other text.

        Where the other texts were not kept as they were sent, the edit is read as one more message of its sender:
        better twice than never.
        """
        position, edition = known["position"], known["edition"] + 1
        message_id = incoming.message.message_id
        counted = await ledger.counted_before(self._connection, held.seq, message_id, incoming.pair)
        is_long = held.state.message_count > self._engine.config.most_messages
        rows = [] if is_long else await ledger.texts(self._connection, held.seq)
        others = [row for row in rows if row["position"] != position]
        if is_long or not all(map(resuming.is_as_sent, others)):
            return replace(self._read_on(incoming, held), counted=counted)
        fresh = replace(self._engine.start(incoming.conversation_id), sender_metadata=held.state.sender_metadata)
        said = {row["position"]: resuming.message(row) for row in rows} | {position: incoming.message}
        held.state, held.anew = resuming.anew(self._engine, fresh, said.items(), held.state.message_count), True
        held.away, held.asked_at = {}, None
        return Read(incoming, held, position, edition, counted)

    async def _known_of(self, reads: Sequence[Read]) -> dict[int, tuple[KnownIndicator, ...]]:
        """What other conversations tell of the values in these.

        Values of earlier messages that nobody knew are not looked up again with each message of a quick exchange.
        """
        wanted, everything = {}, []
        for read in reads:
            held, seen = read.held, read.held.state.indicators
            if held.asked_at is not None and 0 <= self._now - held.asked_at < _FRESH_SECONDS:
                seen = tuple(one for one in seen if one.message_index == read.position)
            else:
                everything.append(held)
            wanted[held.seq] = indicators.looked_up(seen, self._rules(read.incoming).policies.off_platform)
        tenants = {read.held.seq: read.incoming.tenant for read in reads}
        known = await indicators.known(self._connection, wanted, tenants)
        for held in everything:
            held.asked_at = self._now
        for read in reads:
            if known[read.held.seq]:
                read.held.asked_at = None
        return known

    def _judged(self, read: Read, known: Mapping[int, tuple[KnownIndicator, ...]]) -> Draft:
        knowledge = read.incoming.knowledge
        if found := known[read.held.seq]:
            knowledge = replace(knowledge, indicators=(*knowledge.indicators, *found))
        verdict = self._engine.judge(read.held.state, knowledge)
        return Draft(read.incoming, read.held, read.position, read.edition, read.counted, knowledge, verdict)

    def _used(self, draft: Draft) -> indicators.Used:
        """What a confirmed scam used that is not known of it yet."""
        seen = self._notes.without_secrets(draft)
        if draft.held.confirmed:
            seen = tuple(one for one in seen if one.message_index == draft.position)
        listed = self._rules(draft.incoming).policies.off_platform
        shareable = indicators.shareable(seen, listed)
        return indicators.Used(draft.incoming.tenant, draft.held.seq, shareable, indicators.CONFIRMED)

    def _rules(self, incoming: Incoming) -> Rules:
        return self._bound.of(incoming.tenant, incoming.channel, incoming.language)

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
            incidents=max(0, counters.get(incoming.pair, 0) - draft.counted),  # its counter may be too old and gone
            last_alert=dict(last),
            handed_off=held.handed_off_at is not None,
            allowed=incoming.allowed,
        )
        rules = self._rules(incoming)
        decisions = self._engine.decide(of_message(draft.verdict, draft.position), memory, rules.policies)
        for decision in decisions:
            if decision.policy == "off_platform":
                counters[incoming.pair] = decision.count
            elif decision.action == "hand_off":
                held.handed_off_at = self._now
            elif decision.type and not decision.suppressed:
                last[decision.type] = self._now
        screened = self._notes.take(draft, Decided(decisions, memory, rules.name))
        if earlier := self._notes.earlier(held.seq):
            said = await ledger.texts(self._connection, held.seq, min(earlier))
            found = [row for row in said if row["position"] in earlier and row["text"] is not None]
            kept = [{"of": row["seq"], "kept": earlier[row["position"]].kept(row["text"])} for row in found]
            await ledger.change_texts(self._connection, kept)
        for decision in decisions:
            if decision.action == "hand_off":
                said = await ledger.texts(self._connection, held.seq)
                self._notes.hand_off(draft, self._engine.pack, said, decision.mode)
        return screened


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
