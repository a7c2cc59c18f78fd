"""Cases: alerts on the same actors are dealt with together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.casework.fakes import BRAND_FRAUD, CONTACT, Clock, incoming, rows

from lurewatch import Message
from lurewatch.casework import retention
from lurewatch.casework.archive import Archive
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Incoming, Screening
from lurewatch.casework.store import Store, ledger
from lurewatch.casework.store import cases as filing
from lurewatch.casework.subjects import Subjects
from lurewatch.errors import InputError

DAY = 86_400.0


async def cases(store: Store, **asked: str) -> list[tuple[str, int]]:
    """The cases of the default tenant, the newest first: status and number of alerts."""
    return [(one.status, one.alerts) for one in (await Archive(store).cases("default", **asked)).items]


def said(text: str, conversation: str, sender: str) -> Incoming:
    """A message in a group, where nobody is a client or an advisor."""
    return Incoming(conversation, Message(text, sender))


async def test_a_pair_has_one_case(screening: Screening, store: Store) -> None:
    """Alerts on a pair are one case, in whatever conversation, and of whomever of the two."""
    for conversation in ("ISS-1", "ISS-2"):
        await screening.screen(incoming(CONTACT, conversation))
    assert await cases(store) == [("open", 2)]
    (case,) = (await Archive(store).cases("default")).items
    found = await Archive(store).alerts("default", filters={"case_id": case.id})
    assert [alert.case_id for alert in found.items] == [case.id] * 2


async def test_a_sender_has_one_case(screening: Screening, store: Store) -> None:
    """Without a pair the alerts on one sender of a channel are one case, in whatever group."""
    await screening.screen(said(BRAND_FRAUD, "group-1", "Eve"))
    await screening.screen(said(BRAND_FRAUD, "group-2", "eve"))
    await screening.screen(said(BRAND_FRAUD, "group-2", "mallory"))
    await screening.screen(said(BRAND_FRAUD, "group-3", ""))
    assert await cases(store) == [("open", 1), ("open", 1), ("open", 2)]


async def test_tenants_have_their_own(screening: Screening, store: Store) -> None:
    """The same pair at another tenant is another case, which nobody else sees."""
    await screening.screen(incoming(CONTACT))
    await screening.screen(incoming(CONTACT, tenant="acme"))
    assert await cases(store) == [("open", 1)]
    assert len(await rows(store, "cases")) == 2


async def test_the_last_alert_closes_its_case(screening: Screening, store: Store, review: Review, clock: Clock) -> None:
    """A case is open while one of its alerts is; what comes after that is a new case."""
    for number in range(2):
        await screening.screen(incoming(CONTACT, message_id=f"m-{number}"))
    first, second = (row["id"] for row in await rows(store, "alerts"))
    await review.close("default", first, "true_positive")
    assert await cases(store) == [("open", 2)]
    clock.now += 60
    await review.close("default", second, "false_positive")
    assert await cases(store) == [("closed", 2)]
    assert (await Archive(store).cases("default")).items[0].closed_at == clock.now
    await screening.screen(incoming(CONTACT, message_id="m-9"))
    assert await cases(store) == [("open", 1), ("closed", 2)]
    assert await cases(store, status="open") == [("open", 1)]


async def test_a_purge_closes_what_it_empties(screening: Screening, store: Store, review: Review, clock: Clock) -> None:
    """A case with no open alert left is closed, one with a younger open alert is not; what comes next is a new case."""
    for number in range(2):
        await screening.screen(incoming(CONTACT, "ISS-1", message_id=f"m-{number}"))
    await screening.screen(incoming(CONTACT, "ISS-2", client="cy@example.org"))
    await review.close("default", (await rows(store, "alerts"))[0]["id"], "true_positive")
    clock.now += 100 * DAY
    await screening.screen(incoming(CONTACT, "ISS-2", message_id="m-9", client="cy@example.org"))
    assert await cases(store) == [("open", 2), ("open", 2)]
    await retention.purge(store, clock.now - DAY, clock=clock)
    assert await cases(store) == [("open", 2), ("closed", 2)]
    assert (await Archive(store).cases("default", status="closed")).items[0].closed_at == clock.now
    await screening.screen(incoming(CONTACT, "ISS-1", message_id="m-10"))
    assert await cases(store) == [("open", 1), ("open", 2), ("closed", 2)]


async def test_alerts_that_come_together_are_one_case(screening: Screening, store: Store, review: Review) -> None:
    """Of many alerts at once, with closings between them, each is in one case, and no two cases of a pair are open."""

    async def alert(number: int) -> None:
        await screening.screen(incoming(CONTACT, f"ISS-{number}"))
        for row in await rows(store, "alerts"):
            if row["status"] == "open" and number % 3 == 0:
                await review.close("default", row["id"], "true_positive")

    await asyncio.gather(*(alert(number) for number in range(24)))
    filed = [row["case_id"] for row in await rows(store, "alerts")]
    found = await rows(store, "cases")
    assert len(filed) == 24
    assert sorted(row["alerts"] for row in found) == sorted(filed.count(row["id"]) for row in found)
    assert sum(row["status"] == "open" for row in found) <= 1


async def test_a_page_is_bounded(store: Store) -> None:
    """A limit out of range is refused."""
    with pytest.raises(InputError):
        await Archive(store).cases("default", limit=0)


async def closed(store: Store, review: Review) -> None:
    """The first alert is a false positive."""
    await review.close("default", (await rows(store, "alerts"))[0]["id"], "false_positive")


async def erased(store: Store, _review: Review) -> None:
    """The advisor of the pair, who said nothing, is erased."""
    await Subjects(store).erase("default", "bo@example.org")


@pytest.mark.parametrize("meanwhile", [closed, erased])
async def test_nobody_waits_for_ever(
    screening: Screening, store: Store, review: Review, meanwhile: Callable[[Store, Review], Awaitable[Any]]
) -> None:
    """Who closes an alert or erases a person while one more incident of the pair is recorded waits for it."""
    await screening.screen(incoming(CONTACT))
    (alert,) = await rows(store, "alerts")
    async with store.writing() as connection:
        await ledger.hold_counters(connection, {("default", "ann@example.org", "bo@example.org")}, alert["created_at"])
        other = asyncio.create_task(meanwhile(store, review))
        await asyncio.sleep(0.3)
        raised = [{"tenant": "default", "actors": alert["actors"]}]
        await filing.file(connection, raised, alert["created_at"], lambda: "another")
    async with asyncio.timeout(10):
        await other
    counted = await rows(store, "pair_counters")
    assert [row["incidents"] for row in counted] == ([0] if meanwhile is closed else [])


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 19, "0" * 20 + "9" * 30, "9" * 5_000])
async def test_a_cursor_that_is_none_is_refused(store: Store, cursor: str) -> None:
    """However long it is, what is no cursor of ours never reaches the database."""
    with pytest.raises(InputError):
        await Archive(store).cases("default", cursor=cursor)
