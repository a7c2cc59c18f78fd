"""Outgoing webhooks through store and relay: who is away holds up nobody else, and who is gone is left alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from time import time as real_time

import pytest
from tests.casework.fakes import CONTACT, incoming, rows
from tests.casework.outbox import Hours, until
from tests.connectors.hooks import SECRET, Receiver, standard

from lurewatch import Engine
from lurewatch.casework import relay as relays
from lurewatch.casework import retention
from lurewatch.casework.acts import Doer
from lurewatch.casework.archive import Archive
from lurewatch.casework.bus import open_bus
from lurewatch.casework.delivery import Deliver, Delivery, Receipt
from lurewatch.casework.events import EventBus
from lurewatch.casework.leaving import heeding
from lurewatch.casework.relay import Relay
from lurewatch.casework.screening import Binding, Screening, Terms
from lurewatch.casework.store import Store
from lurewatch.entrypoints.connectors import standard_webhooks
from lurewatch.entrypoints.connectors.pinned import Pinned, target
from lurewatch.entrypoints.connectors.webhooks import Endpoint, Webhook
from lurewatch.entrypoints.recording import Recording

ENFORCED = Binding(policies={"enforced": ("off_platform",)})
ACTIONS = frozenset({"warning", "escalation"})


@pytest.fixture
def clock() -> Hours:
    """A clock that stands still, and whose sleepers wait for it."""
    return Hours()


@pytest.fixture
def ops(clock: Hours) -> Iterator[Receiver]:
    """A receiver that knows the secret."""
    with Receiver(standard(SECRET, clock=clock)) as one:
        yield one


@pytest.fixture
def desk(clock: Hours) -> Iterator[Receiver]:
    """Another one."""
    with Receiver(standard(SECRET, clock=clock)) as one:
        yield one


def webhook(name: str, receiver: Receiver, clock: Callable[[], float]) -> Webhook:
    """Posts to a receiver."""
    url = target(receiver.url, allow_private=True)
    endpoint = Endpoint(name, url, "default", ACTIONS, keys=(standard_webhooks.key(SECRET),))
    return Webhook(endpoint, Pinned(allow_private=True), clock=clock)


class Time:
    """Lets time pass, but not while something is under way: what is slow here is not slow there."""

    def __init__(self, clock: Hours) -> None:
        self._clock = clock
        self._under_way = 0

    def watching(self, deliver: Deliver) -> Deliver:
        """The same, watched."""

        async def watched(delivery: Delivery) -> Receipt:
            self._under_way += 1
            try:
                return await deliver(delivery)
            finally:
                self._under_way -= 1

        return watched

    async def let_pass(self, seconds: int) -> None:
        """Let so much time pass, five seconds at a time."""
        for _ in range(0, seconds, 5):
            await until(lambda: self._under_way == 0)
            self._clock.forward(5)
            await asyncio.sleep(0)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let time pass until it holds."""

        async def after_a_second() -> bool:
            if self._under_way == 0:
                self._clock.forward(1)
            return holds()

        await until(after_a_second)


@asynccontextmanager
async def handing_on(store: Store, clock: Hours, time: Time, *doers: Doer) -> AsyncIterator[None]:
    """Relays of these doers run meanwhile, one each, as in a service that was started."""
    running = []
    for doer in doers:
        does = {kind: time.watching(deliver) for kind, deliver in doer.does.items()}
        one = Relay(store, heeding(store, does), clock=clock, sleep=clock.sleep, chance=lambda: 0.0)
        running.append((one, asyncio.create_task(one.run())))
    try:
        yield
    finally:
        for one, _ in running:
            one.stop()
        async with asyncio.timeout(10):
            await asyncio.gather(*(task for _, task in running))


def screening(engine: Engine, store: Store, clock: Hours, *doers: Doer) -> Screening:
    """Screening that acts by these."""
    terms = Terms((ENFORCED,), tuple(doer.destination for doer in doers))
    return Screening(lambda: engine, store, terms=terms, clock=clock)


def told(receiver: Receiver, conversation: str) -> list[str]:
    """The messages that a receiver heard of, each once, in the order it first heard of them."""
    found = {headers["webhook-id"]: json.loads(body)["data"] for headers, body in receiver.taken}
    return [data["message_id"] for data in found.values() if data["conversation_id"] == conversation]


