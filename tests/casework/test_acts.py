"""What decisions ask to be done: where, when, what it proves, and nothing while a policy only monitors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.casework.fakes import BRAND_FRAUD, CONTACT, LURE, PLAIN, Clock, incoming, rows

from lurewatch import Engine
from lurewatch.casework.acts import Act, Destination
from lurewatch.casework.archive import Archive
from lurewatch.casework.delivery import Delivery, Receipt
from lurewatch.casework.relay import Relay, retry
from lurewatch.casework.screening import Binding, Screening, Terms
from lurewatch.casework.store import Store
from lurewatch.errors import DeliveryError

DESK = Destination(
    "desk",
    "default",
    {
        "desk.banner": frozenset({"warning", "escalation"}),
        "desk.issue": frozenset({"warning", "escalation", "alert", "hand_off"}),
    },
    channels=frozenset({"api"}),
)
BANNERS = Destination("banners", "default", {"desk.banner": frozenset({"warning"})})
ENFORCED = Binding(policies={"enforced": ("off_platform", "brand_watch", "handoff")})


class Desk:
    """Does what it is told; ``refuses`` are errors it raises first."""

    def __init__(self) -> None:
        self.done: list[tuple[Delivery, Act]] = []
        self.refuses: list[Exception] = []

    @property
    def does(self) -> Mapping[str, Any]:
        """What does the acts of each kind."""
        return {"desk.banner": self._banner, "desk.issue": self._issue}

    async def _banner(self, delivery: Delivery) -> Receipt:
        return self._do(delivery, Receipt("COMM-1", "warning_sent"))

    async def _issue(self, delivery: Delivery) -> Receipt:
        return self._do(delivery, Receipt("ISS-9", "admin_alerted"))

    def _do(self, delivery: Delivery, receipt: Receipt) -> Receipt:
        self.done.append((delivery, Act.of(delivery)))
        if self.refuses:
            raise self.refuses.pop(0)
        return receipt


def screening(engine: Engine, store: Store, clock: Clock, *bindings: Binding) -> Screening:
    """Screening that tells the desk, by these bindings."""
    return Screening(lambda: engine, store, terms=Terms(bindings, (DESK,)), clock=clock)


async def relay_until_done(store: Store, clock: Clock, desk: Desk) -> None:
    """Hand on everything for the desk, as often as it needs."""

    async def later(seconds: float) -> None:
        clock.now += seconds
        await asyncio.sleep(0)

    relay = Relay(store, desk.does, clock=clock, sleep=later, chance=lambda: 0.0)
    running = asyncio.create_task(relay.run())
    try:
        async with asyncio.timeout(20):
            while any(row["status"] == "pending" for row in await rows(store, "outbox") if row["alert"]):
                await asyncio.sleep(0.01)
    finally:
        relay.stop()
        await running


async def acts(store: Store) -> list[tuple[str, str]]:
    """The acts in the outbox, by kind and status."""
    return [(row["kind"], row["status"]) for row in await rows(store, "outbox") if row["alert"]]


async def test_monitoring_does_nothing_and_says_what_it_would(engine: Engine, store: Store, clock: Clock) -> None:
    """By default a decision is recorded with the acts it asks for, and none of them is written for a relay."""
    found = await screening(engine, store, clock).screen(incoming(CONTACT))
    assert [decision.mode for decision in found.decisions] == ["monitor"]
    (alert,) = await rows(store, "alerts")
    assert (alert["mode"], alert["acts"]) == ("monitor", ["desk.banner", "desk.issue"])
    assert await acts(store) == []


async def test_enforced_acts_are_done_and_proved(engine: Engine, store: Store, clock: Clock) -> None:
    """In mode enforce acts are done by a relay, and what the receipts prove becomes true of the alert and its flags."""
    desk = Desk()
    await screening(engine, store, clock, ENFORCED).screen(incoming(CONTACT, message_id="m-1"))
    (before,) = await rows(store, "alerts")
    assert (before["warning_sent"], before["admin_alerted"]) == (False, False)
    await relay_until_done(store, clock, desk)
    (alert,) = await rows(store, "alerts")
    assert (alert["warning_sent"], alert["admin_alerted"]) == (True, True)
    flags = await rows(store, "conversation_flags")
    assert flags
    assert all(flag["warning_sent"] and flag["admin_alerted"] for flag in flags)
    (stored,) = (await Archive(store).alerts("default")).items
    assert [(one.kind, one.status, one.reference) for one in stored.deliveries] == [
        ("desk.banner", "delivered", "COMM-1"),
        ("desk.issue", "delivered", "ISS-9"),
    ]
    _, act = desk.done[0]
    assert (act.alert, act.message_id, act.count, act.action) == (alert["id"], "m-1", 1, "warning")
    assert act.patterns == ("bypass_language", "phone_number")
    assert act.text == engine.policies.off_platform.reminder
    assert "604-555-1234" in " ".join(act.matched)


async def test_what_did_not_arrive_is_not_proved(engine: Engine, store: Store, clock: Clock) -> None:
    """An act that is refused for good is a dead letter that can be seen, and the alert says what was not done."""
    desk = Desk()
    desk.refuses = [DeliveryError("no such thread", permanent=True)]
    await screening(engine, store, clock, ENFORCED).screen(incoming(CONTACT))
    await relay_until_done(store, clock, desk)
    (stored,) = (await Archive(store).alerts("default")).items
    assert (stored.warning_sent, stored.admin_alerted) == (False, True)
    assert [(one.status, one.last_error) for one in stored.deliveries] == [
        ("dead", "no such thread"),
        ("delivered", ""),
    ]


@pytest.mark.parametrize(
    ("error", "doubt"),
    [
        (DeliveryError("refused: wait", certain=True), False),
        (DeliveryError("the connection broke"), True),
        (RuntimeError("a fault"), True),
    ],
)
async def test_doubt_is_told(engine: Engine, store: Store, clock: Clock, error: Exception, doubt: bool) -> None:
    """Who tries again is told whether an earlier attempt may have got through."""
    desk = Desk()
    desk.refuses = [error]
    await screening(engine, store, clock, ENFORCED).screen(incoming(CONTACT))
    await relay_until_done(store, clock, desk)
    tries = [(one.attempt, one.in_doubt) for one, _ in desk.done if one.kind == "desk.banner"]
    assert tries == [(1, False), (2, doubt)]


@pytest.mark.parametrize(
    ("before", "doubt"),
    [([], False), ([DeliveryError("it said to wait", certain=True)], False), ([DeliveryError("it broke off")], True)],
)
async def test_doubt_outlives_a_retry(
    engine: Engine, store: Store, clock: Clock, before: list[Exception], doubt: bool
) -> None:
    """However often a dead letter is retried, whoever is told knows whether it may have got through; tries are anew."""
    desk = Desk()
    room = Screening(lambda: engine, store, terms=Terms((ENFORCED,), (BANNERS,)), clock=clock)
    await room.screen(incoming(CONTACT))
    refused = DeliveryError("no such thread", permanent=True, certain=True)
    desk.refuses = [*before, refused, refused]
    await relay_until_done(store, clock, desk)
    for _ in range(2):
        assert await retry(store, now=clock()) == 1
        await relay_until_done(store, clock, desk)
    assert [one.in_doubt for one, _ in desk.done][-2:] == [doubt, doubt]
    assert [one.attempt for one, _ in desk.done][-2:] == [1 + doubt, 1 + doubt]
    assert await acts(store) == [("desk.banner", "delivered")]


async def test_other_tenants_and_channels_are_not_told(engine: Engine, store: Store, clock: Clock) -> None:
    """A destination hears of its own tenant and channels alone."""
    room = screening(engine, store, clock, ENFORCED)
    await room.screen(incoming(CONTACT, tenant="other"))
    await room.screen(incoming(CONTACT, channel="chat"))
    assert await acts(store) == []


async def test_what_is_held_back_asks_for_nothing(engine: Engine, store: Store, clock: Clock) -> None:
    """An alert in its cool-down is recorded and nobody is told again."""
    room = screening(engine, store, clock, ENFORCED)
    for number in range(2):
        await room.screen(incoming(BRAND_FRAUD, message_id=f"m-{number}"))
    first, second = (row for row in await rows(store, "alerts") if row["policy"] == "brand_watch")
    assert (first["acts"], second["acts"], second["suppressed"]) == (["desk.issue"], [], True)
    assert await acts(store) == [("desk.issue", "pending")]


async def test_a_hand_off_tells_its_mode(engine: Engine, store: Store, clock: Clock) -> None:
    """The event of a confirmed scam goes out in both modes and says in which; acts follow in mode enforce alone."""
    for conversation, binding in (("a", Binding()), ("b", ENFORCED)):
        room = screening(engine, store, clock, binding)
        for number, text in enumerate(LURE):
            await room.screen(incoming(text, conversation, message_id=f"{number}"))
    found = [
        row["payload"]["metadata"]["mode"] for row in await rows(store, "outbox") if row["kind"] == "SCAM_CONFIRMED"
    ]
    assert found == ["monitor", "enforce"]


async def test_policies_are_bound_to_channel_and_tenant(engine: Engine, store: Store, clock: Clock) -> None:
    """The first binding that fits decides which policies run, with which settings, in whose words."""
    texts = {"reminder": {"en": "Stay here.", "pt": "Fique aqui ({reference})."}}
    bindings = (
        Binding(channel="chat", policies={"enabled": ("brand_watch",)}),
        Binding(tenant="acme", off_platform={"own_domains": ("acme.example",), "escalate_from": 1}),
        Binding(channel="mail", texts=texts, language="en"),
    )
    room = screening(engine, store, clock, *bindings)

    async def decided(text: str, **where: str) -> list[tuple[str, str, str]]:
        found = await room.screen(incoming(text, **where))
        return [(one.policy, one.action, one.text) for one in found.decisions]

    notice = engine.policies.off_platform.notice
    assert await decided(CONTACT, channel="chat") == []
    assert await decided(CONTACT, tenant="acme") == [("off_platform", "escalation", notice)]
    assert await decided("Write to me: bo@acme.example", tenant="acme", conversation="2") == []
    assert await decided(CONTACT, channel="mail") == [("off_platform", "warning", "Stay here.")]
    assert await decided(CONTACT, channel="mail", language="pt-BR", conversation="7", client="x@example.org") == [
        ("off_platform", "warning", "Fique aqui (7).")
    ]
    assert await decided(PLAIN) == []
