"""Who talks to the service: many at a time, each insisting until every message of a talk is acknowledged."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.durability.talks import Talk, Turn

HOST = "127.0.0.1"
_PATIENCE = 60.0
"""Seconds until an answer is no longer waited for: what takes so long is stuck."""
_PAUSE = 0.1
_MOST_TRIES = 2_000


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A message that was answered with 200."""

    talk: Talk
    turn: Turn
    verdict_id: str
    position: int
    edition: int


@dataclass(slots=True)
class Witness:
    """What the clients did and were told. ``talks`` are those that were begun."""

    talks: list[Talk] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """How often which status came; ``none`` is a message whose fate was not told."""
    strange: list[str] = field(default_factory=list)
    """Answers that nobody may get."""
    slowest: float = 0.0
    """Seconds until an answer, the longest."""


class Clients:
    """``count`` clients that take talks from one list; ``ports`` says where the service listens just now."""

    def __init__(
        self, talks: Iterator[Talk], ports: Callable[[], Sequence[int]], dice: random.Random, count: int = 16
    ) -> None:
        self.witness = Witness()
        self._talks = talks
        self._ports = ports
        self._dice = dice
        self._count = count
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Begin no more talks."""
        self._ending.set()

    async def run(self) -> None:
        """Talk until ``end``; when this returns every talk that was begun is acknowledged to its last message."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._client())

    async def _client(self) -> None:
        while not self._ending.is_set():
            await self.have(next(self._talks))

    async def have(self, talk: Talk) -> None:
        """Have one talk to its end."""
        self.witness.talks.append(talk)
        for turn in talk.turns:
            await asyncio.sleep(self._dice.random() * _PAUSE)
            await asyncio.gather(*(self._say(talk, turn) for _ in range(1 + turn.twice)))

    async def _say(self, talk: Talk, turn: Turn) -> None:
        for _ in range(_MOST_TRIES if turn.may_be_repeated else 1):
            status, answer, seconds = await self._sent(talk, turn)
            self.witness.slowest = max(self.witness.slowest, seconds)
            self.witness.answers[status] += 1
            if status == "200":
                told = Acknowledged(talk, turn, answer["verdict_id"], answer["position"], answer["edition"])
                self.witness.acknowledged.append(told)
                return
            if status not in ("503", "none"):
                self.witness.strange.append(f"{talk.conversation}, {turn}: {status} {answer}")
            await asyncio.sleep(self._dice.random() * _PAUSE)
        if turn.may_be_repeated:
            self.witness.strange.append(f"{talk.conversation}, {turn}: was never acknowledged")

    async def _sent(self, talk: Talk, turn: Turn) -> tuple[str, Any, float]:
        while not (ports := self._ports()):
            await asyncio.sleep(_PAUSE)
        begin = time.monotonic()
        status, answer = "none", None
        try:
            async with asyncio.timeout(_PATIENCE):
                status, answer = await post(self._dice.choice(ports), _body(talk, turn), turn.key)
        except TimeoutError:
            status = "stuck"
        except (OSError, EOFError):
            pass
        return status, answer, time.monotonic() - begin


def _body(talk: Talk, turn: Turn) -> bytes:
    message = {"sender": talk.client or talk.conversation, "content": turn.text}
    if turn.message_id:
        message["message_id"] = turn.message_id
    pair = {"client_email": talk.client, "advisor_email": talk.advisor}
    return json.dumps({"conversation_id": talk.conversation, "message": message, "pair": pair}).encode()


async def post(port: int, body: bytes, key: str = "") -> tuple[str, Any]:
    """The status and the JSON of the answer to one message. Raises OSError or EOFError where there was no answer."""
    head = [
        "POST /v1/messages HTTP/1.1",
        f"Host: {HOST}:{port}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *([f"Idempotency-Key: {key}"] if key else []),
    ]
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        content = await reader.readexactly(int(length))
        return answer.split(b" ", 2)[1].decode(), json.loads(content)
    finally:
        writer.transport.abort()
