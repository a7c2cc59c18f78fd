"""What is at hand of a conversation before a message of it is screened, for those who are asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.screening import quotations
from lurewatch.casework.screening.nouns import Incoming, text_hash
from lurewatch.casework.store import ledger, reading
from lurewatch.engine.model import Conversation, Message

MOST_MESSAGES = 40
MOST_CHARACTERS = 20_000
"""So much of what was said before is read, the newest."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """The end of a conversation with the new message in its place, and whether it was ``confirmed`` before."""

    conversation: Conversation
    is_confirmed: bool


async def is_answered(connection: AsyncConnection, incoming: Incoming) -> bool:
    """Whether its idempotency key came before."""
    key = incoming.idempotency_key
    return bool(key and await ledger.answered_keys(connection, [(incoming.tenant, key)]))


async def at_hand(connection: AsyncConnection, incoming: Incoming, most_characters: int) -> AtHand | None:
    """The conversation as it will be, less the texts that were not kept; None where the message was screened before.

    The message has at most ``most_characters``.
    """
    if await is_answered(connection, incoming):
        return None
    row = await reading.conversation(connection, *incoming.conversation)
    seq, position = (0, 0) if row is None else (row["seq"], row["message_count"])
    name = incoming.message.message_id
    known = (await ledger.known_messages(connection, {(seq, name)} if name else set())).get((seq, name))
    if known is not None:
        position = known["position"]
    new = (await quotations.completed(connection, incoming, seq, position, most_characters)).message
    if row is None:
        return AtHand(_conversation(incoming, [new]), is_confirmed=False)
    if known is not None and known["text_hash"] == text_hash(new.text):
        return None
    rows = await ledger.texts(connection, row["seq"], row["message_count"] - MOST_MESSAGES)
    return AtHand(_conversation(incoming, _with(rows, new)), is_confirmed=row["risk_level"] == "confirmed")


def _conversation(incoming: Incoming, messages: list[Message]) -> Conversation:
    return Conversation(tuple(messages), incoming.conversation_id, incoming.sender_metadata)


def _with(rows: Sequence[RowMapping], new: Message) -> list[Message]:
    """What was said, with the new message at the end, or in the place of what it edits."""
    place = next((row["position"] for row in rows if new.message_id and row["message_id"] == new.message_id), None)
    said = [] if place is not None else [new]
    left = MOST_CHARACTERS
    for row in reversed(rows):
        if row["position"] == place:
            said.append(new)
        elif row["text"] is not None and (left := left - len(row["text"])) >= 0:
            said.append(Message(row["text"], row["sender"], row["role"], row["sent_at"], row["message_id"]))
    return said[::-1]
