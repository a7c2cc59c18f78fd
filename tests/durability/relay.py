"""A relay in a process of its own: ``python -m tests.durability.relay``, by the settings store.url and bus.url."""

from __future__ import annotations

import asyncio

from lurewatch.casework.bus import open_bus
from lurewatch.casework.events import EventBus
from lurewatch.casework.relay import Relay, to_bus
from lurewatch.casework.store import Store
from lurewatch.entrypoints import settings


async def main() -> None:
    """Hand on what is due until killed."""
    found = settings.load()
    bus = open_bus(found.bus_url, EventBus())
    async with await Store.open(found.store) as store:
        await Relay(store, to_bus(bus)).run()


if __name__ == "__main__":
    asyncio.run(main())
