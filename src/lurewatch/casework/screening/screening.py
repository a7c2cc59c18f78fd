"""Screening: messages of many callers in groups, each group one transaction."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from lurewatch.casework.grouping import Grouping
from lurewatch.casework.screening.admission import admit
from lurewatch.casework.screening.desk import Desk
from lurewatch.casework.screening.nouns import ConversationKey, Incoming, Screened, text_hash
from lurewatch.casework.store import Store, reading
from lurewatch.engine.model import NOTHING_KNOWN, Decision, Message
from lurewatch.engine.pipeline import Engine
from lurewatch.errors import InputError, StoreError


def new_id() -> str:
    """A random id."""
    return uuid.uuid4().hex


class Screening:
    """Screens messages with whatever engine is current, and records what came of it.

    ``clock`` gives seconds since the epoch; ``new_id`` an id that nobody has had. ``recorded`` is called whenever
    something was committed, so that what has to go out goes out at once.
    """

    def __init__(
        self,
        engine: Callable[[], Engine],
        store: Store,
        *,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = new_id,
        recorded: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._told = recorded
        self._groups: Grouping[Incoming, Screened] = Grouping(self._together)

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
        return await self._groups.submit(admit(incoming, self._engine().config.most_characters))

    async def screen_whole(self, last: Incoming, earlier: Sequence[Message]) -> Screened:
        """The verdict on a whole conversation: what was not screened before is, oldest first, and ``last`` at the end.

        Messages without an id are known by their place in the conversation. What was recorded before an error stays,
        and the same may be asked again. Only ``last`` has ``knowledge``. The decisions are those of all messages that
        were screened now, or of ``last`` alone where all were known.

        Raises:
            InputError: as ``screen``, or more messages than ``most_messages``.
            StoreError: as ``screen``.
        """
        most = self._engine().config.most_messages
        if len(earlier) >= most:
            raise InputError(
                f"the conversation has {len(earlier) + 1} messages; at most {most} are read at once. Send the new ones "
                "alone, or raise the limit max_messages",
                pointer="/messages",
                limit=True,
            )
        named = [_named(message, place) for place, message in enumerate((*earlier, last.message))]
        known = await self._known(last.conversation, [message.message_id for message in named])
        new: list[Screened] = []
        for message in named[:-1]:
            if known.get(message.message_id) != text_hash(message.text):
                incoming = replace(last, message=message, idempotency_key="", knowledge=NOTHING_KNOWN)
                new.append(await self.screen(incoming))
        screened = await self.screen(replace(last, message=named[-1]))
        if new and screened.repeated:  # an earlier message was edited: what was said after that is the newest
            return replace(new[-1], decisions=_all(new))
        return replace(screened, decisions=_all([*new, screened]))

    async def _known(self, key: ConversationKey, ids: Sequence[str]) -> dict[str, str]:
        async with self._store.reading() as connection:
            row = await reading.conversation(connection, *key)
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
        async with self._store.writing() as connection:
            desk = Desk(connection, self._engine(), self._clock(), self._new_id)
            outcomes = await desk.screen(wave)
        self._told()
        return outcomes


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
