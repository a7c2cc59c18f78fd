"""Whole conversations over HTTP: screened, recorded, and asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings

CONTACT = "Let's talk on WhatsApp instead, my number is +1 604 555 0134"
PAIR = {"client_email": "ann@example.org", "advisor_email": "bo@example.org"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the whole application over a store of its own, with small limits."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'lurewatch.db'}"
    settings = Settings(store=store, max_messages=4, max_characters=200)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def whole(conversation: str, *texts: str, **more: Any) -> dict[str, Any]:
    """A request with a whole conversation."""
    return {"conversation_id": conversation, "messages": [{"sender": "b", "content": text} for text in texts], **more}


def stored(client: TestClient, conversation: str, **where: str) -> list[str]:
    """The texts that are kept of a conversation."""
    answer = client.get(f"/v1/conversations/{conversation}", params=where)
    return [message["text"] for message in answer.json().get("messages", [])]


def test_a_whole_conversation_is_recorded(client: TestClient) -> None:
    """Every message is stored in order, counted for the pair, and the answer is the verdict on the last."""
    body = whole("all", "Hello", CONTACT, "Call me", channel="chat", pair=PAIR, sender_metadata={"user_id": "u"})
    answer = client.post("/v1/conversations", json=body).json()
    assert (answer["position"], answer["recorded"], answer["repeated"]) == (2, True, False)
    assert {decision["policy"] for decision in answer["decisions"]} >= {"off_platform"}
    assert stored(client, "all", channel="chat") == ["Hello", CONTACT, "Call me"]
    verdict = client.get(f"/v1/verdicts/{answer['verdict_id']}").json()
    assert verdict["scam_probability"] == answer["scam_probability"]
    assert client.get("/v1/alerts", params={"channel": "chat"}).json()["alerts"][0]["count"] == 1


def test_what_grew_is_screened_where_it_grew(client: TestClient) -> None:
    """Sent again with more, only the new messages are screened; sent again as it was, nothing is."""
    client.post("/v1/conversations", json=whole("grown", "Hello"))
    more = client.post("/v1/conversations", json=whole("grown", "Hello", "Still there?")).json()
    assert (more["position"], more["repeated"]) == (1, False)
    again = client.post("/v1/conversations", json=whole("grown", "Hello", "Still there?")).json()
    assert (again["verdict_id"], again["repeated"]) == (more["verdict_id"], True)
    assert stored(client, "grown") == ["Hello", "Still there?"]


def test_a_key_stands_for_the_whole_request(client: TestClient) -> None:
    """With the same key the same conversation is answered as before; another past is refused, and not recorded."""
    headers = {"Idempotency-Key": "whole-1"}
    first = client.post("/v1/conversations", json=whole("keyed", "Hello", "Bye"), headers=headers).json()
    again = client.post("/v1/conversations", json=whole("keyed", "Hello", "Bye"), headers=headers).json()
    assert (again["verdict_id"], again["repeated"]) == (first["verdict_id"], True)
    for texts in (("Another", "Bye"), ("Bye",), ("Hello", "Bye", "Bye")):
        other = client.post("/v1/conversations", json=whole("keyed", *texts), headers=headers)
        assert other.status_code == 409
    message = {"conversation_id": "keyed", "message": {"sender": "b", "content": "Bye"}}
    assert client.post("/v1/messages", json=message, headers=headers).status_code == 409
    assert stored(client, "keyed") == ["Hello", "Bye"]


@pytest.mark.parametrize(
    ("texts", "status", "pointer"),
    [
        ([], 422, "/messages"),
        (["a", "b", "c", "d", "e"], 413, "/messages"),
        (["fine", "x" * 201, "fine"], 413, "/messages/1/content"),
    ],
)
def test_what_is_refused_leaves_nothing(client: TestClient, texts: list[str], status: int, pointer: str) -> None:
    """A conversation of which one message is refused is not recorded in part, and the error points at it."""
    answer = client.post("/v1/conversations", json=whole("refused", *texts))
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert client.get("/v1/conversations/refused").status_code == 404
