"""The store: whether it is there and takes writing, how far it was brought, its outbox, its keys, its clock."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lurewatch.entrypoints.doctor.diagnosis import Clock, Diagnosis, Findings
from lurewatch.entrypoints.settings import Settings
from lurewatch.errors import LurewatchError

if TYPE_CHECKING:
    from lurewatch.casework.condition import Condition

_PATIENCE = 15.0
_ROOM, _LEAST_ROOM = 1 << 30, 100 << 20
"""Bytes of free disk: less is told, and less is too little."""
_LONG_PENDING = 15 * 60.0
_LONG_UNSEALED = 5 * 60.0
_MADE = "It is made when `lurewatch serve` starts."
_MAKE_A_KEY = "Make one with `lurewatch keys create NAME --scope admin`, set LUREWATCH_API_KEY, or listen on 127.0.0.1."
_MAKE_ANOTHER = "Make one with `lurewatch keys create NAME --scope admin`, or set LUREWATCH_API_KEY."


async def store(settings: Settings) -> Findings:
    """What can be said of the store."""
    try:
        from lurewatch.casework.condition import look  # noqa: PLC0415 - needs packages that a scan does without
        from lurewatch.entrypoints.recording import store_url  # noqa: PLC0415
    except ImportError as error:
        remedy = "If messages are to be recorded: pip install 'lurewatch[serve]'"
        return Findings((Diagnosis("store", "warn", f"not looked at, {error.name} is not installed", remedy),))
    try:
        url = store_url(settings)
        if not url:
            return Findings((Diagnosis("store", "ok", "switched off"), _keys(settings, None)))
        file = _file(url)
        if file is not None and not file.exists():
            return Findings((_not_yet(file), *_room(file), _keys(settings, None)))
        async with asyncio.timeout(_PATIENCE):
            condition = await look(url)
    except LurewatchError as error:
        remedy = "Mend store.url (LUREWATCH_STORE), its server or its folder; messages are refused meanwhile."
        return Findings((Diagnosis("store", "fail", str(error), remedy),))
    except TimeoutError:
        remedy = "Is another process writing to it all the time, or the server overloaded?"
        return Findings((Diagnosis("store", "fail", f"it did not answer within {_PATIENCE:g} s", remedy),))
    ahead = condition.clock_ahead
    clock = None if ahead is None else Clock("the database server", ahead, 0.5)
    return Findings(tuple(_told(settings, url, file, condition)), clock)


def _told(settings: Settings, url: str, file: Path | None, condition: Condition) -> Iterator[Diagnosis]:
    from lurewatch.casework.store import address  # noqa: PLC0415 - see above

    place = f"{file}" if file else address(url).render_as_string(hide_password=True).replace("+asyncpg", "")
    if condition.journal and condition.journal != "wal":
        seen = f"{place} can be written to, but its journal is {condition.journal} and not WAL"
        remedy = "Put it on a local disk: WAL does not work on network file systems." if file else "It ends with us."
        yield Diagnosis("store", "warn", seen, remedy)
    else:
        yield Diagnosis("store", "ok", f"{place} can be written to")
    if file is not None:
        yield from _room(file)
    yield _migrations(condition)
    yield _outbox(condition)
    yield _audit(condition)
    yield _keys(settings, condition)


def _file(url: str) -> Path | None:
    """The file of SQLite; None for another database, or one in memory."""
    from lurewatch.casework.store import address  # noqa: PLC0415 - see above

    named = address(url)
    if named.get_backend_name() != "sqlite" or named.database in (None, "", ":memory:"):
        return None
    return Path(str(named.database))


def _not_yet(file: Path) -> Diagnosis:
    folder = file.absolute().parent
    if not folder.is_dir():
        return Diagnosis("store", "fail", f"the folder {folder} does not exist", "Make it, or mend store.url.")
    if not os.access(folder, os.W_OK | os.X_OK):
        remedy = "Let the user that runs Lurewatch write there, or mend store.url."
        return Diagnosis("store", "fail", f"{file} cannot be made: nothing may be written to {folder}", remedy)
    return Diagnosis("store", "ok", f"{file} does not exist yet. {_MADE}")


def _room(file: Path) -> Iterator[Diagnosis]:
    folder = next((folder for folder in file.absolute().parents if folder.is_dir()), None)
    if folder is None:
        return
    free = shutil.disk_usage(folder).free
    seen = f"{free / (1 << 30):.1f} GiB free where {file.name} is"
    state = Diagnosis("disk", "ok", seen)
    if free < _ROOM:
        remedy = "Make room, or let `lurewatch purge` forget what is old: a full disk stops the recording."
        state = Diagnosis("disk", "fail" if free < _LEAST_ROOM else "warn", seen, remedy)
    yield state


def _migrations(condition: Condition) -> Diagnosis:
    revision = condition.revision
    if revision.is_newer:
        seen = f"written by a newer Lurewatch (its state is {revision.found}, ours ends at {revision.head})"
        return Diagnosis("migrations", "fail", seen, "Install that version, or newer.")
    if revision.found is None:
        return Diagnosis("migrations", "ok", f"there are no tables yet. {_MADE}")
    if revision.missing:
        seen = f"at {revision.found}, to come: {', '.join(revision.missing)}"
        remedy = "The next start of `lurewatch serve` applies them. Back the store up before."
        return Diagnosis("migrations", "warn", seen, remedy)
    return Diagnosis("migrations", "ok", f"up to date ({revision.head})")


def _outbox(condition: Condition) -> Diagnosis:
    waited = 0.0 if condition.oldest is None else time.time() - condition.oldest
    seen = f"{condition.pending} pending, {condition.dead} dead"
    if condition.pending:
        seen += f", the oldest for {_span(waited)}"
    if condition.dead:
        remedy = "`lurewatch events list --status dead` says why; mend that, then `lurewatch events retry --all`."
        return Diagnosis("outbox", "warn", seen, remedy)
    if waited > _LONG_PENDING:
        remedy = (
            "Is `lurewatch serve` running, and the bus reachable? `lurewatch events list --status pending` says more."
        )
        return Diagnosis("outbox", "warn", seen, remedy)
    return Diagnosis("outbox", "ok", seen)


def _audit(condition: Condition) -> Diagnosis:
    """Whether the newest seal of the audit log fits, and whether somebody still seals it."""
    if not condition.is_sealed_well:
        remedy = "`lurewatch audit verify` says where, docs/audit.md what that shows. Keep a copy of the store."
        return Diagnosis("audit log", "fail", "its newest batch is not what was sealed", remedy)
    waited = 0.0 if condition.unsealed is None else time.time() - condition.unsealed
    if waited > _LONG_UNSEALED:
        seen = f"the newest batch fits, and entries wait for {_span(waited)} to be sealed"
        remedy = "Is `lurewatch serve` running? It seals every few seconds; its log says why it cannot."
        return Diagnosis("audit log", "warn", seen, remedy)
    return Diagnosis("audit log", "ok", "the newest batch fits; `lurewatch audit verify` looks at all of them")


def _span(seconds: float) -> str:
    for length, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _keys(settings: Settings, condition: Condition | None) -> Diagnosis:
    from lurewatch.entrypoints.recording import is_local  # noqa: PLC0415 - see above

    count = condition.keys if condition else 0
    known = f"{count} in the store" + (", one in the settings" if settings.api_key else "")
    if count or settings.api_key:
        return Diagnosis("API keys", "ok", known)
    if condition and condition.is_locked:
        return Diagnosis("API keys", "fail", "every key is over or revoked: nobody is answered", _MAKE_ANOTHER)
    if is_local(settings.host):
        return Diagnosis("API keys", "ok", f"none; only this machine can reach {settings.host}")
    seen = f"none, and {settings.host} can be reached from elsewhere: the service will not start"
    return Diagnosis("API keys", "fail", seen, _MAKE_A_KEY)
