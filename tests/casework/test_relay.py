"""The relay: everything in the outbox is handed on, at least once, in order, whatever breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from tests.casework.fakes import LURE, PLAIN, incoming
from tests.casework.outbox import KIND, Hours, Publisher, busy, put, statuses, until

from lurewatch import Engine
from lurewatch.casework import relay as relays
from lurewatch.casework.bus import open_bus
from lurewatch.casework.delivery import Receipt
from lurewatch.casework.events import Event, EventBus
from lurewatch.casework.relay import Delivery, Pace, Relay
from lurewatch.casework.screening import Screening
from lurewatch.casework.store import Store
from lurewatch.errors import DeliveryError, StoreError


@pytest.fixture
def clock() -> Hours:
    """A clock that stands still, and whose sleepers wait for it."""
    return Hours()


@pytest.fixture
def publisher(clock: Hours) -> Publisher:
    """Takes everything it is not told to refuse."""
    return Publisher(clock)


def relay(store: Store, clock: Hours, deliver: Any, **more: Any) -> Relay:
    """A relay by the clock, without chance."""
    fixed = {"clock": clock, "sleep": clock.sleep, "chance": lambda: 0.0}
    return Relay(store, {KIND: deliver}, **(fixed | more))


@asynccontextmanager
async def running(*started: Relay) -> AsyncIterator[None]:
    """These relays run meanwhile; at the end they are stopped, and must return."""
    tasks = [asyncio.create_task(one.run()) for one in started]
    try:
        yield
    finally:
        for one in started:
            one.stop()
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)


def are(store: Store, **wanted: str) -> Callable[[], Any]:
    """Whether rows have these statuses; ``a_1`` is the row ``a-1``."""

    async def hold() -> bool:
        found = await statuses(store)
        return all(found[name.replace("_", "-")] == status for name, status in wanted.items())

    return hold


async def test_everything_is_handed_on_in_order(store: Store, clock: Hours, publisher: Publisher) -> None:
    """Every row is handed on once, those of one conversation in the order they were written."""
    ids = [f"{name}-{number}" for number in range(20) for name in "abc"]
    await put(store, ids, clock())
    async with running(relay(store, clock, publisher)):
        await until(lambda: len(publisher.delivered) == len(ids))
    assert sorted(publisher.ids()) == sorted(ids)
    for name in "abc":
        assert [one for one in publisher.ids() if one.startswith(name)] == [f"{name}-{n}" for n in range(20)]
    assert set((await statuses(store)).values()) == {"delivered"}
    assert {delivery.attempt for delivery in publisher.delivered} == {1}


async def test_what_fails_is_tried_again_later_and_holds_back_what_follows(
    store: Store, clock: Hours, publisher: Publisher
) -> None:
    """After 1, 2 and 4 seconds the same id is tried again; the rest of the conversation waits, others do not."""
    publisher.troubles["a-1"] = [DeliveryError("busy"), RuntimeError("a bug"), TimeoutError()]
    await put(store, ["a-1", "a-2", "b-1"], clock())
    start = clock()
    looked_at = relay(store, clock, publisher)
    async with running(looked_at):
        await until(are(store, b_1="delivered"))
        for tries in range(1, 4):
            await until(lambda tries=tries: _look(looked_at) or len(publisher.times("a-1")) == tries)
            assert publisher.ids() == ["b-1"]
            await until(lambda tries=tries: _failed(store, tries))
            clock.forward(2 ** (tries - 1))
        await until(lambda: _look(looked_at) or _all_delivered(store))
    assert [at - start for at in publisher.times("a-1")] == [0, 1, 3, 7]
    assert publisher.ids() == ["b-1", "a-1", "a-2"]
    assert publisher.delivered[1].attempt == 4


def _look(looked_at: Relay) -> bool:
    looked_at.wake()
    return False


async def _failed(store: Store, tries: int) -> bool:
    """Whether so many tries of the first row have been noted as failed."""
    (first, *_), _ = await relays.entries(store)
    return first["attempts"] == tries and first["last_error"] != "" and first["next_at"] - first["created_at"] < 60


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 8.0), (0.5, 6.0), (0.999_999, 4.0)])
async def test_chance_cuts_a_pause_by_up_to_half(
    store: Store, clock: Hours, publisher: Publisher, chance: float, pause: float
) -> None:
    """The pause is between half of itself and the whole, so that what failed together does not come back together."""
    publisher.troubles["a-1"] = busy(1)
    await put(store, ["a-1"], clock())
    async with running(relay(store, clock, publisher, chance=lambda: chance, pace=Pace(first=8.0))):
        await until(lambda: _failed(store, 1))
    (row,), _ = await relays.entries(store)
    assert row["next_at"] - clock() == pytest.approx(pause, abs=1e-3)


async def test_who_asks_to_be_left_alone_is(store: Store, clock: Hours, publisher: Publisher) -> None:
    """A pause that the other side asks for is kept."""
    publisher.troubles["a-1"] = [DeliveryError("slow down", retry_after=42.0)]
    await put(store, ["a-1"], clock())
    async with running(relay(store, clock, publisher)):
        await until(lambda: _failed(store, 1))
    (row,), _ = await relays.entries(store)
    assert row["next_at"] - clock() == 42.0


async def test_what_is_refused_for_good_is_dead_until_a_person_retries_it(
    store: Store, clock: Hours, publisher: Publisher
) -> None:
    """A dead row keeps its error and holds nothing back; retried, it is handed on with the same id."""
    publisher.troubles["a-1"] = [DeliveryError("too large", permanent=True)]
    await put(store, ["a-1", "a-2"], clock())
    looked_at = relay(store, clock, publisher)
    async with running(looked_at):
        await until(are(store, a_1="dead", a_2="delivered"))
        dead, _ = await relays.entries(store, status="dead")
        assert [(row["id"], row["last_error"]) for row in dead] == [("a-1", "too large")]
        assert await relays.retry(store, ["a-2", "nobody"], now=clock()) == 0
        assert await relays.retry(store, ["a-1"], now=clock()) == 1
        await until(lambda: _look(looked_at) or are(store, a_1="delivered")())
    assert publisher.ids() == ["a-2", "a-1"]


async def test_after_so_many_tries_a_row_is_dead(store: Store, clock: Hours, publisher: Publisher) -> None:
    """Who never gets through is given up, and all that are dead can be retried at once."""
    publisher.troubles = {"a-1": busy(3), "b-1": busy(3)}
    await put(store, ["a-1", "b-1"], clock())
    looked_at = relay(store, clock, publisher, pace=Pace(attempts=3))
    async with running(looked_at):
        for tries in range(1, 4):
            await until(lambda tries=tries: _look(looked_at) or len(publisher.tried) == 2 * tries)
            await until(lambda tries=tries: _failed(store, tries))
            clock.forward(4.0)
        await until(are(store, a_1="dead", b_1="dead"))
        assert len(publisher.tried) == 6
        assert await relays.retry(store, now=clock()) == 2
        await until(lambda: _look(looked_at) or _all_delivered(store))


async def test_what_a_killed_relay_had_is_handed_on_by_another(
    store: Store, clock: Hours, publisher: Publisher
) -> None:
    """Killed between publishing and noting it: when the claim ends, the same id comes again, and says so."""

    async def dies(delivery: Delivery) -> None:
        await publisher(delivery)
        await asyncio.Event().wait()

    await put(store, ["a-1", "a-2"], clock())
    killed = asyncio.create_task(relay(store, clock, dies).run())
    await until(lambda: publisher.ids() == ["a-1"])
    killed.cancel()
    with suppress(asyncio.CancelledError):
        await killed
    async with running(relay(store, clock, publisher)):
        clock.forward(30.0)
        assert publisher.ids() == ["a-1"]
        clock.forward(31.0)
        await until(are(store, a_1="delivered", a_2="delivered"))
    assert publisher.ids() == ["a-1", "a-1", "a-2"]
    assert [delivery.attempt for delivery in publisher.delivered] == [1, 2, 1]


async def test_cancelled_at_any_moment_nothing_is_lost(store: Store, clock: Hours, publisher: Publisher) -> None:
    """Relays that are cancelled at one step after the other leave nothing undelivered and nothing out of order."""
    ids = [f"{name}-{number:02}" for number in range(10) for name in "abcd"]
    await put(store, ids, clock())
    for steps in range(60):
        cancelled = asyncio.create_task(relay(store, clock, publisher, pace=Pace(lanes=2)).run())
        for _ in range(steps):
            await asyncio.sleep(0.0002 if steps % 2 else 0)
        cancelled.cancel()
        with suppress(asyncio.CancelledError):
            await cancelled
    async with running(relay(store, clock, publisher)):
        clock.forward(61.0)
        await until(lambda: _all_delivered(store))
    first_times = list(dict.fromkeys(publisher.ids()))
    assert sorted(first_times) == sorted(ids)
    for name in "abcd":
        assert [one for one in first_times if one.startswith(name)] == [one for one in ids if one.startswith(name)]


async def _all_delivered(store: Store) -> bool:
    return set((await statuses(store)).values()) == {"delivered"}


async def test_two_relays_share_one_outbox(database: str, clock: Hours, publisher: Publisher) -> None:
    """Two relays with connections of their own hand on every row once, and no conversation at the same time."""
    async with await Store.open(database) as store, await Store.open(database) as other:
        ids = [f"c{name}-{number:02}" for number in range(8) for name in range(12)]
        await put(store, ids, clock())
        pace = Pace(lanes=5)
        async with running(relay(store, clock, publisher, pace=pace), relay(other, clock, publisher, pace=pace)):
            await until(lambda: len(publisher.delivered) >= len(ids))
            await until(lambda: _all_delivered(store))
    assert sorted(publisher.ids()) == sorted(ids)
    for name in range(12):
        mine = [one for one in publisher.ids() if one.startswith(f"c{name}-")]
        assert mine == sorted(mine)


async def test_a_hung_delivery_is_given_up_and_tried_again(store: Store, clock: Hours, publisher: Publisher) -> None:
    """A try that never ends is cut off; the row stays, and others are not held up."""
    hung: list[str] = []

    async def hangs_once(delivery: Delivery) -> None:
        if delivery.id == "a-1" and not hung:
            hung.append(delivery.id)
            await asyncio.Event().wait()
        await publisher(delivery)

    await put(store, ["a-1", "b-1"], clock())
    looked_at = relay(store, clock, hangs_once, pace=Pace(timeout=0.05))
    async with running(looked_at):
        await until(are(store, b_1="delivered"))
        await until(lambda: _failed(store, 1))
        clock.forward(1.0)
        await until(lambda: _look(looked_at) or _all_delivered(store))
    assert sorted(publisher.ids()) == ["a-1", "b-1"]


class Outage:
    """A store that is away while ``away`` is set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = False
        self.refused = 0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Any]:
        """The store's own, when it is there."""
        if self.away:
            self.refused += 1
            raise StoreError("the store cannot be reached", unreachable=True)
        async with self._store.writing() as connection:
            yield connection

    async def changed(self, change: Callable[[Any], Awaitable[Any]]) -> Any:
        """As the store does it, but once."""
        async with self.writing() as connection:
            return await change(connection)


