"""A trial: everything is started, broken at random moments under load, left to finish, and looked at."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import func, select
from tests.casework.postgresql import PostgreSQL
from tests.casework.servers import free_port, nats_server, started
from tests.durability import audit, services
from tests.durability.books import books, open_stream
from tests.durability.clients import Clients
from tests.durability.proxy import CUTS, Proxy
from tests.durability.services import Program
from tests.durability.talks import talks

from lurewatch.casework.bus import open_bus
from lurewatch.casework.events import EventBus
from lurewatch.casework.relay import Relay, to_bus
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import outbox

_LONGEST_BETWEEN = 1.5
"""Seconds between a program being ready and being killed, at most; between cuts as much."""
_LEASE = 60.0
"""So long a row waits whose relay was killed."""
_SLACK = 60.0
_RELAY = "relay"
_COMMIT_SHARE = 0.3
"""Of the kills of a service behind a proxy so many come between a COMMIT and its answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done: ``kills`` of services and relays, then ``cuts`` of their connections to the database.

    ``store`` is sqlite or postgresql. ``services`` run at a time; while connections are cut only the first. In a
    ``hurry`` the claims of killed relays are not waited for: a relay that lives a while later takes them over.
    """

    store: str
    kills: int
    cuts: int
    seed: int
    services: int = 1
    clients: int = 16
    hurry: bool = False


@dataclass(slots=True)
class Report:
    """What was done and what came of it."""

    plan: Plan
    done: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    talks: int = 0
    acknowledged: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    events: int = 0
    events_again: int = 0
    seconds: float = 0.0
    faults: list[audit.Fault] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The same in simple values."""
        return asdict(self)


Say = Callable[[str], None]


@dataclass(slots=True)
class _Place:
    """Where a trial takes place: its programs and the ways to the database."""

    store: str
    bus: str
    programs: list[Program]
    proxies: list[Proxy]
    relay: Program

    def ports(self) -> list[int]:
        return [program.port for program in self.programs if program.is_ready]


async def run(plan: Plan, folder: Path, say: Say = lambda _: None) -> Report:
    """Do it; ``folder`` keeps the database, the events and what the programs say."""
    begin = time.monotonic()
    dice = random.Random(plan.seed)
    report = Report(plan)
    async with _place(plan, folder, dice) as place:
        clients = Clients(talks(plan.seed), place.ports, random.Random(plan.seed + 1), plan.clients)
        load = asyncio.create_task(clients.run())
        try:
            await _kill(plan, place, dice, report, say)
            await _cut(plan, place, dice, report, say)
        finally:
            clients.end()
            await load
        say("all talks are at their end; the rest of the events is handed on")
        report.faults += await _finish(plan, place)
        found = await books(place.store, place.bus)
    witness = clients.witness
    report.faults += audit.faults(witness, found)
    report.answers, report.talks = witness.answers, len(witness.talks)
    report.acknowledged = len(witness.acknowledged)
    report.rows = {table: len(rows) for table, rows in found.rows.items()}
    report.events = len(found.events)
    report.events_again = len(found.events) - len({event.id for event in found.events})
    report.seconds = round(time.monotonic() - begin, 1)
    return report


@asynccontextmanager
async def _place(plan: Plan, folder: Path, dice: random.Random) -> AsyncIterator[_Place]:
    folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        port = free_port()
        await stack.enter_async_context(started(nats_server(port, folder / "nats"), port))
        bus = f"nats://127.0.0.1:{port}"
        await open_stream(bus)
        stores, proxies = [f"sqlite:///{folder / 'lurewatch.db'}"] * plan.services, []
        store = stores[0]
        if plan.store == "postgresql":
            server = PostgreSQL()
            stack.callback(server.remove)
            database = await server.new_database(migrated=False)
            store = server.url(database)
            socket = parse_qs(urlsplit(store).query)["host"][0] + "/.s.PGSQL.5432"
            proxies = [Proxy(socket, dice) for _ in range(plan.services)]
            for proxy in proxies:
                await proxy.open()
                stack.push_async_callback(proxy.close)
            stores = [f"postgresql://postgres@127.0.0.1:{proxy.port}/{database}" for proxy in proxies]
        programs = [services.service(free_port(), url, bus, folder) for url in stores]
        relay = services.relay(store, bus, folder)
        for program in (*programs, relay):
            stack.push_async_callback(_over, program)
        for program in programs:
            await program.start()
        yield _Place(store, bus, programs, proxies, relay)


