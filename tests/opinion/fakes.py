"""A server on loopback that speaks chat completions, and a clock that stands still."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

KEY = "sk-not-for-anybody-4711"
Answer = Callable[["Request"], "Response"]


@dataclass
class Request:
    """What was posted; names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def message(self) -> str:
        """The data between the lines of ours."""
        mark = self.user.splitlines()[0].rsplit(" ", 1)[1]
        return "\n".join(line for line in self.user.splitlines()[1:] if not line.startswith(mark))


@dataclass
class Response:
    """What is sent back; ``hang`` is never sent before the server closes."""

    body: bytes
    status: int = 200
    hang: bool = False


def completion(content: str | None, finish: str = "stop", **message: Any) -> Response:
    """A chat completion with this content."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    usage = {"prompt_tokens": 700, "completion_tokens": 80, "total_tokens": 780}
    return Response(json.dumps({"id": "x", "object": "chat.completion", "choices": [choice], "usage": usage}).encode())


def saying(**changes: Any) -> Answer:
    """An endpoint that answers every message with one opinion, whose first word it quotes."""

    def answer(request: Request) -> Response:
        opinion = {
            "is_scam": True,
            "scam_type": "banking_scam",
            "confidence": 0.9,
            "threat_level": "high",
            "intent": "credential_theft",
            "risk_indicators": ["Asks for a code"],
            "quotes": request.message.split()[:1],
            "reasoning": "It asks for a code.",
        }
        return completion(json.dumps({**opinion, **changes}))

    return answer


def writing(content: str | None, finish: str = "stop", **message: Any) -> Answer:
    """An endpoint that writes this, whatever it is asked."""
    return lambda _: completion(content, finish, **message)


def failing(status: int, body: bytes = b'{"error": {"message": "no"}}') -> Answer:
    """An endpoint that answers with this status."""
    return lambda _: Response(body, status)


def hanging() -> Answer:
    """An endpoint that takes a question and never answers."""
    return lambda _: Response(b"", hang=True)


@dataclass
class Model:
    """The server. ``answer`` may be changed while it runs; ``requests`` are those that were taken."""

    answer: Answer = field(default_factory=saying)
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def wire(self) -> str:
        """Everything that was ever sent to it."""
        return json.dumps([request.body for request in self.requests], ensure_ascii=False)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                model.requests.append(request)
                response = model.answer(request)
                if response.hang:
                    model._closing.wait(30)
                    self.close_connection = True
                    return
                self.send_response(response.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(response.body)))
                self.end_headers()
                try:
                    self.wfile.write(response.body)
                except OSError:  # whoever asked had read enough
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now
