"""From scored rows to a report: every figure with its 95 % interval, overall and by source, language and kind."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from operator import attrgetter
from typing import Any, Literal, get_args

import numpy as np
import orjson

from lurewatch.errors import InputError
from lurewatch.lab import measures, metrics
from lurewatch.lab.bootstrap import DIGITS, Estimate, Measure, Resampling, estimates
from lurewatch.lab.corpus import Part
from lurewatch.lab.scoring import Scored, Unit

FORMAT = 1
By = Literal["source", "lang", "kind"]
BYS: tuple[By, ...] = get_args(By)
UNITS: tuple[Unit, ...] = get_args(Unit)
Table = Literal["overall", "source", "lang", "kind", "attack", "channel", "ask", "type"]
EQUAL, POOLED = "mean over sources", "all rows"
NOT_STATED = "(not stated)"
MOST_POINTS = 200
TURN_BINS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, None))


@dataclass(frozen=True, slots=True)
class Plan:
    """What to tell: which tables, at which share of scams in (0,1), with how many of the worst errors.

    ``versions`` are those of what was measured; ``half`` says which rows it was measured on.
    """

    by: tuple[By, ...] = BYS
    share: float = 0.10
    half: Part = "all"
    versions: Mapping[str, str] = field(default_factory=dict)
    resampling: Resampling = field(default_factory=Resampling)
    most_errors: int = 20


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of some rows. ``counts`` are rows by label, and those found (`scam_found`) or `refused`."""

    unit: Unit
    table: Table
    name: str
    counts: Mapping[str, int]
    clusters: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Drawings:
    """What the plots of one unit are drawn from; every share in [0,1], at the stated share of scams.

    ``reliability`` are (mean probability, share of scams, share of rows), ``pr`` (recall, precision), ``roc`` (false
    positives, recall), ``first_flags`` (turns, scam conversations first flagged there).
    """

    unit: Unit
    reliability: tuple[tuple[float, float, float], ...] = ()
    pr: tuple[tuple[float, float], ...] = ()
    roc: tuple[tuple[float, float], ...] = ()
    first_flags: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that an evaluation says. ``errors`` are the worst by unit and label, none of the report half."""

    plan: Plan
    groups: tuple[Group, ...]
    drawings: tuple[Drawings, ...]
    errors: tuple[Scored, ...]

    def table(self, unit: Unit, table: Table) -> list[Group]:
        """The groups of one table, in order."""
        return [group for group in self.groups if (group.unit, group.table) == (unit, table)]


@dataclass(frozen=True, slots=True)
class _Question:
    unit: Unit
    table: Table
    name: str
    rows: Sequence[Scored]
    measures: tuple[Measure, ...]


def evaluate(
    scored: Sequence[Scored], plan: Plan = Plan(), done: Callable[[int, int], None] = lambda _, __: None
) -> Report:
    """The report on these rows; ``done`` is told how many of how many groups are measured.

    The same rows in the same order give the same report. Raises InputError without rows.
    """
    if not scored:
        raise InputError("there are no rows to evaluate.")
    questions = [question for unit in UNITS for question in _questions(unit, scored, plan)]
    groups = []
    for number, question in enumerate(questions, start=1):
        groups.append(_answer(question, plan))
        done(number, len(questions))
    plain = [row for row in scored if not row.attack]
    units = [unit for unit in UNITS if any(row.unit == unit for row in plain)]
    drawings = tuple(_drawings(unit, [row for row in plain if row.unit == unit], plan.share) for unit in units)
    errors = () if plan.half == "report" else tuple(_worst(plain, plan.most_errors))
    return Report(plan, tuple(groups), drawings, errors)


def _questions(unit: Unit, scored: Sequence[Scored], plan: Plan) -> Iterator[_Question]:
    rows = [row for row in scored if row.unit == unit and not row.attack]
    if not rows:
        return

    def asked(table: Table, name: str, some: Sequence[Scored], *, pooled: bool = False) -> _Question:
        found = [measures.detection(some, plan.share, pooled=pooled)]
        if unit == "conversation" and table in ("overall", "channel"):
            found.append(measures.turns(some))
        return _Question(unit, table, name, some, tuple(found))

    yield asked("overall", EQUAL, rows)
    yield asked("overall", POOLED, rows, pooled=True)
    for by in (*plan.by, *(("channel",) if unit == "conversation" else ())):
        parts = _parted(rows, by)
        if set(parts) != {""}:
            yield from (asked(by, name or NOT_STATED, some) for name, some in parts.items())
    attacked = _parted([row for row in scored if row.unit == unit and row.attack], "attack")
    judged = [row for row in rows if row.label != "spam"]
    for name, some in attacked.items():
        both = [*judged, *some]
        yield _Question(unit, "attack", name, both, (measures.attack(both),))
    yield from _asks(unit, [row for row in rows if row.label == "scam" and row.ask_turn])
    yield from _types(unit, [row for row in rows if row.types])


def _asks(unit: Unit, rows: Sequence[Scored]) -> Iterator[_Question]:
    if not rows:
        return
    later = [row for row in rows if (row.ask_turn or 0) > 1]
    parts = {"all": rows, "asked after the first turn": later, **_parted([r for r in rows if r.channel], "channel")}
    yield from (_Question(unit, "ask", name, some, (measures.asks(some),)) for name, some in parts.items() if some)


def _types(unit: Unit, rows: Sequence[Scored]) -> Iterator[_Question]:
    if not rows:
        return
    yield _Question(unit, "type", "mean over types", rows, (measures.types(rows),))
    for one in sorted({row.types for row in rows}):
        yield _Question(unit, "type", " or ".join(one), rows, (measures.types(rows, one),))


def _parted(rows: Sequence[Scored], key: str) -> dict[str, list[Scored]]:
    """The rows by one of their fields, in the order of its values."""
    value = attrgetter(key)
    parts: dict[str, list[Scored]] = {}
    for row in rows:
        parts.setdefault(value(row), []).append(row)
    return dict(sorted(parts.items()))


def _answer(question: _Question, plan: Plan) -> Group:
    rows = question.rows
    seed = zlib.crc32(f"{question.unit} {question.table} {question.name}".encode("utf-8", "surrogatepass"))
    how = replace(
        plan.resampling, seed=plan.resampling.seed + seed
    )  # the samples of a group do not depend on the others
    clusters = np.array([row.cluster for row in rows], dtype=np.int64)
    strata, _ = measures.cells([(row.label, row.source) for row in rows])
    figures: dict[str, Estimate] = {}
    for measure in question.measures:
        figures |= estimates(measure, clusters, strata, how)
    if question.table != "type":
        figures = measures.widen(figures, rows, plan.share)
    ordered = {name: figures[name] for name in measures.NAMES if name in figures}
    counted = [row for row in rows if row.attack] if question.table == "attack" else rows
    return Group(question.unit, question.table, question.name, _counts(counted), len(np.unique(clusters)), ordered)


def _counts(rows: Sequence[Scored]) -> dict[str, int]:
    counted = Counter[str](row.label for row in rows)
    counted.update(f"{row.label}_found" for row in rows if row.found)
    names = [name for label in ("scam", "honest", "spam") for name in (label, f"{label}_found")]
    return {name: counted[name] for name in names} | {"refused": sum(row.refused for row in rows)}


def _worst(rows: Sequence[Scored], most: int) -> Iterator[Scored]:
    """The errors that may be shown, one of each cluster: honest rows judged surest a scam, scams judged surest none."""
    for unit in UNITS:
        for label, sign in (("honest", -1), ("scam", 1)):
            shown = [row for row in rows if (row.unit, row.label) == (unit, label) and row.seen]
            first: dict[int, Scored] = {}
            for row in sorted(shown, key=lambda row: sign * row.probability):
                first.setdefault(row.cluster, row)
            yield from islice(first.values(), most)


def _drawings(unit: Unit, rows: Sequence[Scored], share: float) -> Drawings:
    flags = Counter(row.first_flagged_turn for row in rows if row.label == "scam")
    first = (
        [(_turns(low, high), _between(flags, low, high)) for low, high in TURN_BINS] if unit == "conversation" else []
    )
    first_flags = (*first, ("never", flags[None])) if first and flags else ()
    judged = [row for row in rows if row.label != "spam"]
    truth = measures.labelled(judged, "scam")
    if not judged or truth.all() or not truth.any():
        return Drawings(unit, first_flags=tuple(first_flags))
    weight, score = measures.weights(judged, share), np.array([row.probability for row in judged])
    curve = metrics.curve(truth, score, weight)
    points = np.unique(np.linspace(0, len(curve.score) - 1, MOST_POINTS).astype(np.int64))
    bins = metrics.calibration(truth, score, weight)
    full = bins.weight > 0
    return Drawings(
        unit,
        reliability=_rounded(bins.probability[full], bins.scams[full], bins.weight[full]),
        pr=_rounded(curve.recall[points], curve.precision[points]),
        roc=_rounded(curve.false_positives[points], curve.recall[points]),
        first_flags=tuple(first_flags),
    )


def _turns(low: int, high: int | None) -> str:
    return f"{low}+" if high is None else str(low) if low == high else f"{low}-{high}"


def _between(flags: Mapping[int | None, int], low: int, high: int | None) -> int:
    return sum(n for turn, n in flags.items() if turn is not None and low <= turn and (high is None or turn <= high))


def _rounded(*columns: metrics.Floats) -> tuple[Any, ...]:
    return tuple(tuple(round(float(value), DIGITS) for value in values) for values in zip(*columns, strict=True))


def as_json(report: Report) -> bytes:
    """The report for further use: the same report gives the same bytes. Errors are named by place, without any text."""
    plan = report.plan
    content = {
        "format": FORMAT,
        "versions": dict(plan.versions),
        "half": plan.half,
        "scam_share": plan.share,
        "replicates": plan.resampling.replicates,
        "seed": plan.resampling.seed,
        "groups": [asdict(group) for group in report.groups],
        "drawings": [asdict(drawing) for drawing in report.drawings],
        "errors": [_error(row) for row in report.errors],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"


def _error(row: Scored) -> dict[str, Any]:
    place = row.seen.place if row.seen else ""
    contributions = dict(row.seen.contributions) if row.seen else {}
    return {
        "place": place,
        "label": row.label,
        "probability": row.probability,
        "guess": row.guess,
        "contributions": contributions,
    }
