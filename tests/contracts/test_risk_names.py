"""The risk engine's contract as a library: ``detect_scam``, the router, the event bus."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from lurewatch.contracts import Event, EventType, create_detect_router, detect_scam, get_event_bus
from lurewatch.errors import InputError

CONFIRMED = (
    "URGENT from RBI: your SBI account will be blocked today and you will be arrested! Verify your account now at "
    "http://sbi-verify.top/login and share the OTP and your card CVV immediately to avoid legal action."
)


def conversation(identity: str, *texts: str) -> dict[str, object]:
    """A detection input with these messages of one sender."""
    return {"conversation_id": identity, "messages": [{"sender": "a", "content": text} for text in texts]}


async def test_the_answer_has_the_published_shape() -> None:
    """Every published field is there, in its range."""
    answer = await detect_scam(conversation("shape", "Hello, is the sofa still available?"))
    assert answer["conversation_id"] == "shape"
    assert 0 <= answer["scam_probability"] < 30
    assert answer["risk_level"] == "safe"
    assert set(answer["breakdown"]) == {
        "linguistic_score",
        "behavioral_score",
        "link_infrastructure_score",
        "identity_mismatch_score",
        "historical_score",
    }
    assert answer["handoff_triggered"] is False
    assert answer["metadata"] == {"sender_id": None, "message_count": 1}
    assert answer["timestamp"].endswith("Z")


async def test_a_confirmed_scam_is_handed_off_once() -> None:
    """At level confirmed every subscriber, sync or async, hears SCAM_CONFIRMED once a conversation."""
    heard: list[tuple[str, str]] = []

    def hear(event: Event) -> None:
        heard.append(("sync", event.payload["conversation_id"]))

    async def hear_later(event: Event) -> None:
        heard.append(("async", event.payload["scam_type"]))

    stops = [get_event_bus().subscribe(EventType.SCAM_CONFIRMED, handler) for handler in (hear, hear_later)]
    first = await detect_scam(conversation("once", CONFIRMED))
    again = await detect_scam(conversation("once", CONFIRMED))
    await asyncio.sleep(0)  # the asynchronous handler runs in the loop's next round
    for stop in stops:
        stop()
    assert first["risk_level"] == again["risk_level"] == "confirmed"
    assert (first["handoff_triggered"], again["handoff_triggered"]) == (True, False)
    assert sorted(heard) == [("async", first["scam_type"]), ("sync", "once")]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({}, "/messages"),
        ({"messages": [{"sender": "a"}]}, "/messages/0/content"),
        ({"messages": [{"content": "x", "role": "villain"}]}, "/messages/0/role"),
        ({"messages": [], "sender_metadata": {"account_age_days": -1}}, "/sender_metadata/account_age_days"),
        ({"messages": [{"content": "x" * 20_001}]}, "/messages/0/text"),
    ],
)
async def test_wrong_input_is_explained(wrong: dict[str, object], pointer: str) -> None:
    """What does not fit is refused with a pointer to it."""
    with pytest.raises(InputError) as raised:
        await detect_scam(wrong)
    assert raised.value.pointer == pointer


def test_the_router_serves_an_application_of_ones_own() -> None:
    """create_detect_router gives the published routes to any FastAPI application."""
    app = FastAPI()
    app.include_router(create_detect_router(), prefix="/risk")
    client = TestClient(app)
    assert client.get("/risk/health").json()["status"] == "healthy"
    answer = client.post("/risk/detect-scam", json=conversation("own", "See you tomorrow"))
    assert answer.json()["conversation_id"] == "own"


async def test_the_bus_isolates_handlers() -> None:
    """A handler that raises keeps no other from hearing, and its error is on the emission."""
    heard = []

    def fail(_event: Event) -> None:
        raise RuntimeError("deaf")

    stops = [get_event_bus().subscribe("EXTRACTION_REQUEST", handler) for handler in (fail, heard.append)]
    emission = get_event_bus().emit("EXTRACTION_REQUEST", Event(EventType.EXTRACTION_REQUEST, {"n": 1}))
    await emission
    for stop in stops:
        stop()
    assert [event.payload["n"] for event in heard] == [1]
    assert [str(error) for error in emission.errors] == ["deaf"]


def test_the_bus_works_without_a_loop() -> None:
    """Outside an event loop asynchronous handlers are run before emit returns."""
    heard = []

    async def hear(event: Event) -> None:
        heard.append(event.payload["n"])

    stop = get_event_bus().subscribe("RECOVERY_INITIATION", hear)
    get_event_bus().emit("RECOVERY_INITIATION", Event(EventType.RECOVERY_INITIATION, {"n": 2}))
    stop()
    assert heard == [2]
    with pytest.raises(ValueError, match="NO_SUCH"):
        get_event_bus().emit("NO_SUCH", Event(EventType.SCAM_CONFIRMED))
