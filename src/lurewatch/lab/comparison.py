"""What changed since an older report, and what got worse by more than chance explains.

A regression is a figure on the wrong side of its old interval, in a table where that is a promise: overall, by source
(recall and false positives), under attack, before the ask. Small groups change from one version to the next without
saying anything; their figures are in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from lurewatch.errors import InputError
from lurewatch.lab.bootstrap import Estimate
from lurewatch.lab.evaluation import EQUAL, FORMAT, Plan, Report
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


@dataclass(frozen=True, slots=True)
class Older:
    """What is needed of an older report: its promised figures, its versions, and its rows by group."""

    figures: Mapping[Place, Estimate]
    versions: Mapping[str, str]
    counts: Mapping[tuple[str, str, str], Mapping[str, int]]


def read(path: Path, plan: Plan) -> Older:
    """An older report that was written as JSON.

    Raises:
        InputError: the file cannot be read, is no report, or was measured in another way than planned.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as an older report: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path} is no report of this version. Write one: lurewatch evaluate DATA --json FILE")
    for key, now in (("half", plan.half), ("scam_share", plan.share)):
        if content.get(key) != now:
            raise InputError(f"{path} was measured with {key} {content.get(key)}, and this one is with {now}.")
    try:
        groups = content["groups"]
        counts = {(group["unit"], group["table"], group["name"]): dict(group["counts"]) for group in groups}
        return Older(dict(_old_figures(groups)), dict(content["versions"]), counts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error


def compare(old: Older, report: Report) -> Comparison:
    """The report beside an older one."""
    now = dict(_figures(report))
    return Comparison(
        tuple(Change(place, old.figures[place], figure) for place, figure in now.items() if place in old.figures),
        tuple(place for place in old.figures if place not in now),
        tuple(place for place in now if place not in old.figures),
        tuple(_notes(old, report)),
    )


def _figures(report: Report) -> Iterator[tuple[Place, Estimate]]:
    for group in report.groups:
        for name, figure in group.figures.items():
            if _promised(group.table, name):
                yield (group.unit, group.table, group.name, name), figure


def _old_figures(groups: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Place, Estimate]]:
    for group in groups:
        for name, figure in group["figures"].items():
            if _promised(group["table"], name):
                yield (group["unit"], group["table"], group["name"], name), Estimate(**figure)


def _promised(table: str, name: str) -> bool:
    return name in NAMES and (table in _PROMISED or (table == "source" and name in _PROMISED_BY_SOURCE))


def _notes(old: Older, report: Report) -> Iterator[str]:
    """What else differs between the two: versions, and the rows that were judged."""
    for name, now in report.plan.versions.items():
        if old.versions.get(name) != now:
            yield f"{name} {old.versions.get(name)} is now {now}"
    for group in report.groups:
        before = old.counts.get((group.unit, group.table, group.name), {})
        differ = any(before.get(label) != group.counts[label] for label in ("scam", "honest", "spam"))
        if group.table == "overall" and group.name != EQUAL and differ:
            yield f"not the same {group.unit}s were judged"
