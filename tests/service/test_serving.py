"""The service as a process: what it says when it cannot start, and that it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx2

COMMAND = [sys.executable, "-m", "lurewatch.entrypoints.cli", "serve"]
SLOW = b"POST /detect-scam HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_where_nothing_can_listen() -> None:
    """A port that is taken and a host that is none are told at once, with status 2 and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = str(server.getsockname()[1])
        for arguments in (["--port", taken], ["--host", "127.0.0.256", "--port", "0"]):
            environment = {**os.environ, "LUREWATCH_STORE": "none", "LUREWATCH_API_KEY": "opensesame"}
            done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 2, done.stderr
            [line] = done.stderr.splitlines()
            assert line.startswith("lurewatch: nothing can listen on 127.0.0.")
            assert "--port" in line


def test_a_store_that_never_mends_is_not_waited_for(tmp_path: Path) -> None:
    """A file that is no database and a store of a newer Lurewatch are told at once, with status 2 and no traceback."""
    notes, newer = tmp_path / "notes.db", tmp_path / "newer.db"
    notes.write_text("these are notes, and not a database " * 100)
    with contextlib.closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    for path, words in ((notes, "no database"), (newer, "a newer Lurewatch")):
        environment = {**os.environ, "LUREWATCH_STORE": f"sqlite:///{path}"}
        command = [*COMMAND, "--port", "0"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 2, done.stderr
        [line] = done.stderr.splitlines()
        assert line.startswith("lurewatch: store.url, sqlite")
        assert path.name in line
        assert words in line


def test_who_sends_slowly_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """Told to end while a body is still coming in, the service ends in good time, without a traceback."""
    port = free_port()
    environment = {**os.environ, "LUREWATCH_STORE": f"sqlite:///{tmp_path / 'x.db'}"}
    command = [*COMMAND, "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx2.get(f"http://127.0.0.1:{port}/health")
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(SLOW)
            time.sleep(0.3)
            asked = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
    assert time.monotonic() - asked < 20
    assert "Traceback" not in said
    assert "Application shutdown complete" in said
