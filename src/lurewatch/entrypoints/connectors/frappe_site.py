"""A Frappe site as its REST API shows it: documents are looked for and made; what it answers otherwise is explained."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx2
import orjson

from lurewatch.casework.delivery import Receipt
from lurewatch.entrypoints.connectors import bounded
from lurewatch.errors import DeliveryError
from lurewatch.version import __version__

_MOST_ANSWER = 1 << 20
_LONGEST_WAIT = 3_600.0
_SETTLED = 60.0
"""Seconds after which a request that we gave up waiting for is surely answered over there."""
_AWAY = (502, 503, 504)
_FEW_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Account:
    """Where the site is, and the user that posts there. ``patience``: for so many seconds an act may last.

    It is less than the relay's, who would not know that ERPNext is the one that is away.
    """

    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    patience: float = 9.0


class RefusedError(DeliveryError):
    """The site answered, and did not do it: ``status`` is HTTP's, ``reason`` the name of Frappe's exception or ""."""

    def __init__(self, message: str, status: int, reason: str = "", **more: Any) -> None:
        super().__init__(message, **more)
        self.status = status
        self.reason = reason


class Site:
    """Documents of a site. Every method raises DeliveryError; none of its messages holds what was written.

    ``date`` is what the last answer said the time is: the header of that name, "" where there was none.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self.date = ""
        self._client = bounded.client(
            headers={
                "Authorization": f"token {account.key}:{account.secret}",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": f"lurewatch/{__version__}",
            },
            timeout=account.patience,
            follow_redirects=False,  # it would hand the key to whoever is there
        )

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def in_time(self, act: Coroutine[Any, Any, Receipt]) -> Receipt:
        """What an act of several requests comes to, if it does before the patience ends."""
        try:
            async with asyncio.timeout(self._account.patience):
                return await act
        except TimeoutError as error:
            raise self._away(error, certain=False) from None

    async def find(self, doctype: str, filters: Sequence[Sequence[str]]) -> str:
        """The name of a document that all filters such as ``("name", "=", "ISS-1")`` fit; "" where there is none."""
        asked = {"filters": orjson.dumps(filters).decode(), "fields": '["name"]', "limit_page_length": "1"}
        found = await self._ask("GET", doctype, params=asked)
        if not isinstance(found, list):
            raise self._strange(certain=True)
        return _name(found[0]) if found else ""

    async def create(self, doctype: str, document: Mapping[str, Any]) -> str:
        """Make a document; its name."""
        name = _name(await self._ask("POST", doctype, content=orjson.dumps(document)))
        if not name:
            raise self._strange(certain=False)
        return name

    async def user(self) -> str:
        """Whom the site takes us for; ``Guest`` where it knows no key."""
        found = await self._called("frappe.auth.get_logged_user")
        return found if isinstance(found, str) else ""

    async def may(self, right: str, doctype: str) -> bool:
        """Whether our user has a right such as ``create`` to a doctype (frappe/client.py, has_permission)."""
        found = await self._called("frappe.client.has_permission", doctype=doctype, docname="", perm_type=right)
        if not isinstance(found, dict):
            raise self._strange(certain=True)
        return bool(found.get("has_permission"))

    async def _called(self, name: str, **asked: str) -> Any:
        return await self._request("GET", f"method/{name}", "message", name, params=asked)

    async def _ask(self, method: str, doctype: str, **request: Any) -> Any:
        return await self._request(method, f"resource/{quote(doctype, safe='')}", "data", doctype, **request)

    async def _request(self, method: str, path: str, field: str, asked_of: str, **request: Any) -> Any:
        """The ``field`` of the answer. A request that makes something leaves open what came of it when it breaks."""
        safe = method == "GET"
        url = f"{self._account.url}/api/{path}"
        headers = {} if safe else {"Content-Type": "application/json"}
        try:
            async with self._client.stream(method, url, headers=headers, **request) as response:
                body = await bounded.read(response, _MOST_ANSWER)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise self._away(error, certain=True) from None
        except httpx2.TransportError as error:
            raise self._away(error, certain=safe) from None
        except httpx2.HTTPError:  # what was sent cannot be read
            raise self._strange(certain=safe) from None
        self.date = response.headers.get("Date", "")
        answer = _json(body)
        if not response.is_success:
            raise _refusal(method, asked_of, response, answer)
        if field not in answer:
            raise self._strange(certain=safe)
        return answer[field]

    def _away(self, error: Exception, *, certain: bool) -> DeliveryError:
        """``certain``: nothing came of it. Otherwise it may still be under way there, and a look too early is vain."""
        message = f"ERPNext at {self._account.url} cannot be reached: {type(error).__name__}"
        return DeliveryError(message, unreachable=True, certain=certain, retry_after=0.0 if certain else _SETTLED)

    def _strange(self, *, certain: bool) -> DeliveryError:
        message = f"what answers at {self._account.url} is no ERPNext. Set erpnext.url to the address of the site"
        return DeliveryError(message, certain=certain, retry_after=0.0 if certain else _SETTLED)


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _name(document: Any) -> str:
    """The name of a document; some are numbered."""
    name = document.get("name") if isinstance(document, dict) else None
    return str(name) if isinstance(name, str | int) else ""


def _refusal(method: str, doctype: str, response: httpx2.Response, answer: Mapping[str, Any]) -> RefusedError:
    status = response.status_code
    reason = _reason(answer)
    said = f"{status} {reason}".rstrip()
    verb = "read" if method == "GET" else "create"
    if status >= 500:
        wait = _retry_after(response)
        # A gateway gives up on what may still be done behind it.
        certain = method == "GET"
        return RefusedError(
            f"ERPNext answered {said}",
            status,
            reason,
            unreachable=status in _AWAY,
            certain=certain,
            retry_after=wait if certain or status not in _AWAY else max(wait, _SETTLED),
        )
    if status == 429:
        message = f"ERPNext asks to be left alone ({said})"
        wait = _retry_after(response)
        return RefusedError(message, status, reason, unreachable=True, certain=True, retry_after=wait)
    if status == 401:
        message = (
            f"ERPNext refused the key ({said}). Make a new one under User > Settings > API Access, and set "
            "erpnext.api_key and erpnext.api_secret"
        )
        return RefusedError(message, status, reason, unreachable=True, certain=True)
    if status == 403:
        message = f"the user of erpnext.api_key may not {verb} {doctype} ({said}). Give it a role that may"
    elif status == 404:
        message = f"ERPNext does not know {doctype} ({said}). Set erpnext.url to the address of the site"
    elif response.is_redirect:
        message = f"ERPNext leads elsewhere ({said}). Set erpnext.url to the address that it leads to"
    else:
        message = f"ERPNext refused the {doctype} ({said}). Its Error Log says which field it misses or does not take"
    return RefusedError(message, status, reason, certain=True)


def _reason(answer: Mapping[str, Any]) -> str:
    """The name of Frappe's exception: its words may repeat what was written."""
    name = answer.get("exc_type")
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= _FEW_LETTERS else ""


def _retry_after(response: httpx2.Response) -> float:
    """Seconds to wait, of a number or a date (RFC 9110, 10.2.3); 0 where neither is given."""
    written = response.headers.get("Retry-After", "")
    if written.isascii() and written.isdigit() and len(written) < 10:
        seconds = float(written)
    else:
        try:
            seconds = parsedate_to_datetime(written).timestamp() - time.time()
        except (ValueError, OverflowError, OSError):
            seconds = 0.0
    return min(max(seconds, 0.0), _LONGEST_WAIT)
