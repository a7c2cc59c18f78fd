"""The page of the routes says what the OpenAPI document says, and stands alone."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lurewatch.entrypoints.service import create_app, reference
from lurewatch.entrypoints.settings import Settings

EVIL = "\"'><script>alert(1)</script>"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A service with a store, so that all its routes are there."""
    store = tmp_path_factory.mktemp("reference") / "lurewatch.db"
    return TestClient(create_app(Settings(store=f"sqlite:///{store}")))


class Page(HTMLParser):
    """What a page is made of: tags and attributes, links, and the text from each id on."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: set[str] = set()
        self.ids: list[str] = [""]
        self.told: dict[str, str] = {"": ""}
        self.feed(shown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(f"@{name}" for name, _ in attrs)}
        self.links |= {value or "" for name, value in attrs if name == "href"}
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.told[self.ids[-1]] = self.told.get(self.ids[-1], "") + data


def test_every_operation_is_there(client: TestClient) -> None:
    """Each operation has its place, with parameters, answers, scope and examples; each schema has its fields."""
    document = client.get("/openapi.json").json()
    told = Page(client.get("/docs").text).told
    operations = [(path, method, one) for path, at in document["paths"].items() for method, one in at.items()]
    assert len(operations) > 10
    for path, method, operation in operations:
        (section,) = (
            text for text in told.values() if text.startswith(f"{method.upper()} {path}{operation['summary']}")
        )
        assert all(f"{one['name']}{one['in']}" in section for one in operation.get("parameters", ()))
        assert all(f"{status}{one['description']}" in section for status, one in operation["responses"].items())
        scopes = {scope for needs in operation.get("security", ()) for one in needs.values() for scope in one}
        assert all(f"Needs a key with the scope {scope}." in section for scope in scopes)
        assert method.upper() + " " + path in told[""], "it is in the list at the top"
    for name, schema in document["components"]["schemas"].items():
        assert all(field in told[f"schema-{name}"] for field in schema.get("properties", ()))
    assert "Share the OTP to keep it" in told["post-detect-scam"]
    assert "pointer" in told["schema-Problem"], "what an answer has in place is a schema too"


def test_it_stands_alone(client: TestClient) -> None:
    """The page loads and runs nothing: its links lead into itself and to the document, and its policy forbids more."""
    answer = client.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    page = Page(answer.text)
    assert not page.names & {"script", "link", "img", "iframe", "base", "@src", "@style", "@onload", "@onclick"}
    assert {link for link in page.links if not link.startswith("#")} == {"openapi.json"}
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "://" not in answer.text
    assert client.get("/redoc").status_code == 404
    assert client.get("/docs/oauth2-redirect").status_code == 404


def hostile(value: Any) -> Any:
    """The same, with a tag and quotes in all that it says, and in the name of one more field."""
    if isinstance(value, list):
        return [hostile(one) for one in value]
    if isinstance(value, str):
        return value + EVIL
    if not isinstance(value, dict):
        return value
    more = {EVIL: {"type": "string", "description": EVIL}} if "properties" in value else {}
    changed = {name: hostile(one) for name, one in value.items()}
    return changed | {"properties": changed["properties"] | more} if more else changed


def test_what_it_says_is_escaped(client: TestClient) -> None:
    """Nothing in a document becomes a tag or leaves its attribute."""
    document = client.get("/openapi.json").json()
    plain = Page(reference.reference(document)).names
    evil = hostile(document)
    evil["paths"] = {path + EVIL: at for path, at in evil["paths"].items()}
    for operation in (one for at in evil["paths"].values() for one in at.values()):
        operation["responses"] = {status + EVIL: one for status, one in operation["responses"].items()}
    shown = reference.reference(evil)
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;alert(1)") > 100
    assert Page(shown).names == plain
