"""Alerts in figures: the same over SQLite and over PostgreSQL."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import insert
from tests.casework.fakes import BRAND_FRAUD, CONTACT, Clock, incoming

from lurewatch.casework.screening import Screening
from lurewatch.casework.statistics import Bucket, Figures, Group, Mark, Statistics, Stretch
from lurewatch.casework.store import Store, migrations
from lurewatch.casework.store.schema import alerts, conversations
from lurewatch.casework.store.statistics import Selection


def at(moment: str) -> float:
    """Seconds since the epoch of a time in UTC."""
    return datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC).timestamp()


def alert(number: int, moment: str, **more: Any) -> dict[str, Any]:
    """A row of the conversation with this number, with an alert of its own."""
    made = {
        "tenant": "default",
        "id": f"{moment} {number}",
        "conversation": number,
        "channel": "chat",
        "verdict": "v",
        "policy": "brand_watch",
        "action": "alert",
        "type": "high_risk_fraud",
        "score": 0.5,
        "count": 0,
        "suppressed": False,
        "keywords": [],
        "patterns": [],
        "brands": [],
        "incidents": 0,
        "status": "open",
        "created_at": at(moment),
    }
    return made | more


def conversation(number: int, tenant: str = "default") -> dict[str, Any]:
    """A row of a conversation."""
    return {
        "seq": number,
        "tenant": tenant,
        "channel": "chat",
        "id": f"group-{number}",
        "state": b"{}",
        "message_count": 1,
        "scam_probability": 1.0,
        "risk_level": "safe",
        "scam_type": "not_scam",
        "created_at": 0.0,
        "updated_at": 0.0,
    }


async def fill(store: Store, *rows: dict[str, Any]) -> None:
    """Put alerts of the conversations 1 to 3, and of 4, which is another tenant's, into the store."""
    async with store.writing() as connection:
        await connection.execute(insert(conversations), [conversation(1), conversation(2), conversation(3)])
        await connection.execute(insert(conversations), [conversation(4, "other")])
        await connection.execute(insert(alerts), list(rows))


async def counted(store: Store, bucket: Bucket = "day", most: int = 20, **filters: Any) -> Figures:
    """The figures of the default tenant."""
    return await Statistics(store).figures(Selection("default", **filters), bucket=bucket, most=most)


async def test_an_empty_store_has_figures(store: Store) -> None:
    """Where nothing was found everything is none."""
    found = await counted(store)
    assert (found.alerts, found.types, found.times.items, found.scores) == (0, (), (), (0,) * 10)


async def test_what_screening_records_is_counted(store: Store, screening: Screening, clock: Clock) -> None:
    """Brands, patterns without the words that only raise a score, and what a cool-down held back."""
    for conversation_id in ("A", "A", "B"):
        await screening.screen(incoming(BRAND_FRAUD, conversation_id, channel="chat"))
        clock.now += 60
    await screening.screen(incoming(CONTACT, "B", channel="chat"))
    found = await counted(store, policy="brand_watch")
    assert (found.alerts, found.suppressed) == (3, 1)
    assert found.brands.items == (Mark("paypal", 3, 1),)
    assert found.patterns.items == (Mark("phishing_terms", 3, 1),)
    assert found.groups.items == (Group("chat", "A", 2, 1), Group("chat", "B", 1, 0))
    assert found.scores == (0, 0, 0, 0, 0, 0, 3, 0, 0, 0)
    assert "phone_number" in {mark.value for mark in (await counted(store)).patterns.items}


async def test_stretches_of_time_are_those_of_utc(store: Store) -> None:
    """The last moment before midnight is of the day before; a week begins on Monday."""
    moments = ["2026-01-04T23:59:59.999900", "2026-01-05T00:00:00", "2026-01-05T00:59:59.999999", "2026-01-11T23:00:00"]
    await fill(store, *(alert(1, moment) for moment in moments))
    expected: dict[Bucket, list[tuple[str, int]]] = {
        "hour": [("2026-01-11T23:00", 1), ("2026-01-05T00:00", 2), ("2026-01-04T23:00", 1)],
        "day": [("2026-01-11", 1), ("2026-01-05", 2), ("2026-01-04", 1)],
        "week": [("2026-01-05", 3), ("2025-12-29", 1)],
    }
    for bucket, stretches in expected.items():
        found = await counted(store, bucket)
        assert found.times.items == tuple(Stretch(int(at(start)), count, 0) for start, count in stretches)
    assert (await counted(store, since=at("2026-01-05"), until=at("2026-01-11T23:00:00"))).alerts == 2


