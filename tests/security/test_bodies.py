"""Bodies that lie, never end, never come, or are no JSON: every route that reads one answers, and goes on answering."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from fastapi import HTTPException, Request
from tests.security.house import CHANNEL, CONTACT, MAX_BODY, OURS, SIGNATURES, House, signed
from tests.security.test_doors import BODIES, SCOPES, located

from lurewatch.entrypoints.service import bodies

POSTS = [path for method, path in SCOPES if method == "POST"]
PROBLEM = "application/problem+json"
CHUNK = b"10000\r\n" + b" " * 65_536 + b"\r\n"
MOST_SENT = 16 * MAX_BODY
"""Buffers of sockets and of the server; a service that reads on without a bound takes all that it is sent."""
VALID = {
    **BODIES,
    "/v1/alerts/{alert_id}/disposition": {"disposition": "benign"},
    "/webhooks/erpnext": {"issue_reference": "ISS-b", "message_text": "Hello", "sender_email": "b@example.org"},
    "/webhooks/telegram": {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 9}, "text": "Hello"}},
    f"/webhooks/{CHANNEL}": {"conversation_id": "b", "text": "Hello"},
}


@contextmanager
def connected(house: House, path: str, headers: Mapping[str, str]) -> Iterator[socket.socket]:
    """A connection on which a request has begun: all but its body was sent."""
    lines = [f"POST {located(path)} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in {**house.key(f"{OURS}.admin"), **headers}.items()]
    with socket.create_connection(("127.0.0.1", house.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        yield connection


def status(connection: socket.socket) -> int:
    """The status of what is answered; 0 where the connection is closed without an answer."""
    found = re.match(rb"HTTP/1.1 (\d{3})", connection.recv(65_536))
    return int(found[1]) if found else 0


def is_alive(house: House) -> bool:
    """Whether somebody else is answered."""
    return house.ask("GET", "/health", key="").status_code == 200


def test_every_route_is_tried() -> None:
    """There is a body for each route that reads one."""
    assert set(POSTS) == set(VALID)


@pytest.mark.parametrize("path", POSTS)
def test_a_length_that_is_too_large_is_refused_before_it_comes(house: House, path: str) -> None:
    """Whatever a request says of its length, nothing is waited for that is not read; 413 comes at once."""
    for length in (MAX_BODY + 1, 10**12, 10**18):
        with connected(house, path, {"Content-Length": str(length)}) as connection:
            assert status(connection) == 413
    with connected(house, path, {"Content-Length": "9" * 5_000}) as connection:
        assert status(connection) in (0, 400, 413)
    assert is_alive(house)


@pytest.mark.parametrize("path", POSTS)
def test_chunks_without_an_end_are_cut_off(house: House, path: str) -> None:
    """A body that never ends is answered with 413 as soon as it is too large; no more than that is taken in."""
    sent = 0
    with connected(house, path, {"Transfer-Encoding": "chunked"}) as connection:
        connection.settimeout(0.2)
        answer = b""
        while not answer and sent < MOST_SENT:
            connection.sendall(CHUNK)
            sent += len(CHUNK)
            if sent > MAX_BODY:
                try:
                    answer = connection.recv(65_536)
                except TimeoutError:
                    continue
    assert answer.startswith(b"HTTP/1.1 413"), sent


@pytest.mark.parametrize("path", POSTS)
def test_a_length_that_lies(house: House, path: str) -> None:
    """Less than was said, and then nothing: nobody else waits. More than was said: the rest is no part of it."""
    body = json.dumps(VALID[path]).encode()
    headers = {**signed(path, body), "Content-Length": str(len(body) + 10)}
    with connected(house, path, headers) as connection:
        connection.sendall(body)
        assert is_alive(house)
    headers["Content-Length"] = str(len(body))
    with connected(house, path, headers) as connection:
        connection.sendall(body + b"\x00 GET /nowhere\r\n\r\n")
        assert status(connection) in (200, 400, 404)
    assert is_alive(house)


@pytest.mark.parametrize("path", POSTS)
def test_who_goes_away_in_the_middle_is_no_fault(house: House, path: str, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that is closed before the body is whole leaves no error in the log."""
    with connected(house, path, {"Content-Length": "100"}) as connection:
        connection.sendall(b"{")
    assert all(is_alive(house) for _ in range(3))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """After a while whoever sends nothing more is told so and let go: 408."""

    async def receive() -> dict[str, object]:
        await forever.wait()
        raise AssertionError

    forever = asyncio.Event()
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)
    with pytest.raises(HTTPException) as refused:
        await bodies.read(request, MAX_BODY, patience=0.01)
    assert (refused.value.status_code, refused.value.headers) == (408, {"Connection": "close"})


@pytest.mark.parametrize("path", POSTS)
def test_many_that_send_slowly_hold_nobody_up(house: House, path: str) -> None:
    """While others send their bodies byte by byte, everybody else is answered; the slow ones too, in the end."""
    body = json.dumps(VALID[path]).encode()
    headers = {**signed(path, body), "Content-Length": str(len(body))}
    with connected(house, path, headers) as one, connected(house, path, headers) as two:
        for connection in (one, two):
            connection.sendall(body[:-1])
        assert is_alive(house)
        one.sendall(body[-1:])
        assert status(one) in (200, 404)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
        ";;",
        "",
    ],
)
def test_the_content_type_is_not_believed(house: House, path: str, kind: str) -> None:
    """JSON is read whatever it is called (Frappe calls it nothing), and nothing else is, whatever it is called."""
    headers = {"Content-Type": kind} if kind else {}
    assert house.ask("POST", located(path), VALID[path], headers=headers).status_code in (200, 404)
    assert house.ask("POST", located(path), b"conversation_id=1&text=x", headers=headers).status_code == 422


