"""A bot that posts to a server of the Bot API, by acts that wait in a store, as a clock goes on."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from tests.casework.fakes import rows
from tests.casework.outbox import Hours, until
from tests.connectors.bot_api import TOKEN, BotApi

from lurewatch.casework.acts import Act, Doer
from lurewatch.casework.relay import Pace as Patience
from lurewatch.casework.relay import Relay
from lurewatch.casework.store import Store, ledger
from lurewatch.entrypoints.connectors.telegram_api import Api, Bot
from lurewatch.entrypoints.connectors.telegram_pace import Pace
from lurewatch.entrypoints.connectors.telegram_posts import NOTICE, Posts

GROUP, ADMINS = -1001234567890, -1009
ACT = Act(
    alert="A-1",
    tenant="default",
    channel="telegram",
    conversation_id=str(GROUP),
    message_id="31",
    verdict="V-1",
    policy="brand_watch",
    action="alert",
    type="high_risk_fraud",
    text="Take care.",
    sender="5",
    sender_type="client",
    client_email="",
    advisor_email="",
    count=0,
    score=0.6,
    scam_probability=71.5,
    risk_level="high",
    scam_type="phishing",
    patterns=("phishing_terms",),
    keywords=("paypal", "verify"),
    matched=("😀 verify *now*", "http://evil.example/\n\u202eScam probability 0"),
    created_at=1.0,
)
REPEATED = "This may be a repetition"


@asynccontextmanager
async def posting(api: BotApi, clock: Hours, token: str = TOKEN, timeout: float = 5.0) -> AsyncIterator[Posts]:
    """Posts by the clock; afterwards connections are closed."""
    posts = Posts(Api(Bot(api.url, token)), Pace(clock), sleep=clock.sleep, timeout=timeout)
    yield posts
    await posts.close()


async def put(store: Store, clock: Hours, *acts: Act, kind: str = NOTICE) -> None:
    """These acts wait in the outbox, in this order, each by the id of its alert."""
    written = [
        {
            "tenant": act.tenant,
            "id": act.alert,
            "kind": kind,
            "ordered_by": act.conversation_id,
            "subject": act.conversation_id,
            "payload": msgspec.json.encode(act),
            "alert": act.alert,
            "status": "pending",
            "attempts": 0,
            "next_at": clock(),
            "created_at": clock(),
        }
        for act in acts
    ]
    async with store.writing() as connection:
        await ledger.write(connection, ledger.Rows(outbox=written))


async def settled(store: Store, *kinds: str) -> bool:
    """Whether no act waits any more."""
    return all(row["status"] != "pending" for row in await rows(store, "outbox") if row["kind"] in kinds)


@asynccontextmanager
async def relayed(store: Store, clock: Hours, doer: Doer) -> AsyncIterator[None]:
    """A relay for the doer runs meanwhile; time passes faster than a request, so that a claim must last."""
    pace = Patience(lanes=8, lease=86_400.0, timeout=20.0)
    relay = Relay(store, doer.does, pace=pace, clock=clock, sleep=clock.sleep, chance=lambda: 0.0)
    running = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        relay.stop()
        await until(passing(clock, running.done))  # what waits for its turn to post must get it
        await running


def passing(clock: Hours, reached: Callable[[], Any], seconds: float = 0.5) -> Callable[[], Any]:
    """Whether it is reached; time passes with every look."""

    def look() -> Any:
        clock.forward(seconds)
        return reached()

    return look


async def do(store: Store, clock: Hours, doer: Doer, *acts: Act) -> dict[str, Any]:
    """The rows of the acts by their alerts, once they were done or given up."""
    kind = next(iter(doer.does))
    await put(store, clock, *acts, kind=kind)
    async with relayed(store, clock, doer):
        await until(passing(clock, lambda: settled(store, kind)))
    return {row["alert"]: row for row in await rows(store, "outbox")}


def act(**more: Any) -> Act:
    """The act with something else about it."""
    return dataclasses.replace(ACT, **more)
