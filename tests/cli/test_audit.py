"""``lurewatch audit``: the log is shown and verified, and a change of it is named."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lurewatch.casework.sealing import Sealer
from lurewatch.casework.store import Store, journal
from lurewatch.entrypoints.cli import app

CREATED = 1_700_000_000.0


def run(*arguments: str, store: str = "none") -> Result:
    """The command, with a store if there is one."""
    environment = {"LUREWATCH_STORE": store, "DATABASE_URL": ""}
    return CliRunner().invoke(app, ["audit", *arguments], env=environment, prog_name="lurewatch")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with three entries, two of them sealed."""
    path = tmp_path / "kept.db"
    asyncio.run(_fill(f"sqlite:///{path}"))
    return path


async def _fill(url: str) -> None:
    async with await Store.open(url) as store:
        for tenant, subject in (("shop", "a1"), ("shop", "a2"), ("evil\x1b[2J", "a3")):
            if subject == "a3":
                await Sealer(store).seal()
            async with store.writing() as connection:
                act = journal.Act("key_created", tenant, subject, CREATED, detail={"scopes": ["review"]})
                await journal.add(connection, act)


def test_a_whole_log_is_0(path: Path) -> None:
    """A whole log is said to be whole, with its head, which the next verification can be given."""
    result = run("verify", store=f"sqlite:///{path}")
    assert result.exit_code == 0
    whole, head = result.stdout.splitlines()
    assert whole == "whole: 1 batches, 2 entries, 1 not sealed yet"
    assert run("verify", "--expect", head.removeprefix("head: "), store=f"sqlite:///{path}").exit_code == 0
    other = run("verify", "--expect", "2:" + "a" * 64, store=f"sqlite:///{path}")
    assert other.exit_code == 1
    assert other.stdout.startswith("broken: batch 2 was removed; whole before it: 1 batches")


def test_a_broken_log_is_1(path: Path) -> None:
    """A changed entry is named with its batch."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE audit_log SET tenant = 'other' WHERE seq = 2")
    connection.close()
    result = run("verify", store=f"sqlite:///{path}")
    assert result.exit_code == 1
    assert result.stdout.startswith("broken: batch 1, entry 2 was changed; whole before it: 0 batches, 0 entries")


def test_list(path: Path) -> None:
    """Entries are listed, the newest first, as many as were asked for, and nothing in them steers the terminal."""
    result = run("list", "--limit", "2", store=f"sqlite:///{path}")
    assert result.exit_code == 0
    newest, older = result.stdout.splitlines()
    assert newest.startswith("3  2023-11-14T22:13:20Z  not sealed  evil")
    assert older == '2  2023-11-14T22:13:20Z  batch 1  shop  system  key_created  a2  {"scopes":["review"]}'
    assert "\x1b" not in result.output
    assert "--before 2" in result.stderr


def test_list_what_was_asked_for(path: Path) -> None:
    """Entries are narrowed by who, what and about whom."""
    result = run("list", "--tenant", "shop", "--subject", "a1", store=f"sqlite:///{path}")
    assert [line.split("  ")[0] for line in result.stdout.splitlines()] == ["1"]
    assert run("list", "--actor", "k1", "--action", "key_created", store=f"sqlite:///{path}").stdout == ""


def test_list_as_json(path: Path) -> None:
    """One JSON object has the entries of the page and where the next begins."""
    page = json.loads(run("list", "--json", "--before", "3", "--limit", "1", store=f"sqlite:///{path}").stdout)
    assert page == {
        "entries": [
            {
                "seq": 2,
                "tenant": "shop",
                "actor": "system",
                "action": "key_created",
                "subject": "a2",
                "detail": {"scopes": ["review"]},
                "created_at": "2023-11-14T22:13:20Z",
                "batch": 1,
            }
        ],
        "cursor": 2,
    }


@pytest.mark.parametrize(
    ("arguments", "said"), [(["verify", "--expect", "x"], "NUMBER:HASH"), (["list", "--limit", "0"], "limit")]
)
def test_bad_usage_is_2(path: Path, arguments: list[str], said: str) -> None:
    """What cannot be asked is said, and the exit status is 2."""
    result = run(*arguments, store=f"sqlite:///{path}")
    assert result.exit_code == 2
    assert said in result.stderr


def test_without_a_store() -> None:
    """Without a store the command says what to set."""
    result = run("verify")
    assert result.exit_code == 2
    assert "store.url is none" in result.stderr
