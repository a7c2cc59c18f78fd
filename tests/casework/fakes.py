"""What the tests of casework say, and how they look into a store."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select

from lurewatch import Engine, EngineConfig, Message
from lurewatch.casework.origins import PackFiles
from lurewatch.casework.screening import Incoming
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import metadata

NOON = 1_700_000_000.0
PLAIN = "Thank you, the invoice has arrived."
CONTACT = "Here's my number: 604-555-1234, give me a call"
"""One incident of the pair, and two flags."""
BRAND_FRAUD = "PayPal verification required - click here"
"""An alert of the type high_risk_fraud."""
LURE = (
    "This is the police. Your account is used for money laundering and a warrant for your arrest is issued.",
    "To prove that you are innocent buy gift cards for $2,000 now and send me the codes, or you will be arrested.",
    "I also need the one-time code your bank has just sent you, and your card number with the CVV.",
)
"""A conversation that is surely a scam."""


class Clock:
    """Seconds since the epoch, for a test to set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Fragile:
    """An engine that cannot read one text."""

    def __init__(self, engine: Engine, breaks: str) -> None:
        self._engine = engine
        self._breaks = breaks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def observe(self, state: Any, message: Message) -> Any:
        if message.text == self._breaks:
            raise RuntimeError("this text breaks the engine")
        return self._engine.observe(state, message)


class Workshop:
    """Engines of two packs, with any configuration, without compiling anew; remembers what it was asked for."""

    def __init__(self, *engines: Engine) -> None:
        self._engines = engines
        self.asked: list[PackFiles | None] = []

    def __call__(self, files: PackFiles | None, config: EngineConfig | None) -> Engine:
        self.asked.append(files)
        made = next((one for one in self._engines if files and one.pack.layers == files.layers), self._engines[0])
        return Engine(made.pack, config or made.config, compiler=lambda _: made.reader.dump())


def incoming(text: str, conversation: str = "ISS-1", message_id: str = "", **more: Any) -> Incoming:
    """A message of the client Ann to the advisor Bo; keywords as of ``Incoming``."""
    pair = {"client": "ann@example.org", "advisor": "bo@example.org"}
    return Incoming(conversation, Message(text, "ann@example.org", message_id=message_id), **(pair | more))


async def rows(store: Store, table: str) -> list[dict[str, Any]]:
    """All rows of a table, oldest first; what is JSON in bytes is read."""
    columns = metadata.tables[table]
    query = select(columns)
    if "seq" in columns.c:
        query = query.order_by(columns.c.seq)
    async with store.reading() as connection:
        found = [dict(row) for row in (await connection.execute(query)).mappings()]
    return [{name: _read(value) for name, value in row.items()} for row in found]


def _read(value: object) -> object:
    return msgspec.json.decode(value) if value and isinstance(value, bytes) else value
