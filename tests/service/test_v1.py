"""The recorded API over HTTP: screening, looking up, closing alerts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lurewatch.casework.events import get_event_bus
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings

LURE = "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP"
CONTACT = "Let's talk on WhatsApp instead, my number is +1 604 555 0134"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the whole application over a store of its own."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'lurewatch.db'}"
    with TestClient(create_app(Settings(store=store)), raise_server_exceptions=False) as client:
        yield client


def said(conversation: str, content: str, message_id: str = "", **more: Any) -> dict[str, Any]:
    """A request that appends a message."""
    message = {"message_id": message_id, "sender": "b", "content": content}
    return {"conversation_id": conversation, "message": message, **more}


def test_a_message_is_recorded_and_found_again(client: TestClient) -> None:
    """What is answered is what stands under the verdict's id and in the conversation afterwards."""
    answer = client.post("/v1/messages", json=said("a/1", CONTACT, "m1")).json()
    assert answer["recorded"]
    assert not answer["repeated"]
    stored = client.get(f"/v1/verdicts/{answer['verdict_id']}").json()
    for name in ("conversation_id", "scam_probability", "flags", "decisions", "versions", "position"):
        assert stored[name] == answer[name]
    found = client.get("/v1/conversations/a/1").json()
    assert [message["text"] for message in found["messages"]] == [CONTACT]
    assert found["newest"]["verdict_id"] == answer["verdict_id"]


def test_a_conversation_grows(client: TestClient) -> None:
    """Each message is judged with those before it, and pages of messages follow their cursor."""
    for number in range(5):
        answer = client.post("/v1/messages", json=said("grows", f"Message {number}")).json()
        assert (answer["position"], answer["edition"]) == (number, 0)
    texts, cursor = [], ""
    while cursor is not None:
        page = client.get("/v1/conversations/grows", params={"limit": 2, "cursor": cursor}).json()
        texts += [message["text"] for message in page["messages"]]
        cursor = page["cursor"]
    assert texts == [f"Message {number}" for number in range(5)]


def test_the_same_request_is_answered_once(client: TestClient) -> None:
    """An Idempotency-Key stands for one request: repeated it is answered as before, with another one it is refused."""
    headers = {"Idempotency-Key": "k-1"}
    first = client.post("/v1/messages", json=said("once", "Hello"), headers=headers).json()
    again = client.post("/v1/messages", json=said("once", "Hello"), headers=headers).json()
    assert again["repeated"]
    assert again["verdict_id"] == first["verdict_id"]
    other = client.post("/v1/messages", json=said("once", "Bye"), headers=headers)
    assert other.status_code == 409
    assert client.get("/v1/conversations/once").json()["message_count"] == 1


def test_an_edited_message_is_screened_again(client: TestClient) -> None:
    """The same message id with another text is an edit: the conversation is judged with the new text."""
    client.post("/v1/messages", json=said("edited", "See you at five", "m1"))
    edited = client.post("/v1/messages", json=said("edited", CONTACT, "m1")).json()
    assert (edited["position"], edited["edition"]) == (0, 1)
    assert {flag["pattern"] for flag in edited["flags"]} >= {"phone_number", "messaging_platform"}
    assert client.get("/v1/conversations/edited").json()["message_count"] == 1


def test_a_false_positive_gives_the_incident_back(client: TestClient) -> None:
    """Closing an alert as a false positive lowers the count of its pair; closing it otherwise counts it again."""
    pair = {"client_email": "c@example.org", "advisor_email": "a@example.org"}

    def count(conversation: str) -> int:
        client.post("/v1/messages", json=said(conversation, CONTACT, pair=pair))
        mine = {"limit": 1, "policy": "off_platform"}
        return int(client.get("/v1/alerts", params=mine).json()["alerts"][0]["count"])

    assert [count("p1"), count("p2")] == [1, 2]
    alert = client.get("/v1/alerts", params={"policy": "off_platform", "limit": 1}).json()["alerts"][0]
    path = f"/v1/alerts/{alert['id']}/disposition"
    assert client.post(path, json={"disposition": "false_positive"}).json()["incidents_changed"] == -1
    assert client.post(path, json={"disposition": "false_positive"}).json()["incidents_changed"] == 0
    assert count("p3") == 2
    assert client.post(path, json={"disposition": "true_positive"}).json()["incidents_changed"] == 1
    assert count("p4") == 4