async def test_a_store_that_is_away_is_waited_for(store: Store, clock: Hours, publisher: Publisher) -> None:
    """The relay asks again less and less often, and goes on when the store is back."""
    outage: Any = Outage(store)
    outage.away = True
    await put(store, ["a-1"], clock())
    async with running(relay(outage, clock, publisher)):
        for pause in (1.0, 2.0, 4.0):
            refused = outage.refused
            await until(lambda refused=refused: outage.refused > refused or refused == 0 < outage.refused)
            clock.forward(pause)
        outage.away = False
        await until(lambda: _after(clock, publisher))
    assert publisher.ids() == ["a-1"]


def _after(clock: Hours, publisher: Publisher) -> bool:
    clock.forward(1.0)
    return bool(publisher.delivered)


async def test_what_was_handed_on_while_the_store_went_away_comes_again_with_the_same_id(
    store: Store, clock: Hours, publisher: Publisher
) -> None:
    """When it cannot be noted that a row is there, it is handed on once more, and later rows wait for that."""
    outage: Any = Outage(store)

    async def cut(delivery: Delivery) -> None:
        await publisher(delivery)
        outage.away = len(publisher.delivered) == 1

    await put(store, ["a-1", "a-2"], clock())
    async with running(relay(outage, clock, cut)):
        await until(lambda: outage.refused == 1)
        clock.forward(1.0)
        await until(lambda: outage.refused == 2)
        outage.away = False
        clock.forward(61.0)
        await until(lambda: _all_delivered(store))
    assert publisher.ids() == ["a-1", "a-1", "a-2"]


