"""The short form of the trials, and that the books are read closely: whatever is spoilt in them is found."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.durability import audit
from tests.durability.books import Books
from tests.durability.trial import Plan, run

pytestmark = pytest.mark.slow
_SHORT = [
    pytest.param(Plan("sqlite", kills=2, cuts=0, seed=1, clients=8, hurry=True), id="sqlite"),
    pytest.param(Plan("postgresql", kills=2, cuts=5, seed=2, clients=8, hurry=True), id="postgresql"),
]


def _without(table: str) -> Callable[[Books], None]:
    def spoil(books: Books) -> None:
        del books.rows[table][0]

    return spoil


def _one_more(table: str, column: str) -> Callable[[Books], None]:
    def spoil(books: Books) -> None:
        books.rows[table][-1][column] += 1

    return spoil


def _doubled(books: Books) -> None:
    books.rows["messages"].append({**books.rows["messages"][0], "position": 10_000})


def _dead(books: Books) -> None:
    books.rows["outbox"][-1]["status"] = "dead"


def _not_handed_off(books: Books) -> None:
    handed_off = [row for row in books.rows["conversations"] if row["handed_off_at"] is not None]
    handed_off[0]["handed_off_at"] = None


def _under_another_id(books: Books) -> None:
    books.events.append(replace(books.events[0], id="another"))


def _late(books: Books) -> None:
    """The first event of a conversation with several arrives behind all others."""
    orders = [event.order for event in books.events]
    first = next(event for event in books.events if orders.count(event.order) > 1)
    books.events[:] = [*(event for event in books.events if event.id != first.id), first]


def _alerted_at_once(books: Books) -> None:
    for row in books.rows["alerts"]:
        row["suppressed"] = False


def _moved(books: Books) -> None:
    """The alert of an incident is said to be that of a message without one."""
    counted = next(row for row in books.rows["alerts"] if row["incidents"])
    counted["verdict"] = books.rows["verdicts"][-1]["id"]


_SPOILT: dict[str, Callable[[Books], None]] = {
    "what was acknowledged has the verdict it was answered with": _without("verdicts"),
    "every message is recorded once, and in order": _doubled,
    "every message has one verdict": _without("messages"),
    "every verdict has its event": _without("outbox"),
    "every hand-off has its event": _not_handed_off,
    "every event is delivered": _dead,
    "an event that comes again is the same": _under_another_id,
    "events of a conversation arrive in order": _late,
    "incidents of pairs are counted exactly": _one_more("pair_counters", "incidents"),
    "flags have the count of their incident": _one_more("conversation_flags", "flag_count_for_pair"),
    "every incident has one alert, nothing else has": _moved,
    "cool-downs hold": _alerted_at_once,
}


@pytest.mark.parametrize("plan", _SHORT)
def test_nothing_is_lost(plan: Plan, tmp_path: Path) -> None:
    """However it is killed and cut off: what was acknowledged is there, once, counted, and everybody heard of it; and
    where the books are spoilt the promise that this breaks is named.
    """
    outcome = asyncio.run(run(plan, tmp_path))
    assert outcome.faults == []
    assert sum(outcome.done.values()) == plan.kills + plan.cuts
    assert outcome.books.events
    assert outcome.witness.acknowledged
    for promise, spoil in _SPOILT.items():
        spoilt = copy.deepcopy(outcome.books)
        spoil(spoilt)
        assert promise in {fault.promise for fault in audit.faults(outcome.witness, spoilt)}
