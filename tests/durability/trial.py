"""A trial: everything is started, broken at random moments under load, left to finish, and looked at."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import func, select
from tests.casework.postgresql import PostgreSQL
from tests.casework.servers import free_port, nats_server, started
from tests.durability import audit, services
from tests.durability.books import Books, books, open_stream
from tests.durability.clients import Clients, Witness
from tests.durability.proxy import CUTS, Proxy
from tests.durability.services import Program
from tests.durability.talks import Talk, talks

from lurewatch.casework.bus import open_bus
from lurewatch.casework.events import EventBus
from lurewatch.casework.relay import Relay, to_bus
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import outbox

_LONGEST_BETWEEN = 1.5
"""Seconds between a program being ready and being killed, at most; between cuts as much."""
_POLL = 0.05
_LEASE = 60.0
"""So long a row waits whose relay was killed."""
_SLACK = 60.0
_ALIVE = 20.0
"""So long the events of a conversation may take that nothing holds up."""
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, what the clients were told, what is left, and which promises that breaks."""

    plan: Plan
    done: Counter[str]
    witness: Witness
    books: Books
    faults: list[audit.Fault]
    seconds: float

    def figures(self) -> dict[str, Any]:
        """The same in numbers."""
        events = self.books.events
        return {
            "plan": asdict(self.plan),
            "done": dict(sorted(self.done.items())),
            "answers": dict(sorted(self.witness.answers.items())),
            "slowest_answer": round(self.witness.slowest, 2),
            "conversations": len(self.witness.talks),
            "acknowledged": len(self.witness.acknowledged),
            "recorded_without_acknowledgement": self._unacknowledged(),
            "rows": {table: len(rows) for table, rows in self.books.rows.items()},
            "events": len(events),
            "events_that_came_again": len(events) - len({event.id for event in events}),
            "seconds": self.seconds,
            "faults": [asdict(fault) for fault in self.faults],
        }

    def _unacknowledged(self) -> int:
        """Messages that may not be sent again, of which nobody was told that they are recorded."""
        told = {one.talk.conversation for one in self.witness.acknowledged}
        return sum(row["id"] not in told for row in self.books.rows["conversations"])


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


async def run(plan: Plan, folder: Path, say: Say = lambda _: None) -> Outcome:
    """Do it; ``folder`` keeps the database, the events and what the programs say."""
    begin = time.monotonic()
    dice = random.Random(plan.seed)
    done: Counter[str] = Counter()
    said = talks(plan.seed)
    async with _place(plan, folder, dice) as place:
        clients = Clients(said, place.ports, random.Random(plan.seed + 1), plan.clients)
        load = asyncio.create_task(clients.run())
        try:
            await _kill(plan, place, dice, done, say)
            await _cut(plan, place, dice, done, say)
        except BaseException:
            load.cancel()  # nobody may be left to answer
            raise
        clients.end()
        await load
        say("all talks are at their end; the rest of the events is handed on")
        faults = await _finish(plan, place, clients, next(said))
        found = await books(place.store, place.bus)
    faults += audit.faults(clients.witness, found)
    return Outcome(plan, done, clients.witness, found, faults, round(time.monotonic() - begin, 1))


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
        relay = services.relay(free_port(), store, bus, folder)
        for program in (*programs, relay):
            stack.push_async_callback(program.close)
        for program in programs:
            await program.start()
        yield _Place(store, bus, programs, proxies, relay)


async def _kill(plan: Plan, place: _Place, dice: random.Random, done: Counter[str], say: Say) -> None:
    """Kill what is ready, again and again, and start it anew each time."""
    if not plan.kills:
        return
    await place.relay.start()
    starting: set[asyncio.Task[None]] = set()
    for number in range(plan.kills):
        while not any(program.is_ready for program in place.programs):
            starting = _unfinished(starting)
            await asyncio.sleep(_POLL)
        await asyncio.sleep(dice.random() * _LONGEST_BETWEEN)
        victim = dice.choice([program for program in (*place.programs, place.relay) if program.is_ready])
        done[await _killed(victim, place, dice)] += 1
        starting = _unfinished(starting) | {asyncio.create_task(victim.start())}
        say(f"{plan.store}: kill {number + 1} of {plan.kills}")
    await asyncio.gather(*starting)


def _unfinished(starting: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Those that go on; raises what one of the others has raised."""
    for task in starting:
        if task.done():
            task.result()
    return {task for task in starting if not task.done()}


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


async def _cut(plan: Plan, place: _Place, dice: random.Random, done: Counter[str], say: Say) -> None:
    """Cut the connections of the first service, and let it live: what breaks in it stays broken."""
    if not plan.cuts:
        return
    for program in place.programs[1:]:
        program.kill()
    number = 0
    while number < plan.cuts:
        await asyncio.sleep(dice.random() * _LONGEST_BETWEEN)
        how = dice.choice(CUTS)
        if await place.proxies[0].cut(how):
            number += 1
            done[f"cut: {how}"] += 1
            say(f"{plan.store}: cut {number} of {plan.cuts}")


async def _finish(plan: Plan, place: _Place, clients: Clients, talk: Talk) -> list[audit.Fault]:
    """Wait until nothing is left to hand on, then stop everything as at a new release.

    One more ``talk`` shows that the services themselves are whole, and not only what takes over from them.
    """
    found: list[audit.Fault] = []
    place.relay.kill()
    await place.relay.ended()
    await clients.have(talk)
    if not await _handed_on(place.store, _ALIVE, talk.conversation):
        found.append(audit.Fault("the service goes on handing on", f"nothing of {talk.conversation} was handed on"))
    if not plan.hurry:
        await _handed_on(place.store, _LEASE + _SLACK)
    for program in place.programs:
        if program.is_ready and program.has_ended:
            found.append(audit.Fault("the service lives", f"it ended by itself: see {program.log}"))
        if not await program.stop():
            found.append(audit.Fault("the service stops when asked", f"it did not in 20 seconds: see {program.log}"))
    if plan.hurry:
        await _hand_on_later(place)
    return found


async def _handed_on(store: str, patience: float, conversation: str = "") -> bool:
    """Wait until nothing is pending (of one conversation, if given); whether it came to that."""
    waiting = select(func.count()).select_from(outbox).where(outbox.c.status == "pending")
    if conversation:
        waiting = waiting.where(outbox.c.subject == conversation)
    end = time.monotonic() + patience
    async with await Store.open(store) as opened:
        while True:
            async with opened.reading() as connection:
                if not (await connection.execute(waiting)).scalar_one():
                    return True
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.2)


async def _hand_on_later(place: _Place) -> None:
    """A relay whose clock is ahead: for it every claim has ended."""
    bus = open_bus(place.bus, EventBus())
    async with await Store.open(place.store) as store:
        relay = Relay(store, to_bus(bus), clock=lambda: time.time() + 2 * _LEASE)
        running = asyncio.create_task(relay.run())
        await _handed_on(place.store, _SLACK)
        relay.stop()
        await running
    await bus.close()
