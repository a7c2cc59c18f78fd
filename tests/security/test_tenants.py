"""No key of another tenant sees, changes, counts, erases or closes anything, or can tell whether there is such an id.

Everything is done twice by a key of another tenant: with our ids, and with ids of nothing. The answers must be the
same. A new route needs a case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.security.house import CONTACT, LURE, OURS, SECRET, THEIRS, House
from tests.security.test_doors import OPEN, SCOPES, SIGNED

Ids = dict[str, str]

OUR_CONVERSATION, OUR_PERSON, OUR_CLIENT = "of-acme/17", "mallory@scam.example", "client@acme.example"
OUR_KEY, OUR_MESSAGE = "acme-idempotency-1", "acme-message-1"
NOTHING: Ids = {
    "conversation": "of-nobody/17",
    "verdict": "00000000-0000-7000-8000-000000000000",
    "alert": "00000000-0000-7000-8000-000000000001",
    "case": "00000000-0000-7000-8000-000000000002",
    "person": "nobody@scam.example",
    "client": "nobody@acme.example",
    "key": "nobodys-idempotency-1",
    "message": "nobodys-message-1",
}
PLANTED = ("acme", "mallory", "604 555 0134", "6045550134")
"""Of what is ours, what may be in no answer to others."""


def said(ids: Ids) -> dict[str, Any]:
    """A message with these ids."""
    return {
        "conversation_id": ids["conversation"],
        "message": {"message_id": ids["message"], "sender": ids["person"], "content": CONTACT},
        "pair": {"client_email": ids["client"], "advisor_email": "advisor@example.org"},
        "sender_metadata": {"user_id": ids["person"]},
    }


@pytest.fixture(scope="module")
def ours(house: House) -> Ids:
    """What one tenant has recorded: a conversation with an alert in a case, and a confirmed scam."""
    ids = NOTHING | {
        "conversation": OUR_CONVERSATION,
        "person": OUR_PERSON,
        "client": OUR_CLIENT,
        "key": OUR_KEY,
        "message": OUR_MESSAGE,
    }
    headers = {"Idempotency-Key": ids["key"]}
    first = house.ask("POST", "/v1/messages", said(ids), headers=headers).json()
    house.ask("POST", "/detect-scam", {"conversation_id": ids["conversation"] + "-2", "messages": [{"content": LURE}]})
    alert = next(
        one
        for one in house.ask("GET", "/v1/alerts", params={"limit": 200}).json()["alerts"]
        if one["conversation_id"] == OUR_CONVERSATION
    )
    return ids | {"verdict": first["verdict_id"], "alert": alert["id"], "case": alert["case_id"]}


def asked(method: str, path: str, **more: Any) -> Callable[[Ids], tuple[str, str, dict[str, Any]]]:
    """A request with ids where ``<name>`` stands in its path or its parameters."""

    def of(ids: Ids) -> tuple[str, str, dict[str, Any]]:
        filled = {
            name: {key: _filled(str(value), ids) for key, value in values.items()} for name, values in more.items()
        }
        return method, _filled(path, ids), filled

    return of


def _filled(text: str, ids: Ids) -> str:
    return re.sub(r"<(\w+)>", lambda match: ids[match[1]], text)


WINDOW = {"limit": 200}
READING = {
    ("GET", "/v1/verdicts/{verdict_id}"): [asked("GET", "/v1/verdicts/<verdict>")],
    ("GET", "/v1/conversations/{conversation_id}"): [
        asked("GET", "/v1/conversations/<conversation>"),
        asked("GET", "/v1/conversations/<conversation>", params={"channel": "api", "cursor": "1"}),
        asked("GET", "/v1/conversations/<conversation>", params={"channel": "%"}),
    ],
    ("GET", "/v1/alerts"): [
        asked("GET", "/v1/alerts", params=WINDOW),
        asked("GET", "/v1/alerts", params={"case_id": "<case>", **WINDOW}),
        asked("GET", "/v1/alerts", params={"channel": "api", "cursor": "4000000000", **WINDOW}),
    ],
    ("GET", "/v1/cases"): [
        asked("GET", "/v1/cases", params=WINDOW),
        asked("GET", "/v1/cases", params={"status": "open", "cursor": "4000000000", **WINDOW}),
    ],
    ("GET", "/stats"): [
        asked("GET", "/stats"),
        asked("GET", "/stats", params={"conversation_id": "<conversation>", "channel": "api"}),
    ],
    ("GET", "/v1/subjects/{subject}"): [
        asked("GET", "/v1/subjects/<person>"),
        asked("GET", "/v1/subjects/<client>"),
        asked("GET", "/v1/subjects/<person>", params={"cursor": "4.0"}),
    ],
}
CHANGING = {
    ("DELETE", "/v1/subjects/{subject}"): [
        asked("DELETE", "/v1/subjects/<person>"),
        asked("DELETE", "/v1/subjects/<client>"),
    ],
    ("POST", "/v1/alerts/{alert_id}/disposition"): [asked("POST", "/v1/alerts/<alert>/disposition")],
}
WRITING = {("POST", "/v1/messages"), ("POST", "/v1/conversations"), ("POST", "/detect-scam")}
"""Routes that write what they are told: see the tests that write the same as we did."""


def answered(house: House, request: tuple[str, str, dict[str, Any]], ids: Ids) -> tuple[int, str]:
    """Status and text of an answer to the other tenant, less what it was told and what is new each time."""
    method, path, more = request
    body = {"disposition": "false_positive"} if method == "POST" else None
    answer = house.ask(method, path, body, key=f"{THEIRS}.admin", **more)
    text = re.sub(r'"(request_id|receipt)":"[^"]*"', "", answer.text)
    for name, value in ids.items():
        text = text.replace(value, name)
    return answer.status_code, text


def recorded(house: House, ids: Ids) -> list[Any]:
    """All that we have, as we see it."""
    paths = ("/v1/alerts", "/v1/cases", "/stats", f"/v1/conversations/{ids['conversation']}")
    people = [f"/v1/subjects/{ids['person']}", f"/v1/subjects/{ids['client']}"]
    found = [house.ask("GET", path).json() for path in (*paths, f"/v1/verdicts/{ids['verdict']}", *people)]
    return [{name: value for name, value in one.items() if name != "receipt"} for one in found]


def test_every_route_has_a_case() -> None:
    """What is neither open nor signed is tried here."""
    assert READING.keys() | CHANGING.keys() | WRITING == {
        route for route, scope in SCOPES.items() if scope not in (OPEN, SIGNED)
    }


@pytest.mark.parametrize("route", [*READING, *CHANGING], ids=" ".join)
def test_what_is_ours_is_as_if_it_was_not(house: House, ours: Ids, route: tuple[str, str]) -> None:
    """The other tenant is answered the same whether an id is ours or nobody's, and nothing of ours has changed."""
    before = recorded(house, ours)
    for request in {**READING, **CHANGING}[route]:
        found, none = (answered(house, request(ids), ids) for ids in (ours, NOTHING))
        assert found == none
        assert not [word for word in PLANTED if word in found[1].lower()]
        assert found[0] in (200, 404)
    assert recorded(house, ours) == before


