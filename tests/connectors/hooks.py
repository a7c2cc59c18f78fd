"""Servers on loopback that take webhooks as the real ones do, and refuse what those refuse.

``standard``: written from https://www.standardwebhooks.com/ (the specification: "Webhook Headers", "Signature scheme",
"Payload structure", "Replay attacks"); signatures are made by its reference library, ``standardwebhooks``.
``slack``: written from https://api.slack.com/messaging/webhooks ("Handling errors"),
https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks (statuses and words) and
https://api.slack.com/reference/block-kit/blocks (most blocks, most characters).
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq="
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs="
PEM = Path(__file__).parent / "tls" / "hooks.example.pem"
"""A certificate for hooks.example, signed by itself, and its key."""
Answer = tuple[int, Mapping[str, str], bytes]
Check = Callable[[str, Mapping[str, str], bytes], Answer]


class Receiver:
    """A server that answers what ``check`` makes of path, headers and body, unless it is to do something wrong.

    ``faults``, one a request, first come first: an answer, or ``drop`` the connection before or ``drop after`` it
    was understood, or be ``slow`` (never answer), or answer without an ``endless`` end; ``""`` is no fault.
    """

    def __init__(self, check: Check, *, tls: bool = False) -> None:
        self.check = check
        self.tls = tls
        self.faults: list[Answer | str] = []
        self.always: Answer | str = ""
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        """Path, headers by their names in lower case, and body of everything that came."""
        self.taken: list[tuple[dict[str, str], bytes]] = []
        """Headers and body of what was well."""
        self.names: list[str | None] = []
        """The names that TLS was asked for."""
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.close_connection = True
                with suppress(ConnectionError, ssl.SSLError):
                    receiver.serve(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # whoever was refused goes away

        self._server = Server(("127.0.0.1", 0), Handler)
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(PEM)
            context.sni_callback = lambda _, name, __: self.names.append(name)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        serving = {"poll_interval": 0.01}
        threading.Thread(target=self._server.serve_forever, kwargs=serving, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append((handler.path, headers, body))
        fault = self.faults.pop(0) if self.faults else self.always
        if fault == "slow":
            self._closing.wait(30)
            return
        if fault == "drop":
            return
        answer = fault if isinstance(fault, tuple) else self.check(handler.path, headers, body)
        if not isinstance(fault, tuple) and answer[0] == 200:
            self.taken.append((headers, body))
        if fault == "drop after":
            return
        self._answer(handler, answer, endless=fault == "endless")

    def _answer(self, handler: BaseHTTPRequestHandler, answer: Answer, *, endless: bool) -> None:
        status, more, content = answer
        handler.send_response(status)
        for name, value in more.items():
            handler.send_header(name, value)
        if not endless:
            handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
        while endless and not self._closing.is_set():
            handler.wfile.write(b"x" * 65_536)


def standard(*secrets: str, clock: Callable[[], float] = time.time) -> Check:
    """Checks what a receiver of Standard Webhooks checks, with one of the secrets."""

    def check(path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        signatures = headers.get("webhook-signature", "").split(" ")
        if not message_id or not timestamp.isdigit() or headers.get("content-type") != "application/json":
            return 400, {}, b"missing headers"
        if abs(clock() - int(timestamp)) > 300:
            return 400, {}, b"timestamp too old or too new"
        at = datetime.fromtimestamp(int(timestamp), UTC)
        if not any(Webhook(secret).sign(message_id, at, body.decode()) in signatures for secret in secrets):
            return 401, {}, b"no signature fits"
        content = json.loads(body)
        if set(content) != {"type", "timestamp", "data"} or len(body) >= 20_000:
            return 400, {}, b"not a payload"
        datetime.fromisoformat(content["timestamp"])
        return 200, {}, b""

    return check


def slack(path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """What Slack answers."""
    if path != "/hook":
        return 404, {}, b"no_service"
    try:
        content = json.loads(body)
    except ValueError:
        return 400, {}, b"invalid_payload"
    if not isinstance(content, dict) or headers.get("content-type") != "application/json":
        return 400, {}, b"invalid_payload"
    blocks = content.get("blocks", [])
    if not content.get("text") and not blocks:
        return 400, {}, b"no_text"
    if len(content.get("text", "")) > 40_000:
        return 400, {}, b"msg_too_long"
    if len(blocks) > 50 or not all(map(_is_block, blocks)):
        return 400, {}, b"invalid_blocks"
    return 200, {}, b"ok"


def _is_block(block: Mapping[str, Any]) -> bool:
    if block.get("type") == "header":
        return _is_text(block.get("text"), 150, ("plain_text",))
    if block.get("type") != "section":
        return False
    fields = block.get("fields")
    if fields is not None and not (1 <= len(fields) <= 10 and all(_is_text(one, 2_000) for one in fields)):
        return False
    return ("text" in block or fields is not None) and ("text" not in block or _is_text(block["text"], 3_000))


def _is_text(text: Any, most: int, types: tuple[str, ...] = ("plain_text", "mrkdwn")) -> bool:
    return (
        isinstance(text, dict)
        and set(text) <= {"type", "text", "emoji", "verbatim"}
        and text.get("type") in types
        and 1 <= len(text.get("text", "")) <= most
        and (text["type"] == "plain_text" or "emoji" not in text)
    )
