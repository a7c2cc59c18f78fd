"""The relay: what screening left in the outbox is handed on, every row at least once, and in order.

Rows of one ``ordered_by`` are handed on one after the other: a row that has not got through holds back those behind it
until it is dead. Several relays, in several processes, share one outbox. Who is handed a row twice sees the same id.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.bus import Bus
from lurewatch.casework.bus.envelope import Envelope
from lurewatch.casework.bus.messages import PUBLISHED
from lurewatch.casework.delivery import Deliver, Delivery, Receipt
from lurewatch.casework.grouping import Grouping
from lurewatch.casework.store import Store, queue
from lurewatch.errors import DeliveryError, StoreError

_MOST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a relay is, in seconds.

    A try may take ``timeout``. After the first that fails ``first`` passes, then twice as long each time, at most
    ``most``; each pause is cut by up to half, by chance. After ``attempts`` tries, about a day, the row is dead.
    A claim lasts ``lease``, several times as long as a try, and as the clocks of the machines may differ: so long a row
    waits whose relay was killed. While whoever is to be told is away, one probe goes out at most every ``away``.
    Without a signal the outbox is looked at every ``poll``. ``lanes`` rows are under way at a time.
    """

    timeout: float = 10.0
    first: float = 1.0
    most: float = 300.0
    attempts: int = 400
    lease: float = 60.0
    away: float = 15.0
    poll: float = 1.0
    lanes: int = 64


DEFAULT_PACE = Pace()