def test_the_same_words_by_another_are_their_own(house: House, ours: Ids) -> None:
    """The same ids, pair and Idempotency-Key at another tenant: nothing is repeated, counted on, edited or known."""
    before = recorded(house, ours)
    headers = {"Idempotency-Key": ours["key"]}
    key = f"{THEIRS}.admin"
    edited = said(ours) | {"message": {"message_id": ours["message"], "content": "Hello there"}}
    first = house.ask("POST", "/v1/messages", edited, key=key, headers=headers)
    assert first.status_code == 200, "their key stands for nothing yet"
    assert (first.json()["position"], first.json()["edition"], first.json()["repeated"]) == (0, 0, False)
    whole = {"conversation_id": ours["conversation"], "messages": [{"content": "Hello"}, {"content": CONTACT}]}
    assert house.ask("POST", "/v1/conversations", whole, key=key).json()["breakdown"]["historical_score"] == 0
    assert not house.ask("POST", "/v1/messages", said(ours) | {"conversation_id": "x"}, key=key).json()["repeated"]
    detected = {"conversation_id": ours["conversation"] + "-2", "messages": [{"content": LURE}]}
    theirs = house.ask("POST", "/detect-scam", detected, key=key).json()
    assert theirs["handoff_triggered"], "ours was handed off, not theirs"
    alerts = house.ask("GET", "/v1/alerts", params={"policy": "off_platform"}, key=key).json()["alerts"]
    assert max(alert["count"] for alert in alerts if alert["conversation_id"] == "x") == 1
    assert recorded(house, ours) == before


