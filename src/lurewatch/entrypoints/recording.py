"""The store of a service and what works on it, opened when it can be and waited for while it cannot."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from lurewatch.casework import retention
from lurewatch.casework.access import Access
from lurewatch.casework.acts import Doer
from lurewatch.casework.archive import Archive
from lurewatch.casework.bus import Bus
from lurewatch.casework.leaving import heeding
from lurewatch.casework.relay import Pace, Relay, to_bus
from lurewatch.casework.review import Review
from lurewatch.casework.screening import NO_TERMS, Adviser, Incoming, Screened, Screening, Terms
from lurewatch.casework.sealing import Sealer
from lurewatch.casework.statistics import Statistics
from lurewatch.casework.store import Store, address
from lurewatch.casework.subjects import Subjects
from lurewatch.engine.model import Message
from lurewatch.engine.pipeline import Engine
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import SettingsError, StoreError

NO_STORE = "none"
"""The setting that keeps nothing."""
_log = logging.getLogger("lurewatch")
_RETRY_SECONDS = 2.0
_GATHERING_SECONDS = 0.1
_PURGE_SECONDS = 3_600.0
_DAY = 86_400
_ACTING = Pace(timeout=20.0, lanes=4)
"""Of what is done outside. A connector gives others less time, so that it is the one to say what failed; and a site has
few workers: what waits there for one would look as if nobody was there."""
_FINISH_SECONDS = 5.0
"""So long what is handed on and sealed at the end may take; what does not get through is at the next start."""


def store_url(settings: Settings) -> str:
    """Where the store is: as set, else a file in the user's data folder, which is made; ``""`` for no store.

    Raises:
        SettingsError: the URL is none, or the folder cannot be made.
    """
    if settings.store == NO_STORE:
        return ""
    if settings.store:
        address(settings.store)
        return settings.store
    folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "lurewatch"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"store.url: {folder} cannot be made: {error}. Write a URL, or none.") from error
    return f"sqlite:///{folder / 'lurewatch.db'}"


def require_key(settings: Settings) -> None:
    """Refuse to be called from elsewhere while nobody needs a key for it.

    Raises:
        SettingsError: there is no valid key, and the address is not only this machine's.
    """
    url = store_url(settings)
    if settings.api_key or is_local(settings.host):
        return

    async def has_key() -> bool:
        async with await Store.open(url) as store:
            now = time.time()
            return any(key.is_valid(now) for key in await Access(store).every())

    try:
        known = bool(url) and asyncio.run(has_key())
    except StoreError:
        return  # whether there are keys cannot be known: until it is, the doors stay shut
    if not known:
        raise SettingsError(
            f"{settings.host} can be reached from elsewhere, and there is no API key. Make one with "
            "`lurewatch keys create NAME --scope admin`, or set LUREWATCH_API_KEY, or listen on 127.0.0.1."
        )


def require_store(settings: Settings) -> None:
    """Refuse to wait for a store that waiting does not mend; one that cannot be reached may come yet.

    Raises:
        StoreError: what is there is damaged, no database, or one of a newer Lurewatch.
        SettingsError: as ``store_url``.
    """
    url = store_url(settings)

    async def opened() -> None:
        async with await Store.open(url):
            pass

    try:
        if url:
            asyncio.run(opened())
    except StoreError as error:
        if error.lasting:
            place = address(url).set(query={}).render_as_string(hide_password=True)
            raise StoreError(f"store.url, {place}: {error}", lasting=True) from error


def is_local(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Recording:
    """The rooms that work on one store; until it is open each of them raises StoreError.

    What screening leaves to be told is handed on to the ``bus``, and what is to be done to the ``doers``, each by a
    relay of its own, so that none waits for another; all of them are closed at the end. The audit log is sealed.
    ``advise`` is who is asked for a second opinion, if anybody. What is older than so many ``days`` is deleted while it
    is open; 0 keeps it.
    """

    def __init__(  # noqa: PLR0913 - all that works on a store
        self,
        url: str,
        engine: Callable[[], Engine],
        bus: Bus,
        *,
        terms: Terms = NO_TERMS,
        advise: Adviser | None = None,
        doers: Sequence[Doer] = (),
        days: int = 0,
    ) -> None:
        self.url = url
        self._engine = engine
        self._bus = bus
        self._terms = replace(terms, destinations=tuple(doer.destination for doer in doers))
        self._advise = advise
        self._doers = doers
        self._days = days
        self._purging: asyncio.Task[None] | None = None
        self._relays: list[Relay] = []
        self._waking: asyncio.TimerHandle | None = None
        self._beside: list[tuple[Relay | Sealer, asyncio.Task[None]]] = []
        """What runs beside the service, and its task."""
        self._store: Store | None = None
        self._screening: Screening | None = None
        self._access: Access | None = None
        self._problem = "the store is not open yet"

    def screening(self) -> Screening:
        """Screens and records."""
        if self._screening is None:
            raise StoreError(self._problem, unreachable=True)
        return self._screening

    async def whole(self, last: Incoming, earlier: Sequence[Message]) -> Screened:
        """Screens and records a whole conversation."""
        return await self.screening().screen_whole(last, earlier)

    def archive(self) -> Archive:
        """Looks up what was recorded."""
        return Archive(self._opened())

    def review(self) -> Review:
        """Closes alerts."""
        return Review(self._opened(), self._engine, self._terms.bindings, keep=self._terms.keep)

    def statistics(self) -> Statistics:
        """Counts alerts."""
        return Statistics(self._opened())

    def subjects(self) -> Subjects:
        """Erases and exports people."""
        return Subjects(self._opened())

    def access(self) -> Access:
        """Knows who may call."""
        if self._access is None:
            self._access = Access(self._opened())
        return self._access

    def _opened(self) -> Store:
        if self._store is None:
            raise StoreError(self._problem, unreachable=True)
        return self._store

    async def open(self) -> bool:
        """Try to open the store once; whether it is open now."""
        try:
            self._store = await Store.open(self.url)
        except StoreError as error:
            if self._problem != str(error):
                self._problem = str(error)
                _log.error("The store cannot be opened, messages are refused until it can: %s", error)
            return False
        acting = [Relay(self._store, heeding(self._store, doer.does), pace=_ACTING) for doer in self._doers]
        self._relays = [Relay(self._store, to_bus(self._bus)), *acting]
        sealer = Sealer(self._store, failed=lambda error: _log.warning("The audit log waits unsealed: %s", error))
        beside: list[Relay | Sealer] = [*self._relays, sealer]
        self._beside = [(one, asyncio.create_task(one.run())) for one in beside]
        self._screening = Screening(
            self._engine, self._store, terms=self._terms, recorded=self._wake, advise=self._advise
        )
        if self._days:
            self._purging = asyncio.create_task(self._purge(self._store))
        return True

    def _wake(self) -> None:
        """Have what was recorded handed on, in a moment: what comes together costs a fraction of what comes alone."""
        if self._waking is None:
            self._waking = asyncio.get_running_loop().call_later(_GATHERING_SECONDS, self._wake_relays)

    def _wake_relays(self) -> None:
        self._waking = None
        for relay in self._relays:
            relay.wake()

    async def _purge(self, store: Store) -> None:
        """Delete what is too old, at once and then every hour."""
        while True:
            try:
                await retention.purge(store, time.time() - self._days * _DAY)
            except StoreError as error:
                _log.error("What is older than store.retention could not be deleted: %s", error)
            await asyncio.sleep(_PURGE_SECONDS)

    async def keep_trying(self) -> None:
        """Try until the store is open."""
        while self._store is None:
            await asyncio.sleep(_RETRY_SECONDS)
            await self.open()

    async def close(self) -> None:
        """Finish what is under way and let go of the store."""
        if self._purging is not None:
            self._purging.cancel()
            await asyncio.gather(self._purging, return_exceptions=True)
        if self._screening is not None:
            await self._screening.close()
        for one, _ in self._beside:
            one.stop()
        if tasks := [task for _, task in self._beside]:
            _, late = await asyncio.wait(tasks, timeout=_FINISH_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._bus.close()
        for doer in self._doers:
            await doer.close()
        if self._store is not None:
            await self._store.close()
