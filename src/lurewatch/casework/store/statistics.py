"""Alerts counted by the database: every function asks one query over the same selection."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Case,
    ColumnElement,
    Integer,
    RowMapping,
    Select,
    Subquery,
    case,
    cast,
    extract,
    func,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.store.schema import alerts, conversations

BINS = 10
"""Scores in [0,1] are counted in so many parts; the last has 1, too."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which alerts: of one tenant, from ``since`` on and before ``until`` (seconds), with these values."""

    tenant: str
    since: float | None = None
    until: float | None = None
    channel: str | None = None
    conversation: str | None = None
    policy: str | None = None
    type: str | None = None


async def types(connection: AsyncConnection, selection: Selection) -> Sequence[RowMapping]:
    """``policy, type, count, suppressed, total``, the most frequent first; all there are."""
    found = _selected(selection, "policy", "type", "suppressed")
    return (await connection.execute(_ranked(found, [found.c.policy, found.c.type]))).mappings().all()


async def groups(connection: AsyncConnection, selection: Selection, most: int) -> Sequence[RowMapping]:
    """``channel, conversation_id, count, suppressed, total``, the most frequent first."""
    found = _selected(selection, "conversation", "suppressed")
    ranked = _ranked(found, [found.c.conversation]).limit(most).subquery()
    asked = (
        select(
            conversations.c.channel,
            conversations.c.id.label("conversation_id"),
            ranked.c.count,
            ranked.c.suppressed,
            ranked.c.total,
        )
        .join(conversations, conversations.c.seq == ranked.c.conversation)
        .order_by(ranked.c.count.desc(), ranked.c.conversation)
    )
    return (await connection.execute(asked)).mappings().all()


async def marks(
    connection: AsyncConnection, selection: Selection, column: str, most: int, ignored: Collection[str] = ()
) -> Sequence[RowMapping]:
    """``value, count, suppressed, total`` of what stands in a list such as ``brands``, the most frequent first."""
    listed = _selected(selection, column, "suppressed")
    spread = func.json_array_elements_text if _is_postgresql(connection) else func.json_each
    values = spread(listed.c[column]).table_valued("value")
    found = select(values.c.value, listed.c.suppressed).select_from(listed.join(values, true()))
    if ignored:
        found = found.where(values.c.value.not_in(sorted(ignored)))
    each = found.subquery()
    return (await connection.execute(_ranked(each, [each.c.value]).limit(most))).mappings().all()


async def times(
    connection: AsyncConnection, selection: Selection, width: int, offset: int, most: int
) -> Sequence[RowMapping]:
    """``number, count, suppressed, total`` of stretches of ``width`` seconds, the newest first.

    The stretch with the number n begins n * width + offset seconds after the epoch; those without an alert are missing.
    """
    found = _selected(selection, "created_at", "suppressed")
    seconds = _seconds(found.c.created_at, postgresql=_is_postgresql(connection))
    each = select(((seconds - offset) // width).label("number"), found.c.suppressed).subquery()
    asked = _counted(each, [each.c.number]).order_by(each.c.number.desc()).limit(most)
    return (await connection.execute(asked)).mappings().all()


async def scores(connection: AsyncConnection, selection: Selection) -> dict[int, int]:
    """How many scores are in each of the BINS, by its number; empty ones are missing."""
    found = _selected(selection, "score")
    each = select(_bin(found.c.score).label("bin")).subquery()
    asked = select(each.c.bin, func.count().label("count")).group_by(each.c.bin)
    return {row["bin"]: row["count"] for row in (await connection.execute(asked)).mappings()}


def _selected(selection: Selection, *columns: str) -> Subquery:
    table = alerts.c
    asked = select(*(table[name] for name in columns)).where(table.tenant == selection.tenant)
    if selection.since is not None:
        asked = asked.where(table.created_at >= selection.since)
    if selection.until is not None:
        asked = asked.where(table.created_at < selection.until)
    for name in ("channel", "policy", "type"):
        if (value := getattr(selection, name)) is not None:
            asked = asked.where(table[name] == value)
    if selection.conversation is not None:
        named = select(conversations.c.seq).where(
            conversations.c.tenant == selection.tenant, conversations.c.id == selection.conversation
        )
        asked = asked.where(table.conversation.in_(named))
    return asked.subquery()


def _ranked(found: Subquery, keys: Sequence[ColumnElement[object]]) -> Select[*tuple[Any, ...]]:
    return _counted(found, keys).order_by(func.count().desc(), *keys)


def _counted(found: Subquery, keys: Sequence[ColumnElement[object]]) -> Select[*tuple[Any, ...]]:
    """Rows by their keys; ``total`` counts those of all keys, also of what a limit leaves out."""
    held_back = func.sum(cast(found.c.suppressed, Integer))
    total = func.sum(func.count()).over()
    return select(
        *keys, func.count().label("count"), held_back.label("suppressed"), cast(total, BigInteger).label("total")
    ).group_by(*keys)


def _seconds(moment: ColumnElement[float], *, postgresql: bool) -> ColumnElement[int]:
    """Whole seconds since the epoch."""
    if postgresql:
        return cast(func.floor(extract("epoch", moment)), BigInteger)
    # SQLite would round what is less than half a millisecond before a second up to it.
    return cast(func.strftime("%s", func.substr(moment, 1, 19)), Integer)


def _bin(score: ColumnElement[float]) -> Case[int]:
    return case(*((score >= number / BINS, number) for number in range(BINS - 1, 0, -1)), else_=0)


def _is_postgresql(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "postgresql"
