"""A conversation taken up again: from the state that was kept, or from its texts where that is of no use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.screening import members
from lurewatch.casework.screening.nouns import text_hash
from lurewatch.casework.store import ledger
from lurewatch.engine.model import Message, SenderMetadata
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.state import ConversationState, Dossier
from lurewatch.errors import InputError

EARLIER = "earlier messages"
"""What stands in ``incomplete`` of a verdict on a conversation of which not all could be read again."""
MOST_EVIDENCE = 24
"""So many flags, and so many indicators, of earlier messages a verdict names: the newest. Else what a message costs
would grow with the conversation; all of them are in the verdicts on their own messages."""
_STATE: msgspec.json.Decoder[ConversationState] = msgspec.json.Decoder(ConversationState)


@dataclass(frozen=True, slots=True)
class Resumed:
    """The state to read on; ``anew`` says that it was read from texts with the engine of now."""

    state: ConversationState
    anew: bool = False


async def resume(connection: AsyncConnection, engine: Engine, row: ledger.Row, metadata: SenderMetadata) -> Resumed:
    """The state of the conversation of a row.

    One that another pack has read is read anew, where all texts are kept and they are not too many: verdicts are to be
    of the pack that they name. A state that is none any more is replaced by what can be read of the texts; ``metadata``
    of the sender are for one that lost its own.
    """
    state, count, most = decoded(row), row["message_count"], engine.config.most_messages
    if state is not None and state.pack == engine.pack.hash:
        return Resumed(bounded(state))
    fresh = replace(engine.start(row["id"]), sender_metadata=sender_of(row["state"]) or metadata)
    if state is not None and count > most:
        return Resumed(bounded(engine.adopted(state)))
    said = await ledger.texts(connection, row["seq"], count - most)
    if state is not None and (len(said) < count or not all(is_as_sent(one) for one in said)):
        return Resumed(bounded(engine.adopted(state)))
    return Resumed(anew(engine, fresh, [(one["position"], message(one)) for one in said], count), anew=True)


def bounded(state: ConversationState) -> ConversationState:
    """The state with its newest evidence: what is read on."""
    if max(len(state.flags), len(state.indicators)) <= MOST_EVIDENCE:
        return state
    return replace(state, flags=state.flags[-MOST_EVIDENCE:], indicators=state.indicators[-MOST_EVIDENCE:])


def decoded(row: ledger.Row) -> ConversationState | None:
    """The state of a conversation's row; None where it is none of this engine's."""
    try:
        state = _STATE.decode(row["state"])
    except msgspec.DecodeError:
        return None
    return state if state.message_count == row["message_count"] else None


def sender_of(state: bytes) -> SenderMetadata | None:
    """What a state says of the sender, whatever became of the rest of it."""
    try:
        found: Any = msgspec.json.decode(state)
        return msgspec.convert(found["sender_metadata"], SenderMetadata)
    except (msgspec.DecodeError, KeyError, TypeError):
        return None


def anew(
    engine: Engine, fresh: ConversationState, said: Iterable[tuple[int, Message | None]], count: int
) -> ConversationState:
    """The state after ``count`` messages, of which those with a position and a text are read; with all dossiers."""
    state, read = fresh, 0
    away: dict[str, Dossier] = {}
    for position, one in said:
        if one is None:
            continue
        try:
            state = members.read_on(engine, replace(state, message_count=position), away, one)
        except InputError:  # the limits are tighter now than when it came
            continue
        read += 1
    if read < count:
        state = replace(state, incomplete=(*state.incomplete, EARLIER))
    return bounded(replace(state, message_count=count, dossiers={**away, **state.dossiers}))


def message(row: ledger.Row) -> Message | None:
    """The message of a row; None where its text is not kept."""
    if row["text"] is None:
        return None
    return Message(row["text"], row["sender"], row["role"], row["sent_at"], row["message_id"])


def is_as_sent(row: ledger.Row) -> bool:
    """Whether the text of a row is kept, every character of it."""
    return row["text"] is not None and text_hash(row["text"]) == row["text_hash"]
