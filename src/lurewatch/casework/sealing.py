"""Seals the audit log: what is not sealed yet becomes, in order, the next batch of a chain.

A batch keeps a digest of each of its entries; its hash covers these and the hash of the batch before. All hashes are
SHA-256, over JSON as ``digest`` and ``chained`` write it.
"""

from __future__ import annotations

import asyncio
import hashlib
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import RowMapping

from lurewatch.casework.store import Store, journal
from lurewatch.errors import StoreError

MOST_SEALED = 500
"""Entries of a batch, so that nobody who writes waits long for a sealer."""
FIRST_PREVIOUS = "0" * 64
"""What the first batch has as the hash of the batch before."""
DIGEST = struct.Struct(">q32s")
"""Of an entry in its batch: ``seq``, and SHA-256 over everything else."""
_TOLD = ("tenant", "actor", "action", "subject", "detail")


class Sealer:
    """Seals the log of a store ``every`` so many seconds. ``clock`` gives seconds since the epoch.

    ``failed`` hears why nothing can be sealed, once until something can be again.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.time,
        *,
        every: float = 5.0,
        failed: Callable[[StoreError], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._every = every
        self._failed = failed
        self._is_failing = False
        self._stopping = asyncio.Event()

    async def seal(self) -> int:
        """Seal up to MOST_SEALED entries as one batch; how many there were. Several processes may do so at once.

        Raises:
            StoreError: the store cannot be used; nothing was sealed.
        """
        async with self._store.writing() as connection:
            await journal.hold(connection)
            rows = await journal.unsealed(connection, MOST_SEALED)
            if rows:
                last = await journal.last_batch(connection)
                await journal.add_batch(connection, self._batch(rows, last), [row["seq"] for row in rows])
        return len(rows)

    def stop(self) -> None:
        """Seal what is there and no more; ``run`` returns."""
        self._stopping.set()

    async def run(self) -> None:
        """Seal whatever comes until ``stop``, or until cancelled; a store that is away is waited for."""
        while True:
            was_last = self._stopping.is_set()
            await self._round()
            if was_last:
                return
            try:
                await asyncio.wait_for(self._stopping.wait(), self._every)
            except TimeoutError:
                continue

    async def _round(self) -> None:
        try:
            while await self.seal() == MOST_SEALED:
                pass
        except StoreError as error:
            if not self._is_failing:
                self._failed(error)
            self._is_failing = True
        else:
            self._is_failing = False

    def _batch(self, rows: Sequence[RowMapping], last: RowMapping | None) -> dict[str, Any]:
        batch = {
            "number": last["number"] + 1 if last else 1,
            "previous": last["hash"] if last else FIRST_PREVIOUS,
            "first_entry": rows[0]["seq"],
            "last_entry": rows[-1]["seq"],
            "count": len(rows),
            "digests": b"".join(DIGEST.pack(row["seq"], digest(row)) for row in rows),
            "sealed_at": round(self._clock(), 6),
        }
        return batch | {"hash": chained(batch)}


def digest(row: RowMapping) -> bytes:
    """SHA-256 over an entry but for its ``seq``, so that entries that changed places are known."""
    told = [*(row[name] for name in _TOLD), _microseconds(row["created_at"])]
    return hashlib.sha256(msgspec.json.encode(told)).digest()


def chained(batch: Mapping[str, Any] | RowMapping) -> str:
    """The hash of a batch, over everything in it and the hash of the batch before."""
    names = ("number", "previous", "first_entry", "last_entry", "count")
    told = [*(batch[name] for name in names), _microseconds(batch["sealed_at"])]
    return hashlib.sha256(msgspec.json.encode(told) + b"\n" + batch["digests"]).hexdigest()


def _microseconds(seconds: float) -> int:
    """What both databases keep of a time."""
    return round(seconds * 1_000_000)
