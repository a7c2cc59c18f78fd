"""What is old: counted, and deleted some rows at a time.

A dead row of the outbox by which somebody who is gone is left alone is emptied and not deleted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, not_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.origins import configurations, packs
from lurewatch.casework.store.schema import (
    IS_GONE,
    alerts,
    cases,
    conversation_flags,
    conversations,
    cooldowns,
    idempotency_keys,
    messages,
    outbox,
    pair_counters,
    verdicts,
)

_OLD: dict[str, tuple[Table, str]] = {
    "conversations": (conversations, "updated_at"),
    "verdicts": (verdicts, "created_at"),
    "alerts": (alerts, "created_at"),
    "flags": (conversation_flags, "created_at"),
    "events": (outbox, "created_at"),
    "idempotency_keys": (idempotency_keys, "created_at"),
    "cases": (cases, "closed_at"),
    "pairs": (pair_counters, "updated_at"),
    "cooldowns": (cooldowns, "last_at"),
}
KINDS = tuple(_OLD)


def _is_old(kind: str, before: float) -> ColumnElement[bool]:
    table, time = _OLD[kind]
    old = table.c[time] < before
    return and_(old, table.c.status != "pending", not_(IS_GONE)) if kind == "events" else old


async def count(connection: AsyncConnection, kind: str, before: float) -> int:
    """How many rows of one of KINDS are older."""
    counted = select(func.count()).select_from(_OLD[kind][0]).where(_is_old(kind, before))
    return int((await connection.execute(counted)).scalar_one())


async def delete_some(connection: AsyncConnection, kind: str, before: float, most: int) -> int:
    """Delete up to so many of them; how many."""
    table = _OLD[kind][0]
    key: Any = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(_is_old(kind, before)).limit(most)
    gone = delete(table).where(key.in_(some), _is_old(kind, before))
    return (await connection.execute(gone)).rowcount


def _speaking(before: float) -> ColumnElement[bool]:
    return and_(IS_GONE, outbox.c.created_at < before, outbox.c.payload != b"")


async def count_gone(connection: AsyncConnection, before: float) -> int:
    """How many old rows that are kept, as they say that somebody is gone, are not emptied yet."""
    counted = select(func.count()).select_from(outbox).where(_speaking(before))
    return int((await connection.execute(counted)).scalar_one())


async def empty_gone(connection: AsyncConnection, before: float) -> int:
    """Empty them: no conversation and nothing of its content is left; how many."""
    nothing = {"payload": b"", "subject": "", "ordered_by": "", "alert": "", "reference": ""}
    return (await connection.execute(update(outbox).where(_speaking(before)).values(nothing))).rowcount


def _unnamed(table: Table, before: float) -> ColumnElement[bool]:
    """Whether it is old and no verdict names it; one that may be about to be named by its first verdict is young."""
    named = (verdicts.c.pack,) if table is packs else (verdicts.c.config, verdicts.c.policies)
    unused = [~exists().where(column == table.c.name) for column in named]
    return and_(table.c.created_at < before, *unused)


async def count_origins(connection: AsyncConnection, before: float) -> int:
    """How many old packs and configurations made no verdict that is left."""
    counts = [select(func.count()).select_from(one).where(_unnamed(one, before)) for one in (packs, configurations)]
    return sum([int((await connection.execute(one)).scalar_one()) for one in counts])


async def delete_origins(connection: AsyncConnection, before: float) -> int:
    """Delete them; how many. Layers stay while a pack may share them."""
    gone = [delete(one).where(_unnamed(one, before)) for one in (packs, configurations)]
    return sum([(await connection.execute(one)).rowcount for one in gone])


def _with_texts(before: float) -> ColumnElement[bool]:
    return and_(messages.c.created_at < before, messages.c.text_hash != "")


async def count_texts(connection: AsyncConnection, before: float) -> int:
    """How many old messages of conversations that go on have texts, or hashes of them."""
    joined = messages.join(conversations, conversations.c.seq == messages.c.conversation)
    goes_on = conversations.c.updated_at >= before
    counted = select(func.count()).select_from(joined).where(_with_texts(before), goes_on)
    return int((await connection.execute(counted)).scalar_one())


async def next_with_texts(connection: AsyncConnection, before: float, after: int) -> int | None:
    """The first conversation behind a ``seq`` that has such messages."""
    found = select(func.min(messages.c.conversation)).where(_with_texts(before), messages.c.conversation > after)
    seq: int | None = (await connection.execute(found)).scalar_one_or_none()
    return seq
