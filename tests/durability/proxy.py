"""A way to the database that can be cut: at once, before a COMMIT, or between a COMMIT and its answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, get_args

Cut = Literal["one", "all", "commit not passed on", "commit not answered", "away"]
CUTS: tuple[Cut, ...] = get_args(Cut)
_COMMIT = b"COMMIT"
_CHUNK = 1 << 16
_LONGEST_AWAY = 2.0


@dataclass(eq=False, slots=True)
class _Line:
    """One connection: the service's end and the database's."""

    service: asyncio.StreamWriter
    database: asyncio.StreamWriter
    deaf: bool = False
    """What the database answers is not passed on, and ends the line."""

    def cut(self) -> None:
        """Both ends see a reset."""
        self.service.transport.abort()
        self.database.transport.abort()


@dataclass(slots=True)
class Proxy:
    """Listens on loopback for one service and passes on to the socket of a PostgreSQL server.

    ``committing`` is called whenever a COMMIT was passed on and has no answer yet.
    """

    socket: str
    dice: random.Random
    committing: Callable[[], None] = lambda: None
    port: int = 0
    _lines: set[_Line] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _armed: Cut | None = None
    _done: asyncio.Event = field(default_factory=asyncio.Event)
    _refusing: bool = False

    async def open(self) -> None:
        """Listen on ``port``, any free one at first."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut everything and listen no more."""
        if self._server is not None:
            self._server.close()
        self._cut(self._lines)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def cut(self, how: Cut, patience: float = 5.0) -> bool:
        """Cut, or wait for the COMMIT at which to cut; whether anything was."""
        if how == "one":
            return self._cut(self.dice.sample(sorted(self._lines, key=id), min(1, len(self._lines))))
        if how == "all":
            return self._cut(self._lines)
        if how == "away":
            self._refusing = True
            found = self._cut(self._lines)
            await asyncio.sleep(self.dice.random() * _LONGEST_AWAY)
            self._refusing = False
            return found
        self._done.clear()
        self._armed = how
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._done.wait()
        self._armed = None
        return self._done.is_set()

    def _cut(self, lines: set[_Line] | list[_Line]) -> bool:
        found = list(lines)
        for line in found:
            line.cut()
        return bool(found)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._refusing:
            writer.transport.abort()
            return
        answers, database = await asyncio.open_unix_connection(self.socket)
        line = _Line(writer, database)
        self._lines.add(line)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._asked(reader, line))
                group.create_task(self._answered(answers, line))
        except* OSError:
            pass
        finally:
            self._lines.discard(line)
            line.cut()

    async def _asked(self, reader: asyncio.StreamReader, line: _Line) -> None:
        while data := await reader.read(_CHUNK):
            commits = _COMMIT in data
            if commits and self._armed == "commit not passed on":
                self._armed = None
                self._done.set()
                break
            if commits and self._armed == "commit not answered":
                self._armed = None
                line.deaf = True
            line.database.write(data)
            await line.database.drain()
            if commits:
                self.committing()
        line.cut()

    async def _answered(self, answers: asyncio.StreamReader, line: _Line) -> None:
        while data := await answers.read(_CHUNK):
            if line.deaf:
                self._done.set()
                break
            line.service.write(data)
            await line.service.drain()
        line.cut()
