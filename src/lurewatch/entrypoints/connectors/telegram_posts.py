"""What a bot of Telegram posts: notices in the groups it watches, and alerts to administrators in a chat of their own.

sendMessage takes no idempotency key. So a notice of which nobody knows whether it was posted is not posted again; an
alert is, and says so.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lurewatch.casework.acts import Act, Destination
from lurewatch.casework.delivery import Deliver, Delivery, Receipt
from lurewatch.entrypoints.connectors.telegram import CHANNEL
from lurewatch.entrypoints.connectors.telegram_api import Answer, Api, UnansweredError
from lurewatch.entrypoints.connectors.telegram_pace import Pace
from lurewatch.errors import DeliveryError

NOTICE, ALERT = "telegram.notice", "telegram.alert"
_REPEATED = frozenset({"alert", "escalation"})
"""Decisions whose text is posted again rather than not at all."""
_NOTICED = _REPEATED | {"notice", "warning"}
_ALERTED = _REPEATED | {"hand_off", "log"}
_REPETITION = "(This may be a repetition: it is not known whether it was posted before.)"
_MOST_TEXT = 4096
_CHAT_ID = re.compile(r"-?[0-9]{1,18}")
# Together less than a relay waits for one delivery: who is cut off before posting would be taken to have posted.
_PATIENCE, _PROBE_SECONDS, _POST_SECONDS = 1.0, 2.5, 5.0


class Posts:
    """Posts for one bot, within Telegram's limits. ``timeout`` are the seconds that a post may take.

    After a post without an answer Telegram is first asked for something harmless, until it answers again: so of all
    that waits while it is away only what was under way at the beginning may have been posted or not.
    """

    def __init__(
        self,
        api: Api,
        pace: Pace | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: float = _POST_SECONDS,
    ) -> None:
        self._api = api
        self._pace = pace or Pace()
        self._sleep = sleep
        self._timeout = timeout
        self._moved: dict[int, int] = {}
        """Groups that became supergroups, and their new ids."""
        self._is_away = False

    async def post(self, chat: int, text: str, *, reply_to: int = 0, code: tuple[str, ...] = ()) -> str:
        """Post a plain text; where it stands, as ``chat/message``.

        ``reply_to`` is a message there; ``code`` are parts of the text that are shown as they are, without links.

        Raises:
            DeliveryError: it was not posted, or nobody knows.
        """
        if self._is_away:
            await self._probe()
        there = self._moved.get(chat, chat)
        wait = self._pace.turn(there, _PATIENCE)
        if wait > _PATIENCE:
            raise DeliveryError("Telegram allows no more posts there for now", retry_after=wait, certain=True)
        await self._sleep(wait)
        text = _cut(text)
        asked: dict[str, Any] = {"chat_id": there, "text": text, "link_preview_options": {"is_disabled": True}}
        if code:
            asked["entities"] = _entities(text, code)
        if reply_to and there == chat:  # a supergroup counts its messages anew
            asked["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
        answer = await self._call("sendMessage", asked, self._timeout)
        posted = answer.result.get("message_id") if isinstance(answer.result, dict) else None
        if answer.ok and posted is not None:
            return f"{there}/{posted}"
        if answer.moved_to:
            self._moved[chat] = answer.moved_to
        if answer.status == 429:
            self._pace.hold(there, answer.retry_after)
        raise self._refusal(answer)

    async def _probe(self) -> None:
        try:
            answer = await self._call("getMe", {}, _PROBE_SECONDS)
        except DeliveryError as error:
            raise DeliveryError(str(error), unreachable=True, certain=True) from None
        if answer.refuses_token:
            raise self._refusal(answer)
        if not answer.ok:
            said = f"Telegram is away: it answers {answer.status} {answer.said}".rstrip()
            raise DeliveryError(said, unreachable=True, certain=True, retry_after=answer.retry_after)
        self._is_away = False

    async def _call(self, method: str, asked: Mapping[str, Any], seconds: float) -> Answer:
        try:
            return await self._api.call(method, asked, timeout=seconds)
        except UnansweredError as error:
            self._is_away = self._is_away or error.sent
            raise DeliveryError(str(error), unreachable=not error.sent, certain=not error.sent) from None

    def _refusal(self, answer: Answer) -> DeliveryError:
        """What it means that there is no post; https://core.telegram.org/bots/api#making-requests."""
        status, said = answer.status, f"{answer.status} {answer.said}".rstrip()
        if answer.refuses_token:
            told = f"the token was refused ({answer.said}). Set telegram.token anew"
            return DeliveryError(told, unreachable=True, certain=True)
        if status == 429:
            return DeliveryError(f"Telegram answered {said}", retry_after=answer.retry_after, certain=True)
        if answer.moved_to:
            return DeliveryError("the group became a supergroup, and is told under its new id", certain=True)
        if not answer.telegrams and 400 <= status < 500:
            told = f"something else than the Bot API answered {said}. Look at telegram.api_url and at proxies"
            return DeliveryError(told, unreachable=True, certain=True)
        if 400 <= status < 500:
            told = f"Telegram refused it: {said}. Let the bot into the chat and let it write, and retry"
            return DeliveryError(told, permanent=True, certain=True)
        self._is_away = True
        return DeliveryError(f"Telegram answered {said}: it may have been posted")

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()


