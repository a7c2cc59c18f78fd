"""A relay in a process of its own: ``python -m tests.durability.relay PORT``, by the settings store.url and bus.url."""

from __future__ import annotations

import asyncio
import sys

from lurewatch.casework.bus import open_bus
from lurewatch.casework.events import EventBus
from lurewatch.casework.relay import Relay, to_bus
from lurewatch.casework.store import Store
from lurewatch.entrypoints import settings


async def main(port: int) -> None:
    """Hand on what is due until killed; the port answers from then on."""
    found = settings.load()
    bus = open_bus(found.bus_url, EventBus())
    async with await Store.open(found.store) as store:
        await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
        await Relay(store, to_bus(bus)).run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
