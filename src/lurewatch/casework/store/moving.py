"""A conversation under another id, in the database."""

from __future__ import annotations

from sqlalchemy import func, literal
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store import ledger
from lurewatch.casework.store.schema import (
    alerts,
    conversation_flags,
    conversations,
    cooldowns,
    messages,
    outbox,
    pair_counters,
)

_LONGEST_ID = 200


async def movable(connection: AsyncConnection, before: ledger.Key, after: ledger.Key) -> ledger.Row | None:
    """The row of a conversation, as (tenant, channel, id), locked; None without one, or where ``after`` has a row."""
    rows = await ledger.held(connection, [before, after])
    return None if after in rows else rows.get(before)


async def move(connection: AsyncConnection, seq: int, before: ledger.Key, after: ledger.Key, state: bytes) -> None:
    """Give a conversation another id, in its own row and where it is written out."""
    tenant, channel, name = before
    await connection.execute(conversations.update().where(conversations.c.seq == seq).values(id=after[2], state=state))
    kept = messages.c
    await connection.execute(
        messages.update()
        .where(kept.conversation == seq, kept.message_id != "")
        .values(message_id=func.substr(literal(f"{name}/").concat(kept.message_id), 1, _LONGEST_ID))
    )
    told = outbox.c
    await connection.execute(
        outbox.update().where(told.ordered_by == "/".join(before)).values(ordered_by="/".join(after), subject=after[2])
    )
    cooled = cooldowns.c
    await connection.execute(
        cooldowns.update()
        .where(cooled.tenant == tenant, cooled.channel == channel, cooled.conversation_id == name)
        .values(conversation_id=after[2])
    )


async def move_pairs(connection: AsyncConnection, tenant: str, before: str, after: str) -> None:
    """Count on under ``after`` what was counted under ``before`` where a client stands."""
    for table in (alerts, pair_counters, conversation_flags):
        await connection.execute(
            table.update().where(table.c.tenant == tenant, table.c.client_email == before).values(client_email=after)
        )
