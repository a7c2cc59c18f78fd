"""How often: what a key may ask for, and how many keys may be tried."""

from __future__ import annotations

import ipaddress
import math
import time

from fastapi import HTTPException, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

_MOST_TRIES = 100
"""Keys that may be tried from one address in a minute."""
_PLACES = 4_096
"""So many addresses are told apart. Those that share a number share their tries; by chance, nobody can choose it."""
_MOST_KNOWN = 4_096
_IPV6_NETWORK = 64
"""Bits of a network: whoever has one address in it has them all."""


class Limit:
    """So many in a minute for each name. It remembers every name for up to two minutes: let there be few."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, name: str, too_often: str) -> None:
        """Count one; raise 429 (HTTPException), which says that it was ``too_often``, where it is one too many."""
        if self._limiter.hit(self._item, name):
            return
        again = self._limiter.get_window_stats(self._item, name).reset_time - time.time()
        raise HTTPException(429, too_often, headers={"Retry-After": str(max(1, math.ceil(again)))})


class Strangers:
    """Counts who presents a key that opened no door from their address yet, before the key is looked at.

    So nobody finds a key by trying. What opened a door goes on doing so, however many keys others try beside it, behind
    the same proxy for instance.
    """

    def __init__(self) -> None:
        self._limit = Limit(_MOST_TRIES)
        self._known: dict[int, None] = {}
        """What opened a door, the oldest first. Python's hashes have a secret of this process in them."""

    def admit(self, request: Request, presented: str) -> int:
        """A number for the key and where it comes from; raises 429 where too many were tried there."""
        place = _place(request)
        visitor = hash((place, presented))
        if visitor not in self._known:
            self._limit.count(
                str(hash(place) % _PLACES),
                f"More than {self._limit.per_minute} keys were tried from this address in a minute.",
            )
        return visitor

    def note(self, visitor: int, *, opened: bool) -> None:
        """Remember whether a door was opened to the key of that number."""
        if not opened:
            self._known.pop(visitor, None)
            return
        self._known[visitor] = None
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]


def _place(request: Request) -> str:
    """The address that a request comes from; of IPv6 the network."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:  # as a socket for both sees them
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, _IPV6_NETWORK), strict=False))