def test_alerts_page_and_filter(client: TestClient) -> None:
    """The newest alert comes first, a cursor leads on without gap or repetition, and filters hold."""
    for number in range(5):
        client.post("/v1/messages", json=said(f"many-{number}", CONTACT))
    whole = client.get("/v1/alerts", params={"limit": 200, "status": "open"}).json()["alerts"]
    found, cursor = [], ""
    while cursor is not None:
        page = client.get("/v1/alerts", params={"limit": 2, "cursor": cursor, "status": "open"}).json()
        found += page["alerts"]
        cursor = page["cursor"]
    assert [alert["id"] for alert in found] == [alert["id"] for alert in whole]
    assert found[0]["conversation_id"] == "many-4"
    assert client.get("/v1/alerts", params={"policy": "handoff", "type": "none such"}).json()["alerts"] == []


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/v1/messages", b"{", 422),
        ("POST", "/v1/messages", b'{"conversation_id": "", "message": {"content": "x"}}', 422),
        ("POST", "/v1/messages", b'{"conversation_id": "a"}', 422),
        ("POST", "/v1/messages", b'"' + b"x" * (1 << 20) + b'"', 413),
        ("POST", "/v1/alerts/none/disposition", b'{"disposition": "benign"}', 404),
        ("POST", "/v1/alerts/none/disposition", b'{"disposition": "whatever"}', 422),
        ("GET", "/v1/verdicts/none", b"", 404),
        ("GET", "/v1/conversations/none", b"", 404),
        ("GET", "/v1/alerts?cursor=x", b"", 422),
        ("GET", "/v1/alerts?limit=0", b"", 422),
        ("GET", "/v1/conversations/none?limit=1000", b"", 422),
    ],
)
def test_what_is_refused(client: TestClient, method: str, path: str, content: bytes, status: int) -> None:
    """A wrong request is a problem document with a status that the OpenAPI document names."""
    answer = client.request(method, path, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def whole(conversation: str, texts: list[str]) -> dict[str, Any]:
    """A whole conversation for ``POST /detect-scam``."""
    return {"conversation_id": conversation, "messages": [{"sender": "s", "content": text} for text in texts]}


def test_a_detection_is_recorded(client: TestClient) -> None:
    """A conversation that grows from one detection to the next is stored once, and handed off once."""
    first = client.post("/detect-scam", json=whole("grown", ["Hello there"])).json()
    assert (first["recorded"], first["handoff_triggered"]) == (True, False)
    second = client.post("/detect-scam", json=whole("grown", ["Hello there", LURE])).json()
    assert (second["handoff_triggered"], second["metadata"]["message_count"]) == (True, 2)
    third = client.post("/detect-scam", json=whole("grown", ["Hello there", LURE, "Now!"])).json()
    assert (third["handoff_triggered"], third["metadata"]["message_count"]) == (False, 3)
    stored = client.get("/v1/conversations/grown").json()
    assert [message["text"] for message in stored["messages"]] == ["Hello there", LURE, "Now!"]
    assert stored["newest"]["scam_probability"] == third["scam_probability"]


def test_a_detection_with_another_past_is_judged_anew(client: TestClient) -> None:
    """Where an earlier message changed, the answer is of the conversation as it is told now."""
    client.post("/detect-scam", json=whole("past", ["See you at five", "Fine"]))
    told = client.post("/detect-scam", json=whole("past", [LURE, "Fine"])).json()
    assert told["is_scam"]
    assert told["metadata"]["message_count"] == 2


def test_a_detection_without_an_id_is_not_recorded(client: TestClient) -> None:
    """What has no name cannot be found again, and is answered all the same."""
    answer = client.post("/detect-scam", json={"messages": [{"content": "Hello"}]}).json()
    assert answer["recorded"] is False


def test_a_text_over_the_limit_is_pointed_at(client: TestClient) -> None:
    """What screening refuses is pointed at by the names of the body."""
    answer = client.post("/v1/messages", json=said("long", "x" * 20_001))
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["pointer"] == "/message/content"


def test_a_store_that_is_away(tmp_path: Path) -> None:
    """Without its store the service says 503 and when to come back, and still answers what needs none."""
    settings = Settings(store="postgresql://nobody@127.0.0.1:9/none")
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        answer = client.post("/v1/messages", json=said("a", "b"))
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        detected = client.post("/detect-scam", json=whole("c", [LURE])).json()
        assert detected["risk_level"] == "confirmed"
        assert (detected["recorded"], detected["handoff_triggered"]) == (False, False)


def test_no_store_no_recorded_api() -> None:
    """With the store switched off nothing is recorded and there is no recorded API."""
    with TestClient(create_app(Settings(store="none"))) as client:
        assert client.post("/v1/messages", json=said("a", "b")).status_code == 404


def test_a_hand_off_is_heard_once(tmp_path: Path) -> None:
    """Who subscribes to confirmed scams in this process hears of a recorded one once, with the conversation."""
    heard: list[Any] = []
    told = threading.Event()

    def hear(event: Any) -> None:
        heard.append(event.payload)
        told.set()

    forget = get_event_bus().subscribe("SCAM_CONFIRMED", hear)
    try:
        with TestClient(create_app(Settings(store=f"sqlite:///{tmp_path / 'x.db'}"))) as client:
            for _ in range(2):
                client.post("/detect-scam", json=whole("heard", ["Hello", LURE]))
            client.post("/v1/messages", json=said("heard", LURE))
            assert told.wait(10)
    finally:
        forget()
    assert [payload["conversation_id"] for payload in heard] == ["heard"]
    assert [message["content"] for message in heard[0]["metadata"]["conversation"]] == ["Hello", LURE]
