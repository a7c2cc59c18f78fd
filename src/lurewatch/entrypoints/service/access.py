"""Who is calling: the key of a request, what it allows, and how often."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from lurewatch.casework.access import Access, Scope
from lurewatch.casework.screening import DEFAULT_TENANT
from lurewatch.entrypoints.service.pace import Limit, Strangers
from lurewatch.entrypoints.service.problems import RETRY_AFTER, documented
from lurewatch.entrypoints.service.replies import UNAVAILABLE
from lurewatch.errors import StoreError

_BEARER = "bearer "
_SCHEMES = (
    HTTPBearer(scheme_name="bearer", description="An API key.", auto_error=False),
    APIKeyHeader(name="X-API-Key", scheme_name="key", description="An API key.", auto_error=False),
)
LOCKED: dict[int | str, dict[str, Any]] = {
    401: documented("A key is needed, and there is none, or none that is valid", WWW_Authenticate={"const": "Bearer"}),
    403: documented("The key does not have the scope of this route, or a page of another site asks without a key"),
    429: documented(
        "The key called too often, or too many keys were tried. Try again after Retry-After seconds",
        Retry_After=RETRY_AFTER,
    ),
    503: UNAVAILABLE,
}
"""What any route behind a guard may answer."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is. Without keys everybody is the default tenant and may do everything."""

    tenant: str = DEFAULT_TENANT
    key: str = ""


def caller(request: Request) -> Caller:
    """Who is behind a request that has passed a guard."""
    found: Caller = request.state.caller
    return found


class Doors:
    """Opens doors to who has a key for them.

    ``access`` knows the keys of the store and raises StoreError while it is away; None where there is no store.
    ``configured`` is the key of the settings, if any, which opens everything of the default tenant. ``per_minute`` is
    how often one key may call in a minute. ``local``: nobody from elsewhere can call, so that nothing is locked before
    there is a key, nor while the store is away and never said otherwise; else everything is.
    """

    def __init__(self, access: Callable[[], Access] | None, configured: str, per_minute: int, *, local: bool) -> None:
        self._access = access
        self._local = local
        self._configured = configured
        self._limit = Limit(per_minute)
        self._strangers = Strangers()

    def guard(self, scope: Scope) -> Callable[..., Awaitable[None]]:
        """What a route depends on: lets the ``caller`` pass, or raises 401, 403 or 429 (as HTTPException).

        The OpenAPI document names the scope where the route has it from here.
        """
        bearer, header = (Security(scheme, scopes=[scope]) for scheme in _SCHEMES)

        async def check(request: Request, _bearer: Any = bearer, _header: Any = header) -> None:
            presented = _presented(request)
            if not presented and not await self.are_locked():
                _refuse_pages_of_others(request)
                request.state.caller = Caller()
                return
            request.state.caller = await self._caller(request, presented, scope)

        return check

    async def are_locked(self) -> bool:
        """Whether a key is needed: there is one, or others than this machine can call."""
        if self._configured or not self._local:
            return True
        if self._access is None:
            return False
        try:
            return await self._access().is_needed()
        except StoreError:
            return False

    async def _caller(self, request: Request, presented: str, scope: Scope) -> Caller:
        visitor = self._strangers.admit(request, presented) if presented else 0
        found, may = await self._found(presented, scope)
        self._strangers.note(visitor, opened=found is not None)
        if found is None:
            detail = (
                "This needs an API key, as Authorization: Bearer KEY or X-API-Key. `lurewatch keys create` makes one."
            )
            raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})
        self._limit.count(
            found.key, f"The key {found.key} called more than {self._limit.per_minute} times in a minute."
        )
        if not may:
            raise HTTPException(403, f"The key {found.key} does not have the scope {scope}.")
        return found

    async def _found(self, presented: str, scope: Scope) -> tuple[Caller | None, bool]:
        """Whose key it is, if anybody's, and whether it has the scope."""
        if self._configured and hmac.compare_digest(presented.encode(), self._configured.encode()):
            return Caller(key="configured"), True
        key = await self._access().check(presented) if presented and self._access is not None else None
        return (None, False) if key is None else (Caller(key.tenant, key.id), key.allows(scope))


def _refuse_pages_of_others(request: Request) -> None:
    """Raise 403 where a page of somebody else's, in a browser on this machine, asks without a key.

    It can lead a name of its own here (DNS rebinding), and then the header Host has that name; or it can post across
    origins, and then the browser says which. A name without a dot is nobody's on the internet.
    """
    host = request.headers.get("host", "")
    name = _name_of(host)
    origin = request.headers.get("origin")
    if ("." in name and not name.endswith(".localhost") and not _is_address(name)) or (
        origin is not None and urlsplit(origin).netloc != host
    ):
        detail = (
            "Without an API key only this machine is answered, as localhost or by its address, and no page of another "
            "site. `lurewatch keys create` makes a key."
        )
        raise HTTPException(403, detail)


def _name_of(host: str) -> str:
    """The name or address in a header Host, without its port."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name.rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _presented(request: Request) -> str:
    header = request.headers.get("authorization", "")
    if header[: len(_BEARER)].lower() == _BEARER:
        return header[len(_BEARER) :].strip()
    return request.headers.get("x-api-key", "").strip()
