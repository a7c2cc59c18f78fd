"""What closing an alert reads and writes."""

from __future__ import annotations

from sqlalchemy import RowMapping, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.schema import alerts, conversations, dispositions, pair_counters


async def hold_alert(connection: AsyncConnection, tenant: str, alert_id: str) -> RowMapping | None:
    """An alert, locked, and before it its conversation: in the order in which all do who write of one."""
    wanted = (alerts.c.tenant == tenant, alerts.c.id == alert_id)
    its = select(alerts.c.conversation).where(*wanted).scalar_subquery()
    await connection.execute(select(conversations.c.seq).where(conversations.c.seq == its).with_for_update())
    found = await connection.execute(select(alerts).where(*wanted).with_for_update())
    return found.mappings().first()


async def last_disposition(connection: AsyncConnection, alert: int) -> str | None:
    """How it was closed last; None while it is open."""
    found = await connection.execute(
        select(dispositions.c.disposition)
        .where(dispositions.c.alert == alert)
        .order_by(dispositions.c.seq.desc())
        .limit(1)
    )
    return found.scalar_one_or_none()


async def close_alert(
    connection: AsyncConnection, alert: RowMapping, disposition: str, reviewer: str, note: str, now: float
) -> None:
    """Close it, and keep who said so."""
    await connection.execute(
        dispositions.insert().values(
            tenant=alert["tenant"],
            alert=alert["seq"],
            disposition=disposition,
            reviewer=reviewer,
            note=note,
            created_at=now,
        )
    )
    await connection.execute(
        update(alerts).where(alerts.c.seq == alert["seq"]).values(status=disposition, closed_at=now)
    )


async def add_incidents(connection: AsyncConnection, alert: RowMapping, incidents: int, now: float) -> None:
    """Change the count of the alert's pair by so many, never below none."""
    table = pair_counters.c
    total = table.incidents + incidents
    await connection.execute(
        update(pair_counters)
        .where(
            table.tenant == alert["tenant"],
            table.client_email == alert["client_email"],
            table.advisor_email == alert["advisor_email"],
        )
        .values(incidents=case((total < 0, 0), else_=total), updated_at=now)
    )
