"""People close alerts: a disposition is kept, and a false positive gives its pair the incident back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lurewatch.casework import indicators
from lurewatch.casework.keep import Keep
from lurewatch.casework.screening.bindings import Binding, Bound
from lurewatch.casework.store import Store, cases, journal, reading, reviewing
from lurewatch.casework.store import indicators as stored
from lurewatch.casework.store.schema import NOT_COUNTED
from lurewatch.engine.model import Verdict
from lurewatch.engine.pipeline import Engine
from lurewatch.errors import InputError

Disposition = Literal["true_positive", "false_positive", "benign", "undetermined"]
DISPOSITIONS: tuple[str, ...] = get_args(Disposition)
MOST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Closed:
    """An alert that was closed. ``incidents_changed`` is what that did to the count of its pair."""

    alert: str
    disposition: str
    incidents_changed: int


class Review:
    """Closes alerts in a store.

    ``engine`` (the current one) and ``bindings`` say by which values nobody is known, ``keep`` whether values or
    digests are kept of true positives.
    """

    def __init__(
        self,
        store: Store,
        engine: Callable[[], Engine],
        bindings: Sequence[Binding] = (),
        clock: Callable[[], float] = time.time,
        keep: Keep = "full",
    ) -> None:
        self._store = store
        self._engine = engine
        self._bindings = bindings
        self._clock = clock
        self._keep = keep

    async def close(
        self, tenant: str, alert_id: str, disposition: str, *, reviewer: str = "", note: str = "", key: str = ""
    ) -> Closed | None:
        """Close an alert, or close it otherwise than before; None where there is no such alert. With the last one its
        case is closed.

        A false positive, and what was benign, no longer counts for its pair; closed otherwise later it counts again.
        ``key`` is the id of the caller's key, for the audit log.

        Raises:
            InputError: there is no such disposition, or the note is longer than MOST_NOTE.
            StoreError: the store cannot be used; nothing changed.
        """
        if disposition not in DISPOSITIONS:
            raise InputError(f"a disposition is one of {', '.join(DISPOSITIONS)}", pointer="/disposition")
        if len(note) > MOST_NOTE:
            raise InputError(f"a note has at most {MOST_NOTE} characters", pointer="/note", limit=True)

        async def closed(connection: AsyncConnection) -> Closed | None:
            alert = await reviewing.hold_alert(connection, tenant, alert_id)
            if alert is None:
                return None
            before = await reviewing.last_disposition(connection, alert["seq"])
            change = (_counts(disposition) - _counts(before)) * alert["incidents"]
            now = self._clock()
            await reviewing.close_alert(connection, alert, disposition, reviewer, note, now)
            if change:
                await reviewing.add_incidents(connection, alert, change, now)
            await cases.settle(connection, tenant, alert["case_id"], now)
            await self._learn(connection, alert, disposition, now)
            detail = {"verdict": alert["verdict"], "disposition": disposition, "incidents_changed": change}
            actor = key or journal.SYSTEM
            await journal.add(connection, journal.Act("alert_closed", tenant, alert_id, now, actor, detail))
            return Closed(alert_id, disposition, change)

        return await self._store.changed(closed)

    async def _learn(self, connection: AsyncConnection, alert: RowMapping, disposition: str, now: float) -> None:
        """What a true positive used is known from now on; of what was none everything is forgotten."""
        conversation = alert["conversation"]
        if disposition in NOT_COUNTED:
            await stored.forget(connection, conversation)
        elif disposition == "true_positive":
            bound = Bound(self._engine(), self._bindings)
            listed = bound.of(alert["tenant"], alert["channel"]).policies.off_platform
            its_own = await reading.verdict(connection, alert["tenant"], alert["verdict"])
            newest = await reading.newest_verdict(connection, conversation)
            verdicts = [
                msgspec.json.decode(row["verdict"], type=Verdict) for row in (its_own, newest) if row is not None
            ]
            seen = indicators.shareable([one for verdict in verdicts for one in verdict.indicators], listed)
            used = indicators.Used(alert["tenant"], conversation, seen, indicators.REVIEWED)
            await indicators.keep(connection, [used], now, self._keep)


def _counts(disposition: str | None) -> int:
    return int(disposition not in NOT_COUNTED)
