"""Telegram's Bot API: the one way in which a bot asks it for anything.

Written from https://core.telegram.org/bots/api#making-requests and #responseparameters. The token is part of every
address, so no error and no log may show one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson

from lurewatch.entrypoints.connectors import bounded

_WORDS = 200
_MOST_ANSWER = 32 << 20
"""Bytes: a hundred of the largest updates are less."""
_CONNECT_SECONDS = 10.0
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot, and the server of the Bot API that knows it."""

    url: str
    token: str = field(repr=False)

    @property
    def id(self) -> int:
        """The user that it writes as: the number before the colon of its token."""
        return int(self.token.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a ``result`` if ``ok``, else what Telegram ``said`` of it, at most 200 characters.

    ``telegrams`` is false where it was not written as the Bot API writes, but by a proxy on the way, say.
    ``retry_after`` are the seconds to leave it alone, ``moved_to`` is the new id of the chat; 0 where neither was said.
    ``date`` is the header of that name.
    """

    status: int
    ok: bool
    telegrams: bool
    result: Any = None
    said: str = ""
    retry_after: float = 0.0
    moved_to: int = 0
    date: str = ""

    @property
    def refuses_token(self) -> bool:
        """Whether the Bot API knows no bot of this token."""
        return self.telegrams and self.status in (401, 404)


class UnansweredError(Exception):
    """There was no answer. ``sent``: what was asked may have been done all the same."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Api:
    """Asks for one bot; connects when it is first needed, until ``close``."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._hiding = _Hiding(bot.token)
        self._client: httpx2.AsyncClient | None = None

    async def call(self, method: str, asked: Mapping[str, Any], *, timeout: float) -> Answer:
        """The answer to a method of the Bot API, whatever it is, within so many seconds.

        Raises:
            UnansweredError: it cannot be reached, or gave no answer.
        """
        if self._client is None:
            self._client = bounded.client()
            logging.getLogger("httpx2").addFilter(self._hiding)
        # It fails to connect well before the time is over: then nothing can have come of it.
        limits = httpx2.Timeout(timeout, connect=min(timeout / 2, _CONNECT_SECONDS))
        address = f"{self._bot.url}/bot{self._bot.token}/{method}"
        try:
            async with asyncio.timeout(timeout):
                async with self._client.stream("POST", address, json=asked, timeout=limits) as response:
                    body = await bounded.read(response, _MOST_ANSWER)
        except (httpx2.HTTPError, TimeoutError) as error:  # its words may hold the address, and so the token
            sent = not isinstance(error, _NEVER_SENT)
            name = type(error).__name__
            raise UnansweredError(f"{self._bot.url} cannot be reached: {name}", sent=sent) from None
        return _answer(response, body)

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()
            logging.getLogger("httpx2").removeFilter(self._hiding)


class _Hiding(logging.Filter):
    """Takes the token out of the addresses that the HTTP client writes into the log."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = record.getMessage().replace(self._token, "<token>")
        record.args = ()
        return True


def _answer(response: httpx2.Response, body: bytes) -> Answer:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    date = response.headers.get("Date", "")
    if not isinstance(content, dict) or type(content.get("ok")) is not bool:
        return Answer(response.status_code, ok=False, telegrams=False, date=date)
    parameters = content.get("parameters")
    if not isinstance(parameters, dict):
        parameters = {}
    return Answer(
        response.status_code,
        ok=content["ok"],
        telegrams=True,
        result=content.get("result"),
        said=str(content.get("description", ""))[:_WORDS],
        retry_after=float(max(0, _whole(parameters.get("retry_after")))),
        moved_to=_whole(parameters.get("migrate_to_chat_id")),
        date=date,
    )


def _whole(value: object) -> int:
    return value if type(value) is int else 0
