"""How each platform is received, by the settings, and what becomes of what it sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from lurewatch.casework.screening import ConversationKey, Incoming, Screened, Screening
from lurewatch.entrypoints.connectors.erpnext import CHANNEL as ERPNEXT
from lurewatch.entrypoints.connectors.erpnext import ErpnextConfig
from lurewatch.entrypoints.connectors.generic import GenericConfig
from lurewatch.entrypoints.connectors.received import Migration, Received
from lurewatch.entrypoints.connectors.signature import Encoding
from lurewatch.entrypoints.connectors.telegram import CHANNEL as TELEGRAM
from lurewatch.entrypoints.connectors.telegram import TelegramConfig
from lurewatch.entrypoints.connectors.telegram_api import Bot
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import ConflictError, InputError, SettingsError

_MOST_TENANT = 64
_WORD = 200
"""A word or a number that is no longer is not cut."""
_LONGEST_ID = 190
"""Room is left for the number of a part."""
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""It stands in an address: letters, digits and hyphens, and nothing that a client would write in two ways."""
_TOKEN = re.compile(r"[0-9]{1,15}:[A-Za-z0-9_-]+")
"""A bot's token: its id, a colon, and what may stand in the path of an address."""


def erpnext_config(settings: Settings) -> ErpnextConfig:
    """How ERPNext is received; raises SettingsError."""
    return ErpnextConfig(
        settings.erpnext_webhook_secret,
        tenant=_tenant("erpnext", settings.erpnext_tenant),
        fields=dict(settings.erpnext_fields),
        own_senders=settings.erpnext_own_senders,
        time_zone=settings.erpnext_time_zone,
        most_body=settings.max_body,
    )


def telegram_bot(settings: Settings) -> Bot | None:
    """The bot that asks for updates and posts, if its token is set; raises SettingsError."""
    if not settings.telegram_token:
        return None
    if not _TOKEN.fullmatch(settings.telegram_token):
        raise SettingsError("telegram.token is no token. Write it as @BotFather gave it, such as 123456:ABC-DEF.")
    bot = Bot(settings.telegram_api_url, settings.telegram_token)
    if settings.telegram_bot_id not in (0, bot.id):
        raise SettingsError(
            "telegram.bot_id is not the number before the colon of telegram.token: what the bot posts would be "
            "screened. Leave telegram.bot_id out."
        )
    return bot


def telegram_config(settings: Settings) -> TelegramConfig:
    """How Telegram is received, by webhook or by polling; raises SettingsError."""
    bot = telegram_bot(settings)
    if settings.telegram_polling and bot is None:
        raise SettingsError("telegram.polling needs telegram.token. Set it to the one that @BotFather gave.")
    if settings.telegram_polling and settings.telegram_webhook_secret:
        raise SettingsError(
            "telegram.polling and telegram.webhook_secret are both set, and Telegram does only one. Leave one out."
        )
    return TelegramConfig(
        settings.telegram_token if settings.telegram_polling else settings.telegram_webhook_secret,
        bot_id=bot.id if bot else settings.telegram_bot_id,
        tenant=telegram_tenant(settings),
        agents=frozenset(int(agent) for agent in settings.telegram_agents),
        admin_chat=settings.telegram_admin_chat,
        most_body=settings.max_body,
    )


def telegram_tenant(settings: Settings) -> str:
    """Whose messages Telegram's are, and who is told there; raises SettingsError."""
    return _tenant("telegram", settings.telegram_tenant)


def generic_config(settings: Settings) -> GenericConfig:
    """How any other platform is received; raises SettingsError."""
    channel = settings.generic_channel
    if not _CHANNEL.fullmatch(channel) or channel in (ERPNEXT, TELEGRAM):
        raise SettingsError(
            f"generic.channel: {channel!r} cannot stand in an address. Write up to 40 small letters, digits and "
            f"hyphens, and neither {ERPNEXT} nor {TELEGRAM}."
        )
    return GenericConfig(
        channel,
        tenant=_tenant("generic", settings.generic_tenant),
        fields=dict(settings.generic_fields),
        messages=settings.generic_messages,
        mails=settings.generic_mails,
        own_senders=settings.generic_own_senders,
        signature_header=settings.generic_signature_header,
        signature_prefix=settings.generic_signature_prefix,
        signature_encoding=cast("Encoding", settings.generic_signature_encoding),
        secret=settings.generic_webhook_secret,
        most_body=settings.max_body,
    )


def _tenant(platform: str, name: str) -> str:
    if not 1 <= len(name) <= _MOST_TENANT:
        raise SettingsError(f"{platform}.tenant: a tenant has 1 to {_MOST_TENANT} characters. Write a shorter name.")
    return name


async def take(screening: Screening, given: Received | Migration) -> None:
    """Screen a message, or let a conversation go on under its new id.

    Raises:
        InputError, StoreError: as ``screen``.
    """
    if isinstance(given, Migration):
        before = ConversationKey(given.tenant, given.channel, given.before)
        await screening.move(before, before._replace(id=given.after))
    else:
        await screen(screening, given)


async def screen(screening: Screening, received: Received) -> Screened:
    """What was said of a message, once it is recorded; of its first part that was decided on, where it is too long.

    A platform shows long messages too: they are screened in parts, so that nobody gets past by writing much.

    Raises:
        InputError: it cannot be analysed.
        StoreError: the store is away; what was not recorded is when the platform sends it again.
    """
    allowed = (*received.allowed_emails, *received.allowed_phones)
    incoming = replace(received.incoming, allowed=allowed, quoted=received.quoted)
    screened = [await _screened(screening, part) for part in _parts(incoming, screening.most_characters)]
    return next((one for one in screened if one.decisions), screened[-1])


def _parts(incoming: Incoming, most: int) -> Iterator[Incoming]:
    """The message as it is, or in parts that are read: cut at a space, each with an id and a key of its own."""
    text, number = incoming.message.text, 1
    while len(text) > most:
        cut = max(text.rfind(" ", most - _WORD, most), text.rfind("\n", most - _WORD, most)) + 1 or most
        yield _part(incoming, text[:cut], number)
        text, number = text[cut:], number + 1
    yield _part(incoming, text, number)


def _part(incoming: Incoming, text: str, number: int) -> Incoming:
    if number == 1:
        return replace(incoming, message=replace(incoming.message, text=text))
    name = f"{incoming.message.message_id[:_LONGEST_ID]}#{number}" if incoming.message.message_id else ""
    key = f"{incoming.idempotency_key[:_LONGEST_ID]}#{number}" if incoming.idempotency_key else ""
    message = replace(incoming.message, text=text, message_id=name)
    return replace(incoming, message=message, idempotency_key=key, quoted="")


async def _screened(screening: Screening, incoming: Incoming) -> Screened:
    """What was said of it. One that bears the key of another message goes by its own id."""
    try:
        try:
            return await screening.screen(incoming)
        except ConflictError:
            # A platform does not choose another key when it is told to: Telegram may begin its counting anew, and two
            # webhooks of ERPNext may word the same version of a document differently.
            return await screening.screen(replace(incoming, idempotency_key=""))
    except InputError as error:  # its pointer is into ours, not into theirs
        raise InputError(str(error), limit=error.limit) from error
