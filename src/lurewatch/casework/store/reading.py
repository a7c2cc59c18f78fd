"""What people look up: stored verdicts, conversations and alerts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.schema import alerts, conversations, messages, outbox, verdicts


async def verdict(connection: AsyncConnection, tenant: str, verdict_id: str) -> RowMapping | None:
    """A verdict with the channel and the id of its conversation."""
    found = await connection.execute(
        select(verdicts, conversations.c.channel, conversations.c.id.label("conversation_id"))
        .join(conversations, conversations.c.seq == verdicts.c.conversation)
        .where(verdicts.c.tenant == tenant, verdicts.c.id == verdict_id)
    )
    return found.mappings().first()


async def conversation(connection: AsyncConnection, tenant: str, channel: str, name: str) -> RowMapping | None:
    """A conversation by what the platform calls it."""
    table = conversations.c
    found = await connection.execute(
        select(conversations).where(table.tenant == tenant, table.channel == channel, table.id == name)
    )
    return found.mappings().first()


async def messages_of(connection: AsyncConnection, seq: int, after: int, limit: int) -> Sequence[RowMapping]:
    """Editions of messages of a conversation from a row on, oldest first."""
    found = await connection.execute(
        select(messages)
        .where(messages.c.conversation == seq, messages.c.seq > after)
        .order_by(messages.c.seq)
        .limit(limit)
    )
    return found.mappings().all()


async def texts_before(connection: AsyncConnection, seq: int, position: int, most: int) -> Sequence[str | None]:
    """The texts of up to so many messages before a position, the newest first, every edition of each."""
    table = messages.c
    found = await connection.execute(
        select(table.text)
        .where(table.conversation == seq, table.position < position, table.position >= position - most)
        .order_by(table.seq.desc())
    )
    return found.scalars().all()


async def decisions_before(connection: AsyncConnection, seq: int, position: int, most: int) -> Sequence[bytes]:
    """What was decided, as JSON, of up to so many messages before a position."""
    table = verdicts.c
    found = await connection.execute(
        select(table.decisions).where(
            table.conversation == seq, table.position < position, table.position >= position - most
        )
    )
    return found.scalars().all()


async def hashes(connection: AsyncConnection, seq: int, ids: Sequence[str]) -> dict[str, str]:
    """What these messages of a conversation were last, by their ids: the hash of the text."""
    table = messages.c
    found = await connection.execute(
        select(table.message_id, table.text_hash)
        .where(table.conversation == seq, table.message_id.in_(ids))
        .order_by(table.seq)
    )
    return {row.message_id: row.text_hash for row in found}


async def newest_verdict(connection: AsyncConnection, seq: int) -> RowMapping | None:
    """What is believed of a conversation now."""
    found = await connection.execute(
        select(verdicts).where(verdicts.c.conversation == seq).order_by(verdicts.c.seq.desc()).limit(1)
    )
    return found.mappings().first()


async def alerts_of(
    connection: AsyncConnection,
    tenant: str,
    *,
    before: int | None,
    limit: int,
    equal: dict[str, str],
) -> Sequence[RowMapping]:
    """Alerts, the newest first, whose columns have these values, from a row on."""
    asked = (
        select(alerts, conversations.c.id.label("conversation_id"))
        .join(conversations, conversations.c.seq == alerts.c.conversation)
        .where(alerts.c.tenant == tenant, *(alerts.c[name] == value for name, value in equal.items()))
        .order_by(alerts.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        asked = asked.where(alerts.c.seq < before)
    return (await connection.execute(asked)).mappings().all()


async def acts_of(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> Sequence[RowMapping]:
    """The acts of these alerts, in the order they were asked for."""
    table = outbox.c  # that there is an alert is said as the partial index says it, or it is not used
    found = await connection.execute(
        select(
            table.alert, table.kind, table.status, table.attempts, table.reference, table.last_error, table.delivered_at
        )
        .where(table.tenant == tenant, table.alert.in_(ids), table.alert != literal_column("''"))
        .order_by(table.seq)
    )
    return found.mappings().all()
