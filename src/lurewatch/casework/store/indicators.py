"""Values that confirmed scams used, in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.columns import among, bound
from lurewatch.casework.store.schema import indicators, messages
from lurewatch.casework.store.upserts import insert_missing

Value = tuple[str, str, str]
"""Tenant, type and value."""
_VALUE = (indicators.c.tenant, indicators.c.type, indicators.c.value)


@cache
def _known(dialect: str) -> Select[Any]:
    asked = select(
        *_VALUE,
        indicators.c.source,
        func.max(indicators.c.confidence).label("confidence"),
        func.min(indicators.c.conversation).label("first"),
        func.max(indicators.c.conversation).label("last"),
    )
    return among(dialect, asked.group_by(*_VALUE, indicators.c.source), *_VALUE)


@cache
def _innocent(dialect: str) -> Select[Any]:
    place = (messages.c.conversation, messages.c.position)
    return among(dialect, select(*place).where(messages.c.role.in_(("protected", "agent"))), *place)


async def known(connection: AsyncConnection, values: Collection[Value]) -> Sequence[RowMapping]:
    """Which of these values were used, in one query: a row a source, however many conversations used a value.

    Of these conversations the ``first`` and the ``last`` are named, so that one can tell whether there are others.
    """
    if not values:
        return ()
    found = await connection.execute(_known(connection.dialect.name), bound(values))
    rows: Sequence[RowMapping] = found.mappings().all()
    return rows


async def keep(connection: AsyncConnection, rows: Sequence[dict[str, object]]) -> None:
    """Keep values; what is known of the same conversation from the same source stays as it is."""
    await insert_missing(connection, indicators, rows)


async def forget(connection: AsyncConnection, conversation: int) -> None:
    """What a conversation used says nothing any more."""
    await connection.execute(delete(indicators).where(indicators.c.conversation == conversation))


async def innocent(connection: AsyncConnection, places: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Which messages, as (conversation, position), are of protected users and agents."""
    if not places:
        return set()
    found = await connection.execute(_innocent(connection.dialect.name), bound(places))
    return {(conversation, position) for conversation, position in found}
