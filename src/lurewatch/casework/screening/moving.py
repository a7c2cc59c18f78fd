"""A conversation that goes on under another id, with everything that is found by its id."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.screening.nouns import ConversationKey, pairless
from lurewatch.casework.store import moving
from lurewatch.engine.state import ConversationState

_STATE: msgspec.json.Decoder[ConversationState] = msgspec.json.Decoder(ConversationState)


async def move(connection: AsyncConnection, before: ConversationKey, after: ConversationKey) -> bool:
    """Whether it was moved: not where there is none, or where the other one is there already."""
    row = await moving.movable(connection, before, after)
    if row is None:
        return False
    state = replace(_STATE.decode(row["state"]), id=after.id)
    await moving.move(connection, row["seq"], before, after, msgspec.json.encode(state))
    await moving.move_pairs(connection, before.tenant, pairless(before), pairless(after))
    return True
