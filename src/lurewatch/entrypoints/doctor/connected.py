"""The platforms we talk to: whether they answer, know us, and what they say the time is.

What is asked changes nothing there. Keys and tokens are sent to nobody else and appear in no diagnosis.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lurewatch.entrypoints.doctor.diagnosis import Clock, Diagnosis, Findings
from lurewatch.entrypoints.settings import Settings

_PATIENCE = 5.0
_MOST_BODY = 1 << 20
_NEWS = 24 * 3_600.0
"""So long ago an error of deliveries by Telegram is still told."""
_MANY_PENDING = 100
_NEEDED_UPDATES = ("message", "edited_message")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back: the status, the body if it is a JSON object, and the clock. ``problem`` if nothing did."""

    status: int = 0
    body: Mapping[str, Any] | None = None
    clock: Clock | None = None
    problem: str = ""


async def erpnext(settings: Settings) -> Findings:
    """Whether the site answers, knows the key, and shows Issues (https://docs.frappe.io/framework/user/en/api/rest)."""
    if not settings.erpnext_url:
        return Findings()
    site = settings.erpnext_url.rstrip("/")
    if not settings.erpnext_api_key or not settings.erpnext_api_secret:
        seen = "erpnext.url is set, and the key or the secret is not"
        remedy = (
            "Set LUREWATCH_ERPNEXT_API_KEY and LUREWATCH_ERPNEXT_API_SECRET: in ERPNext, User > Settings > API Access."
        )
        return Findings((Diagnosis("erpnext", "fail", seen, remedy),))
    headers = {"Authorization": f"token {settings.erpnext_api_key}:{settings.erpnext_api_secret}"}
    user = await _get(f"{site}/api/method/frappe.auth.get_logged_user", headers)
    known = str((user.body or {}).get("message", ""))
    if user.status != 200 or known in ("", "Guest"):
        return Findings((_no_site(site, user),), user.clock)
    issues = await _get(f"{site}/api/resource/Issue?limit_page_length=1", headers)
    if issues.status != 200:
        seen = f"{site} knows the key, and does not show Issues: {_said(issues)}"
        remedy = (
            "Is ERPNext installed there, and has the key's user a role that reads and creates Issues (Support Team)?"
        )
        return Findings((Diagnosis("erpnext", "fail", seen, remedy),), user.clock)
    return Findings((Diagnosis("erpnext", "ok", f"{site} knows the key, and shows Issues"),), user.clock)


def _no_site(site: str, answer: _Answer) -> Diagnosis:
    if answer.status in (200, 401, 403):
        remedy = "Check erpnext.api_key and erpnext.api_secret, and that their user is enabled."
        return Diagnosis("erpnext", "fail", f"{site} does not know the key: {_said(answer)}", remedy)
    if 300 <= answer.status < 400:
        remedy = "Set erpnext.url to where it leads, mostly https instead of http."
        return Diagnosis("erpnext", "fail", f"{site} leads elsewhere: {_said(answer)}", remedy)
    remedy = "Is erpnext.url (LUREWATCH_ERPNEXT_URL) the site's address, and can this machine reach it?"
    return Diagnosis("erpnext", "fail", f"{site}: {_said(answer)}", remedy)


async def telegram(settings: Settings, patience: float = _PATIENCE) -> Findings:
    """Whether the bot is known, and how its webhook fares, within ``patience`` seconds each (https://core.telegram.org/bots/api)."""
    if not settings.telegram_token:
        return Findings()
    methods = f"{settings.telegram_api_url}/bot{settings.telegram_token}"
    me = await _get(f"{methods}/getMe", {}, patience)
    if me.status != 200:
        seen = f"{settings.telegram_api_url}: {_said(me)}"
        remedy = "Can this machine reach it (telegram.api_url)? Is a proxy in between?"
        if me.status in (401, 404):
            remedy = "Check telegram.token (LUREWATCH_TELEGRAM_TOKEN): BotFather shows and renews it."
        return Findings((Diagnosis("telegram", "fail", seen, remedy),), me.clock)
    bot = _result(me)
    name = f"@{bot.get('username', '')}"
    known = Diagnosis("telegram", "ok", f"the bot is {name}")
    if not bot.get("can_read_all_group_messages", False):
        remedy = (
            "Switch its privacy mode off with BotFather (/setprivacy), then let it leave the groups and join again."
        )
        known = Diagnosis("telegram", "warn", f"the bot is {name}, and does not see what is said in groups", remedy)
    webhook = await _get(f"{methods}/getWebhookInfo", {}, patience)
    if webhook.status != 200:
        failed = Diagnosis(
            "telegram webhook", "fail", _said(webhook), "Try again; if it stays, see the bot's status there."
        )
        return Findings((known, failed), me.clock)
    return Findings((known, _webhook(_result(webhook))), me.clock)


def _webhook(info: Mapping[str, Any]) -> Diagnosis:
    place = urlsplit(str(info.get("url", ""))).hostname
    pending = _whole(info.get("pending_update_count"))
    if not place:
        remedy = "With long polling that is right; otherwise call setWebhook, see docs/connectors.md."
        return Diagnosis("telegram webhook", "warn", f"none is set, {pending} updates wait", remedy)
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


def _result(answer: _Answer) -> Mapping[str, Any]:
    result = (answer.body or {}).get("result")
    return result if isinstance(result, dict) else {}


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _said(answer: _Answer) -> str:
    return answer.problem or f"it answered with status {answer.status}"


async def _get(url: str, headers: Mapping[str, str], patience: float = _PATIENCE) -> _Answer:
    """Ask, within the time limit. What goes wrong is told by its kind alone: a URL may hold a token."""
    try:
        import httpx2 as httpx  # noqa: PLC0415 - most have no use for it
    except ImportError:
        return _Answer(problem="not looked at, httpx2 is not installed. pip install 'lurewatch[serve]'")
    before = time.time()
    try:
        async with (
            asyncio.timeout(patience),
            httpx.AsyncClient(timeout=None, follow_redirects=False) as client,
            client.stream("GET", url, headers=dict(headers)) as answer,
        ):
            read = b""
            async for part in answer.aiter_bytes():
                read += part
                if len(read) > _MOST_BODY:
                    return _Answer(problem="it answered with far more than was asked for")
    except TimeoutError:
        return _Answer(problem=f"it did not answer within {patience:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return _Answer(problem=f"it cannot be reached ({type(error).__name__})")
    try:
        body = json.loads(read)
    except ValueError:
        body = None
    clock = _clock(urlsplit(url).hostname or "", answer.headers.get("date", ""), before, time.time())
    return _Answer(answer.status_code, body if isinstance(body, dict) else None, clock)


def _clock(host: str, date: str, before: float, after: float) -> Clock | None:
    """The header ``Date`` says whole seconds, of some moment while we waited."""
    try:
        theirs = email.utils.parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
    return Clock(host, theirs + 0.5 - (before + after) / 2, 0.5 + (after - before) / 2)
