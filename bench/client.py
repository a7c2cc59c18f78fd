"""A small HTTP client that keeps a rate, and prints figures as JSON.

``python -m bench.client PORT BODIES SECONDS RATE PATH CONNECTIONS``

It writes ready-made requests to keep-alive connections and reads as much of an answer as it must, so that it takes
little of the machine that it measures on.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench import records

HOST = "127.0.0.1"


@dataclass(slots=True)
class Load:
    """Requests to send: the next one is due ``interval`` seconds after the one before (0: at once)."""

    requests: list[bytes]
    interval: float
    begin: float
    end: float
    sent: int = 0
    failed: int = 0
    latencies: list[float] = field(default_factory=list)

    def next_due(self) -> tuple[int, float]:
        """The number of the next request and the moment it is due."""
        number = self.sent
        self.sent += 1
        return number, (self.begin + number * self.interval if self.interval else time.perf_counter())


async def drive(load: Load, port: int) -> None:
    """Send requests on one connection until the time is over."""
    reader, writer = await asyncio.open_connection(HOST, port)
    while True:
        number, due = load.next_due()
        if due >= load.end:
            break
        if (delay := due - time.perf_counter()) > 0:
            await asyncio.sleep(delay)
        writer.write(load.requests[number % len(load.requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        load.latencies.append(time.perf_counter() - due)
        load.failed += not head.startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()


async def run(port: int, requests: list[bytes], seconds: float, rate: float, connections: int) -> Load:
    """Drive all connections, spread over the first interval."""
    begin = time.perf_counter() + 0.1
    load = Load(requests, 1 / rate if rate else 0.0, begin, begin + seconds)
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(drive(load, port))
    return load


def main() -> None:
    """Read the bodies, keep the load, print the figures."""
    port, file, seconds, rate = int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    path, connections = sys.argv[5], int(sys.argv[6])
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nContent-Type: application/json\r\nContent-Length: "
    requests = [f"{head}{len(body)}\r\n\r\n".encode() + body for body in file.read_bytes().splitlines()]
    load = asyncio.run(run(port, requests, seconds, rate, connections))
    figures = records.spread([1000 * latency for latency in load.latencies])
    answered = len(load.latencies) / seconds
    found = {
        "requests_per_second": round(answered, 1),
        "failed": load.failed,
        "p50_ms": figures["median"],
        "p99_ms": figures["p99"],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
