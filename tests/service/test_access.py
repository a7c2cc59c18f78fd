"""Who may call: keys, scopes, tenants and limits, through HTTP and the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from lurewatch.entrypoints.cli import app
from lurewatch.entrypoints.recording import require_key
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

MESSAGE = {"conversation_id": "thread", "message": {"message_id": "m", "content": "My number is +1 604 555 0134"}}
WHOLE = {"conversation_id": "whole", "messages": [{"content": "Hello"}]}
DETECTION = {"messages": [{"content": "Hello"}]}


class Site:
    """A service over a store of its own, and the command that makes its keys."""

    def __init__(self, folder: Path) -> None:
        self.store = f"sqlite:///{folder / 'lurewatch.db'}"

    def command(self, *arguments: str) -> str:
        """What ``lurewatch keys`` prints."""
        result = CliRunner().invoke(app, ["keys", *arguments], env={"LUREWATCH_STORE": self.store})
        assert result.exit_code == 0, result.output
        return result.stdout.strip()

    def key(self, *arguments: str) -> str:
        """A new key."""
        return self.command("create", "test", *arguments)

    def client(self, **settings: object) -> TestClient:
        """A client of a service that was started now."""
        return TestClient(create_app(Settings(store=self.store, **settings)))  # type: ignore[arg-type]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site without keys."""
    return Site(tmp_path)


