"""What the columns of all tables share."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterable
from typing import Any

import zstandard
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    TypeDecorator,
    and_,
    bindparam,
    cast,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

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


class _Zstandard(threading.local):
    """What packs and unpacks, for each thread its own: to make them takes longer than to use them."""

    def __init__(self) -> None:
        # Higher levels save a twentieth more. By the checksum a spoilt frame is none, and no other value.
        self.compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
        self.decompressor = zstandard.ZstdDecompressor()


_ZSTANDARD = _Zstandard()
_WORTH_PACKING = 2_000
"""Less PostgreSQL keeps in the row itself."""
_LARGEST = 64 << 20
"""No value is of so many bytes: a frame that says so is spoilt."""


class Packed(TypeDecorator[bytes]):
    """Bytes that are read and written whole, kept compressed: a third of the size, in less time than to write the rest.

    What is no frame of Zstandard is given as it is: short values, and rows from before the column was packed.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """One frame, which names its size; a short value as it is."""
        return value if value is None or len(value) < _WORTH_PACKING else _ZSTANDARD.compressor.compress(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """What was given."""
        if value is None or not value.startswith(zstandard.FRAME_HEADER):
            return value
        try:
            if zstandard.frame_content_size(value) <= _LARGEST:
                return _ZSTANDARD.decompressor.decompress(value)
        except zstandard.ZstdError:
            pass
        return value  # who reads it finds that it makes no sense, as with any other spoilt value


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


_Row = tuple[str | int, ...]
KEYS = "keys"
"""The parameter of a statement that is executed with rows, or with the keys of some."""


class _Rows(FunctionElement[Any]):
    """The rows of the JSON array that is bound to KEYS."""

    inherit_cache = True


class _Part(FunctionElement[Any]):
    """One value of such a row, by its place."""

    inherit_cache = True


@compiles(_Rows, "postgresql")
def _rows_of_postgresql(element: _Rows, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **more)} AS JSON))"


@compiles(_Rows, "sqlite")
def _rows_of_sqlite(element: _Rows, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **more)})"


@compiles(_Part, "postgresql")
def _part_of_postgresql(element: _Part, compiler: SQLCompiler, **more: Any) -> str:
    row, place = element.clauses
    return f"({compiler.process(row, **more)} ->> {compiler.process(place, **more)})"


@compiles(_Part, "sqlite")
def _part_of_sqlite(element: _Part, compiler: SQLCompiler, **more: Any) -> str:
    row, place = element.clauses
    return f"json_extract({compiler.process(row, **more)}, '$[' || {compiler.process(place, **more)} || ']')"


def given(*columns: ColumnElement[Any]) -> Select[Any]:
    """The rows that a statement is executed with (``bound``), as a query: a value for each of these columns.

    One statement for any number of rows: it is made once, and it is one to the database.
    """
    each = _Rows(bindparam(KEYS, type_=String)).table_valued("value")
    parts = (_Part(each.c.value, literal_column(str(place))) for place in range(len(columns)))
    pairs = zip(parts, columns, strict=True)
    typed = (cast(part, Big) if isinstance(column.type, Integer) else part for part, column in pairs)
    return select(*(part.label(f"part_{place}") for place, part in enumerate(typed)))


def bound(rows: Iterable[_Row]) -> dict[str, Any]:
    """The parameter of a statement with ``given``, in order."""
    return {KEYS: json.dumps(sorted(rows), ensure_ascii=False)}


def among(dialect: str, asked: Select[Any], *columns: ColumnElement[Any]) -> Select[Any]:
    """What is asked of the rows whose columns together are one of the keys that it is executed with (``bound``).

    It is asked for one key after the other, in their order, which is also that in which rows are locked. PostgreSQL is
    made to: left to itself it reads the whole table for many keys of one that has grown since it was last analysed,
    and takes longer to plan for a list than to look up. SQLite takes the wrong index for a list.
    """
    keys = given(*columns).subquery("keys")
    same = and_(*(column == key for column, key in zip(columns, keys.c, strict=True)))
    if dialect != "postgresql":
        return asked.join(keys, same)
    found = asked.where(same).offset(literal_column("0")).lateral("found")  # what has an offset is not joined otherwise
    return select(found).select_from(keys.join(found, true()))


def listed(keys: Iterable[int]) -> list[int]:
    """Keys for a list in a statement: the last again and again, so that the database has few statements to read."""
    found = sorted(keys)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))
