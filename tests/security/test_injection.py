"""What would be SQL, a template, a pattern or a formula elsewhere is a text here: kept as written, or refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from tests.security.house import CHANNEL, CONTACT, OURS, SECRET, House
from tests.security.test_doors import OPEN, SCOPES

MARK = "Zq7x"
"""Stands in every payload, so that it is seen where it should not be."""
PAYLOADS = {
    "quote": "' OR '1'='1' --",
    "statement": '"; DROP TABLE messages; /*',
    "backslash": "\\'; SELECT 1; \\x00 \\u0000",
    "percent": "%s %(x)s %n %d %%",
    "braces": "{0} {} {x.__class__} {{7*7}} {% raw %}",
    "lookup": "${jndi:ldap://127.0.0.1/a} ${7*7} #{7*7} $(id) `id`",
    "wildcards": "%_*?[a-z]^$.",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "at": "@SUM(1+1)",
    "markup": "<script>alert(1)</script><!-- ]]>&amp;",
    "json": '","tenant":"globex","x":"',
    "path": "../../etc/passwd",
    "line": "a\r\nSet-Cookie: x=1\r\n\r\n[ERROR] b",
    "break": "a\nb",
    "terminal": "\x1b[31m\x07\x08",
    "bidi": "\u202eevil\u202c \u2066a\u2069",
    "width": "\u200ba\u00ada\ufeff",
    "lines": "a\u2028b\u2029c\x85d",
    "combining": "e" + "\u0301" * 30,
    "astral": "\U0001f469\u200d\U0001f4bb \U0010ffff \ufffe",
    "null": "null",
    "slashes": "//a//b/./c",
}
UNKEEPABLE = {"nul": "a\x00b", "surrogate": "\ud800"}
"""What no database holds."""


def screening(marked: str) -> dict[str, Any]:
    """A message with the payload in every text."""
    return {
        "conversation_id": marked,
        "channel": marked[:64],
        "language": marked[:64],
        "message": {"message_id": marked, "sender": marked, "content": f"{CONTACT} {marked}"},
        "pair": {"client_email": marked, "advisor_email": marked[::-1]},
        "sender_metadata": {"user_id": marked, "verification_status": marked[:100]},
    }


def fields(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all texts in a body."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, value in inner:
        yield from fields(value, (*path, step))
    if isinstance(body, str):
        yield path


@pytest.fixture
def discreet(house: House, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that is done in the test may leave a key, a secret or a text in a log."""
    caplog.set_level(logging.DEBUG)
    yield
    ours = [
        record
        for record in caplog.get_records("call")
        if not record.name.startswith(("httpx2", "httpcore2", "asyncio"))
    ]
    lines = [logging.Formatter().format(record) for record in ours]
    secrets = [key.split("_", 2)[2] for key in house.keys.values()]
    assert any(" HTTP/1.1" in line for line in lines), "requests are logged"
    assert not [line for line in lines if any(word in line for word in (MARK, SECRET, CONTACT, *secrets))]


@pytest.mark.parametrize("name", PAYLOADS)
@pytest.mark.usefixtures("discreet")
def test_texts_are_kept_as_they_were_written(house: House, name: str) -> None:
    """Ids, names, texts and pairs come back as they were sent, wherever they are asked for."""
    marked = PAYLOADS[name] + MARK
    channel = marked[:64]
    screened = house.ask("POST", "/v1/messages", screening(marked))
    assert screened.status_code == 200, screened.text
    assert (screened.json()["conversation_id"], screened.json()["channel"]) == (marked, channel)
    found = house.ask("GET", f"/v1/conversations/{quote(marked, safe='')}", params={"channel": channel}).json()
    assert found["conversation_id"] == marked
    message = found["messages"][0]
    assert [message[key] for key in ("text", "sender", "message_id")] == [f"{CONTACT} {marked}", marked, marked]
    alerts = house.ask("GET", "/v1/alerts", params={"channel": channel, "limit": 200}).json()["alerts"]
    assert {alert["conversation_id"] for alert in alerts} == {marked}
    groups = house.ask("GET", "/stats", params={"conversation_id": marked, "channel": channel}).json()["groups"]
    assert [group["conversation_id"] for group in groups["items"]] == [marked]
    records = house.ask("GET", f"/v1/subjects/{quote(marked, safe='')}").json()["records"]
    assert {one["sender"] for one in records if one["kind"] == "message"} == {marked}
    note = {"disposition": "undetermined", "note": marked, "reviewer": marked}
    assert house.ask("POST", f"/v1/alerts/{alerts[0]['id']}/disposition", note).status_code == 200
    erased = house.ask("DELETE", f"/v1/subjects/{quote(marked, safe='')}").json()["erased"]
    assert erased["messages"] == 1, "only theirs"


@pytest.mark.parametrize("name", UNKEEPABLE)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/conversations", "/detect-scam"])
@pytest.mark.usefixtures("discreet")
def test_what_no_store_can_hold_is_refused_in_ids(house: House, path: str, name: str) -> None:
    """In any text: judged (with a sign in its place where it is a text), or refused with the place; never a fault."""
    base = screening(f"plain-{name}{MARK}")
    if path != "/v1/messages":
        base["messages"] = [base.pop("message")]
    for place in fields(base):
        body = screening(f"plain-{name}{MARK}")
        if path != "/v1/messages":
            body["messages"] = [body.pop("message")]
        target: Any = body
        for step in place[:-1]:
            target = target[step]
        target[place[-1]] = UNKEEPABLE[name] + MARK
        answer = house.ask("POST", path, body)
        assert answer.status_code in (200, 422), (place, answer.text)
        if answer.status_code == 422 and path == "/v1/messages" and name == "nul":
            assert answer.json()["errors"][0]["pointer"] == "/" + "/".join(map(str, place))


