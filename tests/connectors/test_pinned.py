"""Posting to addresses that somebody wrote into a setting: not into our own network, whatever a name leads to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from typing import Any

import httpcore2
import pytest
from tests.connectors.hooks import PEM, Receiver

from lurewatch.entrypoints.connectors.pinned import Answer, Pinned, is_public, target
from lurewatch.errors import DeliveryError

PUBLIC = "93.184.216.34"
NOT_PUBLIC = (
    "0.0.0.0 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.0.9 168.63.129.16 169.254.169.254 172.16.0.1 "
    "172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 "
    "239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:93.184.216.34 ::127.0.0.1 fc00::1 "
    "fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 64:ff9b::7f00:1 64:ff9b:1::1 2001::1 2001:db8::1 2002:7f00:1::1 "
    "3fff::1 100::1 5f00::1 4000::1 localhost 1.2.3 0x7f.0.0.1"
)


class Network(httpcore2.AsyncNetworkBackend):
    """Connections to public addresses, which all end at one server here; ``dead`` ones cannot be reached."""

    def __init__(self, server: Receiver, dead: Sequence[str] = ()) -> None:
        self._real = httpcore2.AnyIOBackend()
        self._server = server
        self._dead = dead
        self.asked: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *more: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        self.asked.append((host, port))
        if host in self._dead:
            raise httpcore2.ConnectError("unreachable")
        return await self._real.connect_tcp("127.0.0.1", self._server.port, *more, **options)


class Names:
    """A resolver that gives these answers, one after the other, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def fine(*_: object) -> tuple[int, dict[str, str], bytes]:
    """Everything is well."""
    return 200, {"X-Seen": "yes"}, b"taken"


@pytest.fixture
def server() -> Iterator[Receiver]:
    """A server of hooks.example."""
    with Receiver(fine, tls=True) as one:
        yield one


@pytest.fixture
def plain() -> Iterator[Receiver]:
    """A server without TLS."""
    with Receiver(fine) as one:
        yield one


def trusting() -> ssl.SSLContext:
    """Trusts who signed the certificate of hooks.example."""
    return ssl.create_default_context(cafile=str(PEM))


async def post(client: Pinned, url: str = "https://hooks.example/hook?key=sesame", *, private: bool = False) -> Answer:
    """Post a few bytes."""
    return await client.post(target(url, allow_private=private), {"Content-Type": "text/plain"}, b"hello")


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_not_public(address: str) -> None:
    """What is not of the open internet, or leads elsewhere, or is no address at all, is not public."""
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00::1"])
def test_public(address: str) -> None:
    """An address of the open internet is public."""
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example/sesame", "no https address"),
        ("ftp://hooks.example/sesame", "no https address"),
        ("https:///sesame", "no https address"),
        ("sesame", "no https address"),
        ("https://hooks.example:99999/sesame", "port 99999"),
        ("https://hooks.example\x00/sesame", "no address"),
        ("https://ann:sesame@hooks.example/", "a user or a password"),
        ("https://sesame@hooks.example/", "a user or a password"),
        ("https://hooks.example/#sesame", "holds a #"),
        ("https://hooks.example:22/sesame", "port 22"),
        ("https://hooks.example:0/sesame", "port 0"),
        ("https://127.0.0.1/sesame", "a private address"),
        ("https://[::1]/sesame", "a private address"),
        ("https://[::ffff:10.0.0.1]/sesame", "a private address"),
    ],
)
def test_refused_addresses(url: str, said: str) -> None:
    """An address that is not to be posted to is refused with what is wrong, and the message does not show it."""
    with pytest.raises(ValueError, match=said) as error:
        target(url)
    assert "sesame" not in str(error.value)


async def test_the_name_is_kept(server: Receiver) -> None:
    """The connection goes to the address that was checked, while TLS and Host carry the name; it is resolved once."""
    network, names = Network(server), Names([PUBLIC])
    answer = await post(Pinned(resolve=names, network=network, tls=trusting()))
    assert (answer.status, answer.headers["x-seen"], answer.body) == (200, "yes", b"taken")
    assert (network.asked, names.asked) == ([(PUBLIC, 443)], [("hooks.example", 443)])
    ((path, headers, body),) = server.asked
    assert (path, headers["host"], body) == ("/hook?key=sesame", "hooks.example", b"hello")
    assert server.names == ["hooks.example"]


