"""What the store promises: whole or not at all, up to date, and honest about its troubles."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.casework.fakes import CONTACT, LURE, PLAIN, Clock, incoming, rows
from tests.casework.postgresql import PostgreSQL

from lurewatch import Engine
from lurewatch.casework.screening import Screening
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import conversations, metadata, pair_counters
from lurewatch.errors import SettingsError, StoreError

OPEN = """
import asyncio, sys
from lurewatch.casework.store import Store

print("ready", flush=True)
input()
asyncio.run(Store.open(sys.argv[1]))
"""
COUNTER = {"tenant": "t", "client_email": "c", "advisor_email": "a", "incidents": 1, "updated_at": 0.0}


def differences(connection: Connection) -> list[object]:
    """What the tables in the database lack or have too much, by what the code says of them."""
    # Alembic takes the empty string that SQLite tells as a default for another than the one that was asked for.
    options = {"compare_type": True, "compare_server_default": connection.dialect.name == "postgresql"}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_migrations_make_the_tables_that_the_code_knows(empty_database: str) -> None:
    """After the migrations nothing is missing, too much, or of another type."""
    async with await Store.open(empty_database) as store, store.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_store_is_opened_again_as_it_was(database: str) -> None:
    """Opening a store that is up to date changes nothing in it."""
    async with await Store.open(database) as store, store.writing() as connection:
        await connection.execute(insert(pair_counters).values(COUNTER))
    async with await Store.open(database) as store:
        assert [row["incidents"] for row in await rows(store, "pair_counters")] == [1]


async def test_a_store_of_a_newer_version_is_refused(database: str) -> None:
    """A database that a newer Lurewatch has changed is left alone, and the error says what to install."""
    async with await Store.open(database) as store, store.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer Lurewatch.*9999.*Install") as caught:
        await Store.open(database)
    assert caught.value.lasting


async def test_processes_that_start_together_migrate_once(empty_database: str) -> None:
    """Two processes, and several stores of one, that meet an empty database at the same time all find it ready."""
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    command = [sys.executable, "-c", OPEN, empty_database]
    others = [await asyncio.create_subprocess_exec(*command, **pipe) for _ in range(2)]
    for other in others:
        assert other.stdout is not None
        assert await other.stdout.readline() == b"ready\n"
    done = [asyncio.create_task(other.communicate(b"go\n")) for other in others]
    stores = await asyncio.gather(*(Store.open(empty_database) for _ in range(4)))
    said = await asyncio.gather(*done)
    assert [other.returncode for other in others] == [0, 0], said
    async with stores[0].reading() as connection:
        versions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    assert len(versions) == 1
    for store in stores:
        await store.close()


async def test_a_transaction_is_whole_or_not_at_all(store: Store) -> None:
    """What was written before an error is gone."""

    async def fail() -> None:
        async with store.writing() as connection:
            await connection.execute(insert(pair_counters).values(COUNTER))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await fail()
    assert not await rows(store, "pair_counters")


async def test_what_the_database_refuses_is_no_outage(store: Store) -> None:
    """A row that is there already is an error of that row: the store is not away, and nothing written is shown."""

    async def twice() -> None:
        async with store.writing() as connection:
            for _ in range(2):
                await connection.execute(insert(pair_counters).values(COUNTER | {"advisor_email": "secret@x.org"}))

    with pytest.raises(StoreError) as caught:
        await twice()
    assert not caught.value.unreachable
    assert "secret" not in str(caught.value)
    assert not await rows(store, "pair_counters")


@pytest.mark.parametrize(
    "url", ["", "lurewatch.db", "mysql://localhost/x", "oracle+weird://", "sqlite", "postgresql://host:port/x"]
)
async def test_a_url_that_is_none_is_a_wrong_setting(url: str) -> None:
    """Whatever is no address of a store is refused with an example of one."""
    with pytest.raises(SettingsError, match=r"sqlite:///lurewatch\.db"):
        await Store.open(url)


async def test_a_store_in_a_folder_that_is_not_there_is_away(tmp_path: Path) -> None:
    """The error says that the store cannot be used; once the folder is there, the same URL works."""
    url = f"sqlite:///{tmp_path / 'later' / 'lurewatch.db'}"
    with pytest.raises(StoreError, match="URL") as caught:
        await Store.open(url)
    assert caught.value.unreachable
    assert not caught.value.lasting
    (tmp_path / "later").mkdir()
    async with await Store.open(url) as store:
        await store.ping()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file of another kind is not touched."""
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, and not a database " * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        await Store.open(f"sqlite:///{path}")
    assert caught.value.unreachable
    assert caught.value.lasting
    assert path.read_bytes() == before


async def test_sqlite_in_the_hands_of_another_is_away_until_it_lets_go(
    engine: Engine, tmp_path: Path, clock: Clock
) -> None:
    """While another process writes for longer than the store waits, messages fail whole; then the next is recorded."""
    path = tmp_path / "lurewatch.db"
    async with await Store.open(f"sqlite:///{path}?timeout=0.05") as store:
        screening = Screening(lambda: engine, store, clock=clock)
        await screening.screen(incoming(CONTACT))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        sent = [incoming(CONTACT, f"ISS-{number}") for number in range(5)]
        outcomes = await asyncio.gather(*map(screening.screen, sent), return_exceptions=True)
        assert all(isinstance(one, StoreError) and one.unreachable for one in outcomes)
        await store.ping()  # reading goes on
        other.execute("ROLLBACK")
        other.close()
        assert (await screening.screen(incoming(CONTACT))).decisions[0].count == 2


