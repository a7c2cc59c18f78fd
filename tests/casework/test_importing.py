"""What importing incidents of another system promises, from files and databases, into every kind of store."""

from __future__ import annotations

import asyncio
import csv
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text
from tests.casework.fakes import CONTACT, incoming, rows
from typer.testing import CliRunner, Result

from lurewatch.casework.screening import Screening
from lurewatch.casework.store import Store
from lurewatch.entrypoints.cli import app

NAMES = [
    "issue_reference",
    "flagged_user",
    "user_type",
    "client_email",
    "advisor_email",
    "flagged_pattern",
    "flagged_text",
    "flag_count_for_pair",
    "warning_sent",
    "admin_alerted",
    "created_at",
]
Cells = tuple[Any, ...]


def flag(pattern: str, count: Any = 1, time: Any = "2023-11-14 22:13:20", **more: Any) -> Cells:
    """A row of the other system, of the client Ann."""
    row = dict(
        zip(
            NAMES,
            ("ISS-1", "ann@example.org", "client", "Ann@example.org", "bo@example.org", pattern, "604-555-1234"),
            strict=False,
        )
    )
    row |= {"flag_count_for_pair": count, "warning_sent": 1, "admin_alerted": 0, "created_at": time} | more
    return tuple(row[name] for name in NAMES)


TWO_INCIDENTS = [
    flag("phone_number"),
    flag("bypass_language"),
    flag("phone_number", 2, "2023-11-15T09:00:00Z", admin_alerted="true"),
]


def written(path: Path, table: Sequence[Cells]) -> str:
    """A CSV file of these rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([NAMES, *table])
    return str(path)


async def imported(source: str, database: str, *more: str) -> Result:
    """The command, beside the loop of the test."""
    environment = {"LUREWATCH_STORE": database, "DATABASE_URL": ""}
    arguments = ["incidents", "import", source, *more]
    return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment, prog_name="lurewatch")


async def test_a_file_is_imported_once(screening: Screening, store: Store, database: str, tmp_path: Path) -> None:
    """Each row is there once however often it is imported, with its receipts, and the pair is counted on from it."""
    source = written(tmp_path / "flags.csv", TWO_INCIDENTS)
    assert "3 rows would be imported" in (await imported(source, database, "--dry-run")).stdout
    assert await rows(store, "conversation_flags") == []
    for _ in range(2):
        assert (await imported(source, database)).exit_code == 0
    found = await rows(store, "conversation_flags")
    assert [(row["flagged_pattern"], row["warning_sent"], row["admin_alerted"]) for row in found] == [
        ("phone_number", True, False),
        ("bypass_language", True, False),
        ("phone_number", True, True),
    ]
    assert found[0]["created_at"] == 1_700_000_000.0
    (counter,) = await rows(store, "pair_counters")
    assert (counter["client_email"], counter["incidents"]) == ("ann@example.org", 2)
    screened = await screening.screen(incoming(CONTACT))
    assert screened.decisions[0].count == 3
    assert (await imported(source, database)).stdout.startswith("0 rows imported, 3 were known already")
    assert [row["incidents"] for row in await rows(store, "pair_counters")] == [3]


async def test_what_was_counted_here_stays(screening: Screening, store: Store, database: str, tmp_path: Path) -> None:
    """Incidents of this system and of the other are added up, and the largest count that was told is reached."""
    await screening.screen(incoming(CONTACT))
    source = written(tmp_path / "flags.csv", [flag("phone_number", 7)])
    for more in ([], [flag("phone_number", 8, "2023-11-16T09:00:00Z")]):
        source = written(tmp_path / "flags.csv", [flag("phone_number", 7), *more])
        assert (await imported(source, database)).exit_code == 0
    assert [row["incidents"] for row in await rows(store, "pair_counters")] == [9]


async def test_broken_rows_are_named(store: Store, database: str, tmp_path: Path) -> None:
    """A broken row is named with its line and what is wrong, and the others are imported."""
    table = [
        flag("phone_number", "many"),
        flag("phone_number", 0),
        flag("phone_number", user_type="robot"),
        flag("phone_number", time="yesterday"),
        flag("phone_number", client_email="", advisor_email=" "),
        flag(""),
        flag("phone_number", warning_sent="perhaps"),
        flag("phone_number", issue_reference="x" * 201),
        ("too", "few"),
        flag("phone_number", flagged_text="two\nlines"),
    ]
    result = await imported(written(tmp_path / "flags.csv", table), database)
    assert result.exit_code == 3
    for line, said in enumerate(
        ("flag_count_for_pair: 'many'", "flag_count_for_pair is 0", "user_type is 'robot'", "created_at: ",
         "both empty", "flagged_pattern is empty", "warning_sent: 'perhaps'", "issue_reference has more", "2 cells"),
        2,
    ):  # fmt: skip
        assert f"flags.csv:{line}: {said}" in result.stderr or f"flags.csv:{line}: " in result.stderr
        assert said in result.stderr
    assert len(await rows(store, "conversation_flags")) == 1


async def test_a_database_is_imported(store: Store, database: str, tmp_path: Path) -> None:
    """A table of SQLite is read as it is, in another tenant's name, and not changed."""
    other = tmp_path / "portal.db"
    with sqlite3.connect(other) as connection:
        connection.execute(f"CREATE TABLE conversation_flags ({', '.join(NAMES)})")
        marks = ", ".join("?" * len(NAMES))
        connection.executemany(f"INSERT INTO conversation_flags VALUES ({marks})", TWO_INCIDENTS)  # noqa: S608
    before = other.read_bytes()
    result = await imported(f"sqlite:///{other}", database, "--tenant", "portal")
    assert result.exit_code == 0, result.output
    assert {row["tenant"] for row in await rows(store, "conversation_flags")} == {"portal"}
    assert [row["incidents"] for row in await rows(store, "pair_counters")] == [2]
    assert other.read_bytes() == before


