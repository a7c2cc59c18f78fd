"""What was found, in figures: alerts by kind, brand, pattern, conversation, time and score (spec: brand monitor)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar, get_args

from sqlalchemy import RowMapping

from lurewatch.casework.store import Store
from lurewatch.casework.store import statistics as counting
from lurewatch.casework.store.statistics import BINS, Selection
from lurewatch.engine.policies.brand_watch import TRIGGERS
from lurewatch.errors import InputError

Bucket = Literal["hour", "day", "week"]
BUCKETS: tuple[str, ...] = get_args(Bucket)
MOST_LISTED = 200
"""The longest list of brands, patterns or conversations."""
MOST_TIMES = 1_000
"""The longest list of hours, days or weeks."""
_WIDTHS = {"hour": 3_600, "day": 86_400, "week": 604_800}
_FIRST_MONDAY = 4 * 86_400
_LATEST = 253_402_300_799
_SCORED = "brand_watch"
"""The policy whose scores are in [0,1]."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Kind:
    """Alerts of one type of a policy."""

    policy: str
    type: str
    count: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Alerts with one brand or pattern."""

    value: str
    count: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts of one conversation."""

    channel: str
    conversation_id: str
    count: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Alerts of an hour, a day or a week that begins at ``start`` (seconds since the epoch)."""

    start: int
    count: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class Top(Generic[Item]):
    """Part of a list; ``others`` is the sum of the counts that are not in it."""

    items: tuple[Item, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Alerts counted. What is suppressed is also in ``count``. An alert with two brands counts for both.

    ``types``, ``brands``, ``patterns`` and ``groups`` begin with the most frequent, ``times`` with the newest; hours,
    days and weeks (from Monday) are those of UTC, and those without an alert are missing. ``scores`` are of
    brand_watch, in BINS parts of [0,1]; the last has 1, too.
    """

    alerts: int
    suppressed: int
    types: tuple[Kind, ...]
    brands: Top[Mark]
    patterns: Top[Mark]
    groups: Top[Group]
    times: Top[Stretch]
    scores: tuple[int, ...]


class Statistics:
    """Counts the alerts of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def figures(self, selection: Selection, *, bucket: Bucket = "day", most: int = 20) -> Figures:
        """The figures of a selection; lists have at most ``most`` items, ``times`` at most MOST_TIMES.

        Raises:
            InputError: there is no such bucket, ``most`` is not in [1, MOST_LISTED], or a time is before 1970, after
                9999, or ``since`` is not before ``until``.
            StoreError: the store cannot be used.
        """
        _check(selection, bucket, most)
        width, offset = _WIDTHS[bucket], _FIRST_MONDAY if bucket == "week" else 0
        async with self._store.reading() as connection:
            types = await counting.types(connection, selection)
            brands = await counting.marks(connection, selection, "brands", most)
            patterns = await counting.marks(connection, selection, "patterns", most, TRIGGERS)
            groups = await counting.groups(connection, selection, most)
            times = await counting.times(connection, selection, width, offset, MOST_TIMES)
            scored = selection.policy in (None, _SCORED)
            scores = await counting.scores(connection, replace(selection, policy=_SCORED)) if scored else {}
        return Figures(
            alerts=sum(row["count"] for row in types),
            suppressed=sum(row["suppressed"] for row in types),
            types=tuple(Kind(row["policy"], row["type"], row["count"], row["suppressed"]) for row in types),
            brands=_top(brands, lambda row: Mark(row["value"], row["count"], row["suppressed"])),
            patterns=_top(patterns, lambda row: Mark(row["value"], row["count"], row["suppressed"])),
            groups=_top(groups, _group),
            times=_top(times, lambda row: Stretch(row["number"] * width + offset, row["count"], row["suppressed"])),
            scores=tuple(scores.get(number, 0) for number in range(BINS)),
        )


def _group(row: RowMapping) -> Group:
    return Group(row["channel"], row["conversation_id"], row["count"], row["suppressed"])


def _top(rows: Sequence[RowMapping], item: Callable[[RowMapping], Item]) -> Top[Item]:
    listed = sum(row["count"] for row in rows)
    return Top(tuple(map(item, rows)), rows[0]["total"] - listed if rows else 0)


def _check(selection: Selection, bucket: str, most: int) -> None:
    if bucket not in BUCKETS:
        raise InputError(f"a bucket is one of {', '.join(BUCKETS)}", pointer="/bucket")
    if not 1 <= most <= MOST_LISTED:
        raise InputError(f"the limit is from 1 to {MOST_LISTED}", pointer="/limit")
    since, until = selection.since, selection.until
    for pointer, moment in (("/since", since), ("/until", until)):
        if moment is not None and not 0 <= moment <= _LATEST:
            raise InputError("a time is from the year 1970 on and before 10000", pointer=pointer)
    if since is not None and until is not None and since >= until:
        raise InputError("since is not before until. Exchange them, or leave one out", pointer="/since")
