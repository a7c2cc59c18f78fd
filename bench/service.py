"""What one worker of the service carries: ``python -m bench.service``.

Two measurements, each against a fresh service without a store on the loopback interface, five different messages a
request. *Full load*: wrk (Debian package ``wrk``) in a process of its own, with as many requests in flight as it has
connections; its latencies at full load say how long the queue is and little else. *Half load*: half the rate just
measured, paced by an asyncio client in a process of its own (wrk has no rate limit). Each request has its moment, and
its latency counts from that moment even when it is sent late, so that a pause of the service is charged to every
request that it delayed. Without wrk the same client makes the full load, which it says.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import records, texts

FOLDER = Path(__file__).resolve().parent
HOST = "127.0.0.1"
PER_REQUEST = 5
STARTED_WITHIN = 60.0


def request_bodies(amount: int) -> list[bytes]:
    """Bodies of POST /detect-scam: five messages each; no message occurs twice as long as there are enough."""
    messages, _ = texts.distinct_messages(amount * PER_REQUEST)
    bodies = []
    for number in range(amount):
        said = [messages[(number * PER_REQUEST + turn) % len(messages)] for turn in range(PER_REQUEST)]
        turns = [
            {
                "message_id": f"m{turn}",
                "sender": "AB"[turn % 2],
                "content": text,
                "timestamp": f"2026-01-31T10:{turn:02}:00Z",
            }
            for turn, text in enumerate(said)
        ]
        bodies.append(json.dumps({"conversation_id": f"c{number}", "messages": turns}).encode())
    return bodies


@contextmanager
def service(**variables: str) -> Iterator[int]:
    """A service with one worker and these variables in its environment, ready to answer; its port."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "lurewatch.entrypoints.cli", "serve", "--host", HOST, "--port", str(port)]
    environment = {**os.environ, **variables}
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=silent, stderr=silent) as process:  # noqa: S603
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the port answers; raises RuntimeError when the service ends or takes too long."""
    limit = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < limit and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The service did not start. Try `lurewatch serve` by hand.")


def full_load(
    port: int, bodies: list[bytes], seconds: int, path: str = "/detect-scam", connections: int = 16
) -> dict[str, Any]:
    """Requests a second with every connection busy."""
    wrk = shutil.which("wrk")
    if wrk is None:
        found = paced(port, bodies, seconds, rate=0, path=path, connections=connections)
        return {"client": "asyncio, for want of wrk", **found}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bodies.jsonl"
        file.write_bytes(b"\n".join(bodies) + b"\n")
        script = str(FOLDER / "wrk.lua")
        command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://{HOST}:{port}"]
        environment = {**os.environ, "LUREWATCH_BODIES": str(file), "LUREWATCH_PATH": path}
        output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout  # noqa: S603
    line = next(line for line in output.splitlines() if line.startswith("figures"))
    _, requests, _, duration, _, failed, _, middle, _, slow, _ = line.split()
    return {
        "client": "wrk",
        "requests_per_second": round(int(requests) / int(duration) * 1e6, 1),
        "failed": int(failed),
        "p50_ms": int(middle) / 1000,
        "p99_ms": int(slow) / 1000,
    }


def paced(
    port: int, bodies: list[bytes], seconds: int, rate: float, path: str = "/detect-scam", connections: int = 16
) -> dict[str, Any]:
    """The asyncio client in a process of its own; a rate of 0 means as fast as the connections go."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bodies.jsonl"
        file.write_bytes(b"\n".join(bodies) + b"\n")
        asked = (str(port), str(file), str(seconds), str(rate), path, str(connections))
        command = [sys.executable, "-m", "bench.client", *asked]
        output = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=True).stdout  # noqa: S603
    found: dict[str, Any] = json.loads(output)
    return found


def main() -> None:
    """Measure, print and save the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.service", description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="length of each measurement")
    seconds = parser.parse_args().seconds
    bodies = request_bodies(2000)
    with service(LUREWATCH_STORE="none") as port:
        paced(port, bodies, 2, rate=200)  # warm up
        full = full_load(port, bodies, seconds)
    with service(LUREWATCH_STORE="none") as port:
        paced(port, bodies, 2, rate=200)
        half = paced(port, bodies, seconds, rate=full["requests_per_second"] / 2)
    figures = {"workers": 1, "messages_per_request": PER_REQUEST, "full_load": full, "half_load": half}
    print(json.dumps(figures, indent=2))
    print(records.save("service", figures))


if __name__ == "__main__":
    main()
