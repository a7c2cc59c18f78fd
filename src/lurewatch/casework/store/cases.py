"""Cases in the database: the alerts on the same actors that nobody has closed yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.columns import among
from lurewatch.casework.store.schema import alerts, cases

_Actors = tuple[str, str]
"""Tenant, and the hash of who they are."""
_COUNT = (
    update(cases)
    .where(cases.c.tenant == bindparam("whose"), cases.c.id == bindparam("of"))
    .values(alerts=cases.c.alerts + bindparam("more"), updated_at=bindparam("now"))
)


async def file(
    connection: AsyncConnection, raised: Sequence[dict[str, Any]], now: float, new_id: Callable[[], str]
) -> None:
    """Set the ``case_id`` of alerts: of the open case on their ``actors``, or of a new one. The case is locked."""
    wanted: set[_Actors] = {(row["tenant"], row["actors"]) for row in raised}
    held: dict[_Actors, str] = {}
    while missing := sorted(wanted - held.keys()):  # a case may be closed between the two statements
        await _open(connection, missing, now, new_id)
        held |= await _hold(connection, missing)
    for row in raised:
        row["case_id"] = held[row["tenant"], row["actors"]]
    counted = Counter((row["tenant"], row["case_id"]) for row in raised)
    rows = [{"whose": tenant, "of": case, "more": more, "now": now} for (tenant, case), more in sorted(counted.items())]
    if rows:
        await connection.execute(_COUNT, rows)


async def _open(
    connection: AsyncConnection, wanted: Collection[_Actors], now: float, new_id: Callable[[], str]
) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh = [
        {
            "tenant": tenant,
            "id": new_id(),
            "actors": actors,
            "status": "open",
            "alerts": 0,
            "created_at": now,
            "updated_at": now,
        }
        for tenant, actors in wanted
    ]
    await connection.execute(dialect.insert(cases).on_conflict_do_nothing(), fresh)


async def _hold(connection: AsyncConnection, wanted: Collection[_Actors]) -> dict[_Actors, str]:
    table = cases.c
    found = await connection.execute(
        select(table.tenant, table.actors, table.id)
        .where(among(connection, [table.tenant, table.actors], wanted), table.status == "open")
        .order_by(table.tenant, table.actors)
        .with_for_update()
    )
    return {(tenant, actors): case for tenant, actors, case in found}


async def settle(connection: AsyncConnection, tenant: str, case_id: str, now: float) -> None:
    """Close a case of which no alert is open any more."""
    locked = select(cases.c.seq).where(cases.c.tenant == tenant, cases.c.id == case_id).with_for_update()
    await connection.execute(locked)
    of_case = (alerts.c.tenant == tenant, alerts.c.case_id == case_id, alerts.c.status == "open")
    left = (await connection.execute(select(func.count()).select_from(alerts).where(*of_case))).scalar_one()
    if not left:
        closing = update(cases).where(cases.c.tenant == tenant, cases.c.id == case_id, cases.c.status == "open")
        await connection.execute(closing.values(status="closed", closed_at=now, updated_at=now))


async def listed(
    connection: AsyncConnection, tenant: str, *, before: int | None, limit: int, status: str | None
) -> Sequence[RowMapping]:
    """Cases from a row on, the newest first."""
    asked = select(cases).where(cases.c.tenant == tenant).order_by(cases.c.seq.desc()).limit(limit)
    if status is not None:
        asked = asked.where(cases.c.status == status)
    if before is not None:
        asked = asked.where(cases.c.seq < before)
    return (await connection.execute(asked)).mappings().all()
