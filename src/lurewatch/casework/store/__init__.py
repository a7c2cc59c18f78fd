"""One database, SQLite or PostgreSQL: opened, brought up to date, and written whole or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, InterfaceError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from lurewatch.casework.store import migrations
from lurewatch.errors import InputError, SettingsError, StoreError

Outcome = TypeVar("Outcome")
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_WRITES = "lurewatch_writes"
_BUSY_SECONDS = "10"
"""So long SQLite waits for another process that writes, unless the URL says ``?timeout=``."""
_WAL_ATTEMPTS, _WAL_PAUSE = 500, 0.02
_CONNECT_SECONDS = 5
_READERS = 8
_FRESH_SECONDS = 300
"""What is between us and a server drops connections that nobody used for long, and tells nobody."""
_PLANNED_ANEW = {"plan_cache_mode": "force_custom_plan"}
"""A plan that was made while the tables were small reads all of them ever after; to make one takes a tenth of a
millisecond."""
_AWAY = frozenset({"08", "28", "3D", "53", "57", "58"})
"""Classes of SQLSTATE: no connection, not let in, no such database, no room, an operator's doing, the machine."""
_CLOSED = frozenset({"25006", "55000"})
"""The database takes no writing, or no connections."""
_YIELDED = frozenset({"40001", "40P01"})
_ATTEMPTS = 5
"""So often a change is tried that has to yield to others."""
_DATA = "22"
"""The class of SQLSTATE for values that have no form in the database."""
_UNKEEPABLE = (
    "what was sent has a value that no store can keep or look for: it is too long or too large, or has a NUL character "
    "or half of a surrogate pair in it. Send another"
)
_SQLITE_SPOILT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


class Store:
    """An open database. Make one with ``Store.open``; ``async with`` closes it.

    Whatever the database's trouble, ``StoreError`` is raised, and nothing of the transaction was kept; only where the
    connection broke between the COMMIT and its answer all of it may have been. What no database can hold or be asked
    for is an ``InputError``.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        # SQLite knows one writer at a time: waiting here is fair and cheap, waiting in the database is neither.
        self._turn = asyncio.Lock()
        self._writer = engine.execution_options(**{_WRITES: True})
        # PostgreSQL would show every statement another state of the database.
        self._reader = engine if self._is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")

    @classmethod
    async def open(cls, url: str) -> Self:
        """The database at a URL such as ``sqlite:///lurewatch.db`` or ``postgresql://user@host/name``, up to date.

        Raises:
            SettingsError: the URL is none, or of another kind of database.
            StoreError: it cannot be reached, or a newer Lurewatch has written it.
        """
        engine = _engine(url)
        store = cls(engine)
        try:
            async with store.writing() as connection:
                await connection.run_sync(migrations.upgrade)
        except BaseException:
            await engine.dispose()
            raise
        return store

    @classmethod
    def as_it_is(cls, url: str) -> Self:
        """The database at a URL, neither brought up to date nor even reached yet: for whoever looks how it is.

        Raises:
            SettingsError: as ``open``.
        """
        return cls(_engine(url))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the database."""
        await self._engine.dispose()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or not at all."""
        if not self._is_sqlite:
            async with _told(), self._writer.begin() as connection:
                yield connection
            return
        async with self._turn, _told(), self._writer.begin() as connection:
            yield connection

    async def changed(self, change: Callable[[AsyncConnection], Awaitable[Outcome]]) -> Outcome:
        """The outcome of a change that is committed whole, and done anew where it had to yield to another's."""
        for _ in range(_ATTEMPTS - 1):
            try:
                async with self.writing() as connection:
                    return await change(connection)
            except StoreError as error:
                if not error.yielded:
                    raise
        async with self.writing() as connection:
            return await change(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database."""
        async with _told(), self._reader.begin() as connection:
            yield connection

    async def ping(self) -> None:
        """Raise StoreError unless the database answers."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """Whatever goes wrong with the database as a StoreError, without what was written in the statement."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise InputError(_UNKEEPABLE) from error
    except DBAPIError as error:
        if _is_unkeepable(error):
            raise InputError(_UNKEEPABLE) from error
        if _sqlite_code(error) in _SQLITE_SPOILT:
            message = (
                f"the file of the store is damaged, or no database: {_reason(error)}. Put a backup or another there"
            )
            raise StoreError(message, unreachable=True, lasting=True) from error
        if _is_away(error):
            message = f"the store cannot be used: {_reason(error)}. Is it running, is there room, and is its URL right?"
            raise StoreError(message, unreachable=True) from error
        yielded = _sqlstate(error) in _YIELDED
        raise StoreError(f"the store did not do as asked: {_reason(error)}", yielded=yielded) from error
    except (PoolTimeout, OSError) as error:
        raise StoreError(
            f"the store cannot be reached: {error}. Is it running, and is its URL right?", unreachable=True
        ) from error


def _is_unkeepable(error: DBAPIError) -> bool:
    """Whether a value in the statement has no form in the database: the driver says so, or the server."""
    cause = error.orig.__cause__ if error.orig else None
    return isinstance(cause, ValueError) or _sqlstate(error)[:2] == _DATA


def _is_away(error: DBAPIError) -> bool:
    """Whether nothing else could be written either."""
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    state = _sqlstate(error)
    return state[:2] in _AWAY or state in _CLOSED or _sqlite_code(error) in _SQLITE_AWAY


def _sqlstate(error: DBAPIError) -> str:
    """What PostgreSQL calls it, empty where it is another's."""
    return getattr(error.orig, "sqlstate", None) or ""


def _sqlite_code(error: DBAPIError) -> int:
    """What SQLite calls it, 0 where it is another's; the rest of the bits says which kind of it."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF


def _reason(error: DBAPIError) -> str:
    """What kind of trouble it is; the database's own words may hold what was written."""
    if error.orig is None:
        return type(error).__name__
    return getattr(error.orig, "sqlite_errorname", None) or type(error.orig.__cause__ or error.orig).__name__


def _engine(url: str) -> AsyncEngine:
    place = address(url)
    if place.drivername == _DRIVERS["sqlite"]:
        patient = place.set(query={"timeout": _BUSY_SECONDS, **place.query})
        engine = create_async_engine(patient, pool_size=_READERS, pool_reset_on_return="rollback", hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    engine = create_async_engine(
        place,
        pool_size=_READERS,
        pool_recycle=_FRESH_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": _CONNECT_SECONDS, "server_settings": _PLANNED_ANEW},
    )
    event.listen(engine.sync_engine, "checkout", _require_open)
    return engine


def address(url: str) -> URL:
    """What the URL of a store names; nothing is opened. Raises SettingsError as ``Store.open`` does."""
    try:
        named = make_url(url)
        driver = _DRIVERS[named.get_backend_name() if "+" in named.drivername else named.drivername]
    except (ArgumentError, KeyError, NoSuchModuleError, ValueError) as error:
        message = "the store's URL begins with sqlite:/// or postgresql://, such as sqlite:///lurewatch.db"
        raise SettingsError(message) from error
    return named.set(drivername=driver)


def _require_open(connection: Any, *_: object) -> None:
    """Leave a connection that the server has ended, as it does when it is restarted, for a new one."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late: see _begin_sqlite
    cursor = connection.cursor()
    for attempt in range(1, _WAL_ATTEMPTS + 1):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:  # here SQLite does not wait for others who open a new file
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == _WAL_ATTEMPTS:
                raise
            await_only(asyncio.sleep(_WAL_PAUSE))
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for another writer, it fails.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
