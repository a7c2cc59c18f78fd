"""A whole service on a port of its own, with keys of two tenants, and what signs for platforms."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from lurewatch.casework.access import Access
from lurewatch.casework.store import Store
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings

SECRET = "a-secret-of-webhooks"
OURS, THEIRS = "acme", "globex"
MAX_BODY = 1 << 20
_ADDRESSES = ipaddress.IPv4Network("10.0.0.0/8").hosts()
CHANNEL = "market"
LURE = "Dear customer your SBI account is blocked, update your KYC and PAN now to avoid suspension. Share the OTP"
CONTACT = "Let us talk on WhatsApp instead, my number is +1 604 555 0134"
SIGNATURES = {
    "/webhooks/erpnext": "X-Frappe-Webhook-Signature",
    "/webhooks/telegram": "X-Telegram-Bot-Api-Secret-Token",
    f"/webhooks/{CHANNEL}": "X-Signature",
}


def signed(path: str, body: bytes) -> dict[str, str]:
    """The header by which a platform shows who it is; none where the path is no platform's."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    values = {
        "/webhooks/erpnext": base64.b64encode(digest).decode(),
        "/webhooks/telegram": SECRET,
        f"/webhooks/{CHANNEL}": digest.hex(),
    }
    return {SIGNATURES[path]: values[path]} if path in values else {}


@dataclass(frozen=True)
class House:
    """Where it listens, what it says of itself, and keys: ``acme.admin``, ``globex.screen``, ``acme.expired`` ..."""

    url: str
    keys: Mapping[str, str]
    document: Mapping[str, Any]
    client: httpx2.Client = field(repr=False)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def key(self, name: str) -> dict[str, str]:
        """The header that presents a key."""
        return {"Authorization": f"Bearer {self.keys[name]}"}

    def operations(self) -> list[tuple[str, str]]:
        """Every method and path of the OpenAPI document."""
        return [(method.upper(), path) for path, item in self.document["paths"].items() for method in item]

    def ask(
        self, method: str, path: str, body: object = None, *, key: str = f"{OURS}.admin", sign: bool = True, **more: Any
    ) -> httpx2.Response:
        """An answer; a body is sent as JSON (bytes as they are), signed where a platform would unless told not to.

        Without a key of the house it comes from another address each time, as a proxy on this machine tells it: keys
        can be tried only so often from one.
        """
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {
            **(self.key(key) if key else {"X-Forwarded-For": str(next(_ADDRESSES))}),
            **(signed(path, content) if sign else {}),
            **more.pop("headers", {}),
        }
        return self.client.request(method, path, content=content, headers=headers, **more)


async def _keys(store: str) -> dict[str, str]:
    found = {}
    async with await Store.open(store) as opened:
        access = Access(opened)
        for tenant in (OURS, THEIRS):
            for scope in ("screen", "review", "admin"):
                found[f"{tenant}.{scope}"] = (await access.create(scope, [scope], tenant=tenant))[1]
        found[f"{OURS}.expired"] = (await access.create("x", ["admin"], tenant=OURS, expires_at=time.time() - 1))[1]
        ended, found[f"{OURS}.revoked"] = await access.create("x", ["admin"], tenant=OURS)
        await access.revoke(ended.id)
    return found


@contextmanager
def open_house(folder: Path, **settings: Any) -> Iterator[House]:
    """A service over a SQLite file in a folder; the platforms write into our tenant."""
    store = f"sqlite:///{folder / 'lurewatch.db'}"
    keys = asyncio.run(_keys(store))
    app = create_app(
        Settings(
            store=store,
            max_body=MAX_BODY,
            erpnext_webhook_secret=SECRET,
            erpnext_tenant=OURS,
            telegram_webhook_secret=SECRET,
            telegram_tenant=OURS,
            generic_webhook_secret=SECRET,
            generic_tenant=OURS,
            generic_channel=CHANNEL,
            **{"rate_limit": 10_000_000, **settings},
        )
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http="httptools", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        with httpx2.Client(base_url=url, timeout=60) as client:
            yield House(url, keys, client.get("/openapi.json").json(), client)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
