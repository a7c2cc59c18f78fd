"""What the tests of casework share: the same promises are tested over SQLite and over a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.casework.fakes import Clock, Workshop
from tests.casework.postgresql import NoServerError, PostgreSQL

from lurewatch import Engine
from lurewatch.casework.review import Review
from lurewatch.casework.screening import Screening
from lurewatch.casework.store import Store
from lurewatch.engine.packs.pack import parse

_OVERLAY = {"pack.yaml": b"rules: {phone_number: {enabled: false}}\n"}
KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The PostgreSQL server of this process, started when it is first needed."""
    try:
        server = PostgreSQL()
    except NoServerError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.remove()


@pytest.fixture(params=KINDS)
async def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database without tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'lurewatch.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = await server.new_database(migrated=False)
    yield server.url(name)
    await server.drop(name)


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database that nobody has used, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'lurewatch.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = await server.new_database()
    yield server.url(name)
    await server.drop(name)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """An open store with nothing in it."""
    async with await Store.open(database) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is told to go on."""
    return Clock()


@pytest.fixture
def screening(engine: Engine, store: Store, clock: Clock) -> Screening:
    """Screening over the store, by the clock."""
    return Screening(lambda: engine, store, clock=clock)


@pytest.fixture
def review(engine: Engine, store: Store, clock: Clock) -> Review:
    """Closing alerts of the store, by the clock."""
    return Review(store, lambda: engine, clock=clock)


@pytest.fixture(scope="session")
def other(engine: Engine) -> Engine:
    """An engine of another pack, which lacks a rule."""
    pack = parse(*engine.pack.layers, _OVERLAY, today=engine.pack.today, phrasebook=engine.pack.phrasebook)
    return Engine(pack, engine.config)


@pytest.fixture
def workshop(engine: Engine, other: Engine) -> Workshop:
    """What builds the engines that replay."""
    return Workshop(engine, other)