async def _over(program: Program) -> None:
    program.kill()
    await program.ended()


async def _kill(plan: Plan, place: _Place, dice: random.Random, report: Report, say: Say) -> None:
    """Kill what is ready, again and again, and start it anew each time."""
    if not plan.kills:
        return
    await place.relay.start()
    starting: dict[asyncio.Task[None], Program] = {}
    try:
        for number in range(plan.kills):
            while not any(program.is_ready for program in place.programs):
                await asyncio.wait(starting, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(dice.random() * _LONGEST_BETWEEN)
            ready = [program for program in (*place.programs, place.relay) if program.is_ready]
            victim = dice.choice(ready)
            report.done[await _killed(victim, place, dice)] += 1
            starting = {task: program for task, program in starting.items() if not _is_done(task)}
            starting[asyncio.create_task(victim.start())] = victim
            say(f"{plan.store}: kill {number + 1} of {plan.kills}")
    finally:
        await asyncio.gather(*starting)


def _is_done(task: asyncio.Task[None]) -> bool:
    """Whether it is; raises what it raised."""
    if task.done():
        task.result()
    return task.done()


async def _killed(victim: Program, place: _Place, dice: random.Random) -> str:
    """Kill at once, or between a COMMIT and its answer; what it was."""
    proxy = place.proxies[place.programs.index(victim)] if victim in place.programs and place.proxies else None
    how = "kill of a relay" if victim is place.relay else "kill of a service"
    if proxy is not None and dice.random() < _COMMIT_SHARE:
        struck = asyncio.Event()

        def strike() -> None:
            victim.kill()
            struck.set()

        proxy.committing = strike
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_BETWEEN):
                await struck.wait()
                how += " between a COMMIT and its answer"
        proxy.committing = lambda: None
    victim.kill()
    await victim.ended()
    return how


async def _cut(plan: Plan, place: _Place, dice: random.Random, report: Report, say: Say) -> None:
    """Cut the connections of the first service, and let it live: what breaks in it stays broken."""
    if not plan.cuts:
        return
    for program in (*place.programs[1:], place.relay):
        program.kill()
    done = 0
    while done < plan.cuts:
        await asyncio.sleep(dice.random() * _LONGEST_BETWEEN)
        how = dice.choice(CUTS)
        if await place.proxies[0].cut(how):
            done += 1
            report.done[f"cut: {how}"] += 1
            say(f"{plan.store}: cut {done} of {plan.cuts}")


async def _finish(plan: Plan, place: _Place) -> list[audit.Fault]:
    """Wait until nothing is left to hand on, then stop everything as at a new release."""
    found: list[audit.Fault] = []
    if not plan.hurry:
        await _handed_on(place.store, _LEASE + _SLACK)
    for program in place.programs:
        if program.is_ready and program.has_ended:
            found.append(audit.Fault("the service lives", f"it ended by itself: see {program.log}"))
        if not await program.stop():
            found.append(audit.Fault("the service stops when asked", f"it went on for 20 seconds: see {program.log}"))
    if plan.hurry:
        await _hand_on_later(place)
    return found


async def _handed_on(store: str, patience: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(patience), await Store.open(store) as opened:
            while await _pending(opened):
                await asyncio.sleep(0.2)


async def _pending(store: Store) -> int:
    async with store.reading() as connection:
        query = select(func.count()).select_from(outbox).where(outbox.c.status == "pending")
        return (await connection.execute(query)).scalar_one()


async def _hand_on_later(place: _Place) -> None:
    """A relay whose clock is ahead: for it every claim has ended."""
    place.relay.kill()
    await place.relay.ended()
    bus = open_bus(place.bus, EventBus())
    async with await Store.open(place.store) as store:
        relay = Relay(store, to_bus(bus), clock=lambda: time.time() + 2 * _LEASE)
        running = asyncio.create_task(relay.run())
        await _handed_on(place.store, _SLACK)
        relay.stop()
        await running
    await bus.close()
