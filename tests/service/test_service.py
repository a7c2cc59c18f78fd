"""The service over HTTP: the published routes, limits and problems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A client of the whole application by default settings."""
    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        yield client


def test_health(client: TestClient) -> None:
    """GET /health answers the published two fields."""
    answer = client.get("/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "timestamp"}
    assert answer.json()["status"] == "healthy"


def test_detection_with_the_published_example(client: TestClient) -> None:
    """The published request is answered in the published shape, with the evidence beside it."""
    answer = client.post(
        "/detect-scam",
        json={
            "conversation_id": "conv_123",
            "messages": [
                {
                    "message_id": "msg1",
                    "sender": "attacker",
                    "content": "Urgent! Your account is compromised.",
                    "timestamp": "2026-01-31T10:30:00Z",
                },
                {"sender": "attacker", "content": "Answer now.", "timestamp": "2026-01-31T10:30:30"},
            ],
            "sender_metadata": {"user_id": "user_456", "account_age_days": 5, "verification_status": "unverified"},
        },
    )
    body = answer.json()
    assert answer.status_code == 200
    assert body["metadata"] == {"sender_id": "user_456", "message_count": 2}
    assert {"is_scam", "scam_type", "tactics", "flags", "indicators", "decisions", "reasoning", "versions"} <= set(body)


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b"not json", 422, ""),
        (b"[]", 422, ""),
        (b"{}", 422, "/messages"),
        (b'{"messages": [{"content": 5}]}', 422, "/messages/0/content"),
        (b'{"messages": [{"content": "x", "timestamp": "yesterday"}]}', 422, "/messages/0/timestamp"),
        (b'{"messages": [{"content": "x", "timestamp": NaN}]}', 422, "/messages/0/timestamp"),
        (b"[" * 5000, 422, ""),
        (b'{"messages": [{"content": "\xff"}]}', 422, ""),
        (b'{"messages": [{"content": "' + b"x" * 20_001 + b'"}]}', 413, "/messages/0/text"),
        (b'{"messages": [' + b'{"content": ""},' * 2000 + b'{"content": ""}]}', 413, "/messages"),
        (b'"' + b"x" * (1 << 20) + b'"', 413, None),
    ],
)
def test_wrong_requests_are_problems(client: TestClient, body: bytes, status: int, pointer: str | None) -> None:
    """What is malformed or too large is refused with a problem document that points to it."""
    answer = client.post("/detect-scam", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    if pointer is not None:
        assert problem["errors"][0]["pointer"] == pointer


def test_unknown_paths_and_methods_are_problems(client: TestClient) -> None:
    """404 and 405 have the same shape as every other error."""
    assert client.get("/nowhere").headers["content-type"] == PROBLEM
    assert client.get("/detect-scam").status_code == 405


def test_text_that_is_hard_to_encode_is_answered(client: TestClient) -> None:
    """Escaped surrogates, NUL and bidi controls in a message are data like any other."""
    body = b'{"conversation_id": "\\u202e", "messages": [{"content": "\\u0000 \\u202eabc otp \\u0301\\u0301"}]}'
    assert client.post("/detect-scam", content=body).status_code == 200
    lone = client.post("/detect-scam", content=b'{"messages": [{"content": "\\ud800"}]}')
    assert lone.status_code in (200, 422)


def test_null_is_as_good_as_nothing(client: TestClient) -> None:
    """Fields that may be left out may also be null."""
    body = b'{"conversation_id": null, "messages": [{"content": "hello there"}], "sender_metadata": null}'
    answer = client.post("/detect-scam", content=body)
    assert answer.status_code == 200
    assert answer.json()["conversation_id"] == ""


def test_the_documentation_is_complete(client: TestClient) -> None:
    """OpenAPI 3.1 describes body, answer and every problem, with examples."""
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/detect-scam"]["post"]
    assert set(operation["responses"]) == {"200", "401", "403", "408", "413", "422", "429", "503"}
    assert "example" in operation["responses"]["200"]["content"]["application/json"]
    schema = document["components"]["schemas"]["DetectionInput"]
    assert "example" in schema
    assert client.get("/docs").status_code == 200
