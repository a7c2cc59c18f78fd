"""Figures over HTTP: what was screened is what is counted."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings

FRAUD = "PayPal verification required - click here"
MENTION = "I paid with my Visa yesterday"
CONTACT = "Let's talk on WhatsApp instead, my number is +1 604 555 0134"
SAID = [("shop", FRAUD), ("shop", FRAUD), ("shop", MENTION), ("club", MENTION), ("desk", CONTACT), ("desk", "Hello")]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a service that has screened what was SAID."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'lurewatch.db'}"
    with TestClient(create_app(Settings(store=store)), raise_server_exceptions=False) as client:
        for group, content in SAID:
            message = {"sender": "b", "content": content}
            body = {"conversation_id": group, "channel": "chat", "message": message}
            assert client.post("/v1/messages", json=body).status_code == 200
        yield client


def figures(client: TestClient, **filters: Any) -> dict[str, Any]:
    """What ``GET /stats`` answers."""
    answer = client.get("/stats", params=filters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_was_screened_is_counted(client: TestClient) -> None:
    """Types, brands, patterns, groups, days, what a cool-down held back, and scores are those of what was said."""
    found = figures(client)
    assert (found["alerts"], found["suppressed"]) == (5, 1)
    assert {(kind["policy"], kind["type"], kind["count"], kind["suppressed"]) for kind in found["types"]} == {
        ("brand_watch", "high_risk_fraud", 2, 1),
        ("brand_watch", "brand_mention_info", 2, 0),
        ("off_platform", "", 1, 0),
    }
    assert found["brands"]["items"] == [
        {"value": "paypal", "count": 2, "suppressed": 1},
        {"value": "visa", "count": 2, "suppressed": 0},
    ]
    patterns = {mark["value"]: mark["count"] for mark in found["patterns"]["items"]}
    assert patterns["phishing_terms"] == 2
    assert patterns["phone_number"] == 1
    groups = [(group["channel"], group["conversation_id"], group["count"]) for group in found["groups"]["items"]]
    assert groups == [("chat", "shop", 3), ("chat", "club", 1), ("chat", "desk", 1)]
    assert [day["count"] for day in found["times"]["items"]] == [5]
    assert found["times"]["items"][0]["start"].endswith("T00:00:00Z")
    assert {part["from"]: part["count"] for part in found["scores"] if part["count"]} == {0.2: 2, 0.6: 2}


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"conversation_id": "shop"}, 3),
        ({"conversation_id": "shop", "channel": "mail"}, 0),
        ({"channel": "chat"}, 5),
        ({"policy": "off_platform"}, 1),
        ({"type": "high_risk_fraud"}, 2),
        ({"type": "' OR '1'='1"}, 0),
        ({"since": "2020-01-01"}, 5),
        ({"until": "2020-01-01T00:00:00+01:00"}, 0),
    ],
)
def test_filters_hold(client: TestClient, filters: dict[str, str], count: int) -> None:
    """A filter leaves what fits it, in every list."""
    found = figures(client, **filters)
    assert found["alerts"] == count
    for name in ("groups", "times"):
        assert sum(one["count"] for one in found[name]["items"]) == count
    assert sum(kind["count"] for kind in found["types"]) == count


def test_short_lists_say_what_they_leave_out(client: TestClient) -> None:
    """With a limit the most frequent remain, and ``others`` is the rest."""
    found = figures(client, limit=1)
    assert (found["groups"]["items"][0]["conversation_id"], found["groups"]["others"]) == ("shop", 2)
    assert (found["brands"]["items"][0]["value"], found["brands"]["others"]) == ("paypal", 2)


def test_weeks_begin_on_monday_and_hours_are_whole(client: TestClient) -> None:
    """A stretch begins where its name says, in UTC."""
    week = datetime.datetime.fromisoformat(figures(client, bucket="week")["times"]["items"][0]["start"])
    hour = datetime.datetime.fromisoformat(figures(client, bucket="hour")["times"]["items"][0]["start"])
    assert (week.weekday(), week.hour, hour.minute, hour.second) == (0, 0, 0, 0)
    assert week <= hour


@pytest.mark.parametrize(
    "filters",
    [
        {"limit": 0},
        {"limit": 201},
        {"bucket": "month"},
        {"since": "yesterday"},
        {"since": "1969-12-31"},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"channel": "x" * 65},
    ],
)
def test_what_is_refused(client: TestClient, filters: dict[str, Any]) -> None:
    """What is no filter is told, with the place of it."""
    answer = client.get("/stats", params=filters)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"]
