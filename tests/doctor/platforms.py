"""ERPNext and Telegram on loopback, as far as the doctor asks them, from their published APIs.

ERPNext: https://docs.frappe.io/framework/user/en/api/rest; Telegram: https://core.telegram.org/bots/api#getwebhookinfo.
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

KEY, SECRET, TOKEN = "erp-key", "erp-secret-value", "123456:telegram-token-value"
BOT = {"id": 123456, "is_bot": True, "username": "watch_bot", "can_read_all_group_messages": True}
WEBHOOK = {"url": "https://watch.example.com/webhooks/telegram", "pending_update_count": 0}


class Platform:
    """What it answers by path: a status and a body. ``ahead`` is by how many seconds its clock is ahead."""

    def __init__(self) -> None:
        self.url = ""
        self.ahead = 0.0
        self.roles = True
        self.bot: dict[str, Any] = dict(BOT)
        self.webhook: dict[str, Any] = dict(WEBHOOK)

    def answer(self, path: str, authorization: str) -> tuple[int, dict[str, Any]]:
        """As the real ones do."""
        if path.startswith("/bot"):
            return self._telegram(path)
        if authorization != f"token {KEY}:{SECRET}":
            return 401, {"exc_type": "AuthenticationError"}
        if path == "/api/method/frappe.auth.get_logged_user":
            return 200, {"message": "watch@example.com"}
        if path.startswith("/api/resource/Issue?"):
            return (200, {"data": []}) if self.roles else (403, {"exc_type": "PermissionError"})
        return 404, {"exc_type": "DoesNotExistError"}

    def _telegram(self, path: str) -> tuple[int, dict[str, Any]]:
        results = {f"/bot{TOKEN}/getMe": self.bot, f"/bot{TOKEN}/getWebhookInfo": self.webhook}
        if path not in results:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        return 200, {"ok": True, "result": results[path]}


@contextmanager
def running(platform: Platform) -> Iterator[Platform]:
    """The platform answers meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = platform.answer(self.path, self.headers.get("authorization", ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

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
