"""What the columns of all tables share."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    func,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[float]):
    """Seconds since the epoch, kept as a timestamp in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> datetime.datetime | None:  # noqa: ARG002
        """The database's timestamp."""
        return None if value is None else datetime.datetime.fromtimestamp(value, datetime.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> float | None:  # noqa: ARG002
        """The seconds; SQLite forgets the zone."""
        if value is None:
            return None
        return float((value if value.tzinfo else value.replace(tzinfo=datetime.UTC)).timestamp())


Big = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is an INTEGER."""


def seq() -> Column[int]:
    """What orders rows."""
    return Column("seq", Big, primary_key=True, autoincrement=True)


def tenant() -> Column[str]:
    """Whose row it is."""
    return Column("tenant", String(64), nullable=False)


def created() -> Column[float]:
    """When it was made."""
    return Column("created_at", Moment, nullable=False)


def among(
    connection: AsyncConnection, columns: Sequence[ColumnElement[Any]], keys: Iterable[tuple[str | int, ...]]
) -> ColumnElement[bool]:
    """Whether the columns together are one of these keys, found by their index.

    For a list of two or more rows SQLite would go through the whole table; for a query it takes the index.
    """
    wanted = sorted(keys)
    if connection.dialect.name == "postgresql":
        return tuple_(*columns).in_(wanted)
    each = func.json_each(json.dumps(wanted, ensure_ascii=False)).table_valued("value")
    parts = (func.json_extract(each.c.value, f"$[{place}]") for place in range(len(columns)))
    return tuple_(*columns).in_(select(*parts))
