"""What commands share that look into the store: it is opened, asked and closed; and times as they show them."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError

if TYPE_CHECKING:
    from lurewatch.casework.store import Store

Answer = TypeVar("Answer")


def asked(settings: Settings, ask: Callable[[Store], Awaitable[Answer]]) -> Answer:
    """What is answered of the open store of the settings.

    Raises:
        SettingsError: there is none, or the packages that it needs are missing.
        StoreError: it cannot be used.
    """
    try:
        from lurewatch.casework.store import Store  # noqa: PLC0415 - an extra: everything else works without it
        from lurewatch.entrypoints.recording import store_url  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(f"the store needs more packages ({error}). pip install 'lurewatch[store]'") from error
    url = store_url(settings)
    if not url:
        raise SettingsError("store.url is none: nothing is recorded. Write a URL.")

    async def answer() -> Answer:
        async with await Store.open(url) as store:
            return await ask(store)

    return asyncio.run(answer())


def moment(seconds: float) -> str:
    """Seconds since the epoch in ISO 8601, to the second."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