@pytest.mark.parametrize("name", {**PAYLOADS, **UNKEEPABLE})
@pytest.mark.usefixtures("discreet")
def test_addresses_are_only_looked_up(house: House, name: str) -> None:
    """A payload in a path is nobody's id, or refused."""
    for method, path in SCOPES:
        before, brace, rest = path.partition("{")
        if brace:
            # What the logs keep of an address are ids of ours, and who asks for another finds it there.
            sought = "sought" if path.startswith(("/v1/verdicts", "/v1/alerts")) else f"sought{MARK}"
            encoded = quote((PAYLOADS | UNKEEPABLE)[name].encode("utf-8", "surrogatepass") + sought.encode(), safe="")
            body = {"disposition": "benign"} if method == "POST" else None
            answer = house.ask(method, before + encoded + rest.partition("}")[2], body)
            assert answer.status_code in (200, 404, 422), (path, answer.text)
            assert not any(one for one in answer.json().get("records", ()))
            assert not any(answer.json().get("erased", {}).values())


@pytest.mark.parametrize("name", {**PAYLOADS, **UNKEEPABLE})
@pytest.mark.usefixtures("discreet")
def test_filters_are_only_compared(house: House, name: str) -> None:
    """A payload in a parameter matches nothing but itself, or is refused."""
    house.ask("POST", "/v1/messages", {"conversation_id": "to-find", "message": {"content": CONTACT}})
    value = quote((PAYLOADS | UNKEEPABLE)[name].encode("utf-8", "surrogatepass") + f"sought{MARK}".encode(), safe="")
    for method, path in SCOPES:
        for parameter in house.document["paths"][path][method.lower()].get("parameters", []):
            if parameter["in"] != "query":
                continue
            answer = house.ask(method, f"{path.replace('{', '').replace('}', '')}?{parameter['name']}={value}")
            assert answer.status_code in (200, 404, 422), (path, parameter["name"], answer.text)
            if answer.status_code == 200:
                assert not any(answer.json().get(name) for name in ("alerts", "cases", "records", "types"))


@pytest.mark.parametrize("name", PAYLOADS)
def test_headers_are_only_texts(house: House, name: str) -> None:
    """A payload in a header is a wrong key, a wrong signature, or an Idempotency-Key like any other."""
    value = quote(PAYLOADS[name], safe=" '\"$%{}()*,/:;<=>?@[]^`|~+-#&!")
    body = {"conversation_id": f"header-{name}", "message": {"content": "Hello"}}
    for header in ("Authorization", "X-API-Key"):
        wrong = f"Bearer {value}" if header == "Authorization" else value
        assert house.ask("POST", "/v1/messages", body, key="", headers={header: wrong}).status_code == 401
    key = {"Idempotency-Key": value}
    first, again = (house.ask("POST", "/v1/messages", body, headers=key) for _ in range(2))
    assert (first.status_code, again.json()["repeated"]) == (200, True)
    for path in ("/webhooks/erpnext", "/webhooks/telegram", f"/webhooks/{CHANNEL}"):
        headers = dict.fromkeys(("X-Frappe-Webhook-Signature", "X-Telegram-Bot-Api-Secret-Token", "X-Signature"), value)
        assert house.ask("POST", path, {}, sign=False, headers=headers).status_code == 401


def delivery(path: str, number: int, text: str) -> dict[str, Any]:
    """What each platform posts of a message."""
    if path.endswith("erpnext"):
        return {"issue_reference": f"ISS-{number}", "message_text": text, "sender_email": text, "client_email": text}
    if path.endswith("telegram"):
        said = {"message_id": 1, "date": 1767607950, "chat": {"id": number}, "text": text, "from": {"id": 5}}
        return {"update_id": number, "message": {**said, "forward_sender_name": text}}
    return {"conversation_id": f"market-{number}", "text": text, "message_id": text, "sender": text, "client": text}


@pytest.mark.parametrize("name", {**PAYLOADS, "nul": UNKEEPABLE["nul"]})
@pytest.mark.usefixtures("discreet")
def test_platforms_texts_are_only_texts(house: House, name: str) -> None:
    """A payload in what a platform posts is kept as it was written, or as what its markup says; never a fault."""
    text, number = (PAYLOADS | UNKEEPABLE)[name] + MARK, 1000 + list(PAYLOADS | UNKEEPABLE).index(name)
    for path in ("/webhooks/erpnext", "/webhooks/telegram", f"/webhooks/{CHANNEL}"):
        answer = house.ask("POST", path, delivery(path, number, text), key="")
        assert answer.status_code in ((200, 422) if name == "nul" else (200,)), (path, answer.text)
    if name == "nul":
        return
    kept = house.ask("GET", f"/v1/conversations/{number}", params={"channel": "telegram"}).json()["messages"]
    assert [one["text"] for one in kept] == [text]
    kept = house.ask("GET", f"/v1/conversations/market-{number}", params={"channel": CHANNEL}).json()["messages"]
    assert [(one["text"], one["sender"]) for one in kept] == [(text, text.strip())]


def test_nothing_was_lost_on_the_way(house: House) -> None:
    """After all that every table is there."""
    for method, path in SCOPES:
        if method == "GET" and SCOPES[method, path] != OPEN:
            answer = house.ask(method, path.replace("{", "").replace("}", ""), key=f"{OURS}.admin")
            assert answer.status_code in (200, 404)
