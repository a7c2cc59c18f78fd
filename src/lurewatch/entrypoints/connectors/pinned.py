"""Posting where a setting says, and nowhere else: to public addresses over TLS, unless private ones are allowed.

A name is resolved once for each attempt, every address it leads to is checked, and the connection goes to what was
checked; TLS and the Host header still carry the name. Redirects are not followed, and no proxy is asked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import httpcore2
import httpx2

from lurewatch.errors import DeliveryError

TIMEOUT_SECONDS = 15.0
"""So long an attempt may take in all (Standard Webhooks: 15 to 30 seconds)."""
_CONNECT_SECONDS = 5.0
_MOST_ANSWER = 4_096
_LOWEST_PORT, _HIGHEST_PORT = 1_024, 65_535
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a name, as texts; raises OSError."""

# https://www.iana.org/assignments/iana-ipv4-special-registry: what is not for everybody, and multicast.
_NOT_PUBLIC_4 = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by its number, but in Azure the host's own service
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# https://www.iana.org/assignments/ipv6-address-space: all that is handed out so far, which leaves out loopback, local,
# multicast, mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96) addresses; of that not what leads elsewhere.
_PUBLIC_6 = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    ipaddress.ip_network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # Teredo and others, examples, 6to4, examples
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: ``headers`` by their names in lower case, and the first 4,096 bytes of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; false for what is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 4:
        return not any(ip in network for network in _NOT_PUBLIC_4)
    return ip in _PUBLIC_6 and not any(ip in network for network in _NOT_PUBLIC_6)


def target(text: str, *, allow_private: bool = False) -> httpx2.URL:
    """The address to post to.

    Raises:
        ValueError: it is none that may be posted to; the message does not show it, as it may be a secret.
    """
    try:
        url = httpx2.URL(text)
        host, port = url.host, url.port
    except (httpx2.InvalidURL, ValueError):
        raise ValueError("it is no address. Write one such as https://hooks.example.com/lurewatch.") from None
    if url.scheme not in (("https", "http") if allow_private else ("https",)) or not host:
        also = "" if allow_private else " (http is for private networks, with allow_private: true)"
        raise ValueError(f"it is no https address{also}. Write one such as https://hooks.example.com/lurewatch.")
    if url.userinfo:
        raise ValueError("it holds a user or a password. Write it without.")
    if url.fragment:
        raise ValueError("it holds a #, and what follows would not be sent. Write it without.")
    least = 1 if allow_private else _LOWEST_PORT
    if port is not None and port != 443 and not least <= port <= _HIGHEST_PORT:
        raise ValueError(f"port {port} is for something else, or none. Write 443, or {least} to {_HIGHEST_PORT}.")
    if not allow_private and _is_address(host) and not is_public(host):
        raise ValueError("it is a private address. Write a public one, or allow_private: true.")
    return url


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name by the resolver of this machine."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class Pinned:
    """Posts to what ``target`` let through. ``network`` makes the connections, ``timeout`` is seconds in all."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = resolve,
        network: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._network = network or httpcore2.AnyIOBackend()
        self._tls = tls or httpcore2.default_ssl_context()
        self._timeout = timeout
        logging.getLogger("httpcore2.http11").addFilter(_HIDING)

    async def post(self, url: httpx2.URL, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the server answers, whatever it is.

        Raises:
            DeliveryError: there was no answer; its message names the host, and nothing else of the address.
        """
        host = url.host
        try:
            async with asyncio.timeout(self._timeout):
                network = _To(await self._addresses(url), self._network)
                return await self._posted(network, url, headers, body)
        except TimeoutError:
            raise DeliveryError(f"{host} did not answer within {self._timeout:g} seconds", unreachable=True) from None
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            said = f"{host} cannot be reached{_reason(error)}"
            raise DeliveryError(said, unreachable=True, certain=True) from None
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            raise DeliveryError(f"{host} broke off before it answered: {type(error).__name__}") from None

    async def _addresses(self, url: httpx2.URL) -> Sequence[str]:
        host, port = url.raw_host.decode("ascii"), _port(url)
        try:
            found = (host,) if _is_address(host) else await self._resolve(host, port)
        except (OSError, UnicodeError):
            found = ()
        if not found:
            raise DeliveryError(f"no address is known for {url.host}", unreachable=True, certain=True)
        # One that is not public is enough: an honest name does not lead to both.
        if not self._allow_private and not all(is_public(address) for address in found):
            said = f"{url.host} leads to a private address, which is not allowed. If it is to, set allow_private: true"
            raise DeliveryError(said, unreachable=True, certain=True)
        return found

    async def _posted(
        self, network: httpcore2.AsyncNetworkBackend, url: httpx2.URL, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        # A connection for each attempt: one that is kept would lead where the name led then.
        async with httpcore2.AsyncConnectionPool(ssl_context=self._tls, network_backend=network) as pool:
            sent: list[tuple[bytes | str, bytes | str]] = [("Host", url.netloc), ("Connection", "close")]
            sent += [("Content-Length", str(len(body))), *headers.items()]
            to = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
            async with pool.stream("POST", to, headers=sent, content=body) as response:
                read = b""
                async for part in response.aiter_stream():
                    read += part
                    if len(read) >= _MOST_ANSWER:
                        break
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                return Answer(response.status, found, read[:_MOST_ANSWER])


class _To(httpcore2.AsyncNetworkBackend):
    """Connects to these addresses, the first that can be reached, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[str], network: httpcore2.AsyncNetworkBackend) -> None:
        self._addresses = addresses
        self._network = network

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - resolving it again is what must not be
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - _CONNECT_SECONDS for each address
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        for number, address in enumerate(self._addresses, 1):
            try:
                return await self._network.connect_tcp(address, port, _CONNECT_SECONDS, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(self._addresses):
                    raise
        raise AssertionError("there is always an address")


class _Hiding(logging.Filter):
    """Takes the headers of answers out of the library's log: a redirect repeats the address, which may be a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        what, complete, _ = record.getMessage().partition(".complete")
        if what == "receive_response_headers":
            record.msg, record.args = what + complete, ()
        return True


_HIDING = _Hiding()


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _reason(error: BaseException) -> str:
    """Why TLS failed, if it did: what a certificate lacks helps, and is no secret."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return f": its certificate was refused ({seen.verify_message})"
        if isinstance(seen, ssl.SSLError):
            return f": TLS failed ({seen.reason})"
        seen = seen.__cause__ or seen.__context__
    return ""