async def test_scores_fall_into_tenths(store: Store) -> None:
    """A bound belongs to the part above it, one to the last; scores of other policies are of another scale."""
    scores = [0.0, 0.09, 0.1, 0.29, 0.3, 0.6, 0.7, 0.99, 1.0]
    made = [alert(1, f"2026-01-01T00:00:0{number}", score=score) for number, score in enumerate(scores)]
    await fill(store, *made, alert(1, "2026-01-02", policy="handoff", type="SCAM_CONFIRMED", score=99.0))
    assert (await counted(store)).scores == (2, 1, 1, 1, 0, 0, 1, 1, 0, 2)
    assert (await counted(store, policy="handoff")).scores == (0,) * 10


async def test_lists_are_bounded_and_tell_the_rest(store: Store) -> None:
    """The most frequent are listed, the first in order where they are equal, and the rest is a number."""
    await fill(
        store,
        alert(2, "2026-01-01", brands=["visa", "paypal"], patterns=["cvv_code", "trigger_verify"]),
        alert(2, "2026-01-02", brands=["paypal"], suppressed=True),
        alert(1, "2026-01-03", brands=["amazon"], patterns=["cvv_code", "credit_card"]),
        alert(3, "2026-01-04"),
        alert(4, "2026-01-05", tenant="other", brands=["visa"]),
    )
    found = await counted(store, most=1)
    assert (found.alerts, found.suppressed) == (4, 1)
    assert (found.brands.items, found.brands.others) == ((Mark("paypal", 2, 1),), 2)
    assert (found.patterns.items, found.patterns.others) == ((Mark("cvv_code", 2, 0),), 1)
    assert (found.groups.items, found.groups.others) == ((Group("chat", "group-2", 2, 1),), 2)
    assert [mark.value for mark in (await counted(store)).brands.items] == ["paypal", "amazon", "visa"]


async def test_no_tenant_counts_what_is_of_another(store: Store) -> None:
    """Neither in any figure, nor by naming a conversation of the other."""
    await fill(store, alert(1, "2026-01-01"), alert(4, "2026-01-01", tenant="other", brands=["visa"]))
    assert (await counted(store)).alerts == 1
    assert (await counted(store, conversation="group-4")).alerts == 0
    assert (await counted(store, conversation="group-1")).alerts == 1


async def test_brands_of_older_alerts_are_found_by_the_migration(empty_database: str) -> None:
    """Alerts that were recorded before brands were kept apart have theirs: the keywords before the trigger words."""
    old = {
        "brands and both": (["visa", "verify", "urgent", "verify"], ["cvv_code", "trigger_urgent", "trigger_verify"]),
        "brands alone": (["paypal"], []),
        "none": (["urgent"], ["cvv_code", "trigger_urgent"]),
    }
    async with Store.as_it_is(empty_database) as store:
        async with store.writing() as connection:
            await connection.run_sync(migrations.upgrade, "0006")
        rows = [
            alert(1, "2026-01-01", id=name, keywords=keywords, patterns=patterns)
            for name, (keywords, patterns) in old.items()
        ]
        rows.append(alert(1, "2026-01-01", id="other policy", policy="off_platform"))
        for row in rows:
            del row["brands"]
        await fill(store, *rows)
    async with await Store.open(empty_database) as store, store.reading() as connection:
        found = {row.id: row.brands for row in await connection.execute(alerts.select())}
    assert found == {"brands and both": ["visa", "verify"], "brands alone": ["paypal"], "none": [], "other policy": []}
