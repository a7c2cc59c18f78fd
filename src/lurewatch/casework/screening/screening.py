"""Screening: messages of many callers in groups, each group one transaction."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.grouping import Grouping
from lurewatch.casework.origins import Origins
from lurewatch.casework.screening import moving
from lurewatch.casework.screening.admission import admit
from lurewatch.casework.screening.desk import Desk
from lurewatch.casework.screening.earlier import at_hand, is_answered
from lurewatch.casework.screening.nouns import ConversationKey, Incoming, Screened, text_hash
from lurewatch.casework.screening.terms import NO_TERMS, Terms
from lurewatch.casework.store import Store, reading
from lurewatch.engine.model import NOTHING_KNOWN, Conversation, Decision, Knowledge, Message
from lurewatch.engine.opinion import DECIDED, Opinion
from lurewatch.engine.pipeline import Engine
from lurewatch.errors import InputError, StoreError


class Adviser(Protocol):
    """Asks others about a conversation, within a time limit. Raises InputError where it is over a limit."""

    async def __call__(self, conversation: Conversation) -> Knowledge: ...


def new_id() -> str:
    """A random id."""
    return uuid.uuid4().hex


class Screening:
    """Screens messages with whatever engine is current, and records what came of it.

    ``terms`` say how. ``clock`` gives seconds since the epoch; ``new_id`` an id that nobody has had. ``recorded`` is
    called whenever something was committed, so that what has to go out goes out at once. ``advise`` is asked about
    conversations of which nothing was asked yet; never about a message that was screened before.
    """

    def __init__(  # noqa: PLR0913 - all it works with
        self,
        engine: Callable[[], Engine],
        store: Store,
        *,
        terms: Terms = NO_TERMS,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = new_id,
        recorded: Callable[[], None] = lambda: None,
        advise: Adviser | None = None,
    ) -> None:
        self._engine = engine
        self._store = store
        self._terms = terms
        self._clock = clock
        self._new_id = new_id
        self._told = recorded
        self._advise = advise
        self._origins = Origins(store)
        self._groups: Grouping[Incoming, Screened] = Grouping(self._together)

    @property
    def most_characters(self) -> int:
        """The longest text that is screened."""
        return self._engine().config.most_characters

    async def screen(self, incoming: Incoming) -> Screened:
        """The verdict on the conversation with this message; when this returns, everything about it is recorded.

        A message that was screened before, by its id or the idempotency key, is answered as it was then; with another
        text it is an edit and screened again.

        Raises:
            InputError: the message is over a limit, or something in it cannot be kept; nothing was recorded.
            ConflictError: the idempotency key stood for something else before.
            StoreError: the store cannot be used. Nothing was recorded, or the connection broke while it was: a message
                with an id or a key may be screened again in any case.
        """
        admitted = self._admitted(incoming)
        if self._advise is not None and admitted.knowledge is NOTHING_KNOWN:
            admitted = await self._looked_into(self._advise, admitted)
        return await self._groups.submit(admitted)

    async def screen_whole(self, last: Incoming, earlier: Sequence[Message]) -> Screened:
        """The verdict on a whole conversation: what was not screened before is, oldest first, and ``last`` at the end.

        Messages without an id are known by their place in the conversation. What was recorded before an error stays,
        and the same may be asked again. Only of ``last`` others are asked. The decisions are those of all messages that
        were screened now, or of ``last`` alone where all were known. The idempotency key stands for all messages.

        Raises:
            InputError: as ``screen``, or more messages than ``most_messages``; nothing was recorded.
            ConflictError: as ``screen``; nothing was recorded.
            StoreError: as ``screen``.
        """
        named = self._all_admitted(last, earlier)
        *before, newest = named
        if last.idempotency_key:
            newest = replace(newest, history=text_hash(repr([one.message for one in before])))
        known = await self._known(newest, [one.message.message_id for one in named])
        if known is None:
            return await self._groups.submit(newest)
        new = [await self._groups.submit(one) for one in before if _is_new(one, known)]
        if self._advise is not None and _is_new(newest, known) and newest.knowledge is NOTHING_KNOWN:
            messages = tuple(one.message for one in named)
            newest = await _advised(self._advise, newest, Conversation(messages, sender_metadata=last.sender_metadata))
        screened = await self._groups.submit(newest)
        if new and screened.repeated:  # an earlier message was edited: what was said after that is the newest
            return replace(new[-1], decisions=_all(new))
        return replace(screened, decisions=_all([*new, screened]))

    def _admitted(self, incoming: Incoming) -> Incoming:
        if self._terms.keep != "full":  # what was said before is not there to be compared with
            incoming = replace(incoming, quoted="")
        return admit(incoming, self._engine().config.most_characters)

    def _all_admitted(self, last: Incoming, earlier: Sequence[Message]) -> list[Incoming]:
        """What is screened one after the other; an error points into the list of messages."""
        most = self._engine().config.most_messages
        if len(earlier) >= most:
            raise InputError(
                f"the conversation has {len(earlier) + 1} messages; at most {most} are read at once. Send the new ones "
                "alone, or raise the limit max_messages",
                pointer="/messages",
                limit=True,
            )
        named = []
        for place, message in enumerate((*earlier, last.message)):
            incoming = replace(last, message=_named(message, place))
            if place < len(earlier):
                incoming = replace(incoming, idempotency_key="", knowledge=NOTHING_KNOWN)
            try:
                named.append(self._admitted(incoming))
            except InputError as error:
                pointer = error.pointer.replace("/message/", f"/messages/{place}/", 1)
                raise InputError(str(error), pointer=pointer, limit=error.limit) from error
        return named

    async def move(self, before: ConversationKey, after: ConversationKey) -> bool:
        """Let a conversation go on under another id; false where there is none, or the other is there already.

        Its messages keep their places, and their ids become ``before/id``: the platform counts anew.

        Raises:
            StoreError: as ``screen``.
        """
        return await self._store.changed(lambda connection: moving.move(connection, before, after))

    async def _looked_into(self, advise: Adviser, incoming: Incoming) -> Incoming:
        """The message with what others say of its conversation, unless it was screened before."""
        async with self._store.reading() as connection:
            found = await at_hand(connection, incoming, self._engine().config.most_characters)
        if found is None:
            return incoming
        if found.is_confirmed:
            return replace(incoming, knowledge=Knowledge(opinion=Opinion("skipped", DECIDED)))
        return await _advised(advise, incoming, found.conversation)

    async def _known(self, last: Incoming, ids: Sequence[str]) -> dict[str, str] | None:
        """What these messages of a conversation were last, as hashes; None where the idempotency key was answered."""
        async with self._store.reading() as connection:
            if await is_answered(connection, last):
                return None
            row = await reading.conversation(connection, *last.conversation)
            return {} if row is None else await reading.hashes(connection, row["seq"], ids)

    async def close(self) -> None:
        """Wait for what is under way."""
        await self._groups.close()

    async def _together(self, group: Sequence[Incoming]) -> list[Screened | Exception]:
        outcomes: dict[int, Screened | Exception] = {}
        for wave in _waves(group):
            numbers, messages = zip(*wave, strict=True)
            outcomes.update(zip(numbers, await self._wave(messages), strict=True))
        return [outcomes[number] for number in range(len(group))]

    async def _wave(self, wave: Sequence[Incoming]) -> list[Screened | Exception]:
        try:
            return await self._recorded(wave)
        except Exception as error:
            if isinstance(error, StoreError) and error.unreachable:
                return [error] * len(wave)
            return [await self._alone(incoming) for incoming in wave]

    async def _alone(self, incoming: Incoming) -> Screened | Exception:
        """One by itself: what another process wrote meanwhile, or one bad message, must not fail the others."""
        try:
            return (await self._recorded([incoming]))[0]
        except Exception as error:
            return error

    async def _recorded(self, wave: Sequence[Incoming]) -> list[Screened | Exception]:
        engine = self._engine()
        await self._origins.keep(engine, self._clock())

        async def screened(connection: AsyncConnection) -> list[Screened | Exception]:
            return await Desk(connection, engine, self._terms, self._clock(), self._new_id).screen(wave)

        outcomes = await self._store.changed(screened)
        self._told()
        return outcomes


async def _advised(advise: Adviser, incoming: Incoming, conversation: Conversation) -> Incoming:
    try:
        return replace(incoming, knowledge=await advise(conversation))
    except InputError:  # what was kept under other limits is no reason not to screen what came now
        return incoming


def _is_new(incoming: Incoming, known: Mapping[str, str]) -> bool:
    """Whether it was not screened with this text, by the hashes of those that were."""
    return known.get(incoming.message.message_id) != text_hash(incoming.message.text)


def _all(screened: Sequence[Screened]) -> tuple[Decision, ...]:
    return tuple(decision for one in screened for decision in one.decisions)


def _named(message: Message, place: int) -> Message:
    return message if message.message_id else replace(message, message_id=f"#{place}")


def _waves(group: Sequence[Incoming]) -> list[list[tuple[int, Incoming]]]:
    """The group, numbered, in as few waves as can be.

    What comes again of a conversation, or with the same key, is in a later wave: it is to see the first.
    """
    waves: list[list[tuple[int, Incoming]]] = []
    next_wave: dict[object, int] = {}
    for number, incoming in enumerate(group):
        names: list[object] = [incoming.conversation]
        if incoming.idempotency_key:
            names.append((incoming.tenant, incoming.idempotency_key))
        wave = max(next_wave.get(name, 0) for name in names)
        next_wave.update(dict.fromkeys(names, wave + 1))
        if wave == len(waves):
            waves.append([])
        waves[wave].append((number, incoming))
    return waves