async def test_rebinding(server: Receiver) -> None:
    """A name that leads outside first and inside then is not followed inside."""
    network, names = Network(server), Names([PUBLIC], ["127.0.0.1"])
    client = Pinned(resolve=names, network=network, tls=trusting())
    await post(client)
    with pytest.raises(DeliveryError, match="leads to a private address") as error:
        await post(client)
    assert (error.value.certain, error.value.unreachable, error.value.permanent) == (True, True, False)
    assert [host for host, _ in network.asked] == [PUBLIC]
    assert len(server.asked) == 1


@pytest.mark.parametrize("found", [[PUBLIC, "127.0.0.1"], ["::1", PUBLIC], ["::ffff:93.184.216.34"], ["fd00::1"]])
async def test_one_private_address_is_enough(server: Receiver, found: list[str]) -> None:
    """A name that also leads inside is not posted to at all."""
    network = Network(server)
    with pytest.raises(DeliveryError, match="leads to a private address"):
        await post(Pinned(resolve=Names(found), network=network, tls=trusting()))
    assert network.asked == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "017700000001", "localhost"])
async def test_other_spellings_of_loopback(server: Receiver, host: str) -> None:
    """However loopback is written, it is not reached."""
    network = Network(server)
    with pytest.raises(DeliveryError, match=r"private address|no address is known"):
        await post(Pinned(network=network, tls=trusting()), f"https://{host}:{server.port}/hook")
    assert network.asked == []


async def test_the_next_address(server: Receiver) -> None:
    """Of several addresses the first that can be reached is posted to."""
    network = Network(server, dead=["2606:4700::1111"])
    assert (await post(Pinned(resolve=Names(["2606:4700::1111", PUBLIC]), network=network, tls=trusting()))).status
    assert [host for host, _ in network.asked] == ["2606:4700::1111", PUBLIC]


async def test_a_certificate_of_another(server: Receiver) -> None:
    """Who cannot show the name's certificate is not told anything."""
    client = Pinned(resolve=Names([PUBLIC]), network=Network(server), tls=trusting())
    with pytest.raises(DeliveryError, match=r"other\.example cannot be reached: its certificate was refused") as error:
        await post(client, "https://other.example/sesame")
    assert "sesame" not in str(error.value)
    assert server.asked == []


async def test_private_where_allowed(plain: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A private address is posted to where it is allowed, also without TLS, and by no proxy of the environment."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert (await post(Pinned(allow_private=True), plain.url, private=True)).body == b"taken"


async def test_redirects_are_answers(plain: Receiver) -> None:
    """A redirect, to loopback or anywhere, is not followed."""
    plain.faults = [(307, {"Location": plain.url + "/inside"}, b"")]
    assert (await post(Pinned(allow_private=True), plain.url, private=True)).status == 307
    assert [path for path, *_ in plain.asked] == ["/hook"]


async def test_an_endless_answer(plain: Receiver) -> None:
    """Of an answer no more is read than its beginning."""
    plain.faults = ["endless"]
    answer = await post(Pinned(allow_private=True), plain.url, private=True)
    assert (answer.status, len(answer.body)) == (200, 4_096)


@pytest.mark.parametrize(
    ("fault", "said", "away"),
    [("drop", "broke off before it answered", False), ("slow", "did not answer within 0.2 seconds", True)],
)
async def test_no_answer(plain: Receiver, fault: str, said: str, away: bool) -> None:
    """Who does not answer may have understood: nobody knows."""
    plain.faults = [fault]
    with pytest.raises(DeliveryError, match=said) as error:
        await post(Pinned(allow_private=True, timeout=0.2), plain.url + "/sesame", private=True)
    assert (error.value.certain, error.value.unreachable) == (False, away)
    assert "sesame" not in str(error.value)


async def test_nobody_there(plain: Receiver) -> None:
    """Who is not there has surely not been told, and neither has anybody whose name is not known."""
    with pytest.raises(DeliveryError, match="cannot be reached") as error:
        await post(Pinned(network=Network(plain, dead=[PUBLIC]), resolve=Names([PUBLIC])))
    assert (error.value.certain, error.value.unreachable) == (True, True)
    with pytest.raises(DeliveryError, match="no address is known") as error:
        await post(Pinned(resolve=Names([])))
    assert (error.value.certain, error.value.unreachable) == (True, True)