async def test_an_hour_away(engine: Engine, store: Store, clock: Hours, ops: Receiver, desk: Receiver) -> None:
    """While one endpoint is down for an hour the other is told at once; afterwards it is told everything, in order."""
    doers = webhook("ops", ops, clock), webhook("desk", desk, clock)
    room, time = screening(engine, store, clock, *doers), Time(clock)
    wanted: list[str] = []

    async def write(number: int) -> None:
        for name in "abc":
            given = incoming(CONTACT, name, message_id=f"m-{number}", client=f"{name}@example.org")
            await room.screen(given)
        wanted.append(f"m-{number}")

    async with handing_on(store, clock, time, *doers):
        for number, fault in enumerate(("drop", (500, {}, b""), (503, {"Retry-After": "120"}, b""), (404, {}, b""))):
            ops.always, asked = fault, len(ops.asked)
            await write(number)
            await time.until(lambda: all(told(desk, name) == wanted for name in "abc"))
            await time.let_pass(900)
            await time.until(lambda: len(ops.asked) > asked)  # noqa: B023 - called here alone
        assert ops.taken == []
        assert not any(row["status"] == "dead" for row in await rows(store, "outbox"))
        ops.always = ""
        await time.until(lambda: all(len(told(ops, name)) == len(wanted) for name in "abc"))
    for name in "abc":
        assert told(ops, name) == told(desk, name) == wanted
    ids = [headers["webhook-id"] for _, headers, _ in ops.asked]
    assert set(ids) == {headers["webhook-id"] for headers, _ in ops.taken}
    assert all(alert["admin_alerted"] for alert in await rows(store, "alerts"))


async def test_who_is_gone_is_left_alone_after_a_purge(
    engine: Engine, store: Store, clock: Hours, ops: Receiver
) -> None:
    """What is too old goes, but who answered 410 is remembered, by an empty row; a retry of it enables them."""
    ops.always = (410, {}, b"")
    doer, time = webhook("ops", ops, clock), Time(clock)
    room = screening(engine, store, clock, doer)

    async def acts() -> dict[str, str]:
        return {row["id"]: row["status"] for row in await rows(store, "outbox") if row["kind"] == "webhook:ops"}

    async def write(number: int) -> None:
        await room.screen(incoming(CONTACT, f"c-{number}", message_id=f"m-{number}", client=f"{number}@example.org"))
        while "pending" in (await acts()).values():
            await time.let_pass(5)

    async with handing_on(store, clock, time, doer):
        for number in (1, 2):
            await write(number)
    first, second = await acts()
    clock.now += 100 * 86_400
    old = clock.now - 86_400
    would = await retention.count(store, old)
    deleted = await retention.purge(store, old, clock=clock)
    assert would["events"] == deleted["events"] == 2
    (kept,) = [row for row in await rows(store, "outbox") if row["kind"] == "webhook:ops"]
    assert (kept["id"], kept["status"], kept["payload"]) == (first, "dead", b"")
    assert [one for one in ("c-1", "m-1", "604-555", "example.org") if one in str(kept)] == []
    assert sum((await retention.purge(store, old, clock=clock)).values()) == 0
    ops.always = ""
    async with handing_on(store, clock, time, doer):
        await write(3)
        assert len(ops.asked) == 1
        assert await relays.retry(store, [first], now=clock()) == 1
        await write(4)
        assert told(ops, "c-4") == ["m-4"]
    assert first not in await acts()
    assert second not in await acts()


async def test_who_is_gone(engine: Engine, store: Store, clock: Hours, ops: Receiver, desk: Receiver) -> None:
    """Who answered 410 is not called again, not after a restart either, until a person makes it due again."""
    ops.always = (410, {}, b"")

    async def dead() -> dict[str, str]:
        return {row["id"]: row["last_error"] for row in await rows(store, "outbox") if row["status"] == "dead"}

    for number in (1, 2):
        doers = webhook("ops", ops, clock), webhook("desk", desk, clock)
        room, time = screening(engine, store, clock, *doers), Time(clock)
        async with handing_on(store, clock, time, *doers):
            await room.screen(incoming(CONTACT, f"c-{number}", message_id=f"m-{number}"))
            await time.until(lambda: len(desk.taken) == number)  # noqa: B023 - called here alone
            while len(await dead()) < number:
                await time.let_pass(5)
    assert len(ops.asked) == 1
    (first, said), (second, not_sent) = (await dead()).items()
    assert said.startswith("Gone: 127.0.0.1 answered 410")
    assert f"lurewatch events retry` {first}" in said
    assert not_sent.startswith(f"Not sent: whom it is for is gone, as {first} was answered")
    stored = (await Archive(store).alerts("default")).items
    assert {(one.kind, one.status) for alert in stored for one in alert.deliveries} == {
        ("webhook:ops", "dead"),
        ("webhook:desk", "delivered"),
    }
    ops.always = ""
    async with handing_on(store, clock, time, webhook("ops", ops, clock)):
        for row_id in (first, second):
            await relays.retry(store, [row_id], now=clock())
            await time.until(lambda: f"msg_{row_id}" in {headers["webhook-id"] for headers, _ in ops.taken})  # noqa: B023
    assert await dead() == {}


async def test_a_service_posts(engine: Engine, database: str) -> None:
    """What records in a service hands on to whom it is set up for, and lets go of all at its end."""
    with Receiver(standard(SECRET)) as receiver:
        doer = webhook("ops", receiver, real_time)
        bus = open_bus("memory://", EventBus())
        recording = Recording(database, lambda: engine, bus, terms=Terms((ENFORCED,)), doers=(doer,))
        assert await recording.open()
        await recording.screening().screen(incoming(CONTACT))
        await until(lambda: len(receiver.taken) == 1)
        await recording.close()
