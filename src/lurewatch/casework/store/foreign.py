"""A table in somebody else's database, read and never written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, column, inspect, select, table, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from lurewatch.casework.store import address
from lurewatch.errors import InputError, StoreError

_AT_A_TIME = 1_000


async def rows(url: str, name: str, columns: Sequence[str]) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows of a table, a thousand at a time.

    Raises:
        SettingsError: the URL is none.
        InputError: there is no such database, table or column.
        StoreError: the database cannot be read.
    """
    place = address(url)
    is_sqlite = place.get_backend_name() == "sqlite"
    if is_sqlite:
        if not place.database or not Path(place.database).is_file():
            raise InputError(f"there is no database {place.database}. Is the path right?")
        place = place.set(database=f"file:{Path(place.database).absolute()}", query={"mode": "ro", "uri": "true"})
    engine = create_async_engine(place)
    try:
        async with engine.connect() as connection:
            if not is_sqlite:
                await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            await connection.run_sync(_check, name, columns)
            wanted: list[Any] = [column(one) for one in columns]
            asked: Select[Any] = select(*wanted).select_from(table(name))
            found = await connection.stream(asked, execution_options={"yield_per": _AT_A_TIME})
            async for some in found.mappings().partitions(_AT_A_TIME):
                yield [dict(row) for row in some]
    except (DBAPIError, OSError) as error:
        raise StoreError(
            f"the source cannot be read: {type(error).__name__}. Is it running, is its URL right?"
        ) from error
    finally:
        await engine.dispose()


def _check(connection: Connection, name: str, columns: Sequence[str]) -> None:
    found = inspect(connection)
    if not found.has_table(name):
        raise InputError(f"the source has no table {name}")
    there = {one["name"] for one in found.get_columns(name)}
    if missing := [one for one in columns if one not in there]:
        raise InputError(f"the table {name} has no column {', '.join(missing)}")
