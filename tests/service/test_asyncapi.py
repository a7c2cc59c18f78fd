"""The AsyncAPI document says what is published, and the page says the same to people."""

from __future__ import annotations

import html
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from lurewatch.casework.bus.envelope import Envelope
from lurewatch.casework.bus.messages import PUBLISHED
from lurewatch.entrypoints.service import asyncapi

SPECIFICATION = Path(__file__).with_name("asyncapi-3.0.0.json")
DATA = {
    "ScamDetectionResultMessage": {
        "conversation_id": "c",
        "verdict_id": "v",
        "scam_probability": 93.1,
        "risk_level": "confirmed",
        "is_scam": True,
        "scam_type": "job_scam",
        "metadata": {},
    }
}


@pytest.fixture
def client() -> TestClient:
    """A service of these routes alone."""
    app = FastAPI()
    app.include_router(asyncapi.router())
    return TestClient(app)


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    """The document as it is served."""
    answer = client.get("/asyncapi.json")
    assert answer.headers["content-type"] == "application/json"
    told: dict[str, Any] = answer.json()
    return told


def resolved(document: dict[str, Any], reference: str) -> Any:
    """What a reference within the document leads to."""
    place: Any = document
    for part in reference.removeprefix("#/").split("/"):
        place = place[part]
    return place


def references(value: Any) -> list[str]:
    """Every reference in a part of the document."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [found for one in value.values() for found in references(one)]


def test_the_document_keeps_to_the_specification(document: dict[str, Any]) -> None:
    """The document is valid by the JSON Schema that the AsyncAPI initiative publishes for 3.0.0."""
    schema = json.loads(SPECIFICATION.read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(document | {"channels": {"a": {"addres": "b"}}})


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    """Every reference leads to something in the document, and every channel is published on by one operation."""
    assert all(resolved(document, reference) for reference in references(document))
    published = [one["channel"]["$ref"] for one in document["operations"].values()]
    assert sorted(published) == sorted(f"#/channels/{name}" for name in document["channels"])
    assert {one["action"] for one in document["operations"].values()} == {"send"}


def test_everything_published_is_described(document: dict[str, Any]) -> None:
    """Each event has its message on every bus, under the name that the bus gives it."""
    types = {one.message.__name__: one.type for one in PUBLISHED}
    assert {name: one["name"] for name, one in document["components"]["messages"].items()} == types
    for bus in ("nats", "rabbitmq", "redis", "kafka"):
        channels = [one for one in document["channels"].values() if one["servers"] == [{"$ref": f"#/servers/{bus}"}]]
        assert {name for one in channels for name in one["messages"]} == set(types)
        expected = set(types.values()) if bus in ("nats", "rabbitmq") else {"lurewatch.events"}
        assert {one["address"] for one in channels} == expected
    assert "at least once" in document["info"]["description"]
    assert "in order" in document["info"]["description"]


def test_an_event_fits_its_description(document: dict[str, Any]) -> None:
    """An event as it is sent is valid by the payload of its message, and one of another type is not."""
    (name, data), kind = *DATA.items(), "io.lurewatch.scam.detected.v1"
    event = json.loads(Envelope("e", kind, "default", "c", "default/api/c", 1.0, json.dumps(data).encode()).encode())
    payload = {"$ref": f"urn:document#/components/messages/{name}/payload"}
    registry = Registry().with_resource("urn:document", DRAFT202012.create_resource(document))
    validator = jsonschema.Draft202012Validator(payload, registry=registry)
    validator.validate(event)
    assert not validator.is_valid(event | {"type": "io.lurewatch.other.v1"})
    assert not validator.is_valid(event | {"data": {}})


class Tags(HTMLParser):
    """The names of tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(f"@{name}" for name, _ in attrs)}


def test_the_page_stands_alone(client: TestClient, document: dict[str, Any]) -> None:
    """The page names every event, loads nothing, and forbids everything but its own style."""
    answer = client.get("/asyncapi")
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    tags = Tags()
    tags.feed(answer.text)
    assert not tags.names & {"script", "link", "img", "iframe", "@src", "@style", "@onload", "@onclick"}
    assert all(html.escape(one.type) in answer.text for one in PUBLISHED)


def test_the_page_escapes(document: dict[str, Any]) -> None:
    """Nothing in a document becomes a tag of the page."""
    hostile = document | {"info": {"title": "<script>x</script>", "description": "'\"><img src=x>"}}
    shown = asyncapi.page(hostile)
    assert "<script" not in shown
    assert "<img" not in shown