class Relay:
    """Hands on the rows of the kinds that ``deliver`` knows; what is of another kind is some other relay's.

    When whoever is to be told of one kind is away, all kinds wait: give each destination a relay of its own.
    ``clock`` gives seconds since the epoch, ``chance`` numbers in [0, 1), ``sleep`` waits so many seconds.
    """

    def __init__(
        self,
        store: Store,
        deliver: Mapping[str, Deliver],
        *,
        pace: Pace = DEFAULT_PACE,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._deliver = deliver
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._lanes: set[asyncio.Task[None]] = set()
        self._settling: Grouping[queue.Outcome, RowMapping | None] = Grouping(self._settle)
        self._more_due = True
        """Whether more may be due than was claimed, for want of lanes."""
        self._store_away = False
        self._reached = asyncio.Event()
        """Not set while the store, or whoever is to be told, is away."""
        self._reached.set()

    def wake(self) -> None:
        """Something is due: look at once."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing more; ``run`` returns when what is under way is done."""
        self._stopping.set()

    async def run(self) -> None:
        """Hand on what is due and what becomes due, until ``stop``, or until cancelled.

        A store that is away is waited for. When cancelled, what was under way is handed on again when its claim ends.
        """
        probes = 0
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                with suppress(StoreError):
                    await self._begin()
                if self._reached.is_set():
                    probes = 0
                    await self._until(self._woken, self._pace.poll)
                else:
                    probes += 1
                    await self._until(self._reached, self._pause(probes, self._pace.away))
            if self._lanes:
                await asyncio.wait(self._lanes)
        finally:
            for lane in self._lanes:
                lane.cancel()
            await asyncio.gather(*self._lanes, return_exceptions=True)
            await self._settling.close()

    async def _begin(self) -> None:
        """Claim what is due, as much as there are free lanes, and begin to hand it on; while all are away one row."""
        free = (self._pace.lanes if self._reached.is_set() else 1) - len(self._lanes)
        if free <= 0:
            self._more_due = True
            return
        try:
            async with self._store.writing() as connection:
                rows = await queue.claim(connection, self._claim(), free)
        except StoreError:
            self._store_away = True
            self._reached.clear()
            raise
        self._more_due = len(rows) == free
        if self._store_away:
            self._store_away = False
            self._reached.set()
        for row in rows:
            lane = asyncio.create_task(self._hand_on(row))
            self._lanes.add(lane)
            lane.add_done_callback(self._free)

    def _claim(self) -> queue.Claim:
        now = self._clock()
        return queue.Claim(self._deliver.keys(), now, now + self._pace.lease)

    def _free(self, lane: asyncio.Task[None]) -> None:
        self._lanes.discard(lane)
        if self._more_due:
            self._woken.set()

    async def _hand_on(self, first: RowMapping) -> None:
        """Hand on a row, and then those that follow it, as long as they get through."""
        row: RowMapping | None = first
        with suppress(StoreError):  # then the claim ends, and the row is handed on again, with the same id
            while row is not None:
                row = await self._settling.submit(await self._tried(row["seq"], _delivery(row)))

    async def _tried(self, seq: int, delivery: Delivery) -> queue.Outcome:
        try:
            async with asyncio.timeout(self._pace.timeout):
                receipt = await self._deliver[delivery.kind](delivery)
        except DeliveryError as error:
            if error.unreachable:
                self._reached.clear()
            return self._failed(seq, delivery, error)
        except TimeoutError:
            message = f"it was not taken within {self._pace.timeout:g} seconds"
            return self._failed(seq, delivery, DeliveryError(message))
        except Exception as error:  # a row must not end the relay; its words may hold what was written
            return self._failed(seq, delivery, DeliveryError(f"it could not be handed on: {type(error).__name__}"))
        self._reached.set()
        now = self._clock()
        return queue.Outcome(seq, delivery.attempt, "delivered", now, delivered_at=now, receipt=receipt)

    def _failed(self, seq: int, delivery: Delivery, error: DeliveryError) -> queue.Outcome:
        given_up = error.permanent or delivery.attempt >= self._pace.attempts
        pause = max(self._pause(delivery.attempt, self._pace.most), error.retry_after)
        said = str(error)[:_MOST_ERROR]
        status = "dead" if given_up else "pending"
        return queue.Outcome(seq, delivery.attempt, status, self._clock() + pause, said, certain=error.certain)

    def _pause(self, times: int, most: float) -> float:
        longest: float = min(most, self._pace.first * 2.0 ** min(times - 1, 30))
        return longest * (1 - self._chance() / 2)

    async def _settle(self, outcomes: Sequence[queue.Outcome]) -> list[RowMapping | None]:
        """Note what became of rows; what follows each, claimed in the same step, if it can go at once."""
        done = [one.seq for one in outcomes if one.status != "pending"]

        async def settled(connection: AsyncConnection) -> dict[int, RowMapping]:
            await queue.settle(connection, outcomes)
            if not done or self._stopping.is_set() or not self._reached.is_set():
                return {}
            return await queue.claim_next(connection, self._claim(), done)

        following = await self._store.changed(settled)
        return [following.get(one.seq) for one in outcomes]

    async def _until(self, signal: asyncio.Event, seconds: float) -> None:
        """Until the signal, or so long, or until this relay is to stop."""
        waits = [asyncio.ensure_future(wait) for wait in (self._sleep(seconds), signal.wait(), self._stopping.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _delivery(row: RowMapping) -> Delivery:
    names = ("id", "tenant", "kind", "ordered_by", "subject", "payload", "alert", "created_at")
    return Delivery(
        **{name: row[name] for name in names},
        attempt=row["attempts"] + 1,
        in_doubt=row["attempts"] > row["failed"],
    )


def to_bus(bus: Bus) -> dict[str, Deliver]:
    """What publishes every kind of event on a bus: what a relay is given to deliver."""
    types = {one.event.value: one.type for one in PUBLISHED}

    async def publish(delivery: Delivery) -> Receipt:
        await bus.publish(
            Envelope(
                id=delivery.id,
                type=types[delivery.kind],
                tenant=delivery.tenant,
                subject=delivery.subject,
                ordered_by=delivery.ordered_by,
                time=delivery.created_at,
                data=delivery.payload,
            )
        )
        return Receipt()

    return dict.fromkeys(types, publish)


async def entries(
    store: Store, *, status: str | None = None, after: int = 0, limit: int = 50
) -> tuple[list[dict[str, Any]], int | None]:
    """Rows of the outbox without their payload, oldest first, and after which ``seq`` the next page begins, if any."""
    async with store.reading() as connection:
        found = await queue.entries(connection, status, after, limit + 1)
    page = [dict(row) for row in found[:limit]]
    return page, page[-1]["seq"] if len(found) > limit else None


async def retry(store: Store, ids: Sequence[str] | None = None, *, now: float) -> int:
    """Make dead rows due again, all of them without ids; how many there were."""
    async with store.writing() as connection:
        return await queue.revive(connection, ids, now)
