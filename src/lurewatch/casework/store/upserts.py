"""Rows that may be there already: left as they are, or written over. Each statement is made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(dialect: str, table: Table) -> Any:
    """An INSERT of a database, by the name of its dialect: each has its own words for a conflict."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


async def insert_missing(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows that are not there yet, by any unique key."""
    if rows:
        await connection.execute(_missing(connection.dialect.name, table), rows)


def replace(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows, or write what they have over those of the same primary key. All of them have the same columns."""
    if rows:
        connection.execute(_replacing(connection.dialect.name, table, tuple(rows[0])), rows)


@cache
def _missing(dialect: str, table: Table) -> Executable:
    missing: Executable = insert(dialect, table).on_conflict_do_nothing()
    return missing


@cache
def _replacing(dialect: str, table: Table, names: tuple[str, ...]) -> Executable:
    key = table.primary_key.columns
    new = insert(dialect, table)
    values = {name: new.excluded[name] for name in names if name not in key}
    replacing: Executable = new.on_conflict_do_update(index_elements=list(key), set_=values)
    return replacing