async def test_a_server_that_went_away_is_used_again_when_it_is_back(
    engine: Engine, postgresql: PostgreSQL, clock: Clock
) -> None:
    """A crash of the server fails what comes meanwhile, loses nothing that was recorded, and needs no restart here."""
    url = postgresql.url(await postgresql.new_database())
    async with await Store.open(url) as store:
        screening = Screening(lambda: engine, store, clock=clock)
        await screening.screen(incoming(CONTACT, message_id="m1"))
        postgresql.stop()
        try:
            for _ in range(2):  # a connection that broke, and one that cannot be made
                sent = [incoming(CONTACT, f"ISS-{number}") for number in range(5)]
                outcomes = await asyncio.gather(*map(screening.screen, sent), return_exceptions=True)
                assert all(isinstance(one, StoreError) and one.unreachable for one in outcomes)
            with pytest.raises(StoreError, match="URL"):
                await store.ping()
            with pytest.raises(StoreError):
                await Store.open(url)
        finally:
            postgresql.start()
        assert (await screening.screen(incoming(CONTACT, message_id="m1"))).repeated
        assert (await screening.screen(incoming(CONTACT, message_id="m2"))).decisions[0].count == 2


async def test_a_connection_cut_half_way_leaves_nothing(engine: Engine, postgresql: PostgreSQL) -> None:
    """A transaction whose connection is cut is away and gone; the next one has a new connection."""
    async with await Store.open(postgresql.url(await postgresql.new_database())) as store:

        async def cut() -> None:
            async with store.writing() as connection:
                await connection.execute(insert(pair_counters).values(COUNTER))
                mine = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar()
                async with store.reading() as other:
                    await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
                await connection.execute(text("SELECT 1"))

        with pytest.raises(StoreError) as caught:
            await cut()
        assert caught.value.unreachable
        assert not await rows(store, "pair_counters")
        assert (await Screening(lambda: engine, store).screen(incoming(PLAIN))).recorded


async def test_whom_the_server_does_not_let_in_is_told(postgresql: PostgreSQL) -> None:
    """No such database, no such user, no connection left, no more connections wanted: the store is away."""
    await postgresql.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    closed = await postgresql.new_database()
    await postgresql.execute(f"ALTER DATABASE {closed} ALLOW_CONNECTIONS false")
    for user, name in (("postgres", "missing"), ("stranger", closed), ("crowded", "postgres"), ("postgres", closed)):
        with pytest.raises(StoreError, match="URL") as caught:
            await Store.open(postgresql.url(name).replace("postgres@", f"{user}@"))
        assert caught.value.unreachable, (user, name)


async def test_two_changes_that_wait_for_each_other_are_both_made(postgresql: PostgreSQL) -> None:
    """Of two transactions that lock the same rows in another order one is ended by the database, and done anew."""
    both_hold_one, tries = asyncio.Barrier(2), 0

    async def add(connection: AsyncConnection, order: tuple[str, ...]) -> str:
        nonlocal tries
        tries += 1
        for place, client in enumerate(order):
            raised = update(pair_counters).where(pair_counters.c.client_email == client)
            await connection.execute(raised.values(incidents=pair_counters.c.incidents + 1))
            if place == 0 and tries <= 2:
                await both_hold_one.wait()
        return order[0]

    name = await postgresql.new_database()
    async with await Store.open(postgresql.url(name)) as store:
        async with store.writing() as connection:
            await connection.execute(insert(pair_counters), [COUNTER | {"client_email": client} for client in "ab"])
        orders = (("a", "b"), ("b", "a"))
        done = await asyncio.gather(*(store.changed(lambda one, order=order: add(one, order)) for order in orders))
        assert (done, tries) == (["a", "b"], 3)
        assert [row["incidents"] for row in await rows(store, "pair_counters")] == [3, 3]
    await postgresql.drop(name)


async def test_a_change_that_fails_is_not_made_again(store: Store) -> None:
    """What fails for another reason than that others went first is tried once."""
    tries = 0

    async def fail(connection: AsyncConnection) -> None:
        nonlocal tries
        tries += 1
        await connection.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(StoreError):
        await store.changed(fail)
    assert tries == 1


async def test_states_are_packed(screening: Screening, store: Store) -> None:
    """A state of some length takes less room in the database than what it says."""
    for number in range(20):
        await screening.screen(incoming(f"{LURE[number % len(LURE)]} {number}"))
    async with store.reading() as connection:
        kept = (await connection.execute(text("SELECT length(state) FROM conversations"))).scalar_one()
        read = (await connection.execute(select(conversations.c.state))).scalar_one()
    assert kept < len(read) / 2


async def test_what_was_written_before_it_was_packed_is_read(screening: Screening, store: Store) -> None:
    """A conversation goes on from a state that lies in the database as plain JSON."""
    for number in range(20):
        await screening.screen(incoming(f"{PLAIN} {number}"))
    async with store.writing() as connection:
        state = (await connection.execute(select(conversations.c.state))).scalar_one()
        await connection.execute(text("UPDATE conversations SET state = :state"), {"state": state})
        kept = (await connection.execute(text("SELECT length(state) FROM conversations"))).scalar_one()
    assert kept == len(state)
    assert (await screening.screen(incoming(CONTACT))).verdict.message_count == 21
    assert not (await rows(store, "verdicts"))[-1]["anew"]
