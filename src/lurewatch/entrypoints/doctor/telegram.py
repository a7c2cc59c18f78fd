"""Telegram: whether the bot is known, how updates reach us, and whether it can tell administrators.

What is asked changes nothing there. The token is sent to nobody else and appears in no diagnosis.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lurewatch.entrypoints.doctor.diagnosis import Clock, Diagnosis, Findings
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

if TYPE_CHECKING:
    from lurewatch.entrypoints.connectors.telegram_api import Answer, Api

_PATIENCE = 5.0
_NEWS = 24 * 3_600.0
"""So long ago an error of deliveries by Telegram is still told."""
_MANY_PENDING = 100
_NEEDED_UPDATES = ("message", "edited_message")


async def telegram(settings: Settings, patience: float = _PATIENCE) -> Findings:
    """What can be said of the bot, within ``patience`` seconds a question (https://core.telegram.org/bots/api)."""
    if not (settings.telegram_token or settings.telegram_polling or settings.telegram_admin_chat):
        return Findings()
    try:
        from lurewatch.entrypoints import receiving  # noqa: PLC0415 - needs packages that a scan does without
        from lurewatch.entrypoints.connectors.telegram_api import Api, UnansweredError  # noqa: PLC0415
    except ImportError as error:
        seen = f"not looked at, {error.name} is not installed"
        return Findings((Diagnosis("telegram", "fail", seen, "pip install 'lurewatch[serve]'"),))
    try:
        bot = receiving.telegram_bot(settings)
        if settings.telegram_polling or settings.telegram_webhook_secret:
            receiving.telegram_config(settings)
        if bot is None:
            raise SettingsError("telegram.admin_chat needs telegram.token. Set it to the one that @BotFather gave.")
    except SettingsError as error:
        remedy = "`lurewatch config show` says where each value is from."
        return Findings((Diagnosis("telegram", "fail", str(error), remedy),))
    api, before = Api(bot), time.time()
    try:
        me = await api.call("getMe", {}, timeout=patience)
        host = urlsplit(settings.telegram_api_url).hostname or ""
        clock = Clock.of_date(host, me.date, before, time.time())
        return Findings(tuple([one async for one in _told(api, settings, me, patience)]), clock)
    except UnansweredError as error:
        remedy = "Can this machine reach it (telegram.api_url)? Is a proxy in between?"
        return Findings((Diagnosis("telegram", "fail", str(error), remedy),))
    finally:
        await api.close()


async def _told(api: Api, settings: Settings, me: Answer, patience: float) -> AsyncIterator[Diagnosis]:
    if not me.ok:
        remedy = "Is telegram.api_url the Bot API? Is a proxy in between?"
        if me.refuses_token:
            remedy = "Check telegram.token (LUREWATCH_TELEGRAM_TOKEN): BotFather shows and renews it."
        yield Diagnosis("telegram", "fail", f"{settings.telegram_api_url} answered {_said(me)}", remedy)
        return
    bot = _result(me)
    name = f"@{bot.get('username', '')}"
    if bot.get("can_read_all_group_messages", False) or not _is_received(settings):
        yield Diagnosis("telegram", "ok", f"the bot is {name}")
    else:
        remedy = (
            "Switch its privacy mode off with BotFather (/setprivacy), then let it leave the groups and join again."
        )
        yield Diagnosis("telegram", "warn", f"the bot is {name}, and does not see what is said in groups", remedy)
    info = await api.call("getWebhookInfo", {}, timeout=patience)
    if info.ok:
        yield _updates(settings, _result(info))
    else:
        yield Diagnosis("telegram webhook", "fail", f"Telegram answered {_said(info)}", "Try again later.")
    if settings.telegram_admin_chat:
        yield _admins(await api.call("getChat", {"chat_id": settings.telegram_admin_chat}, timeout=patience))


def _is_received(settings: Settings) -> bool:
    return bool(settings.telegram_polling or settings.telegram_webhook_secret)


def _updates(settings: Settings, info: Mapping[str, Any]) -> Diagnosis:
    """How updates reach us, by what Telegram says of the webhook (getWebhookInfo) and by the settings."""
    place = urlsplit(str(info.get("url", ""))).hostname
    pending = _whole(info.get("pending_update_count"))
    if settings.telegram_polling:
        if place:
            remedy = "Call deleteWebhook, or leave telegram.polling out and set telegram.webhook_secret."
            seen = f"telegram.polling is on, and Telegram delivers to {place}: it does not do both"
            return Diagnosis("telegram webhook", "fail", seen, remedy)
        return Diagnosis("telegram webhook", "ok", f"none, as polling needs it; {pending} updates wait")
    if not settings.telegram_webhook_secret:
        if place:
            remedy = "Set telegram.webhook_secret to the secret_token of setWebhook; without it there is no route here."
            return Diagnosis("telegram webhook", "warn", f"Telegram delivers to {place}, not received here", remedy)
        return Diagnosis("telegram webhook", "ok", "none is set: the bot only posts, and nothing is received")
    if not place:
        remedy = "Call setWebhook with our secret_token, or set telegram.polling; see docs/connectors.md."
        return Diagnosis("telegram webhook", "warn", f"none is set, {pending} updates wait", remedy)
    return _delivery(place, pending, info)


def _delivery(place: str, pending: int, info: Mapping[str, Any]) -> Diagnosis:
    wanted = info.get("allowed_updates") or _NEEDED_UPDATES
    missing = [name for name in _NEEDED_UPDATES if name not in wanted]
    if time.time() - _whole(info.get("last_error_date")) < _NEWS:
        seen = f"Telegram could not deliver to {place} lately: {str(info.get('last_error_message', ''))[:200]}"
        remedy = "Can https://<your host> be reached from the internet, and does its secret_token fit our setting?"
        return Diagnosis("telegram webhook", "warn", f"{seen} ({pending} updates wait)", remedy)
    if missing:
        remedy = "Name them in allowed_updates of setWebhook."
        return Diagnosis("telegram webhook", "warn", f"{place} is not told of {', '.join(missing)}", remedy)
    if pending >= _MANY_PENDING:
        remedy = "Does the service keep up, and answer 200?"
        return Diagnosis("telegram webhook", "warn", f"{pending} updates wait for {place}", remedy)
    return Diagnosis("telegram webhook", "ok", f"delivers to {place}, {pending} updates wait")


def _admins(chat: Answer) -> Diagnosis:
    if chat.ok:
        kind = str(_result(chat).get("type", "chat"))
        return Diagnosis("telegram admins", "ok", f"the bot knows the {kind} of telegram.admin_chat")
    remedy = "Let the bot into that chat and let it write there; whoever is told alone writes /start to it first."
    seen = f"telegram.admin_chat cannot be written to: {_said(chat)}"
    if chat.moved_to:
        remedy = f"It became a supergroup: set telegram.admin_chat to {chat.moved_to}."
    return Diagnosis("telegram admins", "fail", seen, remedy)


def _result(answer: Answer) -> Mapping[str, Any]:
    return answer.result if isinstance(answer.result, dict) else {}


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.said}".rstrip()
