"""Who outside is told, by the settings: what does the acts that decisions ask for."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.casework.acts import Doer
from lurewatch.entrypoints import receiving
from lurewatch.entrypoints.connectors.telegram_api import Api
from lurewatch.entrypoints.connectors.telegram_posts import AdminAlerts, GroupNotices, Posts
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError


def doers(settings: Settings) -> tuple[Doer, ...]:
    """What does the acts of every destination that is set up.

    Raises:
        SettingsError: something that one of them needs is missing or wrong.
    """
    return tuple(_telegram(settings))


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
