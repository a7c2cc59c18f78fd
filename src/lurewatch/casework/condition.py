"""How a store is: how far it was brought, whether it takes writing, what lies in its outbox, what its clock says."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework.audit import newest_fits
from lurewatch.casework.store import Store, journal, keys, queue
from lurewatch.casework.store.migrations import Revision, revision
from lurewatch.casework.store.schema import outbox


@dataclass(frozen=True, slots=True)
class Condition:
    """A store as it is.

    Of the outbox, which only a store that is up to date has, the rows that are ``dead`` and ``pending`` are counted;
    ``oldest`` is since when the oldest of the pending is there. ``unsealed`` is since when the oldest entry of the
    audit log waits for its seal, ``is_sealed_well`` whether the newest seal fits. ``keys`` counts the API keys that
    open a door, ``is_locked`` is whether one was ever made. Times are in seconds since the epoch. ``clock_ahead`` is by
    how many seconds the server's clock is ahead of ours, None where it has none of its own. ``journal`` is
    SQLite's journal mode, ``""`` for another database.
    """

    revision: Revision
    journal: str = ""
    clock_ahead: float | None = None
    dead: int = 0
    pending: int = 0
    oldest: float | None = None
    keys: int = 0
    is_locked: bool = False
    unsealed: float | None = None
    is_sealed_well: bool = True


async def look(url: str) -> Condition:
    """The condition of the store at a URL. Whether it takes writing is tried, and taken back: nothing changes.

    Raises:
        SettingsError: the URL is none.
        StoreError: it cannot be reached, or takes no writing.
    """
    async with Store.as_it_is(url) as store, store.writing() as connection:
        found = await connection.run_sync(revision)
        journal = ""
        if connection.dialect.name == "sqlite":
            journal = str((await connection.execute(text("PRAGMA journal_mode"))).scalar_one())
        condition = Condition(found, journal, await _clock_ahead(connection))
        if found.found == found.head:
            condition = await _within(connection, condition)
            await connection.execute(outbox.update().values(attempts=outbox.c.attempts).where(outbox.c.seq == 0))
        else:
            await connection.execute(text("CREATE TABLE lurewatch_doctor (seq INTEGER)"))
        await connection.rollback()
        return condition


async def _within(connection: AsyncConnection, condition: Condition) -> Condition:
    backlog = await queue.backlog(connection)
    return Condition(
        condition.revision,
        condition.journal,
        condition.clock_ahead,
        dead=backlog["dead"],
        pending=backlog["pending"],
        oldest=backlog["oldest"],
        keys=await keys.count_valid(connection, time.time()),
        is_locked=await keys.are_known(connection),
        unsealed=await journal.oldest_unsealed(connection),
        is_sealed_well=await newest_fits(connection),
    )


async def _clock_ahead(connection: AsyncConnection) -> float | None:
    if connection.dialect.name != "postgresql":
        return None
    before = time.time()
    asked = await connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))
    return float(asked.scalar_one()) - (before + time.time()) / 2
