"""Values that confirmed scams used, in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.columns import among
from lurewatch.casework.store.schema import indicators, messages

Value = tuple[str, str, str]
"""Tenant, type and value."""


async def known(connection: AsyncConnection, values: Collection[Value]) -> Sequence[RowMapping]:
    """Which of these values were used, in one query: a row a source, however many conversations used a value.

    Of these conversations the ``first`` and the ``last`` are named, so that one can tell whether there are others.
    """
    if not values:
        return ()
    table = indicators.c
    key = [table.tenant, table.type, table.value]
    found = await connection.execute(
        select(
            *key,
            table.source,
            func.max(table.confidence).label("confidence"),
            func.min(table.conversation).label("first"),
            func.max(table.conversation).label("last"),
        )
        .where(among(connection, key, values))
        .group_by(*key, table.source)
    )
    return found.mappings().all()


async def keep(connection: AsyncConnection, rows: Sequence[dict[str, object]]) -> None:
    """Keep values; what is known of the same conversation from the same source stays as it is."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        await connection.execute(dialect.insert(indicators).on_conflict_do_nothing(), list(rows))


async def forget(connection: AsyncConnection, conversation: int) -> None:
    """What a conversation used says nothing any more."""
    await connection.execute(delete(indicators).where(indicators.c.conversation == conversation))


async def innocent(connection: AsyncConnection, places: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Which messages, as (conversation, position), are of protected users and agents."""
    if not places:
        return set()
    table = messages.c
    found = await connection.execute(
        select(table.conversation, table.position).where(
            among(connection, [table.conversation, table.position], places), table.role.in_(("protected", "agent"))
        )
    )
    return {(conversation, position) for conversation, position in found}
