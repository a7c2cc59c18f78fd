"""ERPNext and Telegram on loopback, as far as the doctor asks them, from their published APIs.

ERPNext: https://docs.frappe.io/framework/user/en/api/rest, and has_permission of frappe/client.py; Telegram: https://core.telegram.org/bots/api#getwebhookinfo.
"""

from __future__ import annotations

import email.utils
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET, TOKEN = "erp-key", "erp-secret-value", "123456:telegram-token-value"
BOT = {"id": 123456, "is_bot": True, "username": "watch_bot", "can_read_all_group_messages": True}
WEBHOOK = {"url": "https://watch.example.com/webhooks/telegram", "pending_update_count": 0}


class Platform:
    """What it answers by path: a status and a body. ``ahead`` is by how many seconds its clock is ahead."""

    def __init__(self) -> None:
        self.url = ""
        self.ahead = 0.0
        self.rights = {(right, doctype) for right in ("read", "create") for doctype in ("Issue", "Communication")}
        self.names = {"Compliance Alert", "Medium", "High"}
        """The types and priorities of Issues."""
        self.chats = {-100: {"id": -100, "type": "supergroup"}}
        self.bot: dict[str, Any] = dict(BOT)
        self.webhook: dict[str, Any] = dict(WEBHOOK)

    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """As the real ones do."""
        if path.startswith("/bot"):
            return self._telegram(path, body)
        if authorization != f"token {KEY}:{SECRET}":
            return 401, {"exc_type": "AuthenticationError"}
        if path == "/api/method/frappe.auth.get_logged_user":
            return 200, {"message": "watch@example.com"}
        parts = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if parts.path == "/api/method/frappe.client.has_permission":
            assert asked["docname"] == ""
            return 200, {"message": {"has_permission": (asked["perm_type"], asked["doctype"]) in self.rights}}
        if parts.path in ("/api/resource/Issue%20Type", "/api/resource/Issue%20Priority"):
            [[_, _, name]] = json.loads(asked["filters"])
            return 200, {"data": [{"name": name}] if name in self.names else []}
        return 404, {"exc_type": "DoesNotExistError"}

    def _telegram(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        results = {"getMe": self.bot, "getWebhookInfo": self.webhook, "getChat": self.chats.get(body.get("chat_id", 0))}
        token, _, method = path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        if not results[method]:
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
        return 200, {"ok": True, "result": results[method]}


@contextmanager
def running(platform: Platform) -> Iterator[Platform]:
    """The platform answers meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
            status, body = platform.answer(self.path, self.headers.get("authorization", ""), asked)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_POST(self) -> None:
            self.do_GET()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return email.utils.formatdate((timestamp or time.time()) + platform.ahead, usegmt=True)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    platform.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
