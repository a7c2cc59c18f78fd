"""Every route needs what it should: a key with the scope of the table, or a signature, or nothing."""

from __future__ import annotations

import pytest
from tests.security.house import OURS, SIGNATURES, House

OPEN, SIGNED = "open", "signed"
SCOPES = {
    ("POST", "/detect-scam"): "screen",
    ("GET", "/health"): OPEN,
    ("GET", "/asyncapi"): OPEN,
    ("GET", "/asyncapi.json"): OPEN,
    ("POST", "/v1/messages"): "screen",
    ("POST", "/v1/conversations"): "screen",
    ("GET", "/v1/verdicts/{verdict_id}"): "review",
    ("GET", "/v1/conversations/{conversation_id}"): "review",
    ("GET", "/v1/alerts"): "review",
    ("GET", "/v1/cases"): "review",
    ("POST", "/v1/alerts/{alert_id}/disposition"): "review",
    ("GET", "/stats"): "review",
    ("GET", "/v1/subjects/{subject}"): "admin",
    ("DELETE", "/v1/subjects/{subject}"): "admin",
    ("POST", "/webhooks/erpnext"): SIGNED,
    ("POST", "/webhooks/telegram"): SIGNED,
    ("POST", "/webhooks/market"): SIGNED,
}
"""The least that opens each route. A new route needs a row."""
BODIES = {
    "/detect-scam": {"messages": [{"content": "Hello"}]},
    "/v1/messages": {"conversation_id": "doors", "message": {"content": "Hello"}},
    "/v1/conversations": {"conversation_id": "doors-whole", "messages": [{"content": "Hello"}]},
}
"""Bodies that are answered with 200; the others need none, or are answered with what is missing."""


def located(path: str) -> str:
    """The path with ids of nothing."""
    return path.replace("{", "").replace("}", "")


def test_every_route_has_a_row(house: House) -> None:
    """The table is of the routes that there are, and the OpenAPI document names the same scopes."""
    assert set(house.operations()) == set(SCOPES)
    for (method, path), scope in SCOPES.items():
        needs = house.document["paths"][path][method.lower()].get("security", [])
        told = [scopes for one in needs for scopes in one.values()]
        assert told == ([] if scope in (OPEN, SIGNED) else [[scope], [scope]]), path


@pytest.mark.parametrize("named", ["", "wrong", "expired", "revoked", "cut", "longer", "basic"])
def test_without_a_valid_key_nothing_opens(house: House, named: str) -> None:
    """No key, one that never was, one that is over or was revoked, and one almost right: 401 and no more than that."""
    right = house.keys[f"{OURS}.admin"]
    presented = {
        "": {},
        "wrong": {"X-API-Key": "lw_0123456789ab_" + "x" * 43},
        "expired": house.key(f"{OURS}.expired"),
        "revoked": house.key(f"{OURS}.revoked"),
        "cut": {"X-API-Key": right[:-1]},
        "longer": {"X-API-Key": right + "x"},
        "basic": {"Authorization": f"Basic {right}"},
    }[named]
    for (method, path), scope in SCOPES.items():
        if scope in (OPEN, SIGNED):
            continue
        answer = house.ask(method, located(path), BODIES.get(path), key="", headers=presented)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
        assert not [value for value in presented.values() if value.split()[-1] in answer.text]


@pytest.mark.parametrize("held", ["screen", "review", "admin"])
def test_a_key_opens_its_scope_and_no_other(house: House, held: str) -> None:
    """Each route opens to its scope and to admin; to another it is 403, whether or not there is such an id."""
    for (method, path), scope in SCOPES.items():
        if scope in (OPEN, SIGNED):
            continue
        answer = house.ask(method, located(path), BODIES.get(path), key=f"{OURS}.{held}")
        assert (answer.status_code == 403) == (held not in (scope, "admin")), (path, answer.text)
        assert answer.status_code in (200, 403, 404, 422)


def test_what_is_open_and_what_is_signed(house: House) -> None:
    """The health and the documents need no key; a key in place of a signature opens no webhook."""
    for (method, path), scope in SCOPES.items():
        if scope == OPEN:
            assert house.ask(method, path, key="").status_code == 200
        elif scope == SIGNED:
            assert house.ask(method, path, {}, key="").status_code in (200, 422)
            wrong = {SIGNATURES[path]: house.keys[f"{OURS}.admin"]}
            for headers in ({}, wrong):
                refused = house.ask(method, path, {}, sign=False, headers=headers)
                assert refused.status_code == 401, path
                assert wrong[SIGNATURES[path]] not in refused.text
