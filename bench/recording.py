"""What it costs to record: ``python -m bench.recording [--store sqlite|postgresql]``.

*Messages a second* of ``POST /v1/messages``, one worker, over the loopback interface, each message in a transaction
that is on the disk when it is answered; 64 callers at once, so that writes share transactions. Beside it the bare
commits a second of the same database: one row, one transaction, one connection. *Half load* is paced as in
``bench.service``, at half of what was carried and at half of what is to be carried; several times, as other work on the
machine comes and goes: the round with the middle p99 counts, and all of them are told. *Length*: what one more message
costs in a conversation of 10,000 and in one of 10, in turn, one request after the other; between two people, and in a
group of 40; where nobody lures, and where one message in 50 does (and one of the ten, as a scam takes longer to judge
than small talk, however short it is).
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from sqlalchemy import make_url
from tests.casework.postgresql import PostgreSQL

from bench import records, service, texts
from lurewatch import Conversation, Engine, Message, load_engine
from lurewatch.casework.screening import Incoming, Screening
from lurewatch.casework.store import Store

STORES = {"sqlite": 300, "postgresql": 400}
"""So many messages a second each is to carry at least."""
PATH = "/v1/messages"
OK = 200
CONNECTIONS = 64
CONVERSATIONS = 2_000
LONG, SHORT = 10_000, 10
LURES = 50
COMMITTING = 3.0
HALF_LOADS = 5
WARMING = 5_000
"""So many of the messages are for the warm-up: what is measured has not been said before."""
WARM_UP = 15
"""Seconds of full load: patterns are compiled when they are first met."""


def request_bodies() -> list[bytes]:
    """Bodies of POST /v1/messages: no message twice, each conversation goes on after a while."""
    messages, _ = texts.distinct_messages(45_000)
    return [
        json.dumps(
            {
                "conversation_id": f"c{number % CONVERSATIONS}",
                "message": {"sender": "AB"[number // CONVERSATIONS % 2], "content": text},
            }
        ).encode()
        for number, text in enumerate(messages)
    ]


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of an empty database of a kind."""
    if kind == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
        return
    server = PostgreSQL(durable=True)
    try:
        yield server.url(asyncio.run(server.new_database(migrated=False)))
    finally:
        server.remove()


def bare_commits(url: str) -> float:
    """Transactions of one row a second, one after the other, as durable as ours."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE bare (value TEXT)")
        begin, done = time.perf_counter(), 0
        while time.perf_counter() < begin + COMMITTING:
            connection.execute("INSERT INTO bare VALUES ('a row of some length')")
            done += 1
        connection.close()
        return done / (time.perf_counter() - begin)
    return asyncio.run(_bare_commits(url))


async def _bare_commits(url: str) -> float:
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    await connection.execute("CREATE TABLE bare (value TEXT)")
    begin, done = time.perf_counter(), 0
    while time.perf_counter() < begin + COMMITTING:
        await connection.execute("INSERT INTO bare VALUES ('a row of some length')")
        done += 1
    await connection.close()
    return done / (time.perf_counter() - begin)


def carried(kind: str, seconds: int) -> dict[str, Any]:
    """Full load, and the latency at half of it, each on a fresh database."""
    bodies = request_bodies()
    warming, fresh = bodies[:WARMING], bodies[WARMING:]
    load = {"path": PATH, "connections": CONNECTIONS}
    with database(kind) as url, service.service(LUREWATCH_STORE=url) as port:
        service.paced(port, warming, WARM_UP, rate=0, **load)
        full = service.full_load(port, fresh, seconds, **load)
        commits = bare_commits(url)
    with database(kind) as url, service.service(LUREWATCH_STORE=url) as port:
        service.paced(port, warming, WARM_UP, rate=0, **load)
        unsaid = iter(fresh)
        half = _half(port, unsaid, full["requests_per_second"] / 2, seconds)
        wanted = _half(port, unsaid, STORES[kind] / 2, seconds)
    return {
        "bare_commits_per_second": round(commits, 1),
        "full_load": full,
        "half_load": half,
        "half_of_wanted": wanted,
    }


def _half(port: int, unsaid: Iterator[bytes], rate: float, seconds: int) -> dict[str, Any]:
    """The latency at a rate, of the round in the middle."""
    rounds = []
    for _ in range(HALF_LOADS):
        bodies = list(islice(unsaid, int(rate * seconds) + CONNECTIONS))
        rounds.append(service.paced(port, bodies, seconds, rate, path=PATH, connections=CONNECTIONS))
    by_p99 = sorted(rounds, key=lambda one: float(one["p99_ms"]))
    return by_p99[HALF_LOADS // 2] | {"p99_ms_of_rounds": [one["p99_ms"] for one in rounds]}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of conversation: between so many ``members``, in which somebody lures or nobody does."""

    name: str
    members: int
    lured: bool

    def message(self, number: int, text: str) -> dict[str, str]:
        """A message of one of its members."""
        return {"sender": f"member {number % self.members}", "message_id": str(number), "content": text}


