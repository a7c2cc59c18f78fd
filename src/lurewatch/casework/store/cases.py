"""Cases in the database: the alerts on the same actors that nobody has closed yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Executable,
    RowMapping,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store import upserts
from lurewatch.casework.store.columns import Moment, bound, given
from lurewatch.casework.store.schema import alerts, cases


async def file(
    connection: AsyncConnection, raised: Sequence[dict[str, Any]], now: float, new_id: Callable[[], str]
) -> None:
    """Set the ``case_id`` of alerts: of the open case on their ``actors``, or of a new one. The case is locked."""
    if not raised:
        return
    counted = Counter((row["tenant"], row["actors"]) for row in raised)
    wanted = bound((tenant, actors, new_id(), more) for (tenant, actors), more in counted.items())
    found = await connection.execute(_filing(connection.dialect.name), wanted | {"now": now})
    held = {(tenant, actors): case for tenant, actors, case in found}
    for row in raised:
        row["case_id"] = held[row["tenant"], row["actors"]]


@cache
def _filing(dialect: str) -> Executable:
    """New cases, or more alerts for those that are open."""
    table, names = cases.c, ["tenant", "actors", "id", "alerts", "status", "created_at", "updated_at"]
    now = bindparam("now", type_=Moment)
    fresh = given(table.tenant, table.actors, table.id, table.alerts).add_columns(literal("open"), now, now)
    new = upserts.insert(dialect, cases).from_select(names, fresh.where(true()))
    filed = new.on_conflict_do_update(
        index_elements=[table.tenant, table.actors],
        index_where=literal_column("status = 'open'"),
        set_={"alerts": table.alerts + new.excluded.alerts, "updated_at": new.excluded.updated_at},
    )
    filing: Executable = filed.returning(table.tenant, table.actors, table.id)
    return filing


async def settle(connection: AsyncConnection, tenant: str, case_id: str, now: float) -> None:
    """Close a case of which no alert is open any more."""
    locked = select(cases.c.seq).where(cases.c.tenant == tenant, cases.c.id == case_id).with_for_update()
    await connection.execute(locked)
    of_case = (alerts.c.tenant == tenant, alerts.c.case_id == case_id, alerts.c.status == "open")
    left = (await connection.execute(select(func.count()).select_from(alerts).where(*of_case))).scalar_one()
    if not left:
        closing = update(cases).where(cases.c.tenant == tenant, cases.c.id == case_id, cases.c.status == "open")
        await connection.execute(closing.values(status="closed", closed_at=now, updated_at=now))


async def close_settled(connection: AsyncConnection, now: float, most: int) -> int:
    """Close up to so many cases of which no alert is open any more, as alerts were deleted; how many.

    Those that somebody else has locked are left for the next time, so that nobody waits for the other in a circle.
    """
    its = (alerts.c.tenant == cases.c.tenant, alerts.c.case_id == cases.c.id, alerts.c.status == "open")
    settled = and_(cases.c.status == "open", ~exists().where(*its))
    locked = select(cases.c.seq).where(settled).limit(most).with_for_update(skip_locked=True)
    seqs = list((await connection.execute(locked)).scalars())
    # Asked anew behind the lock: an alert may have been filed before it was taken.
    closing = update(cases).where(cases.c.seq.in_(seqs), settled)
    return (await connection.execute(closing.values(status="closed", closed_at=now, updated_at=now))).rowcount


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