async def test_an_hour_without_the_other_side_loses_nothing(store: Store, clock: Hours, publisher: Publisher) -> None:
    """While everybody is away a probe goes out now and then; afterwards all is handed on, in order."""
    away = True

    async def deliver(delivery: Delivery) -> None:
        if away:
            publisher.tried.append((delivery.id, clock()))
            raise DeliveryError("nobody is there", unreachable=True)
        await publisher(delivery)

    ids = [f"c{name}-{number:02}" for number in range(3) for name in range(40)]
    await put(store, ids, clock())
    # Time passes faster here than a transaction: a claim must not end meanwhile.
    async with running(relay(store, clock, deliver, pace=Pace(lanes=8, lease=86_400.0))):
        await until(lambda: len(publisher.tried) >= 8)
        for _ in range(240):
            clock.forward(15.0)
            await asyncio.sleep(0.002)
        assert 8 < len(publisher.tried) <= 8 + 250
        away = False
        await until(lambda: _passes(clock, 15.0) or _all_delivered(store))
    assert sorted(publisher.ids()) == sorted(ids)
    for name in range(40):
        mine = [one for one in publisher.ids() if one.startswith(f"c{name}-")]
        assert mine == sorted(mine)


def _passes(clock: Hours, seconds: float) -> bool:
    clock.forward(seconds)
    return False


