"""No statement of the daily work goes through a whole table: what a message costs does not grow with the store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event
from tests.casework.fakes import CONTACT, LURE, Clock, incoming, rows

from lurewatch import Engine
from lurewatch.casework.archive import Archive
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Screening
from lurewatch.casework.store import Store

_LARGE = (
    "alerts|cases|conversation_flags|conversations|cooldowns|idempotency_keys|indicators|messages|outbox"
    "|pair_counters|verdicts"
)
_SCAN = re.compile(rf"SCAN (?:{_LARGE})\b")


@pytest.fixture
def scans() -> Iterator[list[str]]:
    """Statements that go through a whole table, as SQLite plans them."""
    found: list[str] = []

    def look(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(maxsplit=1)[0] not in ("SELECT", "UPDATE", "DELETE"):
            return
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters[0] if many else parameters)
        found.extend(statement for row in cursor.fetchall() if _SCAN.search(row[-1]))

    event.listen(Database, "before_cursor_execute", look)
    yield found
    event.remove(Database, "before_cursor_execute", look)


async def test_daily_work_scans_no_table(engine: Engine, tmp_path: Path, clock: Clock, scans: list[str]) -> None:
    """Screening, editing, handing off, looking up and closing find their rows by an index."""
    async with await Store.open(f"sqlite:///{tmp_path / 'lurewatch.db'}") as store:
        scans.clear()  # migrations may
        screening = Screening(lambda: engine, store, clock=clock)
        first = await screening.screen(incoming(CONTACT, message_id="m1", idempotency_key="k1"))
        await screening.screen(incoming(f"{CONTACT}!", message_id="m1", quoted="Is that so? I had no idea at all."))
        for text in LURE:
            several = (incoming(text, f"ISS-{number}", "m2", client=f"c{number}") for number in range(3))
            await asyncio.gather(*map(screening.screen, several))
        alerts = await Archive(store).alerts("default")
        await Archive(store).verdict("default", first.verdict_id)
        await Archive(store).conversation("default", "api", "ISS-1")
        await Review(store, lambda: engine, clock=clock).close("default", alerts.items[-1].id, "true_positive")
        seen = list(scans)
        assert await rows(store, "alerts")
        assert scans != seen, "a whole table is not seen to be read"
    assert seen == []
