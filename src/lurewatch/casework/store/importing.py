"""Flags of another system: their rows written, each once, and the counts of their pairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import RowMapping, case, distinct, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store import ledger
from lurewatch.casework.store.schema import conversation_flags, pair_counters
from lurewatch.casework.store.upserts import insert_missing

INCIDENT = 32
"""So many characters at the start of ``origin`` name the incident, the rest the row."""
_table = conversation_flags.c


async def known(connection: AsyncConnection, tenant: str, origins: Collection[str]) -> set[str]:
    """Which of these rows were imported before."""
    found = await connection.execute(
        select(_table.origin).where(_table.tenant == tenant, _table.origin.in_(sorted(origins)))
    )
    return set(found.scalars())


async def add(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows, less those that are there already."""
    await insert_missing(connection, conversation_flags, rows)


async def pairs(connection: AsyncConnection, tenant: str, after: tuple[str, str], limit: int) -> Sequence[RowMapping]:
    """Pairs with imported flags, in order: the largest count that was told of each, and its incidents."""
    pair = (_table.client_email, _table.advisor_email)
    found = await connection.execute(
        select(
            *pair,
            func.max(_table.flag_count_for_pair).label("highest"),
            func.count(distinct(func.substr(_table.origin, 1, INCIDENT))).label("incidents"),
        )
        .where(_table.tenant == tenant, _table.origin.is_not(None), tuple_(*pair) > tuple_(*after))
        .group_by(*pair)
        .order_by(*pair)
        .limit(limit)
    )
    return found.mappings().all()


async def count(connection: AsyncConnection, tenant: str, imported: dict[tuple[str, str], int], now: float) -> None:
    """Make so many incidents of each pair those that came from elsewhere; what was counted here stays."""
    await ledger.hold_counters(connection, {(tenant, *pair) for pair in imported}, now)
    table = pair_counters.c
    for (client, advisor), incidents in imported.items():
        total = table.incidents - table.imported + incidents
        await connection.execute(
            update(pair_counters)
            .where(
                table.tenant == tenant,
                table.client_email == client,
                table.advisor_email == advisor,
                table.imported != incidents,
            )
            .values(incidents=case((total < 0, 0), else_=total), imported=incidents, updated_at=now)
        )
