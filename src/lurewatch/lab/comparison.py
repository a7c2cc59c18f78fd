"""What changed since an older report, and what got worse by more than chance explains.

A regression is a figure on the wrong side of its old interval, in a table where that is a promise: overall, by source
(recall and false positives), under attack, before the ask. Small groups change from one version to the next without
saying anything; their figures are in the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from lurewatch.errors import InputError
from lurewatch.lab.bootstrap import Estimate
from lurewatch.lab.evaluation import FORMAT, Report
from lurewatch.lab.measures import NAMES

Place = tuple[str, str, str, str]
"""Unit, table, group, figure."""
_PROMISED = frozenset({"overall", "attack", "ask"})
_PROMISED_BY_SOURCE = frozenset({"recall", "false_positives"})


@dataclass(frozen=True, slots=True)
class Change:
    """One promised figure, before and now."""

    place: Place
    old: Estimate
    new: Estimate

    @property
    def moved(self) -> bool:
        """Whether the figure is another one at all."""
        return self.new.value != self.old.value

    @property
    def regressed(self) -> bool:
        """Whether it is worse than the old interval allows."""
        better = NAMES[self.place[3]].better
        return (better == "higher" and self.new.value < self.old.low) or (
            better == "lower" and self.new.value > self.old.high
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """All promised figures that both reports hold, those that only one holds, and what else is not the same."""

    changes: tuple[Change, ...]
    gone: tuple[Place, ...]
    fresh: tuple[Place, ...]
    notes: tuple[str, ...]

    @property
    def regressions(self) -> tuple[Change, ...]:
        """What got worse."""
        return tuple(change for change in self.changes if change.regressed)


def compare(old: Path, report: Report) -> Comparison:
    """The report beside an older one that was written as JSON.

    Raises:
        InputError: the file cannot be read, is no report, or was measured in another way.
    """
    try:
        content = orjson.loads(old.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{old} cannot be read as an older report: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{old} is no report of this version. Write one: lurewatch evaluate DATA --json FILE")
    plan = report.plan
    for key, now in (("half", plan.half), ("scam_share", plan.share)):
        if content.get(key) != now:
            raise InputError(f"{old} was measured with {key} {content.get(key)}, and this one with {now}.")
    try:
        before = dict(_old_figures(content))
        notes = tuple(_notes(content, report))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{old} is damaged: {error!r}") from error
    now_found = dict(_figures(report))
    both = [place for place in now_found if place in before]
    return Comparison(
        tuple(Change(place, before[place], now_found[place]) for place in both),
        tuple(place for place in before if place not in now_found),
        tuple(place for place in now_found if place not in before),
        notes,
    )


def _figures(report: Report) -> Iterator[tuple[Place, Estimate]]:
    for group in report.groups:
        for name, figure in group.figures.items():
            if _promised(group.table, name):
                yield (group.unit, group.table, group.name, name), figure


def _old_figures(content: Mapping[str, Any]) -> Iterator[tuple[Place, Estimate]]:
    for group in content["groups"]:
        for name, figure in group["figures"].items():
            if _promised(group["table"], name):
                yield (group["unit"], group["table"], group["name"], name), Estimate(**figure)


def _promised(table: str, name: str) -> bool:
    return name in NAMES and (table in _PROMISED or (table == "source" and name in _PROMISED_BY_SOURCE))


def _notes(content: Mapping[str, Any], report: Report) -> Iterator[str]:
    """What else differs between the two: versions, and the rows that were judged."""
    versions = content["versions"]
    for name, now in report.plan.versions.items():
        if versions.get(name) != now:
            yield f"{name} {versions.get(name)} is now {now}"
    rows = {(group["unit"], group["table"], group["name"]): group["counts"] for group in content["groups"]}
    for group in report.groups:
        before = rows.get((group.unit, group.table, group.name))
        if group.table == "overall" and before is not None:
            labels = ("scam", "honest", "spam")
            if any(before[label] != group.counts[label] for label in labels):
                yield f"not the same rows: {group.unit}s, {group.name}"