HOSTILE = {
    "empty": b"",
    "no object": b"[]",
    "null": b"null",
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000,
    "deep and closed": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "cut": b'{"messages": [{"content": "x',
    "after": b"{}{}",
    "comment": b"{/**/}",
    "not a number": b'{"conversation_id": NaN}',
    "no bytes of a text": b'{"conversation_id": "\xff\xfe"}',
    "sixteen bits": '{"conversation_id": "x"}'.encode("utf-16"),
    "packed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "long number": b'{"update_id": ' + b"9" * 10_000 + b', "account_age_days": ' + b"9" * 10_000 + b"}",
    "large number": b'{"update_id": 1e999, "sender_metadata": {"account_age_days": 1e999}}',
    "many keys": json.dumps({str(number): number for number in range(50_000)}).encode(),
    "wrong types": b'{"conversation_id": {}, "messages": 1, "message": [], "disposition": 1.5, "update_id": "1"}',
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_such_json_is_refused(house: House, path: str, name: str) -> None:
    """422, or 413 where it is deeper than is read, as a problem document that holds nothing of the body."""
    answer = house.ask("POST", located(path), HOSTILE[name])
    if path.endswith(("erpnext", CHANNEL)) and name in ("many keys", "large number", "wrong types"):
        assert answer.status_code in (200, 422), "fields that nobody asked for"
    else:
        assert answer.status_code in (413, 422), answer.text
        assert answer.headers["content-type"] == PROBLEM
    assert len(answer.text) < 5_000


NUMBERS = ["0", "-0", "1e308", "-1e308", "1e999", "-1", "NaN", "Infinity", "1" + "0" * 400, "0.1e-400", '"5"', "true"]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_of_any_size(house: House, number: str) -> None:
    """An age or a time out of all bounds is refused with its place, or read as the number that it is."""
    for name in ("account_age_days", "timestamp"):
        at = f'"sender_metadata": {{"account_age_days": {number}}}' if name == "account_age_days" else '"x": 1'
        when = f', "timestamp": {number}' if name == "timestamp" else ""
        body = f'{{"conversation_id": "n-{number}", {at}, "message": {{"content": "Hello"{when}}}}}'.encode()
        answer = house.ask("POST", "/v1/messages", body)
        assert answer.status_code in (200, 422), answer.text


def test_a_key_that_comes_twice(house: House) -> None:
    """The last one counts, for what is answered and for what is recorded alike."""
    for path, said in (
        ("/v1/messages", '"message": {"content": "No", "content": "Yes"}'),
        (f"/webhooks/{CHANNEL}", '"text": "No", "text": "Yes"'),
    ):
        body = f'{{"conversation_id": "twice-a", "conversation_id": "twice-b", {said}}}'.encode()
        assert house.ask("POST", path, body).status_code == 200
        channel = {"channel": CHANNEL if "webhooks" in path else "api"}
        assert house.ask("GET", "/v1/conversations/twice-a", params=channel).status_code == 404
        found = house.ask("GET", "/v1/conversations/twice-b", params=channel).json()
        assert [message["text"] for message in found["messages"]] == ["Yes"]


@pytest.mark.parametrize("path", SIGNATURES)
def test_a_signature_is_of_these_bytes_on_this_route(house: House, path: str) -> None:
    """Another byte, another route's signature, half of it, or another case of it: 401, and nothing is recorded."""
    body = json.dumps(VALID[path] | {"issue_reference": "forged", "conversation_id": "forged"}).encode()
    right = signed(path, body)[SIGNATURES[path]]
    others = [value for other in SIGNATURES if other != path for value in signed(other, body).values()]
    wrong = ["", right[:-1], right + "0", right.swapcase(), *others, "0" * len(right), "\xe9" * 10]
    for value in wrong:
        headers = {SIGNATURES[path].encode(): value.encode("latin-1")}
        answer = house.client.post(path, content=body, headers=headers)
        assert answer.status_code == 401, value
        assert right not in answer.text
    if not path.endswith("telegram"):  # Telegram signs no bodies: it shows a token
        assert house.client.post(path, content=body + b" ", headers={SIGNATURES[path]: right}).status_code == 401
    channel = {"channel": path.rsplit("/", maxsplit=1)[-1]}
    assert house.ask("GET", "/v1/conversations/forged", params=channel).status_code == 404


@pytest.mark.parametrize("path", SIGNATURES)
def test_a_replay_counts_nothing(house: House, path: str) -> None:
    """The same signed bytes again, and again later: answered as before, one message, one incident."""
    bodies_of = {
        "/webhooks/erpnext": {"issue_reference": "replay", "message_text": CONTACT, "sender_email": "r@example.org"},
        "/webhooks/telegram": {"update_id": 77, "message": {"message_id": 7, "chat": {"id": 77}, "text": CONTACT}},
        f"/webhooks/{CHANNEL}": {"conversation_id": "replay", "text": CONTACT},
    }
    answers = [house.ask("POST", path, bodies_of[path], key="") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    channel = path.rsplit("/", maxsplit=1)[-1]
    found = house.ask(
        "GET", f"/v1/conversations/{'77' if channel == 'telegram' else 'replay'}", params={"channel": channel}
    )
    assert found.json()["message_count"] == 1
    alerts = house.ask("GET", "/v1/alerts", params={"channel": channel, "policy": "off_platform", "limit": 200}).json()[
        "alerts"
    ]
    assert [one["count"] for one in alerts if one["conversation_id"] == found.json()["conversation_id"]] == [1]
