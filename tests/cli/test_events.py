"""``lurewatch events``: what waits in the outbox is seen, and what is dead is tried again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.casework.outbox import put
from typer.testing import CliRunner, Result

from lurewatch.casework.store import Store, queue
from lurewatch.entrypoints.cli import app

CREATED = 1_700_000_000.0


def run(*arguments: str, store: str = "none") -> Result:
    """The command, with a store if there is one."""
    environment = {"LUREWATCH_STORE": store, "DATABASE_URL": ""}
    return CliRunner().invoke(app, ["events", *arguments], env=environment, prog_name="lurewatch")


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The URL of a store with two dead events, of which one tries to steer the terminal, and one pending."""
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    asyncio.run(_fill(url, ["a-1", "a-2", "b-1"], {1: "too\x1b[2J large", 2: "refused"}))
    return url


async def _fill(url: str, ids: Sequence[str], dead: dict[int, str]) -> None:
    async with await Store.open(url) as opened:
        await put(opened, ids, CREATED)
        async with opened.writing() as connection:
            outcomes = [queue.Outcome(seq, 0, "dead", CREATED, last_error=error) for seq, error in dead.items()]
            await queue.settle(connection, outcomes)


def test_list(store: str) -> None:
    """Events are listed with status, tries and last error, and nothing in them steers the terminal."""
    result = run("list", "--status", "dead", store=store)
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first.startswith("a-1  dead  SCAM_DETECTION_RESULT  a  tries 0  2023-11-14T22:13:20Z  too")
    assert second.endswith("refused")
    assert "\x1b" not in result.output


def test_list_in_pages(store: str) -> None:
    """A page says where the next begins; the last one does not."""
    page = json.loads(run("list", "--json", "--limit", "2", store=store).stdout)
    assert [event["id"] for event in page["events"]] == ["a-1", "a-2"]
    rest = json.loads(run("list", "--json", "--after", str(page["cursor"]), store=store).stdout)
    assert [event["id"] for event in rest["events"]] == ["b-1"]
    assert rest["cursor"] is None
    assert "--after 2" in run("list", "--limit", "2", store=store).stderr


def test_retry_one_and_all(store: str) -> None:
    """A dead event is made pending by its id, and the rest with --all."""
    assert run("retry", "a-1", store=store).stdout == "1 to be handed on again\n"
    left = json.loads(run("list", "--json", "--status", "dead", store=store).stdout)
    assert [event["id"] for event in left["events"]] == ["a-2"]
    assert run("retry", "--all", store=store).exit_code == 0
    assert run("retry", "--all", store=store).stdout == "Nothing to be handed on again\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["retry"], "retry what?"),
        (["retry", "a-1", "--all"], "retry what?"),
        (["retry", "b-1"], "1 of these ids are not dead"),
        (["list", "--status", "lost"], "Write pending or delivered or dead"),
    ],
)
def test_bad_usage_is_2(store: str, arguments: list[str], said: str) -> None:
    """What cannot be done is said, and the exit status is 2."""
    result = run(*arguments, store=store)
    assert result.exit_code == 2
    assert said in result.stderr


def test_without_a_store() -> None:
    """Without a store, or with one that is none, the command says what to set."""
    assert "store.url is none" in run("list").stderr
    assert "sqlite:///" in run("list", store="mysql://anna:secret@host/x").stderr
    assert "secret" not in run("list", store="mysql://anna:secret@host/x").output