@pytest.fixture
def locked(site: Site) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A client of a site with a key for each scope, and one of another tenant."""
    keys = {scope: site.key("--scope", scope) for scope in ("screen", "review", "admin")}
    keys["elsewhere"] = site.key("--scope", "admin", "--tenant", "other")
    with site.client() as client:
        yield client, keys


def bearer(key: str) -> dict[str, str]:
    """The header that presents a key."""
    return {"Authorization": f"Bearer {key}"}


def test_without_keys_this_machine_is_answered(site: Site) -> None:
    """A new installation on the loopback interface needs no key."""
    with site.client() as client:
        assert client.post("/v1/messages", json=MESSAGE).status_code == 200
        assert client.post("/detect-scam", json=DETECTION).status_code == 200


def test_with_a_key_every_door_is_locked(locked: tuple[TestClient, dict[str, str]]) -> None:
    """Once there is a key, no route but the health check answers without a valid one; both headers will do."""
    client, keys = locked
    for method, path in ROUTES:
        for headers in ({}, bearer("lw_0123456789ab_wrong"), bearer(keys["admin"] + "x"), bearer("no key")):
            answer = client.request(method, path, json=MESSAGE, headers=headers)
            assert answer.status_code == 401, (method, path, headers)
            assert "www-authenticate" in answer.headers
    assert client.get("/health").status_code == 200
    assert client.post("/detect-scam", json=DETECTION, headers={"X-API-Key": keys["screen"]}).status_code == 200


ROUTES = (
    ("POST", "/detect-scam"),
    ("POST", "/v1/messages"),
    ("POST", "/v1/conversations"),
    ("GET", "/stats"),
    ("GET", "/v1/verdicts/x"),
    ("GET", "/v1/conversations/x"),
    ("GET", "/v1/alerts"),
    ("POST", "/v1/alerts/x/disposition"),
)


def test_a_key_opens_what_its_scope_says(locked: tuple[TestClient, dict[str, str]]) -> None:
    """A screening key reads nothing back, a reviewing key screens nothing, an admin key does both."""
    client, keys = locked
    for scope, screens, reviews in (("screen", 200, 403), ("review", 403, 200), ("admin", 200, 200)):
        headers = bearer(keys[scope])
        assert client.post("/v1/messages", json=MESSAGE, headers=headers).status_code == screens
        assert client.post("/v1/conversations", json=WHOLE, headers=headers).status_code == screens
        assert client.get("/v1/alerts", headers=headers).status_code == reviews
        assert client.get("/stats", headers=headers).status_code == reviews


def test_no_tenant_sees_another(locked: tuple[TestClient, dict[str, str]]) -> None:
    """Verdicts, conversations and alerts of one tenant are not there for another, nor do its ids or keys repeat."""
    client, keys = locked
    mine, other = bearer(keys["admin"]), bearer(keys["elsewhere"])
    said = client.post("/v1/messages", json=MESSAGE, headers={**mine, "Idempotency-Key": "k"}).json()
    alert = client.get("/v1/alerts", headers=mine).json()["alerts"][0]
    assert client.get(f"/v1/verdicts/{said['verdict_id']}", headers=other).status_code == 404
    assert client.get("/v1/conversations/thread", headers=other).status_code == 404
    assert client.get("/v1/alerts", headers=other).json()["alerts"] == []
    assert client.get("/stats", headers=mine).json()["alerts"] == 1
    assert client.get("/stats", headers=other, params={"conversation_id": "thread"}).json()["alerts"] == 0
    closing = client.post(f"/v1/alerts/{alert['id']}/disposition", json={"disposition": "benign"}, headers=other)
    assert closing.status_code == 404
    theirs = client.post("/v1/messages", json=MESSAGE, headers={**other, "Idempotency-Key": "k"}).json()
    assert not theirs["repeated"]
    assert client.get("/v1/alerts", headers=other).json()["alerts"][0]["count"] == 1


def test_the_audit_log_names_the_key(site: Site) -> None:
    """What a caller does is noted with the id of the key, and everything is sealed when the service has stopped."""
    key = site.key("--scope", "admin")
    with site.client() as client:
        client.post("/v1/messages", json=MESSAGE, headers=bearer(key))
        alert = client.get("/v1/alerts", headers=bearer(key)).json()["alerts"][0]["id"]
        client.post(f"/v1/alerts/{alert}/disposition", json={"disposition": "benign"}, headers=bearer(key))
    environment = {"LUREWATCH_STORE": site.store}
    listed = CliRunner().invoke(app, ["audit", "list", "--json"], env=environment)
    noted = [(one["actor"], one["action"], one["subject"]) for one in json.loads(listed.stdout)["entries"]]
    key_id = key.split("_")[1]
    assert noted == [
        (key_id, "alert_closed", alert),
        ("system", "alert_raised", alert),
        ("system", "key_created", key_id),
    ]
    assert "3 entries, 0 not sealed yet" in CliRunner().invoke(app, ["audit", "verify"], env=environment).stdout


def test_a_key_that_calls_too_often_waits(site: Site) -> None:
    """Beyond the limit a key is told when to come back; another key is not held up."""
    one, two = site.key("--scope", "admin"), site.key("--scope", "admin")
    with site.client(rate_limit=3) as client:
        answers = [client.get("/v1/alerts", headers=bearer(one)) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 120
        assert client.get("/v1/alerts", headers=bearer(two)).status_code == 200


def test_keys_cannot_be_tried_at_full_speed(site: Site) -> None:
    """After a hundred wrong keys no other is looked at from that address; what opened a door there goes on."""
    known, right = site.key("--scope", "admin"), site.key("--scope", "admin")
    with site.client() as client:
        assert client.get("/v1/alerts", headers=bearer(known)).status_code == 200
        tried = [client.get("/v1/alerts", headers=bearer(f"lw_0123456789ab_{number}")) for number in range(100)]
        assert {answer.status_code for answer in tried[:98]} == {401}
        for key in ("anything", right):
            answer = client.get("/v1/alerts", headers=bearer(key))
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["retry-after"]) <= 120
            assert key not in answer.text
        assert client.get("/v1/alerts", headers=bearer(known)).status_code == 200
        assert client.get("/v1/alerts").status_code == 401, "nobody has tried anything"


def test_each_address_tries_for_itself(site: Site) -> None:
    """Who tries keys holds up nobody elsewhere; all of an IPv6 network are one, who could take another for each key."""
    right = site.key("--scope", "admin")

    def asked(app: Any, address: str, key: str) -> int:
        return TestClient(app, client=(address, 1)).get("/v1/alerts", headers=bearer(key)).status_code

    with site.client() as client:
        found = [asked(client.app, f"2001:db8::{number:x}", f"wrong{number}") for number in range(110)]
        assert (found[0], found[-1]) == (401, 429)
        assert asked(client.app, "2001:db8::ffff", right) == 429
        elsewhere = ["2001:db8:0:1::1", *(f"192.0.2.{number}" for number in range(1, 8))]
        mapped = {asked(client.app, "::ffff:198.51.100.1", f"wrong{number}") for number in range(110)}
        assert mapped == {401, 429}
        elsewhere += [f"::ffff:198.51.100.{number}" for number in range(2, 6)]
        answered = [asked(client.app, address, right) for address in elsewhere]
        assert answered.count(200) >= 11, "but for one that shares its number by chance"


def test_a_key_without_the_scope_is_counted(site: Site) -> None:
    """What is refused for want of a scope counts for its key as what is answered does."""
    key = site.key("--scope", "screen")
    with site.client(rate_limit=3) as client:
        answers = [client.get("/v1/alerts", headers=bearer(key)).status_code for _ in range(4)]
    assert answers == [403, 403, 403, 429]


def test_a_key_ends(site: Site) -> None:
    """A revoked key opens nothing; a rotated one stays good for its overlap, beside the new one."""
    old, doomed = site.key("--scope", "admin"), site.key("--scope", "admin")
    new = site.command("rotate", old.split("_")[1])
    short = site.command("rotate", new.split("_")[1], "--overlap", "0")
    site.command("revoke", doomed.split("_")[1])
    with site.client() as client:
        for key, status in ((old, 200), (doomed, 401), (new, 401), (short, 200)):
            assert client.get("/v1/alerts", headers=bearer(key)).status_code == status


def test_the_end_of_the_last_key_opens_no_door(site: Site) -> None:
    """Where others can call, a key is needed also when none is left that opens anything."""
    key = site.key("--scope", "admin")
    with TestClient(create_app(Settings(store=site.store, host="192.0.2.1"))) as client:
        assert client.get("/v1/alerts", headers=bearer(key)).status_code == 200
    site.command("revoke", key.split("_")[1])
    with TestClient(create_app(Settings(store=site.store, host="192.0.2.1"))) as client:
        for headers in ({}, bearer(key)):
            assert client.get("/v1/alerts", headers=headers).status_code == 401


def test_a_last_key_that_ends_opens_nothing(site: Site) -> None:
    """When every key is over or revoked the doors stay shut: else all would be open to everybody from then on."""
    key = site.key("--scope", "admin")
    site.command("revoke", key.split("_")[1])
    with site.client() as client:
        for headers in ({}, bearer(key)):
            assert client.get("/v1/alerts", headers=headers).status_code == 401
            assert client.post("/detect-scam", json=DETECTION, headers=headers).status_code == 401
    with pytest.raises(SettingsError, match="keys create"):
        require_key(Settings(store=site.store, host="192.0.2.1"))


def test_what_others_can_reach_is_never_open(site: Site) -> None:
    """A service that others can call asks for a key, also over a store that came later and has none."""
    with site.client(host="192.0.2.1") as client:
        assert client.get("/v1/alerts").status_code == 401
        assert client.post("/detect-scam", json=DETECTION).status_code == 401


PAGES = [
    ({"Host": "localhost:8000"}, 200),
    ({"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000"}, 200),
    ({"Host": "[::1]:8000"}, 200),
    ({"Host": "lurewatch.localhost"}, 200),
    ({"Host": "rebound.example:8000"}, 403),
    ({"Host": "rebound.example.:8000"}, 403),
    ({"Host": "127.0.0.1.rebound.example"}, 403),
    ({"Host": "localhost:8000", "Origin": "https://page.example"}, 403),
    ({"Host": "localhost:8000", "Origin": "http://localhost:3000"}, 403),
    ({"Host": "localhost:8000", "Origin": "null"}, 403),
]
"""Headers of a browser without a key, and what it gets."""


def test_a_page_of_another_site_is_not_answered(site: Site) -> None:
    """Without keys a page in a browser here neither reads nor writes, by a name of its own or from its own origin."""
    with site.client() as client:
        for headers, status in PAGES:
            assert client.get("/v1/alerts", headers=headers).status_code == status
            assert client.post("/v1/messages", json=MESSAGE, headers=headers).status_code == status
            assert client.get("/health", headers=headers).status_code == 200
    key = site.key("--scope", "admin")
    with site.client() as client:
        for headers, _ in PAGES:
            assert client.get("/v1/alerts", headers={**headers, **bearer(key)}).status_code == 200


def test_a_key_is_shown_once(site: Site) -> None:
    """The list has ids, scopes and states, and nothing that opens a door; neither has the database."""
    key = site.key("--scope", "screen", "--tenant", "shop", "--days", "3")
    _, key_id, secret = key.split("_", 2)
    listed = site.command("list")
    assert key_id in listed
    assert "shop" in listed
    assert secret not in listed
    assert secret.encode() not in Path(site.store.removeprefix("sqlite:///")).read_bytes()


def test_a_configured_key_needs_no_store() -> None:
    """The key of the settings opens a service that keeps nothing."""
    with TestClient(create_app(Settings(store="none", api_key="opensesame"))) as client:
        assert client.post("/detect-scam", json=DETECTION).status_code == 401
        assert client.post("/detect-scam", json=DETECTION, headers=bearer("opensesame")).status_code == 200
        assert client.post("/detect-scam", json=DETECTION, headers=bearer("opensesam")).status_code == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104 - refused
def test_no_key_no_listening_elsewhere(site: Site, host: str) -> None:
    """What others can reach is not served until there is a key; the loopback interface is."""
    elsewhere = Settings(store=site.store, host=host)
    for settings in (elsewhere, Settings(store="none", host=host)):
        with pytest.raises(SettingsError, match="keys create"):
            require_key(settings)
    require_key(Settings(store="none", host=host, api_key="opensesame"))
    require_key(Settings(store=site.store, host="localhost"))
    site.key("--scope", "screen")
    require_key(elsewhere)
