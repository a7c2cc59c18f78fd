"""Bringing a database up to date: one file in ``versions`` for every change, applied in order, each once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from lurewatch.errors import StoreError

_LOCK = 0x6C757265
"""So that two processes that start together do not both migrate."""


def upgrade(connection: Connection) -> None:
    """Apply what is missing, in the transaction of the connection.

    Raises:
        StoreError: the database is of a newer Lurewatch.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {one.revision for one in script.walk_revisions()}:
        raise StoreError(f"the store was written by a newer Lurewatch (its state is {found}). Install that, or newer.")
    if found != script.get_current_head():
        command.upgrade(config, "head")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
