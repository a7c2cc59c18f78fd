"""Rows of another system's ``conversation_flags``, of a CSV file or a database: each read, or named with its fault."""

from __future__ import annotations

import csv
import datetime
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from lurewatch.casework.importing import FlagRow, check
from lurewatch.casework.store import foreign
from lurewatch.entrypoints.messages import moment
from lurewatch.errors import InputError

COLUMNS = tuple(field.name for field in fields(FlagRow))
_TABLE = "conversation_flags"
_AT_A_TIME = 1_000
_YES, _NO = frozenset({"1", "true", "t", "yes"}), frozenset({"0", "false", "f", "no", ""})

Row = tuple[int, "FlagRow | InputError"]
"""The number of its line in a file, or of the row in a table, from 1; and the row, or what is wrong with it."""


async def read(source: str) -> AsyncIterator[list[Row]]:
    """The rows of a source, as many at a time as are written at once.

    Raises:
        InputError: the source is not there, or has no such columns.
        StoreError: the database cannot be read.
    """
    if "://" not in source:
        for some in _of_file(Path(source)):
            yield some
        return
    number = 0
    async for found in foreign.rows(source, _TABLE, COLUMNS):
        yield [(number + at, _read(row)) for at, row in enumerate(found, 1)]
        number += len(found)


def _of_file(path: Path) -> Iterator[list[Row]]:
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            table = csv.reader(file)
            header = [cell.strip().casefold() for cell in next(table, [])]
            if missing := [name for name in COLUMNS if name not in header]:
                raise InputError(f"{path} has no column {', '.join(missing)}")
            some: list[Row] = []
            for number, row in _rows(table):
                if isinstance(row, list) and len(row) != len(header):
                    row = InputError(f"the row has {len(row)} cells, the header {len(header)}")  # noqa: PLW2901
                found = row if isinstance(row, InputError) else _read(dict(zip(header, row, strict=True)))
                some.append((number, found))
                if len(some) == _AT_A_TIME:
                    yield some
                    some = []
            yield some
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _rows(table: Any) -> Iterator[tuple[int, list[str] | InputError]]:
    """The rows that are not empty, by the number of their first line."""
    while True:
        number = table.line_num + 1
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, InputError(f"the row cannot be read: {error}")
            continue
        if cells:
            yield number, cells


def _read(row: Mapping[str, Any]) -> FlagRow | InputError:
    values = {}
    for name, of in _KINDS.items():
        try:
            values[name] = of(row[name])
        except (ValueError, InputError) as error:
            return InputError(f"{name}: {error}")
    try:
        found = FlagRow(**values)
        check(found)
    except InputError as error:
        return error
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is no whole number") from None


def _truth(value: Any) -> bool:
    word = "" if value is None else str(value).strip().casefold()
    if word not in _YES | _NO:
        raise ValueError(f"{value!r} is neither true nor false")
    return word in _YES


def _time(value: Any) -> float:
    if isinstance(value, datetime.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=datetime.UTC)).timestamp()
    if isinstance(value, str) and value.strip().replace(".", "", 1).isdecimal():
        value = float(value)
    found = moment(value, "")
    if found is None:
        raise ValueError("there is no time")
    return found


_KINDS: dict[str, Callable[[Any], Any]] = dict.fromkeys(COLUMNS, _text) | {
    "user_type": lambda value: _text(value).strip().casefold(),
    "flag_count_for_pair": _whole,
    "warning_sent": _truth,
    "admin_alerted": _truth,
    "created_at": _time,
}
