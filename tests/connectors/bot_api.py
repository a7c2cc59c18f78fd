"""A server on loopback that gives updates and takes posts as Telegram's Bot API does, and refuses what it refuses.

Written from https://core.telegram.org/bots/api: "Making requests" (the shape of answers, ``parameters``), "Getting
updates", "getUpdates" (offset, limit, timeout, allowed_updates; what is confirmed is forgotten) and
"ResponseParameters" (retry_after, migrate_to_chat_id), "getMe", "sendMessage" (text of 1-4096 characters),
"ReplyParameters" (allow_sending_without_reply), "MessageEntity" (offsets in UTF-16 code units). The words of the
refusals are those the real server answers with.
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
ME = {"id": 99, "is_bot": True, "first_name": "Watch", "username": "watch_bot"}
BY_DEFAULT_NOT = ("chat_member", "message_reaction", "message_reaction_count")


class BotApi:
    """The server, its queue of updates, and what it is to do wrong: ``faults``, one a request, first come first."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.webhook = ""
        self.asked: list[dict[str, Any]] = []
        """What was asked with the right token, in order."""
        self.faults: list[tuple[int, Any] | str] = []
        """An answer, or ``drop`` the connection before or ``drop after`` it was understood, answer ``slow after``, or
        say that there is ``nothing``; ``""`` is no fault."""
        self.away: tuple[int, Any] | str = ""
        """The same for whatever is asked, for as long as it is set."""
        self.members: set[int] = set()
        """The chats that the bot may post to."""
        self.kicked: set[int] = set()
        self.upgraded: dict[int, int] = {}
        self.posts: list[dict[str, Any]] = []
        """What was posted, in order."""
        self.called: list[str] = []
        self.changed = threading.Condition()
        self._closing = False
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Listen, at the same port as before."""
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

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more: who calls is refused."""
        self._server.shutdown()
        self._server.server_close()

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self._closing = True
            self.changed.notify_all()
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

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
        method = method.lower()
        if method not in ("getupdates", "getme", "sendmessage"):
            return _error(404, "Not Found")
        with self.changed:
            self.called.append(method)
            self.changed.notify_all()
            fault = self.away or (self.faults.pop(0) if self.faults else "")
            if method == "getupdates":
                self.asked.append(asked)
            if method == "getupdates" and self.webhook:
                return _error(
                    409,
                    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                    "webhook first",
                )
            if fault == "drop":
                return None
            if isinstance(fault, tuple):
                return fault
            answer = self._updates(asked, fault) if method == "getupdates" else (200, {"ok": True, "result": ME})
            if method == "sendmessage":
                answer = self._post(asked)
                self.changed.notify_all()
            if fault == "slow after":
                self.changed.wait_for(lambda: self._closing, 20)
            return None if fault in ("drop after", "slow after") else answer

    def _updates(self, asked: dict[str, Any], fault: str) -> tuple[int, Any]:
        self._forget(asked.get("offset", 0))
        if fault == "nothing":
            return 200, {"ok": True, "result": []}
        if not self.updates:
            self.changed.wait_for(lambda: self.updates or self._closing, asked.get("timeout", 0))
        return 200, {"ok": True, "result": self._given(asked)}

    def _post(self, asked: dict[str, Any]) -> tuple[int, Any]:
        chat, text = asked.get("chat_id"), asked.get("text", "")
        if chat in self.upgraded:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            return _error(400, said, migrate_to_chat_id=self.upgraded[chat])
        if chat in self.kicked:
            return _error(403, "Forbidden: bot was kicked from the supergroup chat")
        if chat not in self.members:
            return _error(400, "Bad Request: chat not found")
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            return _error(400, "Bad Request: message is too long")
        if any(one["offset"] + one["length"] > len(text.encode("utf-16-le")) // 2 for one in asked.get("entities", ())):
            return _error(400, "Bad Request: ENTITY_BOUNDS_INVALID")
        reply = asked.get("reply_parameters")
        if reply and reply["message_id"] >= 1000 and not reply.get("allow_sending_without_reply"):
            return _error(400, "Bad Request: message to be replied not found")
        self.posts.append(asked)
        sent = {"message_id": 1000 + len(self.posts), "date": 1767607950, "chat": {"id": chat}, "from": ME}
        return 200, {"ok": True, "result": {**sent, "text": text}}

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