KINDS = (
    Kind("thread_honest", 2, lured=False),
    Kind("thread_lured", 2, lured=True),
    Kind("group_honest", 40, lured=False),
    Kind("group_lured", 40, lured=True),
)


class Talk:
    """What people say: honest texts, none twice, and lures again and again."""

    def __init__(self, engine: Engine, amount: int) -> None:
        messages, _ = texts.distinct_messages(30_000)
        lured = {text: engine.assess(Conversation((Message(text),))).is_scam for text in messages}
        honest = [text for text, is_one in lured.items() if not is_one]
        numbered = (f"{text} ({number})" for number, text in enumerate(cycle(honest)))
        self._honest = chain(honest, islice(numbered, max(0, amount - len(honest))))
        self._lures = cycle([text for text, is_one in lured.items() if is_one])

    def next(self, kind: Kind, number: int) -> dict[str, str]:
        """The message with this number in a conversation of a kind."""
        lures = kind.lured and number % LURES == SHORT // 2
        return kind.message(number, next(self._lures if lures else self._honest))


def by_length(url: str, rounds: int) -> dict[str, dict[str, float]]:
    """Of each kind medians, in ms, of one more request in a conversation of LONG and in fresh ones of SHORT."""
    said = Talk(load_engine(), len(KINDS) * (LONG + rounds * (SHORT + 2)))
    asyncio.run(fill(url, said))
    took: dict[Kind, tuple[list[float], list[float]]] = {kind: ([], []) for kind in KINDS}
    with service.service(LUREWATCH_STORE=url) as port:
        connection = http.client.HTTPConnection(service.HOST, port)

        def one(conversation: str, message: dict[str, str]) -> float:
            body = json.dumps({"conversation_id": conversation, "message": message})
            begin = time.perf_counter()
            connection.request("POST", PATH, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != OK:
                raise RuntimeError(f"The service answered {answer.status}.")
            return 1e3 * (time.perf_counter() - begin)

        for turn in range(rounds):
            for kind, (short, long) in took.items():
                for number in range(SHORT):
                    one(f"{kind.name} {turn}", said.next(kind, number))
                short.append(one(f"{kind.name} {turn}", said.next(kind, SHORT)))
                long.append(one(kind.name, said.next(kind, LONG + turn)))
        connection.close()
    return {kind.name: _middle(*times) for kind, times in took.items()}


def _middle(short: list[float], long: list[float]) -> dict[str, float]:
    middle = {"short_ms": round(statistics.median(short), 2), "long_ms": round(statistics.median(long), 2)}
    return middle | {"ratio": round(middle["long_ms"] / middle["short_ms"], 2)}


async def fill(url: str, said: Talk) -> None:
    """A conversation of LONG of each kind."""
    engine = load_engine()
    async with await Store.open(url) as store:
        screening = Screening(lambda: engine, store)

        async def one(kind: Kind, number: int) -> None:
            spoken = said.next(kind, number)
            message = Message(spoken["content"], spoken["sender"], message_id=spoken["message_id"])
            await screening.screen(Incoming(kind.name, message))

        for number in range(LONG):
            await asyncio.gather(*(one(kind, number) for kind in KINDS))


def main() -> None:
    """Measure, print and save the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.recording", description=__doc__)
    parser.add_argument("--store", choices=STORES, action="append", help="one database alone")
    parser.add_argument("--seconds", type=int, default=10, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=200, help="how often the lengths are compared")
    parser.add_argument("--only", choices=("load", "length"), help="one part alone, without saving it")
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    for kind in asked.store or STORES:
        found: dict[str, Any] = {}
        if asked.only != "length":
            found |= carried(kind, asked.seconds)
        if asked.only != "load":
            with database(kind) as url:
                found["by_length"] = by_length(url, asked.rounds)
        figures[kind] = found
        print(json.dumps({kind: found}, indent=2), flush=True)
    if not (asked.only or asked.store):
        print(records.save("recording", figures))


if __name__ == "__main__":
    main()
