"""Who outside is told, by the settings: what does the acts that decisions ask for."""

from __future__ import annotations

from lurewatch.casework.acts import Doer
from lurewatch.entrypoints.settings import Settings
from lurewatch.entrypoints.webhook_endpoints import webhooks


def doers(settings: Settings) -> tuple[Doer, ...]:
    """What does the acts of every destination that is set up.

    Raises:
        SettingsError: something that one of them needs is missing or wrong.
    """
    return (*webhooks(settings),)
