"""The audit log in the database: entries are added, later sealed in batches, and never changed otherwise.

An entry that is not sealed has no batch, and that is how it is found: on PostgreSQL an entry may become visible after
others with a higher ``seq``, so no ``seq`` says up to where everything was sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from sqlalchemy import RowMapping, func, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.schema import audit_batches, audit_log

Action = Literal[
    "alert_raised",
    "handed_off",
    "decided",
    "alert_closed",
    "key_created",
    "key_rotated",
    "key_revoked",
    "subject_erased",
    "subject_exported",
    "records_purged",
]
SYSTEM = "system"
"""Who acts where no key of a caller does."""
FILTERS = ("tenant", "actor", "action", "subject")
"""By what entries can be looked for."""
_LOCK = 0x6C756175
"""So that two processes do not seal at the same time."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done, at a time in seconds since the epoch.

    ``subject`` is an id that was given here (at most 40 characters), ``actor`` the id of a key, or SYSTEM. Whatever is
    in ``detail`` outlives erasure: ids that were given here, words of a fixed list and numbers, nothing else.
    """

    action: Action
    tenant: str
    subject: str
    at: float
    actor: str = SYSTEM
    detail: Mapping[str, object] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """It as a row of the log."""
        return {
            "tenant": self.tenant,
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "detail": msgspec.json.encode(self.detail, order="deterministic").decode(),
            "created_at": self.at,
        }


async def add(connection: AsyncConnection, *acts: Act) -> None:
    """Add entries, in the transaction of what they tell of."""
    await connection.execute(audit_log.insert(), [act.row() for act in acts])


async def hold(connection: AsyncConnection) -> None:
    """Be the only one who seals, until the end of the transaction."""
    if connection.dialect.name == "postgresql":  # whoever writes in SQLite is alone anyway
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


async def unsealed(connection: AsyncConnection, limit: int) -> Sequence[RowMapping]:
    """Up to so many entries without a batch, in order."""
    asked = select(audit_log).where(audit_log.c.batch.is_(None)).order_by(audit_log.c.seq).limit(limit)
    return (await connection.execute(asked)).mappings().all()


async def last_batch(connection: AsyncConnection) -> RowMapping | None:
    """The number and the hash of the newest batch."""
    table = audit_batches.c
    found = await connection.execute(select(table.number, table.hash).order_by(table.number.desc()).limit(1))
    return found.mappings().first()


async def add_batch(connection: AsyncConnection, row: Mapping[str, Any], seqs: Sequence[int]) -> None:
    """Add a batch, and say of its entries that they are in it."""
    await connection.execute(audit_batches.insert().values(dict(row)))
    await connection.execute(update(audit_log).where(audit_log.c.seq.in_(seqs)).values(batch=row["number"]))


async def extent(connection: AsyncConnection) -> tuple[int, int]:
    """The highest number that a batch has or that an entry says it is in, and how many entries are in none."""
    highest = select(func.coalesce(func.max(audit_batches.c.number), 0)).scalar_subquery()
    named = select(func.coalesce(func.max(audit_log.c.batch), 0)).scalar_subquery()
    waiting = select(func.count()).select_from(audit_log).where(audit_log.c.batch.is_(None)).scalar_subquery()
    # In one statement, so that what is sealed meanwhile is either in all three or in none.
    found = (await connection.execute(select(highest, named, waiting))).one()
    return max(found[0], found[1]), found[2]


async def oldest_unsealed(connection: AsyncConnection) -> float | None:
    """Since when, in seconds since the epoch, the oldest entry without a batch waits for one; None where none does."""
    asked = select(func.min(audit_log.c.created_at)).where(audit_log.c.batch.is_(None))
    found: float | None = (await connection.execute(asked)).scalar_one()
    return found


async def batches(connection: AsyncConnection, after: int, limit: int) -> Sequence[RowMapping]:
    """Up to so many batches behind a number, in order."""
    table = audit_batches.c
    asked = select(audit_batches).where(table.number > after).order_by(table.number).limit(limit)
    return (await connection.execute(asked)).mappings().all()


async def sealed(connection: AsyncConnection, after: tuple[int, int], limit: int) -> Sequence[RowMapping]:
    """Up to so many sealed entries behind a (batch, seq), ordered by these."""
    table = audit_log.c
    place = tuple_(table.batch, table.seq)
    asked = select(audit_log).where(place > after).order_by(table.batch, table.seq).limit(limit)
    return (await connection.execute(asked)).mappings().all()


async def newest(
    connection: AsyncConnection, equal: Mapping[str, str], before: int | None, limit: int
) -> Sequence[RowMapping]:
    """Up to so many entries, the newest first, from before a ``seq`` on; ``equal`` by FILTERS."""
    asked = select(audit_log).where(*(audit_log.c[name] == value for name, value in equal.items()))
    if before is not None:
        asked = asked.where(audit_log.c.seq < before)
    return (await connection.execute(asked.order_by(audit_log.c.seq.desc()).limit(limit))).mappings().all()