def test_what_others_do_to_their_own_is_not_done_to_ours(house: House, ours: Ids) -> None:
    """They close alerts of, and erase, a pair and people with the same names: our counts and texts stay."""
    key = f"{THEIRS}.admin"
    house.ask("POST", "/v1/messages", said(ours) | {"conversation_id": "their-own"}, key=key)
    before = recorded(house, ours)
    for alert in house.ask("GET", "/v1/alerts", params=WINDOW, key=key).json()["alerts"]:
        closing = house.ask("POST", f"/v1/alerts/{alert['id']}/disposition", {"disposition": "benign"}, key=key)
        assert closing.status_code == 200
    for person in (ours["person"], ours["client"]):
        assert any(house.ask("DELETE", f"/v1/subjects/{person}", key=key).json()["erased"].values())
    assert recorded(house, ours) == before


def test_what_was_confirmed_elsewhere_is_not_known(house: House, ours: Ids) -> None:
    """An indicator of our confirmed scam scores at our next message, and at nobody else's."""
    number = {"conversation_id": "learn", "message": {"content": f"{LURE}, call +1 604 555 0187"}}
    house.ask("POST", "/v1/messages", number)
    asking = {"conversation_id": "learnt", "message": {"content": "Call me at +1 604 555 0187"}}
    scores = {
        tenant: house.ask("POST", "/v1/messages", asking, key=f"{tenant}.screen").json()["breakdown"][
            "historical_score"
        ]
        for tenant in (OURS, THEIRS)
    }
    assert scores[OURS] > 0
    assert scores[THEIRS] == 0


def test_a_body_names_no_tenant(house: House, ours: Ids) -> None:
    """A tenant in a body, a header or a query is not listened to, nor is a signature of a platform's a key."""
    before = recorded(house, ours)
    body = said(ours) | {"tenant": OURS, "conversation_id": "tenant-in-body"}
    more = {"headers": {"X-Tenant": OURS, "Tenant": OURS}, "params": {"tenant": OURS}}
    assert house.ask("POST", "/v1/messages", body, key=f"{THEIRS}.screen", **more).status_code == 200
    assert house.ask("GET", "/v1/conversations/tenant-in-body").status_code == 404
    assert recorded(house, ours) == before
    bare = house.ask("GET", "/v1/alerts", key="", headers={"X-Signature": SECRET, "X-API-Key": SECRET})
    assert bare.status_code == 401


def test_what_moves_is_ours_alone(house: House) -> None:
    """A group of ours that goes on under another id leaves a conversation of theirs that is called the same."""
    key = f"{THEIRS}.admin"
    theirs = {"conversation_id": "-501", "channel": "telegram", "message": {"sender": "5", "content": CONTACT}}
    house.ask("POST", "/v1/messages", theirs, key=key)
    here = {"chat": {"id": -501}, "from": {"id": 5}}
    for number, said_there in enumerate(({"text": CONTACT}, {"migrate_to_chat_id": -1000501}), 1):
        update = {"update_id": 50_100 + number, "message": {"message_id": number, **here, **said_there}}
        assert house.ask("POST", "/webhooks/telegram", update, key="").status_code == 200
    assert house.ask("GET", "/v1/conversations/-1000501", params={"channel": "telegram"}).status_code == 200
    assert house.ask("GET", "/v1/conversations/-501", params={"channel": "telegram"}).status_code == 404
    house.ask("POST", "/v1/messages", theirs, key=key)
    found = house.ask("GET", "/v1/conversations/-501", params={"channel": "telegram"}, key=key).json()
    assert found["message_count"] == 2
    wanted = {"channel": "telegram", "policy": "off_platform"}
    alerts = house.ask("GET", "/v1/alerts", params=wanted, key=key).json()["alerts"]
    assert [alert["count"] for alert in alerts if alert["conversation_id"] == "-501"] == [2, 1]
