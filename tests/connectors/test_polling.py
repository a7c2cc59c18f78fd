"""Updates of Telegram that the service asks for itself: what comes is recorded, whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.connectors.bot_api import TOKEN, BotApi, too_many

from lurewatch import Engine
from lurewatch.casework.archive import Archive
from lurewatch.casework.screening import Incoming, Screened, Screening
from lurewatch.casework.store import Store
from lurewatch.entrypoints.connectors.telegram import UPDATES, TelegramConfig
from lurewatch.entrypoints.connectors.telegram_api import Bot
from lurewatch.entrypoints.service import create_app
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.telegram_polling import Polling
from lurewatch.errors import SettingsError, StoreError

CONFIG = TelegramConfig(TOKEN, bot_id=99, tenant="acme")
SERVER_ERROR = (500, {"ok": False, "error_code": 500, "description": "Internal Server Error"})


def update(number: int, text: str, kind: str = "message", **message: Any) -> dict[str, Any]:
    """An update: something that Ann writes in a group."""
    ann = {"id": 5, "is_bot": False, "first_name": "Ann"}
    whole = {"message_id": number, "date": 1767607950, "chat": {"id": -1, "type": "group"}, "from": ann, "text": text}
    return {"update_id": number, kind: {**whole, **message}}


@pytest.fixture
async def screening(store: Store, engine: Engine) -> AsyncIterator[Screening]:
    """Screens into the store."""
    screening = Screening(lambda: engine, store)
    yield screening
    await screening.close()


class Pauses(list[float]):
    """The pauses that were made, none of which takes any time."""

    async def sleep(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def polled(
    api: BotApi, screening: Callable[[], Any], sleep: Callable[[float], Any], token: str = TOKEN
) -> AsyncIterator[None]:
    """A bot that is polled meanwhile."""
    polling = Polling(Bot(api.url, token), CONFIG, screening, sleep=sleep, chance=lambda: 0.0, wait=5)
    task = asyncio.create_task(polling.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def recorded(store: Store, chat: str = "-1") -> list[tuple[str, int]]:
    """The texts of a chat with their editions."""
    found = await Archive(store).conversation("acme", "telegram", chat, cursor=None, limit=99)
    return [(message.text or "", message.edition) for message in found.messages.items] if found else []


async def test_what_comes_is_recorded(api: BotApi, screening: Screening, store: Store) -> None:
    """Messages and edits, more than one answer holds, are recorded in order, under the tenant of the connector."""
    api.bring(*(update(number, f"Hello {number}") for number in range(1, 121)))
    api.bring(update(121, "Hello you", "edited_message", message_id=1), update(122, "I", **{"from": {"id": 99}}))
    async with polled(api, lambda: screening, Pauses().sleep):
        await api.until(lambda: not api.updates)
    found = await Archive(store).conversation("acme", "telegram", "-1", cursor=None, limit=200)
    assert found is not None
    texts = [message.text for message in found.messages.items if message.edition == 0]
    assert texts == [f"Hello {number}" for number in range(1, 121)]
    assert [message.text for message in found.messages.items if message.edition] == ["Hello you"]
    assert api.asked[0] == {"timeout": 5, "limit": 100, "allowed_updates": list(UPDATES)}


async def test_a_group_that_becomes_a_supergroup(api: BotApi, screening: Screening, store: Store) -> None:
    """It goes on under its new id, and so do its messages."""
    api.bring(update(1, "Hello"), update(2, "", migrate_to_chat_id=-1001), update(3, "Hi", chat={"id": -1001}))
    async with polled(api, lambda: screening, Pauses().sleep):
        await api.until(lambda: not api.updates)
    assert await recorded(store) == []
    assert await recorded(store, "-1001") == [("Hello", 0), ("Hi", 0)]


async def test_nothing_is_forgotten_before_it_is_recorded(api: BotApi, screening: Screening, store: Store) -> None:
    """While the store is away Telegram is asked for the same again: nothing is confirmed, and nothing is lost."""
    away = [StoreError("away", unreachable=True)] * 3
    kept: list[int] = []

    def opened() -> Screening:
        if away:
            kept.append(len(api.updates))
            raise away.pop()
        return screening

    pauses = Pauses()
    api.bring(update(1, "Hello"), update(2, "World"))
    async with polled(api, opened, pauses.sleep):
        await api.until(lambda: not api.updates)
    assert kept == [2, 2, 2]
    assert pauses == [1.0, 2.0, 4.0]
    assert ["offset" in asked for asked in api.asked] == [False, False, False, False, True]
    assert await recorded(store) == [("Hello", 0), ("World", 0)]


async def test_who_is_stopped_before_confirming_counts_nothing_twice(
    api: BotApi, screening: Screening, store: Store
) -> None:
    """What was recorded and not confirmed comes again, and is known; lost answers change nothing either."""
    waiting = asyncio.Event()

    async def for_ever(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    api.bring(update(1, "Call me, 604-555-1234"))
    api.faults = ["", "drop"]
    async with polled(api, lambda: screening, for_ever):
        await waiting.wait()
    assert len(api.updates) == 1
    api.faults = ["drop after", "", "drop after"]
    api.bring(update(2, "Call me, 604-555-1235"))
    async with polled(api, lambda: screening, Pauses().sleep):
        await api.until(lambda: not api.updates and not api.faults)
    assert await recorded(store) == [("Call me, 604-555-1234", 0), ("Call me, 604-555-1235", 0)]


@pytest.mark.parametrize(
    ("fault", "pause", "told"),
    [
        (too_many(17), 17.0, "Too Many Requests"),
        (SERVER_ERROR, 1.0, "500 Internal Server Error"),
        ("drop", 1.0, "cannot be reached"),
        ((502, b"<html>Bad Gateway</html>"), 1.0, "502"),
        ((200, {"ok": True, "result": [{"message": {}}]}), 1.0, "200"),
        ((200, {"ok": True, "result": {}}), 1.0, "200"),
    ],
)
async def test_faults_are_waited_out(
    api: BotApi,
    screening: Screening,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    *,
    fault: Any,
    pause: float,
    told: str,
) -> None:
    """Telegram is left alone for as long as it says, else a little longer each time; the log tells it once."""
    caplog.set_level(logging.INFO)
    pauses = Pauses()
    api.faults = [fault, fault]
    api.bring(update(1, "Hello"))
    async with polled(api, lambda: screening, pauses.sleep):
        await api.until(lambda: not api.updates)
    assert pauses == [pause, max(pause, 2.0)]
    assert await recorded(store) == [("Hello", 0)]
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert told in errors[0]
    assert "Telegram is received again" in caplog.messages


async def test_a_webhook_is_in_the_way(
    api: BotApi, screening: Screening, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """While a webhook is set the log says what to do, and once it is gone updates come."""
    api.webhook = "https://portal.example/webhooks/telegram"
    api.bring(update(1, "Hello"))
    async with polled(api, lambda: screening, Pauses().sleep):
        await api.until(lambda: len(api.asked) > 2)
        api.webhook = ""
        await api.until(lambda: not api.updates)
    assert "deleteWebhook" in caplog.text
    assert await recorded(store) == [("Hello", 0)]


@pytest.mark.parametrize("token", ["99:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_wrong_token(api: BotApi, screening: Screening, caplog: pytest.LogCaptureFixture, token: str) -> None:
    """The log says that the token was refused, and never holds it; it is not tried again at once."""
    caplog.set_level(logging.DEBUG)
    tried = asyncio.Event()
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        tried.set()
        await asyncio.Event().wait()

    async with polled(api, lambda: screening, sleep, token):
        await tried.wait()
    assert pauses == [60.0]
    assert "the token was refused" in caplog.text
    assert "HTTP Request: POST" in caplog.text
    assert token not in caplog.text
    assert api.asked == []


async def test_an_update_that_nobody_can_read(
    api: BotApi, screening: Screening, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """What would be refused every time is left out, and holds up nothing behind it."""
    api.bring(update(1, "Hello", chat={"id": "x"}), update(2, "Hi", chat={"id": "y"}), update(3, "World"))
    async with polled(api, lambda: screening, Pauses().sleep):
        await api.until(lambda: not api.updates)
    assert await recorded(store) == [("World", 0)]
    assert [record.args[0] for record in caplog.records if "left out" in record.msg] == [1, 2]  # type: ignore[index]


async def test_a_fault_of_ours_is_tried_again_and_not_for_ever(
    api: BotApi, screening: Screening, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """A message that screening fails on is tried five times; then those behind it have their turn."""

    class Failing:
        tries = 0
        most_characters = 20_000

        async def screen(self, incoming: Incoming) -> Screened:
            if incoming.message.text == "Hello":
                self.tries += 1
                raise RuntimeError("a fault")
            return await screening.screen(incoming)

    failing = Failing()
    api.bring(update(1, "Hello"), update(2, "World"))
    async with polled(api, lambda: failing, Pauses().sleep):
        await api.until(lambda: not api.updates)
    assert failing.tries == 5
    assert await recorded(store) == [("World", 0)]
    assert "Update 1 of Telegram is left out after 5 tries" in caplog.messages


async def test_numbers_that_begin_anew(api: BotApi, screening: Screening, store: Store) -> None:
    """After a quiet week Telegram counts on from anywhere, also from below: what comes then is taken too."""
    api.faults = ["", "nothing"]
    api.bring(update(700, "Hello"))
    async with polled(api, lambda: screening, Pauses().sleep):
        await api.until(lambda: len(api.asked) == 3)
        assert "offset" not in api.asked[2]
        api.bring(update(5, "World"))
        await api.until(lambda: not api.updates)
    assert await recorded(store) == [("Hello", 0), ("World", 0)]


def polling_settings(tmp_path: Path, **more: Any) -> Settings:
    """A service that polls."""
    store = f"sqlite:///{tmp_path / 'lurewatch.db'}"
    return Settings(**{"store": store, "telegram_polling": True, "telegram_token": TOKEN, **more})


def test_the_service_polls(api: BotApi, tmp_path: Path) -> None:
    """Beside the service, with no webhook of Telegram's served; the bot's own id is read from its token."""
    api.bring(update(1, "Hello"), update(2, "I am the bot", **{"from": {"id": 99}}))
    with TestClient(create_app(polling_settings(tmp_path, telegram_api_url=api.url))) as client:
        with api.changed:
            assert api.changed.wait_for(lambda: not api.updates, 20)
        found = client.get("/v1/conversations/-1", params={"channel": "telegram"}).json()
        assert [message["text"] for message in found["messages"]] == ["Hello"]
        assert client.post("/webhooks/telegram", json={}).status_code == 404


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"telegram_token": ""}, r"telegram\.token"),
        ({"telegram_token": "not/a:token"}, "no token"),
        ({"telegram_webhook_secret": "s"}, "only one"),
        ({"store": "none"}, "store"),
    ],
)
def test_settings_that_do_not_go_together(tmp_path: Path, more: dict[str, Any], told: str) -> None:
    """What cannot work is refused at the start, without the token."""
    with pytest.raises(SettingsError, match=told) as refused:
        create_app(polling_settings(tmp_path, **more))
    assert "not/a" not in str(refused.value)
