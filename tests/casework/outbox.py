"""Rows of an outbox for tests to hand on, and somebody to hand them to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.casework.fakes import Clock

from lurewatch.casework.relay import Delivery
from lurewatch.casework.store import Store, ledger
from lurewatch.casework.store.schema import outbox
from lurewatch.errors import DeliveryError

KIND = "SCAM_DETECTION_RESULT"
_PATIENCE = 20.0


class Hours(Clock):
    """A clock whose sleepers sleep until the test lets time pass."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        """Wait for the test."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, future))
        await future

    def forward(self, seconds: float) -> None:
        """Let so much time pass, and wake who has slept long enough."""
        self.now += seconds
        for due, future in self._sleepers:
            if due <= self.now and not future.done():
                future.set_result(None)
        self._sleepers = [(due, future) for due, future in self._sleepers if not future.done()]


@dataclass
class Publisher:
    """Notes what it is handed; before that, raises what it was told to raise for the id, each once."""

    clock: Callable[[], float]
    troubles: dict[str, list[Exception]] = field(default_factory=dict)
    tried: list[tuple[str, float]] = field(default_factory=list)
    delivered: list[Delivery] = field(default_factory=list)
    _busy: set[str] = field(default_factory=set)

    async def __call__(self, delivery: Delivery) -> None:
        """Take one, unless told otherwise."""
        assert delivery.ordered_by not in self._busy, "two of one conversation are under way at a time"
        self._busy.add(delivery.ordered_by)
        try:
            self.tried.append((delivery.id, self.clock()))
            await asyncio.sleep(0)
            if troubles := self.troubles.get(delivery.id):
                raise troubles.pop(0)
            self.delivered.append(delivery)
        finally:
            self._busy.discard(delivery.ordered_by)

    def ids(self) -> list[str]:
        """The ids that were taken, in order."""
        return [delivery.id for delivery in self.delivered]

    def times(self, row_id: str) -> list[float]:
        """When this one was tried."""
        return [at for tried, at in self.tried if tried == row_id]


def busy(times: int) -> list[Exception]:
    """So many answers of somebody who is there and cannot take it now."""
    return [DeliveryError("busy") for _ in range(times)]


async def put(store: Store, ids: Sequence[str], now: float, kind: str = KIND) -> None:
    """Pending rows; ``a-1`` is of the conversation ``a``."""
    rows = [
        {
            "tenant": "default",
            "id": row_id,
            "kind": kind,
            "ordered_by": f"default/api/{row_id.partition('-')[0]}",
            "subject": row_id.partition("-")[0],
            "payload": b'{"conversation_id": "%s"}' % row_id.encode(),
            "status": "pending",
            "attempts": 0,
            "next_at": now,
            "created_at": now,
        }
        for row_id in ids
    ]
    async with store.writing() as connection:
        await ledger.write(connection, ledger.Rows(outbox=rows))


async def statuses(store: Store) -> dict[str, str]:
    """The status of every row by its id."""
    async with store.reading() as connection:
        found = await connection.execute(outbox.select().order_by(outbox.c.seq))
        return {row["id"]: row["status"] for row in found.mappings()}


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for what must come to hold; fails when it does not."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.002)
