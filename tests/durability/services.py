"""Processes that are killed: the service as users start it, and a relay by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"
_PATIENCE = 300.0
"""Seconds a start may take on a busy machine."""
_POLL = 0.03


@dataclass(slots=True)
class Program:
    """A program that is started again and again; ``log`` gathers what it says.

    It is ready when its ``port`` answers.
    """

    arguments: Sequence[str]
    environment: dict[str, str]
    log: Path
    port: int
    is_ready: bool = False
    starts: int = 0
    _process: Process | None = None
    _log: IO[bytes] | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start it and wait until it is ready; raises RuntimeError when it ends or takes too long."""
        if self._log is None:
            self._log = self.log.open("ab")
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.arguments,
            env={**os.environ, **self.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        self.starts += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await self._answers():
                    if process.returncode is not None:
                        raise RuntimeError(f"{self.arguments[1]} ended with {process.returncode}: see {self.log}")
                    await asyncio.sleep(_POLL)
        except TimeoutError:
            raise RuntimeError(f"{self.arguments[1]} did not answer in {_PATIENCE:g} seconds: see {self.log}") from None
        self.is_ready = True

    def kill(self) -> None:
        """End it as the kernel would when memory is short: nothing of it runs any more."""
        self.is_ready = False
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)

    async def ended(self) -> None:
        """Wait until it has ended."""
        if self._process is not None:
            await self._process.wait()

    async def close(self) -> None:
        """Kill it, and keep what it has said."""
        self.kill()
        await self.ended()
        if self._log is not None:
            self._log.close()

    async def stop(self, patience: float = 20.0) -> bool:
        """Ask it to end, as at a new release; whether it did."""
        self.is_ready = False
        if self._process is None or self._process.returncode is not None:
            return True
        self._process.terminate()
        try:
            async with asyncio.timeout(patience):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self.ended()
            return False
        return True

    @property
    def has_ended(self) -> bool:
        """Whether it ended by itself, or was killed."""
        return self._process is not None and self._process.returncode is not None

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, self.port)
        except OSError:
            return False
        writer.transport.abort()
        return True


def service(port: int, store: str, bus: str, folder: Path) -> Program:
    """``lurewatch serve`` as users start it."""
    return Program(
        ("-m", "lurewatch.entrypoints.cli", "serve", "--host", HOST, "--port", str(port)),
        {"LUREWATCH_STORE": store, "LUREWATCH_BUS": bus, "LUREWATCH_CONFIG": os.devnull},
        folder / f"service-{port}.log",
        port,
    )


def relay(port: int, store: str, bus: str, folder: Path) -> Program:
    """A relay by itself, beside those in the services."""
    return Program(
        ("-m", "tests.durability.relay", str(port)),
        {"LUREWATCH_STORE": store, "LUREWATCH_BUS": bus},
        folder / "relay.log",
        port,
    )
