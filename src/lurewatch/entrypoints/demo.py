"""A week of invented conversations, told to an empty store as if it had been there: ``lurewatch serve --demo``."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from lurewatch.casework.archive import MOST_ROWS, Archive, StoredAlert
from lurewatch.casework.review import Review
from lurewatch.casework.screening import DEFAULT_TENANT, Incoming, Screening
from lurewatch.casework.store import Store
from lurewatch.casework.store.schema import conversations
from lurewatch.engine.pipeline import Engine
from lurewatch.entrypoints import messages
from lurewatch.entrypoints.recording import NO_STORE, store_url
from lurewatch.entrypoints.settings import SETTINGS, Settings
from lurewatch.errors import InputError, SettingsError

_PLACES = (Path(__file__).parents[1] / "examples" / "week.jsonl", Path(__file__).parents[3] / "examples" / "week.jsonl")
"""Where the week is: in an installed package, and in a working copy."""
_KEPT = ("engine", "packs", "thresholds", "detectors", "second_reading", "cache", "policies", "service", "store")
"""The sections that a demonstration takes over. Nothing invented may reach a bus, a platform or a model of somebody."""
_REVIEWED_AFTER = 2 * 3_600.0
_REVIEWER = "demo"
Told = Callable[[int, int], None]
"""Is told how many messages of how many are done."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One message of the week at its time, in seconds since the epoch."""

    at: float
    incoming: Incoming


def demo_settings(settings: Settings) -> Settings:
    """The settings of a demonstration: a store of its own unless one is set, and nobody outside who hears of it."""
    changed: dict[str, Any] = {one.name: one.default for one in SETTINGS if one.key.split(".")[0] not in _KEPT}
    if settings.store in ("", NO_STORE):
        own = store_url(replace(settings, store=""))
        changed["store"] = own.removesuffix("lurewatch.db") + "demo.db"
    return replace(settings, **changed)


async def prepare(settings: Settings, engine: Callable[[], Engine], now: float, told: Told) -> bool:
    """Fill the store of ``demo_settings(settings)``, up to ``now``; false where our own was filled before.

    Raises:
        SettingsError: a store is set, and it is not empty.
        StoreError: it cannot be used.
    """
    url = demo_settings(settings).store
    if settings.store not in ("", NO_STORE):
        async with await Store.open(url) as store:
            if count := await _count(store):
                raise SettingsError(
                    f"store.url: there are {count} conversations, and --demo fills an empty store only. Set another, "
                    "such as LUREWATCH_STORE=sqlite:///demo.db, or start without --demo"
                )
            await fill(store, engine(), now, told)
        return True
    file = Path(url.removeprefix("sqlite:///"))
    if file.exists():
        return False
    unfinished = file.with_suffix(".unfinished")  # a week that was cut short is begun anew
    for part in (unfinished, *(Path(f"{unfinished}{end}") for end in ("-wal", "-shm"))):
        part.unlink(missing_ok=True)
    async with await Store.open(f"sqlite:///{unfinished}") as store:
        await fill(store, engine(), now, told)
    unfinished.replace(file)
    return True


async def fill(store: Store, engine: Engine, now: float, told: Told = lambda _done, _of: None) -> None:
    """Screen the week in the order in which it was said, so that it ends at ``now``, and close some of its alerts.

    The same ``now`` and engine leave the same in the store, ids included.
    """
    week = _week()
    moment = now
    steps = sorted(_steps(week, now), key=lambda step: step.at)
    numbers = itertools.count()

    def new_id() -> str:
        return hashlib.sha256(f"demo {next(numbers)}".encode()).hexdigest()[:32]

    screening = Screening(lambda: engine, store, clock=lambda: moment, new_id=new_id)
    for done, step in enumerate(steps, 1):
        moment = step.at
        await screening.screen(step.incoming)
        told(done, len(steps))
    await screening.close()
    await _close_alerts(store, engine, {one["id"]: one["disposition"] for one in week if one.get("disposition")}, now)


async def _close_alerts(store: Store, engine: Engine, dispositions: dict[str, str], now: float) -> None:
    archive, cursor = Archive(store), None
    found: list[StoredAlert] = []
    while True:
        page = await archive.alerts(DEFAULT_TENANT, cursor=cursor, limit=MOST_ROWS)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    for alert in sorted(found, key=lambda alert: (alert.created_at, alert.id)):
        if disposition := dispositions.get(alert.conversation_id):
            closed = min(alert.created_at + _REVIEWED_AFTER, now)
            review = Review(store, lambda: engine, clock=lambda closed=closed: closed)  # type: ignore[misc]
            await review.close(DEFAULT_TENANT, alert.id, disposition, reviewer=_REVIEWER)


async def _count(store: Store) -> int:
    async with store.reading() as connection:
        count: int = (await connection.execute(select(func.count()).select_from(conversations))).scalar_one()
        return count


def _week() -> list[dict[str, Any]]:
    for place in _PLACES:
        if place.is_file():
            return [json.loads(line) for line in place.read_text("utf-8").splitlines()]
    raise InputError("examples/week.jsonl is not there. Install Lurewatch anew, or start without --demo")


def _steps(week: list[dict[str, Any]], now: float) -> Iterator[_Step]:
    """Every message, moved in time so that the last one of all is said a minute before ``now``."""
    said = [(one, messages.message(fields, "")) for one in week for fields in one["messages"]]
    later = now - 60 - max(message.timestamp or 0 for _, message in said)
    for one, message in said:
        moved = replace(message, timestamp=(message.timestamp or 0) + later)
        client, advisor = one.get("client", ""), one.get("advisor", "")
        yield _Step(
            moved.timestamp or now,
            Incoming(
                one["id"],
                moved,
                channel=one["channel"],
                client=client,
                advisor=advisor,
                sender_type="advisor" if advisor and message.sender == advisor else "client",
                sender_metadata=messages.sender_metadata(one.get("sender_metadata"), ""),
            ),
        )
