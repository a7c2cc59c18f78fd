"""The outbox as a queue: what is due, what became of it, and what lies there.

A row that was claimed stays ``pending`` and is due again when the claim ends: whoever claimed it may have died.
``attempts`` counts the claims, so it tells the claims of one row apart, and that an earlier one ended in the dark.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, RowMapping, String, bindparam, case, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.delivery import Proof, Receipt
from lurewatch.casework.store.columns import listed
from lurewatch.casework.store.schema import IS_GONE, alerts, conversation_flags, outbox

_LONGEST_REFERENCE = 200
_BY_INDEX = text("SET LOCAL enable_sort = off")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed row: its new ``status``, and when it is due again if that is ``pending``.

    ``last_error`` of none keeps what was noted before. ``certain`` says that surely nothing came of the attempt.
    """

    seq: int
    attempts: int
    status: str
    next_at: float
    last_error: str | None = None
    delivered_at: float | None = None
    certain: bool = False
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims: rows of these ``kinds`` that are due ``now``, to be nobody else's until then."""

    kinds: Collection[str]
    now: float
    until: float


_OTHER = outbox.alias("other")
_FIRST_PENDING = (
    select(func.min(_OTHER.c.seq))
    .where(_OTHER.c.ordered_by == outbox.c.ordered_by, _OTHER.c.status == "pending")
    .correlate(outbox)
    .scalar_subquery()
)
"""Of the rows that share the ``ordered_by`` of a row."""
_THESE = outbox.c.seq.in_(bindparam("these", expanding=True))
_DUE = (
    select(outbox)
    .where(
        outbox.c.status == "pending",
        outbox.c.next_at <= bindparam("now"),
        outbox.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .with_for_update(skip_locked=True, of=outbox)  # what is locked is somebody else's already
)
_FIRST_DUE = _DUE.where(outbox.c.seq == _FIRST_PENDING).order_by(outbox.c.next_at).limit(bindparam("most"))
_DUE_OF_THESE = _DUE.where(_THESE)
_FOLLOWING = select(outbox.c.seq, _FIRST_PENDING).where(_THESE)
_TAKE = update(outbox).where(_THESE).values(attempts=outbox.c.attempts + 1, next_at=bindparam("until"))


async def claim(connection: AsyncConnection, by: Claim, limit: int) -> list[RowMapping]:
    """Up to so many rows that are due, the longest due first; of each ``ordered_by`` the first pending one alone.

    A row behind a pending one of the same ``ordered_by`` is not due, whoever has that one: so two relays never have
    two rows of it, and the order holds.
    """
    # Two ways to read all that waits for every claim: a join instead of a sub-query asked for each row, and a sort
    # instead of the index. PostgreSQL takes the second where it has not counted the rows lately.
    if connection.dialect.name == "postgresql":
        await connection.execute(_BY_INDEX)
    found = await connection.execute(_FIRST_DUE, {"now": by.now, "kinds": sorted(by.kinds), "most": limit})
    return await _taken(connection, by, found)


async def claim_next(connection: AsyncConnection, by: Claim, settled: Collection[int]) -> dict[int, RowMapping]:
    """What follows these rows in their ``ordered_by``, if it is due, by the ``seq`` of what it follows."""
    firsts = await connection.execute(_FOLLOWING, {"these": listed(settled)})
    following = {first: seq for seq, first in firsts if first is not None}
    if not following:
        return {}
    asked = {"now": by.now, "kinds": sorted(by.kinds), "these": listed(following)}
    rows = await _taken(connection, by, await connection.execute(_DUE_OF_THESE, asked))
    return {following[row["seq"]]: row for row in rows}


async def _taken(connection: AsyncConnection, by: Claim, due: CursorResult[Any]) -> list[RowMapping]:
    rows = list(due.mappings())
    if rows:
        await connection.execute(_TAKE, {"these": listed(row["seq"] for row in rows), "until": by.until})
    return rows


_SETTLE = (
    update(outbox)
    .where(outbox.c.seq == bindparam("of"), outbox.c.attempts == bindparam("claimed"), outbox.c.status == "pending")
    .values(
        status=bindparam("became"),
        next_at=bindparam("due"),
        delivered_at=bindparam("delivered"),
        last_error=func.coalesce(bindparam("error", type_=String), outbox.c.last_error),
        failed=outbox.c.failed + bindparam("certain"),
        reference=bindparam("became_there"),
    )
)


async def settle(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> None:
    """Note what became of claimed rows. Of a row that was claimed anew meanwhile nothing is noted."""
    in_order = sorted(outcomes, key=lambda one: one.seq)
    rows = [
        {
            "of": one.seq,
            "claimed": one.attempts,
            "became": one.status,
            "due": one.next_at,
            "delivered": one.delivered_at,
            "error": None if one.last_error is None else _keepable(one.last_error),
            "certain": int(one.certain),
            "became_there": _keepable(one.receipt.reference)[:_LONGEST_REFERENCE] if one.receipt else "",
        }
        for one in in_order
    ]
    await connection.execute(_SETTLE, rows)
    for one in in_order:
        if one.receipt is not None and one.receipt.proves is not None:
            await _prove(connection, one.seq, one.receipt.proves)


def _keepable(told: str) -> str:
    """What the other side told, without what no database can hold: one such answer must not undo the others."""
    return told.replace("\x00", "").encode(errors="replace").decode()


async def _prove(connection: AsyncConnection, seq: int, proof: Proof) -> None:
    """What was delivered is true of the alert, and of every flag that it stands for."""
    found = await connection.execute(select(outbox.c.tenant, outbox.c.alert).where(outbox.c.seq == seq))
    tenant, alert = found.one()
    of_alert = (alerts.c.tenant == tenant, alerts.c.id == alert)
    await connection.execute(update(alerts).where(*of_alert).values({proof: True}))
    flags = conversation_flags.c
    of_flags = (flags.tenant == tenant, flags.alert == alert)
    await connection.execute(update(conversation_flags).where(*of_flags).values({proof: True}))


async def entries(connection: AsyncConnection, status: str | None, after: int, limit: int) -> list[RowMapping]:
    """Rows of a status (of any, without one) behind a ``seq``, oldest first, without their payload."""
    asked = select(*(column for column in outbox.c if column.name != "payload")).where(outbox.c.seq > after)
    if status is not None:
        asked = asked.where(outbox.c.status == status)
    return list((await connection.execute(asked.order_by(outbox.c.seq).limit(limit))).mappings())


async def backlog(connection: AsyncConnection) -> RowMapping:
    """How many rows are ``dead``, how many ``pending``, and since when the ``oldest`` pending one is there."""
    pending = outbox.c.status == "pending"
    asked = select(
        func.count().filter(outbox.c.status == "dead").label("dead"),
        func.count().filter(pending).label("pending"),
        func.min(outbox.c.created_at).filter(pending).label("oldest"),
    )
    found = await connection.execute(asked.where(outbox.c.status.in_(("dead", "pending"))))
    row: RowMapping = found.mappings().one()
    return row


async def gone(connection: AsyncConnection, kind: str) -> str | None:
    """The id of the first dead row of a kind that was answered that whom it is for is gone, if there is one."""
    of_kind = select(outbox.c.id).where(outbox.c.kind == kind, IS_GONE).order_by(outbox.c.seq).limit(1)
    return (await connection.execute(of_kind)).scalar_one_or_none()


async def revive(connection: AsyncConnection, ids: Collection[str] | None, now: float) -> int:
    """Make dead rows due again (all of them without ids); how many there were.

    The tries are counted anew. What may have got through before is still in doubt: as after one try in the dark.
    One that was emptied (see ``ageing``) has nothing to hand on any more: it is deleted, and with it what it remembers.
    """
    dead = outbox.c.status == "dead"
    if ids is not None:
        dead &= outbox.c.id.in_(sorted(ids))
    emptied = (await connection.execute(delete(outbox).where(dead, outbox.c.payload == b""))).rowcount
    in_doubt = case((outbox.c.attempts > outbox.c.failed, 1), else_=0)
    due = update(outbox).where(dead).values(status="pending", attempts=in_doubt, failed=0, next_at=now)
    return emptied + (await connection.execute(due)).rowcount
