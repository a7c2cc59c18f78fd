"""API keys in the database. What opens a door is not in it: only its hash is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.schema import api_keys


async def add(connection: AsyncConnection, row: dict[str, object]) -> None:
    """Keep a key."""
    await connection.execute(api_keys.insert().values(row))


async def by_id(connection: AsyncConnection, key_id: str) -> RowMapping | None:
    """A key by its id, whatever its state."""
    found = await connection.execute(select(api_keys).where(api_keys.c.id == key_id))
    return found.mappings().first()


async def every(connection: AsyncConnection) -> Sequence[RowMapping]:
    """All keys, the oldest first."""
    return (await connection.execute(select(api_keys).order_by(api_keys.c.seq))).mappings().all()


async def count_valid(connection: AsyncConnection, now: float) -> int:
    """How many keys open a door at this time."""
    table = api_keys.c
    return (
        await connection.execute(
            select(func.count())
            .select_from(api_keys)
            .where(table.revoked_at.is_(None), or_(table.expires_at.is_(None), table.expires_at > now))
        )
    ).scalar_one()


async def are_known(connection: AsyncConnection) -> bool:
    """Whether a key was ever made, valid or not."""
    return (await connection.execute(select(api_keys.c.seq).limit(1))).first() is not None


async def change(connection: AsyncConnection, key_id: str, **values: object) -> None:
    """Change a key's times."""
    await connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(values))
