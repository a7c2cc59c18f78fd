"""What is left when all is over: the rows of the database, and the events that the bus has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import nats
import orjson
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig
from sqlalchemy import select

from lurewatch.casework.bus.nats import STREAM
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import metadata

TABLES = ("conversations", "messages", "verdicts", "conversation_flags", "alerts", "pair_counters", "outbox")
_SUBJECTS = "io.lurewatch.>"
_SHORTEST_MEMORY = 0.1
"""Seconds the stream remembers ids, the least there is: by default it drops what comes twice, and hides it from us."""
_BATCH = 500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Consumed:
    """One event as the bus has it: ``order`` is its ``partitionkey``, ``body`` everything."""

    id: str
    order: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Books:
    """Rows by table, oldest first, and events in the order of the bus."""

    rows: dict[str, list[Row]]
    events: list[Consumed]


async def rows(store: Store, table: str) -> list[Row]:
    """All rows of a table, oldest first."""
    columns = metadata.tables[table]
    query = select(columns)
    if "seq" in columns.c:
        query = query.order_by(columns.c.seq)
    async with store.reading() as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def open_stream(bus: str) -> None:
    """Make the stream of a server of NATS so that it keeps what comes twice."""
    client = await nats.connect(bus)
    try:
        config = StreamConfig(STREAM, subjects=[_SUBJECTS], duplicate_window=_SHORTEST_MEMORY)
        await client.jetstream().add_stream(config)
    finally:
        await client.close()


async def consumed(bus: str) -> list[Consumed]:
    """Everything in the stream."""
    found: list[Consumed] = []
    client = await nats.connect(bus)
    try:
        stream = client.jetstream()
        left = (await stream.stream_info(STREAM)).state.messages
        reader = await stream.pull_subscribe(_SUBJECTS, stream=STREAM, config=ConsumerConfig(ack_policy=AckPolicy.NONE))
        while left > 0:
            try:
                batch = await reader.fetch(min(_BATCH, left), timeout=5)
            except NatsTimeout:
                break
            left -= len(batch)
            found += [_event(message.data) for message in batch]
    finally:
        await client.close()
    return found


def _event(body: bytes) -> Consumed:
    event = orjson.loads(body)
    return Consumed(event["id"], event["partitionkey"], body)


async def books(store: str, bus: str) -> Books:
    """Everything."""
    async with await Store.open(store) as opened:
        return Books({table: await rows(opened, table) for table in TABLES}, await consumed(bus))
