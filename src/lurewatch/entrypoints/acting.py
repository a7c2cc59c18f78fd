"""Who outside is told, by the settings: what does the acts that decisions ask for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import cast
from urllib.parse import urlsplit

from lurewatch.casework.acts import Doer
from lurewatch.entrypoints import receiving
from lurewatch.entrypoints.connectors.erpnext_desk import BannerDoctype, Banners, DeskConfig, Issues
from lurewatch.entrypoints.connectors.frappe_site import Account
from lurewatch.entrypoints.connectors.telegram_api import Api
from lurewatch.entrypoints.connectors.telegram_posts import AdminAlerts, GroupNotices, Posts
from lurewatch.entrypoints.recording import is_local, store_url
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.webhook_endpoints import webhooks
from lurewatch.errors import SettingsError


def doers(settings: Settings) -> tuple[Doer, ...]:
    """What does the acts of every destination that is set up.

    Raises:
        SettingsError: something that one of them needs is missing or wrong.
    """
    return tuple(chain(_erpnext(settings), _telegram(settings), webhooks(settings)))


def _telegram(settings: Settings) -> Iterator[Doer]:
    """The groups, and the chat of the administrators: apart, so that neither waits for the other."""
    bot = receiving.telegram_bot(settings)
    if bot is None:
        if settings.telegram_admin_chat:
            raise SettingsError("telegram.admin_chat needs telegram.token. Set it to the one that @BotFather gave.")
        return
    posts = Posts(Api(bot))
    tenant = receiving.telegram_tenant(settings)
    yield GroupNotices(posts, tenant)
    if settings.telegram_admin_chat:
        yield AdminAlerts(posts, tenant, settings.telegram_admin_chat)


def _erpnext(settings: Settings) -> Iterator[Doer]:
    """The threads, and the Issues of the administrators: apart, so that neither waits for the other."""
    given = {
        "erpnext.url": settings.erpnext_url,
        "erpnext.api_key": settings.erpnext_api_key,
        "erpnext.api_secret": settings.erpnext_api_secret,
    }
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return
    if missing:
        raise SettingsError(
            f"{' and '.join(missing)} must be set to write to ERPNext, since others of {', '.join(given)} are. "
            "Set all three, or none."
        )
    if not store_url(settings):
        raise SettingsError("erpnext.url needs a store, and store.url is none. Write a URL, or leave erpnext.url out.")
    config = desk(settings)
    yield Banners(config)
    yield Issues(config)


def desk(settings: Settings) -> DeskConfig:
    """How ERPNext is written to, where its address and its key are set; raises SettingsError."""
    parts = urlsplit(settings.erpnext_url)
    if parts.query or parts.fragment:
        raise SettingsError("erpnext.url is more than the address of a site. Write it as https://portal.example.")
    if parts.scheme != "https" and not (settings.erpnext_allow_http or is_local(parts.hostname or "")):
        raise SettingsError(
            "erpnext.url has no https: whoever is between could read the key. Write https, or switch "
            "erpnext.allow_http on where the way there is safe."
        )
    for name, value in (("api_key", settings.erpnext_api_key), ("api_secret", settings.erpnext_api_secret)):
        if not (value.isascii() and value.isprintable()) or " " in value or ":" in value:
            raise SettingsError(f"erpnext.{name} has other characters than ERPNext's. Copy it anew from API Access.")
    return DeskConfig(
        Account(settings.erpnext_url, settings.erpnext_api_key, settings.erpnext_api_secret),
        # Without a webhook no post of ours comes back, and the mark only finds it again.
        secret=settings.erpnext_webhook_secret or settings.erpnext_api_secret,
        tenant=settings.erpnext_tenant,
        doctype=cast("BannerDoctype", settings.erpnext_banner),
        issue_type=settings.erpnext_issue_type,
        usual_priority=settings.erpnext_usual_priority,
        high_priority=settings.erpnext_high_priority,
        create_missing=settings.erpnext_create_missing,
    )
