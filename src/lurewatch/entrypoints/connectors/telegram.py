"""Telegram's updates: messages, edits and posts of channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from lurewatch.casework.screening.nouns import DEFAULT_TENANT, Incoming
from lurewatch.engine.model import Message
from lurewatch.entrypoints.connectors import payload, signature, telegram_text
from lurewatch.entrypoints.connectors.received import Migration, Received
from lurewatch.errors import InputError

CHANNEL = "telegram"
TOKEN = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
UPDATES = ("message", "edited_message", "channel_post", "edited_channel_post")
"""The kinds of update that are read, and that ``allowed_updates`` of setWebhook has to name."""


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """How one bot is received.

    ``secret`` is the ``secret_token`` of setWebhook, ``bot_id`` the number before the colon of the bot's token.
    ``agents`` are ids of users and bots who work for the group, and of chats in whose name administrators write
    anonymously (the group's own id): they are never the ones who lure. ``admin_chat`` is where administrators are told
    of what was found: what they write there is not screened.
    """

    secret: str = field(repr=False)
    bot_id: int = 0
    tenant: str = DEFAULT_TENANT
    agents: frozenset[int] = frozenset()
    admin_chat: int = 0
    most_body: int = payload.MOST_BODY

    def __post_init__(self) -> None:
        """Raises SettingsError without a secret."""
        signature.needed(self.secret, "the secret token of Telegram")


def receive(body: bytes, headers: Mapping[str, str], config: TelegramConfig) -> tuple[Received | Migration, ...]:
    """What an update brings: a message, or that a group goes on as a supergroup under another id.

    None where it is another kind of update, a message of the bot itself, or one without any text.

    Raises:
        SignatureError: the secret token is missing or wrong.
        InputError: it is no update within bounds.
    """
    signature.check_token(headers, TOKEN, config.secret)
    return read(payload.read(body, config.most_body), config)


def read(update: Mapping[str, Any], config: TelegramConfig) -> tuple[Received | Migration, ...]:
    """The same of an update that was polled for (getUpdates), which carries no token."""
    number = _whole(update, "update_id", "/update_id")
    kind = next((kind for kind in UPDATES if isinstance(update.get(kind), dict)), None)
    if kind is None:
        return ()
    message = update[kind]
    chat = _whole(payload.at(message, "chat"), "id", f"/{kind}/chat/id")
    moved = _migration(message, chat, config)
    if moved is not None:
        return (moved,)
    text = telegram_text.read(message)
    sender = _sender(message, chat)
    if not text or (config.bot_id and sender == config.bot_id) or (config.admin_chat and chat == config.admin_chat):
        return ()
    incoming = Incoming(
        conversation_id=str(chat),
        message=Message(
            text=text,
            sender=str(sender),
            role="agent" if sender in config.agents else "unknown",
            timestamp=_time(message),
            message_id=str(_whole(message, "message_id", f"/{kind}/message_id")),
        ),
        tenant=config.tenant,
        channel=CHANNEL,
        idempotency_key=f"{CHANNEL}:{number}",
        language=payload.language(payload.at(message, "from.language_code")),
    )
    return (Received(incoming, sender_name=_name(message)),)


def _migration(message: Mapping[str, Any], chat: int, config: TelegramConfig) -> Migration | None:
    """Told twice: by the old group and by the new one."""
    after, before = message.get("migrate_to_chat_id"), message.get("migrate_from_chat_id")
    if _is_whole(after):
        return Migration(config.tenant, CHANNEL, str(chat), str(after))
    if _is_whole(before):
        return Migration(config.tenant, CHANNEL, str(before), str(chat))
    return None


def _sender(message: Mapping[str, Any], chat: int) -> int:
    """Who wrote it: the chat in whose name it was written, else the user; a channel's post is the channel's.

    For what is written in a chat's name ``from`` holds a stand-in that is the same for everybody.
    """
    for path in ("sender_chat.id", "from.id"):
        found = payload.at(message, path)
        if _is_whole(found):
            return found
    return chat


def _name(message: Mapping[str, Any]) -> str:
    who = message.get("sender_chat") or message.get("from")
    return telegram_text.name(who)[: payload.MOST_NAME]


def _time(message: Mapping[str, Any]) -> float | None:
    date = message.get("date")
    return float(date) if _is_whole(date) else None


def _whole(values: Any, name: str, pointer: str) -> int:
    found = values.get(name) if isinstance(values, Mapping) else None
    if not _is_whole(found):
        raise InputError(
            f"{name} is no whole number. Only updates of Telegram's Bot API are read here", pointer=pointer
        )
    return found


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
