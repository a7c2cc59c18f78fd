"""Telegram without a webhook: its Bot API is asked for updates by long polling (getUpdates).

Telegram forgets an update as soon as it is asked for a later one. So it is asked for a later one only when what the
update brought is recorded: whatever is interrupted comes again, and screening knows what it has had.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lurewatch.casework.screening import Screening
from lurewatch.entrypoints import receiving
from lurewatch.entrypoints.connectors import telegram
from lurewatch.entrypoints.connectors.telegram import TelegramConfig
from lurewatch.entrypoints.connectors.telegram_api import Answer, Api, Bot, UnansweredError
from lurewatch.errors import InputError, StoreError

_log = logging.getLogger("lurewatch")
_WAIT_SECONDS = 30
"""So long Telegram holds back its answer while there is nothing new."""
_SPARE_SECONDS = 15.0
_MOST_UPDATES = 100
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_REFUSED_PAUSE = 60.0
_TRIES = 5


class _NotNowError(Exception):
    """Nothing came, or it could not be recorded; to be tried again after ``pause`` seconds or more."""

    def __init__(self, message: str, pause: float = 0.0) -> None:
        super().__init__(message)
        self.pause = pause


class Polling:
    """Takes the updates of one bot, in their order; each is screened before Telegram may forget it.

    ``screening`` raises StoreError while the store is away. ``sleep`` waits so many seconds, ``chance`` gives numbers
    in [0, 1), ``wait`` is for how many seconds Telegram is to hold back an empty answer.
    """

    def __init__(
        self,
        bot: Bot,
        config: TelegramConfig,
        screening: Callable[[], Screening],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        wait: int = _WAIT_SECONDS,
    ) -> None:
        self._api = Api(bot)
        self._config = config
        self._screening = screening
        self._sleep = sleep
        self._chance = chance
        self._wait = wait
        self._offset = 0
        """The first update that is not recorded yet; 0 where Telegram itself knows."""
        self._tries = 0
        self._problem = ""

    async def run(self) -> None:
        """Until cancelled. Every failure is waited out, and told in the log once."""
        failures = 0
        try:
            while True:
                try:
                    await self._round()
                    failures = 0
                except _NotNowError as problem:
                    failures += 1
                    self._tell(str(problem))
                    await self._sleep(max(problem.pause, self._pause(failures)))
        finally:
            await self._api.close()

    async def _round(self) -> None:
        updates = await self._updates()
        for update in updates:
            await self._take(update)
            self._offset = update["update_id"] + 1
        if not updates:
            # All before the offset are forgotten by now. After a quiet week Telegram counts on from anywhere, also from
            # below: asked from the offset on it would then forget what is new.
            self._offset = 0
        self._tell("")

    async def _updates(self) -> list[dict[str, Any]]:
        asked: dict[str, Any] = {"timeout": self._wait, "limit": _MOST_UPDATES, "allowed_updates": telegram.UPDATES}
        if self._offset:
            asked["offset"] = self._offset
        try:
            answer = await self._api.call("getUpdates", asked, timeout=self._wait + _SPARE_SECONDS)
        except UnansweredError as error:
            raise _NotNowError(str(error)) from None
        result = answer.result
        if not answer.ok or not isinstance(result, list) or not all(map(_is_update, result)):
            raise _refusal(answer)
        return result

    async def _take(self, update: Mapping[str, Any]) -> None:
        """Screen it, unless it can never be."""
        number = update["update_id"]
        try:
            for given in telegram.read(update, self._config):
                await receiving.take(self._screening(), given)
        except InputError as error:
            _log.error("Update %d of Telegram is left out: %s", number, error)
        except StoreError as error:
            raise _NotNowError(f"what came is not recorded, and comes again: {error}") from error
        except Exception as error:
            self._tries += 1
            if self._tries < _TRIES:
                raise _NotNowError(f"update {number} could not be screened: {type(error).__name__}") from error
            _log.exception("Update %d of Telegram is left out after %d tries", number, _TRIES)
        self._tries = 0

    def _pause(self, failures: int) -> float:
        longest: float = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures - 1, 30))
        return longest * (1 - self._chance() / 2)

    def _tell(self, problem: str) -> None:
        if problem and problem != self._problem:
            _log.error("Telegram is not received at the moment: %s", problem)
        elif self._problem and not problem:
            _log.info("Telegram is received again")
        self._problem = problem


def _is_update(value: object) -> bool:
    return isinstance(value, dict) and type(value.get("update_id")) is int


def _refusal(answer: Answer) -> _NotNowError:
    if answer.refuses_token:
        return _NotNowError(f"the token was refused ({answer.said}). Set telegram.token anew", _REFUSED_PAUSE)
    if answer.status == 409:
        return _NotNowError(f"{answer.said}. Call deleteWebhook, and let only one process poll", _FIRST_PAUSE)
    return _NotNowError(f"Telegram answered {answer.status} {answer.said}".rstrip(), answer.retry_after)
