"""Bringing a database up to date: one file in ``versions`` for every change, applied in order, each once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from lurewatch.errors import StoreError

_LOCK = 0x6C757265
"""So that two processes that start together do not both migrate."""


def upgrade(connection: Connection, last: str = "head") -> None:
    """Apply what is missing up to the ``last``, in the transaction of the connection.

    Raises:
        StoreError: the database is of a newer Lurewatch.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    state = revision(connection)
    if state.is_newer:
        message = f"the store was written by a newer Lurewatch (its state is {state.found}). Install that, or newer."
        raise StoreError(message, lasting=True)
    if state.found != state.head:
        command.upgrade(_config(connection), last)


class Revision(NamedTuple):
    """Which change a database has ``found`` last (None: none yet), which is the last, and which it is still to get."""

    found: str | None
    head: str
    missing: tuple[str, ...]
    is_newer: bool


def revision(connection: Connection) -> Revision:
    """How far a database is; nothing is changed."""
    script = ScriptDirectory.from_config(_config(connection))
    known = [one.revision for one in script.walk_revisions()]
    found = MigrationContext.configure(connection).get_current_revision()
    is_newer = found is not None and found not in known
    missing = known[: known.index(found)] if found in known else known
    return Revision(found, known[0], () if is_newer else tuple(reversed(missing)), is_newer)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