class GroupNotices:
    """Tells a group what decisions on its messages have to say to it: a ``Doer`` of ``telegram.notice``."""

    def __init__(self, posts: Posts, tenant: str) -> None:
        self._posts = posts
        self.destination = Destination("telegram", tenant, {NOTICE: _NOTICED}, frozenset({CHANNEL}))
        self.does: Mapping[str, Deliver] = {NOTICE: self._notice}

    async def _notice(self, delivery: Delivery) -> Receipt:
        act = Act.of(delivery)
        if not act.text.strip():
            return Receipt()
        text = act.text
        if delivery.in_doubt:
            if act.action not in _REPEATED:
                raise DeliveryError(
                    "nobody knows whether the notice was posted: it may stand in the group, and is not repeated. Look "
                    "there, and write to them if it is missing",
                    permanent=True,
                )
            text = f"{_cut(text, _MOST_TEXT - len(_REPETITION) - 1)}\n{_REPETITION}"
        if not _CHAT_ID.fullmatch(act.conversation_id):
            raise DeliveryError(
                "the conversation is no chat of Telegram: its id is no number", permanent=True, certain=True
            )
        asked = int(act.message_id) if act.message_id.isascii() and act.message_id.isdecimal() else 0
        posted = await self._posts.post(int(act.conversation_id), text, reply_to=asked)
        return Receipt(posted, "warning_sent")

    async def close(self) -> None:
        """Let go of connections."""
        await self._posts.close()


class AdminAlerts:
    """Tells administrators, in a chat of their own, of what was found in groups: a ``Doer`` of ``telegram.alert``."""

    def __init__(self, posts: Posts, tenant: str, chat: int) -> None:
        self._posts = posts
        self._chat = chat
        self.destination = Destination("telegram_admins", tenant, {ALERT: _ALERTED}, frozenset({CHANNEL}))
        self.does: Mapping[str, Deliver] = {ALERT: self._alert}

    async def _alert(self, delivery: Delivery) -> Receipt:
        act = Act.of(delivery)
        matched = tuple(shown for text in act.matched if (shown := _line(text)))
        text = "\n".join((*([_REPETITION] if delivery.in_doubt else []), *_told(act), *matched))
        return Receipt(await self._posts.post(self._chat, text, code=matched), "admin_alerted")

    async def close(self) -> None:
        """Let go of connections."""
        await self._posts.close()


def _told(act: Act) -> list[str]:
    """The lines above what was matched. What comes from outside is brought into one line each."""
    place = f"Group {_line(act.conversation_id)}, message {_line(act.message_id) or 'unknown'}"
    lines = [
        f"{act.policy}: {act.action}{f' ({act.type})' if act.type else ''}",
        place,
        _address(act),
        f"From {_line(act.sender) or 'unknown'}",
        f"Scam probability {act.scam_probability:g} ({act.risk_level}){f', {act.scam_type}' if act.scam_type else ''}",
        f"Patterns: {', '.join(act.patterns)}" if act.patterns else "",
        f"Keywords: {_line(', '.join(act.keywords))}" if act.keywords else "",
        f"Incidents of the pair: {act.count}" if act.count else "",
        f"Alert {act.alert}",
        "Matched:" if act.matched else "",
    ]
    return [line for line in lines if line]


def _address(act: Act) -> str:
    """Where the members of a supergroup see the message; https://core.telegram.org/api/links#message-links."""
    inside = act.conversation_id.removeprefix("-100")
    known = act.conversation_id.startswith("-100") and inside.isdecimal() and act.message_id.isdecimal()
    return f"https://t.me/c/{inside}/{act.message_id}" if known else ""


def _line(text: str) -> str:
    """Foreign text in one line, without what hides or reorders it."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _units(text: str) -> int:
    """UTF-16 code units: what Telegram counts in."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, most: int = _MOST_TEXT) -> str:
    """At most so many UTF-16 code units, which are never fewer than characters."""
    if _units(text) <= most:
        return text
    return text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "…"


def _entities(text: str, code: tuple[str, ...]) -> list[dict[str, Any]]:
    """Where these last lines of the text stand, as code; https://core.telegram.org/bots/api#messageentity."""
    found, end = [], len(text)
    for part in reversed(code):
        start = text.rfind(part, 0, end)
        if start >= 0:
            found.append({"type": "code", "offset": _units(text[:start]), "length": _units(part)})
            end = start
    return found[::-1]
