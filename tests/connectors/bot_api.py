"""A server on loopback that gives updates as Telegram's Bot API does, and refuses what it refuses.

Written from https://core.telegram.org/bots/api: "Making requests" (the shape of answers, ``parameters``), "Getting
updates", "getUpdates" (offset, limit, timeout, allowed_updates; what is confirmed is forgotten) and
"ResponseParameters" (retry_after). The words of 401, 404 and 409 are those the real server answers with.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

TOKEN = "99:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
BY_DEFAULT_NOT = ("chat_member", "message_reaction", "message_reaction_count")


class BotApi:
    """The server, its queue of updates, and what it is to do wrong: ``faults``, one a request, first come first."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.webhook = ""
        self.asked: list[dict[str, Any]] = []
        """What was asked with the right token, in order."""
        self.faults: list[tuple[int, Any] | str] = []
        """An answer, or ``drop`` the connection before or ``drop after`` it was understood, or say that
        there is ``nothing``; ``""`` is no fault."""
        self.changed = threading.Condition()
        self._closing = False

    def __enter__(self) -> Self:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = api.answer(self.path, json.loads(body))
                if answer is None:
                    self.close_connection = True
                    return
                status, content = answer
                raw = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self._closing = True
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def bring(self, *updates: dict[str, Any]) -> None:
        """Put updates into the queue."""
        with self.changed:
            self.updates.extend(updates)
            self.changed.notify_all()

    async def until(self, reached: Callable[[], object]) -> None:
        """Return when it is so, looked at whenever something is asked."""

        def wait() -> bool:
            with self.changed:
                return bool(self.changed.wait_for(reached, 20))

        assert await asyncio.to_thread(wait)

    def answer(self, path: str, asked: dict[str, Any]) -> tuple[int, Any] | None:
        """Status and content, or None to drop the connection."""
        token, _, method = path.removeprefix("/bot").partition("/")
        if ":" not in token:
            return _error(404, "Not Found")
        if token != TOKEN:
            return _error(401, "Unauthorized")
        if method.lower() != "getupdates":
            return _error(404, "Not Found")
        with self.changed:
            self.asked.append(asked)
            self.changed.notify_all()
            fault = self.faults.pop(0) if self.faults else None
            if self.webhook:
                return _error(
                    409,
                    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                    "webhook first",
                )
            if fault == "drop":
                return None
            if isinstance(fault, tuple):
                return fault
            self._forget(asked.get("offset", 0))
            if fault == "nothing":
                return 200, {"ok": True, "result": []}
            if not self.updates:
                self.changed.wait_for(lambda: self.updates or self._closing, asked.get("timeout", 0))
            given = self._given(asked)
            return None if fault == "drop after" else (200, {"ok": True, "result": given})

    def _forget(self, offset: int) -> None:
        """An update is confirmed, and forgotten, as soon as it is asked for one with a higher number."""
        if offset < 0:
            self.updates = self.updates[offset:]
        elif offset:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]

    def _given(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        wanted = asked.get("allowed_updates") or []
        read = [
            update
            for update in self.updates
            if any((kind in wanted) if wanted else kind not in BY_DEFAULT_NOT for kind in update if kind != "update_id")
        ]
        return read[: min(max(asked.get("limit", 100), 1), 100)]


def _error(code: int, description: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    more = {"parameters": parameters} if parameters else {}
    return code, {"ok": False, "error_code": code, "description": description, **more}


def too_many(seconds: int) -> tuple[int, dict[str, Any]]:
    """What is answered to somebody who asks too often."""
    return _error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