async def test_rows_of_other_kinds_are_left_to_other_relays(store: Store, clock: Hours, publisher: Publisher) -> None:
    """A relay takes what it can deliver and nothing else."""
    await put(store, ["a-1"], clock(), kind="erpnext.issue")
    await put(store, ["b-1"], clock())
    async with running(relay(store, clock, publisher)):
        await until(are(store, b_1="delivered"))
    assert publisher.ids() == ["b-1"]
    assert (await statuses(store))["a-1"] == "pending"


async def test_entries_come_in_pages(store: Store, clock: Hours) -> None:
    """The outbox is listed oldest first, page by page, and without what the rows hold."""
    await put(store, [f"a-{number}" for number in range(5)], clock())
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page, after = await relays.entries(store, status="pending", after=after, limit=2)
        seen += [row["id"] for row in page]
        assert all("payload" not in row for row in page)
    assert seen == [f"a-{number}" for number in range(5)]
    assert await relays.entries(store, status="dead") == ([], None)


async def test_what_screening_records_is_told_at_once(engine: Engine, store: Store, clock: Hours) -> None:
    """Subscribers in the process hear of a confirmed scam although no time passes, and once."""
    heard: list[Event] = []
    events = EventBus()
    events.subscribe("SCAM_CONFIRMED", heard.append)
    hands_on = Relay(
        store, relays.to_bus(open_bus("memory://", events)), clock=clock, sleep=clock.sleep, chance=lambda: 0.0
    )
    screening = Screening(lambda: engine, store, clock=clock, recorded=hands_on.wake)
    async with running(hands_on):
        await screening.screen(incoming(PLAIN, "other"))
        for number, text in enumerate(LURE):
            await screening.screen(incoming(text, "c-1", f"m-{number}"))
        await until(lambda: len(heard) == 1)
        await until(lambda: _all_delivered(store))
    assert heard[0].payload["conversation_id"] == "c-1"
    assert heard[0].payload["recommended_action"] == "honeypot_engagement"
    assert heard[0].payload["metadata"]["conversation"][-1]["content"] in LURE


async def test_what_the_other_side_tells_never_keeps_an_outcome_from_being_noted(store: Store, clock: Hours) -> None:
    """An answer with characters that no database holds is noted without them, and so is what came with it."""

    async def deliver(delivery: Delivery) -> Receipt:
        if delivery.id == "a-1":
            raise DeliveryError("no\x00pe \ud800", permanent=True)
        return Receipt("ISS\x00-1\udfff")

    await put(store, ["a-1", "b-1"], clock())
    async with running(relay(store, clock, deliver)):
        await until(are(store, a_1="dead", b_1="delivered"))
    (dead, done), _ = await relays.entries(store)
    assert (dead["last_error"], done["reference"]) == ("nope ?", "ISS-1?")
