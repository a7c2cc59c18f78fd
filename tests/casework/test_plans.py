"""No statement of the daily work goes through a whole table: what a message costs does not grow with the store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event, insert, select
from tests.casework.fakes import CONTACT, LURE, Clock, incoming, rows
from tests.casework.postgresql import PostgreSQL

from lurewatch import Engine
from lurewatch.casework.archive import Archive
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Screening
from lurewatch.casework.store import Store, queue
from lurewatch.casework.store.columns import KEYS, among, bound
from lurewatch.casework.store.schema import conversations, indicators, messages
from lurewatch.casework.subjects import Subjects

_LARGE = (
    "alerts|cases|conversation_flags|conversations|cooldowns|idempotency_keys|indicators|messages|outbox"
    "|pair_counters|verdicts"
)
_SCAN = re.compile(rf"SCAN (?:{_LARGE})\b")
_OF_TENANT = re.compile(rf"SEARCH (?:{_LARGE}|one) .*\(tenant=\?(?: AND rowid>\?)?\)")
CONVERSATION = {
    "tenant": "t",
    "channel": "c",
    "id": "1",
    "state": b"",
    "message_count": 0,
    "scam_probability": 0.0,
    "risk_level": "safe",
    "scam_type": "not_scam",
    "created_at": 0.0,
    "updated_at": 0.0,
}
KINDS = ("domain", "email", "phone")
INDICATOR = {"tenant": "t", "source": "confirmed", "confidence": 0.8, "created_at": 0.0}


@pytest.fixture
def plans() -> Iterator[list[tuple[str, str]]]:
    """Each step of SQLite's plans, with its statement."""
    found: list[tuple[str, str]] = []

    def look(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(maxsplit=1)[0] not in ("SELECT", "UPDATE", "DELETE"):
            return
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters[0] if many else parameters)
        found.extend((statement, row[-1]) for row in cursor.fetchall())

    event.listen(Database, "before_cursor_execute", look)
    yield found
    event.remove(Database, "before_cursor_execute", look)


def scans(plans: list[tuple[str, str]]) -> list[str]:
    """The statements that go through a whole table."""
    return [statement for statement, step in plans if _SCAN.search(step)]


async def test_daily_work_scans_no_table(
    engine: Engine, tmp_path: Path, clock: Clock, plans: list[tuple[str, str]]
) -> None:
    """Screening, editing, handing off, looking up and closing find their rows by an index."""
    async with await Store.open(f"sqlite:///{tmp_path / 'lurewatch.db'}") as store:
        plans.clear()  # migrations may
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
        seen = scans(plans)
        assert await rows(store, "alerts")
        assert scans(plans) != seen, "a whole table is not seen to be read"
    assert seen == []


async def test_a_person_is_found_without_reading_all_of_a_tenant(
    engine: Engine, tmp_path: Path, clock: Clock, plans: list[tuple[str, str]]
) -> None:
    """Exporting and erasing a person, and asking who is gone, find their rows by what they look for."""
    async with await Store.open(f"sqlite:///{tmp_path / 'lurewatch.db'}") as store:
        screening = Screening(lambda: engine, store, clock=clock)
        for number, text in enumerate((CONTACT, *LURE)):
            await screening.screen(incoming(text, message_id=f"m{number}", idempotency_key=f"k{number}"))
        plans.clear()
        exported = await Subjects(store).export("default", "ann@example.org")
        erased = await Subjects(store).erase("default", "ann@example.org")
        async with store.reading() as connection:
            await queue.gone(connection, "webhook:ops")
        assert plans[-1][1] == "SEARCH outbox USING INDEX ix_outbox_gone (kind=?)"
        seen = scans(plans) + [statement for statement, step in plans if _OF_TENANT.search(step)]
        async with store.reading() as connection:
            await connection.execute(select(messages.c.text).where(messages.c.tenant == "default"))
        assert _OF_TENANT.search(plans[-1][1]), "the whole of a tenant is not seen to be read"
    assert (len(exported.items) > 10, erased.pairs) == (True, 1)
    assert seen == []


async def test_many_keys_at_once_read_no_whole_table(postgresql: PostgreSQL) -> None:
    """PostgreSQL finds what is known of many values by an index, also in a table that grew since it was analysed."""
    name = await postgresql.new_database()
    async with await Store.open(postgresql.url(name)) as store, store.writing() as connection:
        await connection.execute(insert(conversations).values(CONVERSATION))
        seq = (await connection.execute(select(conversations.c.seq))).scalar_one()
        values = [(KINDS[number % 3], f"value {number}") for number in range(20_000)]
        used = [INDICATOR | {"conversation": seq, "type": kind, "value": value} for kind, value in values]
        await connection.execute(insert(indicators), used)
        columns = (indicators.c.tenant, indicators.c.type, indicators.c.value)
        asked = among("postgresql", select(indicators.c.seq), *columns)
        statement = asked.compile(connection.sync_engine)
        keys = bound(("t", *value) for value in values[:64])
        assert len((await connection.execute(asked, keys)).all()) == 64
        told = await connection.exec_driver_sql(f"EXPLAIN {statement}", (keys[KEYS],))
        plan = "\n".join(told.scalars())
    await postgresql.drop(name)
    assert re.search(r"Index (?:Only )?Scan using uq_indicators_tenant", plan)
    assert "Filter" not in plan, "rows are read that are not of these keys"
