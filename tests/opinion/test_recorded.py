"""The recorded API with a model on loopback: what is asked, and what never is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings

from .fakes import Answer, Model, failing, hanging
from .starters import settings

HARMLESS = "See you at the station at five, I will bring the umbrella"
OTHER = "The umbrella is blue and has a wooden handle"
PLAIN_SCAM = "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP"
Opening = Callable[..., TestClient]


@pytest.fixture
def opening(model: Model, tmp_path: Path) -> Iterator[Opening]:
    """Clients of services that ask the model, each over the same store; keywords as of ``Settings``."""
    opened: list[TestClient] = []

    def start(**changes: Any) -> TestClient:
        made: Settings = settings(model, store=f"sqlite:///{tmp_path / 'lurewatch.db'}", **changes)
        opened.append(TestClient(create_app(made), raise_server_exceptions=False))
        return opened[-1].__enter__()

    yield start
    for client in opened:
        client.__exit__(None, None, None)


def said(content: str, message_id: str = "", **more: Any) -> dict[str, Any]:
    """A request with one message of one conversation."""
    message = {"message_id": message_id, "sender": "ann", "content": content} | more
    return {"conversation_id": "thread", "message": message}


def whole(*texts: str) -> dict[str, Any]:
    """A request with a whole conversation."""
    return {"conversation_id": "whole", "messages": [{"sender": "ann", "content": text} for text in texts]}


def test_a_message_is_asked_about_with_what_was_said_before(model: Model, opening: Opening) -> None:
    """The model reads the earlier messages of the suspect, and what it says is part of the stored verdict."""
    client = opening()
    client.post("/v1/messages", json=said(HARMLESS))
    client.post("/v1/messages", json=said("My kettle is red", sender="me", role="protected"))
    answer = client.post("/v1/messages", json=said(OTHER)).json()
    assert answer["second_opinion"]["outcome"] == "disagree"
    last = model.requests[-1].message
    assert last.index("station") < last.index("wooden handle")
    assert "kettle" not in model.wire
    stored = client.get(f"/v1/verdicts/{answer['verdict_id']}").json()
    for name in ("second_opinion", "scam_probability"):
        assert stored[name] == answer[name]


def test_an_edit_is_asked_about_in_its_place(model: Model, opening: Opening) -> None:
    """The model reads the edited text where the old one stood, and the old one no more."""
    client = opening()
    client.post("/v1/messages", json=said(HARMLESS, "m1"))
    client.post("/v1/messages", json=said(OTHER, "m2"))
    client.post("/v1/messages", json=said("Nobody comes today", "m1"))
    last = model.requests[-1].message
    assert "station" not in last
    assert last.index("Nobody comes") < last.index("wooden handle")


def test_what_was_screened_before_is_not_asked_about(model: Model, opening: Opening) -> None:
    """The same message, key or conversation again asks nobody, also where the model's answers are not remembered."""
    body, key = said(HARMLESS, "m1"), {"Idempotency-Key": "k"}
    keyed = said(OTHER)
    client = opening()
    client.post("/v1/messages", json=body)
    client.post("/v1/messages", json=keyed, headers=key)
    client.post("/v1/conversations", json=whole("Good morning", "Nice weather today"))
    asked = len(model.requests)
    assert asked == 3
    again = opening()  # has asked nobody yet
    answers = [
        again.post("/v1/messages", json=body),
        again.post("/v1/messages", json=keyed, headers=key),
        again.post("/v1/conversations", json=whole("Good morning", "Nice weather today")),
        again.post("/detect-scam", json=whole("Good morning", "Nice weather today")),
    ]
    assert [answer.json().get("repeated") for answer in answers] == [True, True, True, None]
    assert all(answer.json()["second_opinion"]["outcome"] == "disagree" for answer in answers)
    assert len(model.requests) == asked


def test_a_whole_conversation_is_asked_about_once(model: Model, opening: Opening) -> None:
    """One question is asked about all of it, not one for each message."""
    answer = opening().post("/v1/conversations", json=whole(HARMLESS, OTHER, "Bring yours")).json()
    assert answer["second_opinion"]["outcome"] == "disagree"
    (request,) = model.requests
    assert [word in request.message for word in ("station", "handle", "yours")] == [True] * 3


def test_where_the_engine_is_sure_nobody_is_asked(model: Model, opening: Opening) -> None:
    """Neither about what the rules are sure of, nor about the next message of a confirmed conversation."""
    client = opening()
    assert client.post("/v1/messages", json=said(PLAIN_SCAM)).json()["risk_level"] == "confirmed"
    after = client.post("/v1/messages", json=said(HARMLESS)).json()
    assert (after["second_opinion"]["outcome"], after["second_opinion"]["reason"]) == ("skipped", "decided")
    assert model.requests == []


@pytest.mark.parametrize(("answer", "outcome"), [(hanging(), "timeout"), (failing(500), "error")])
def test_a_model_in_trouble_fails_no_message(model: Model, opening: Opening, answer: Answer, outcome: str) -> None:
    """A message is recorded without the opinion, and the verdict says that it is partial."""
    model.answer = answer
    client = opening(llm_timeout=0.2)
    for path, body in (("/v1/messages", said(HARMLESS)), ("/v1/conversations", whole(OTHER))):
        found = client.post(path, json=body).json()
        assert (found["recorded"], found["status"]) == (True, "partial")
        assert found["second_opinion"]["outcome"] == outcome
