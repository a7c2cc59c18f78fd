"""What the OpenAPI document says of an answer is what comes: when, with which headers, and with which fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from tests.security.house import CHANNEL, CONTACT, LURE, OURS, SECRET, House, open_house, signed
from tests.security.test_bodies import VALID
from tests.security.test_doors import OPEN, SCOPES, SIGNED, located

from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service on which a key may call three times in a minute."""
    with open_house(tmp_path_factory.mktemp("strict"), rate_limit=3) as house:
        yield house


def test_each_route_has_its_statuses(house: House) -> None:
    """What comes of keys, signatures and bodies is named at every route where it can come, and nowhere else."""
    for (method, path), scope in SCOPES.items():
        told = {int(status) for status in house.document["paths"][path][method.lower()]["responses"]}
        assert (told >= {401, 403, 429, 503}) == (scope not in (OPEN, SIGNED)), path
        assert (told >= {401, 503}) == (scope != OPEN)
        assert (told >= {408, 413, 422}) == (method == "POST")
        assert (404 in told) == (path.endswith(("_id}", "/disposition")))
        assert (409 in told) == (path in ("/v1/messages", "/v1/conversations"))


def test_the_limit_is_of_a_key_and_of_all_routes(strict: House) -> None:
    """A key that called too often is told at every route when to come back; another key, and platforms, go on."""
    locked = [route for route, scope in SCOPES.items() if scope not in (OPEN, SIGNED)]
    before = [strict.ask(method, located(path), VALID.get(path)).status_code for method, path in locked[:3]]
    assert 429 not in before
    for method, path in locked:
        answer = strict.ask(method, located(path), VALID.get(path))
        assert answer.status_code == 429, path
        assert 1 <= int(answer.headers["retry-after"]) <= 120
        assert strict.keys[f"{OURS}.admin"] not in answer.text
    assert strict.ask("GET", "/v1/alerts", key=f"{OURS}.review").status_code == 200
    for _ in range(5):
        assert strict.ask("POST", f"/webhooks/{CHANNEL}", VALID[f"/webhooks/{CHANNEL}"], key="").status_code == 200
        assert strict.ask("GET", "/health", key="").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"])
def test_a_store_that_is_away(host: str) -> None:
    """Every route over the store says 503 and when to come back; detection goes on where nobody needs a key for it.

    Where others can call, who has no key is refused whatever the store would say.
    """
    secrets = {f"{platform}_webhook_secret": SECRET for platform in ("erpnext", "telegram", "generic")}
    away = Settings(store="postgresql://nobody@127.0.0.1:9/none", host=host, generic_channel=CHANNEL, **secrets)  # type: ignore[arg-type]
    with TestClient(create_app(away), raise_server_exceptions=False) as client:
        for (method, path), scope in SCOPES.items():
            body = client.build_request(method, "/", json=VALID[path]).content if path in VALID else b""
            for headers in ({}, {"X-API-Key": "lw_0123456789ab_x"}):
                answer = client.request(method, located(path), content=body, headers=signed(path, body) | headers)
                local = host == "127.0.0.1"
                keyless = path == "/detect-scam" and not headers and local
                refused = not headers and not local and scope not in (OPEN, SIGNED)
                expected = 200 if scope == OPEN or keyless else 401 if refused else 503
                assert answer.status_code == expected, (path, answer.text)
                if answer.status_code == 503:
                    assert int(answer.headers["retry-after"]) > 0
                if keyless:
                    assert not answer.json()["recorded"]


def test_a_wrong_method_is_told_the_right_ones(house: House) -> None:
    """405 names every method of the path, and only those."""
    paths = {path: {method for method, other in SCOPES if other == path} for _, path in SCOPES}
    for path, methods in paths.items():
        answer = house.ask("PATCH", located(path))
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == methods
        assert answer.headers["content-type"] == "application/problem+json"


def unnamed(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """The places of fields in an answer that its schema does not name."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        schema = next((one for one in schema["anyOf"] if one.get("type") != "null"), {})
        yield from unnamed(value, schema, document, place) if value is not None else ()
    elif isinstance(value, dict):
        named, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            if name not in named and not others:
                yield f"{place}/{name}"
            yield from unnamed(inner, named.get(name, {}), document, f"{place}/{name}") if name in named else ()
    elif isinstance(value, list):
        for inner in value:
            yield from unnamed(inner, schema.get("items", {}), document, f"{place}/-")


def test_every_field_is_described(house: House) -> None:
    """Answers with something in their lists fit the OpenAPI document and have no field that it does not name."""
    said = {"sender": "s@example.org", "content": f"{LURE} or visit http://sbi-kyc.tk. {CONTACT}"}
    asked: dict[tuple[str, str], Any] = {}
    first = house.ask("POST", "/v1/messages", {"conversation_id": "described", "message": said})
    asked["POST", "/v1/messages"] = first
    detection = {"conversation_id": "described-2", "messages": [said] * 3}
    asked["POST", "/detect-scam"] = house.ask("POST", "/detect-scam", detection)
    asked["POST", "/v1/conversations"] = house.ask("POST", "/v1/conversations", detection)
    for path, more in (
        ("/v1/verdicts/{verdict_id}", first.json()["verdict_id"]),
        ("/v1/conversations/{conversation_id}", "described"),
        ("/v1/subjects/{subject}", "s@example.org"),
        ("/v1/alerts", ""),
        ("/v1/cases", ""),
        ("/stats", ""),
        ("/health", ""),
    ):
        asked["GET", path] = house.ask("GET", path.partition("{")[0] + more)
    alert = asked["GET", "/v1/alerts"].json()["alerts"][0]["id"]
    closing = house.ask("POST", f"/v1/alerts/{alert}/disposition", {"disposition": "true_positive"})
    asked["POST", "/v1/alerts/{alert_id}/disposition"] = closing
    asked["DELETE", "/v1/subjects/{subject}"] = house.ask("DELETE", "/v1/subjects/s@example.org")
    posts = {
        "/webhooks/erpnext": {"issue_reference": "described", "message_text": CONTACT, "sender_email": "e@example.org"},
        "/webhooks/telegram": VALID["/webhooks/telegram"],
        f"/webhooks/{CHANNEL}": {"conversation_id": "described", "text": CONTACT},
    }
    for path, body in posts.items():
        asked["POST", path] = house.ask("POST", path, body)
    assert asked.keys() | {("GET", "/asyncapi"), ("GET", "/asyncapi.json")} == SCOPES.keys()
    for (method, path), answer in asked.items():
        assert answer.status_code == 200, answer.text
        responses = house.document["paths"][path][method.lower()]["responses"]
        schema = responses["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": house.document["components"]}).validate(answer.json())
        assert not list(unnamed(answer.json(), schema, house.document)), path