async def test_a_store_is_imported_into_another(store: Store, database: str, tmp_path: Path) -> None:
    """The table of either kind of database is read by its URL; its own table a store does not import."""
    async with store.writing() as connection:
        for row in TWO_INCIDENTS:
            values = dict(zip(NAMES, row, strict=True)) | {"at": 1_700_000_000 + int(row[7])}
            values |= {"warning_sent": True, "admin_alerted": False}
            at = "datetime(:at, 'unixepoch')" if connection.dialect.name == "sqlite" else "to_timestamp(:at)"
            names = ", ".join(["tenant", *NAMES])
            marks = ", ".join(f":{name}" for name in NAMES[:-1])
            await connection.execute(
                text(f"INSERT INTO conversation_flags ({names}) VALUES ('x', {marks}, {at})"),  # noqa: S608
                {name: value for name, value in values.items() if name != "created_at"},
            )
    assert (await imported(database, database)).exit_code == 2
    target = f"sqlite:///{tmp_path / 'target.db'}"
    result = await imported(database, target)
    assert result.exit_code == 0, result.output
    async with await Store.open(target) as opened:
        assert len(await rows(opened, "conversation_flags")) == 3
        assert [row["incidents"] for row in await rows(opened, "pair_counters")] == [2]


async def test_a_source_that_is_none(database: str, tmp_path: Path) -> None:
    """A source that is not there, or lacks a column, is refused and nothing is made of it."""
    (tmp_path / "flags.csv").write_text("issue_reference,created_at\n")
    sqlite3.connect(tmp_path / "bare.db").close()
    for source, said in (
        (str(tmp_path / "none.csv"), "cannot be read"),
        (str(tmp_path / "flags.csv"), "has no column flagged_user"),
        (f"sqlite:///{tmp_path / 'none.db'}", "there is no database"),
        (f"sqlite:///{tmp_path / 'bare.db'}", "no table conversation_flags"),
    ):
        result = await imported(source, database)
        assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert not (tmp_path / "none.db").exists()
