"""What is asked of scored rows, and what every figure is called: functions from rows to figures that can be resampled.

Every source has the same weight, so that a long file cannot hide a bad one, unless rows are ``pooled``. What depends on
how common scams are (precision, F1, the curves, alerts, calibration) is told for a stated share of scams, by weights.
Advertising (`spam`) belongs to neither side and is counted by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lurewatch.lab import metrics
from lurewatch.lab.bootstrap import Estimate, Measure, independent, widened
from lurewatch.lab.metrics import Bools, Floats, balanced, ratio
from lurewatch.lab.scoring import Scored

Better = Literal["higher", "lower", ""]
BOUNDS = MappingProxyType({"recall_at_0.1": 0.001, "recall_at_1": 0.01, "recall_at_5": 0.05})


@dataclass(frozen=True, slots=True)
class Name:
    """How a figure is shown: its title, which way is better, and whether it is a share (shown in percent)."""

    title: str
    better: Better
    share: bool = True


NAMES: Mapping[str, Name] = MappingProxyType({
    "recall": Name("Recall", "higher"),
    "false_positives": Name("False positives", "lower"),
    "precision": Name("Precision", "higher"),
    "f1": Name("F1", "higher"),
    "pr_auc": Name("PR-AUC", "higher"),
    "roc_auc": Name("ROC-AUC", "higher"),
    "recall_at_0.1": Name("Recall at 0.1 % FP", "higher"),
    "recall_at_1": Name("Recall at 1 % FP", "higher"),
    "recall_at_5": Name("Recall at 5 % FP", "higher"),
    "alerts_per_thousand": Name("Alerts per thousand", "", share=False),
    "brier": Name("Brier score", "lower", share=False),
    "calibration_error": Name("Calibration error", "lower", share=False),
    "advertising_found": Name("Advertising found", ""),
    "turn_precision": Name("Precision by turns", "higher"),
    "first_flag": Name("First flag, median turn", "", share=False),
    "recall_kept": Name("Recall kept", "higher"),
    "false_positives_added": Name("False positives added", "lower"),
    "caught_before_ask": Name("Caught before the ask", "higher"),
    "caught_by_ask": Name("Caught before or at the ask", "higher"),
})  # fmt: skip
"""Every figure, in the order in which they are shown."""
_JUDGED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType({
    **dict.fromkeys(("recall", *BOUNDS, "recall_kept", "caught_before_ask", "caught_by_ask"), ("scam",)),
    **dict.fromkeys(("false_positives", "false_positives_added"), ("honest",)),
    **dict.fromkeys(("pr_auc", "roc_auc"), ("scam", "honest")),
})  # fmt: skip
"""The labels of the rows that a figure rests on: as many as the fewer of them say how sure it can be."""


def detection(rows: Sequence[Scored], share: float, *, pooled: bool = False) -> Measure:
    """Recall, false positives, and where there are both scam and honest rows all that needs both."""
    truth, found = labelled(rows, "scam"), np.array([row.found for row in rows])
    spam = labelled(rows, "spam")
    score = np.array([row.probability for row in rows])
    cell, labels = cells([(row.label,) if pooled else (row.label, row.source) for row in rows])
    both = bool(truth.any() and labelled(rows, "honest").any())
    priors = {"scam": share if both else 1.0, "honest": 1 - share if both else 1.0}
    shares, of_spam = _shares(labels, priors), _shares(labels, {"spam": 1.0})

    def measure(counts: Floats) -> dict[str, Floats]:
        weight = balanced(cell, shares, counts)
        recall = ratio(weight @ (truth & found), weight @ truth)
        wrong = ratio(weight @ (~truth & found), weight @ (~truth & ~spam))
        figures = {"recall": recall, "false_positives": wrong}
        if spam.any():
            adverts = balanced(cell, of_spam, counts)
            figures["advertising_found"] = ratio(adverts @ found, adverts.sum(axis=-1))
        if both:
            right, false = share * recall, (1 - share) * wrong
            figures["precision"] = ratio(right, right + false)
            figures["f1"] = ratio(2 * right, right + false + share)
            figures["alerts_per_thousand"] = 1000 * (right + false)
            figures |= _ranked(truth, score, weight)
        return figures

    return measure


def _ranked(truth: Bools, score: Floats, weight: Floats) -> dict[str, Floats]:
    curve = metrics.curve(truth, score, weight)
    return {
        "pr_auc": metrics.average_precision(curve),
        "roc_auc": metrics.roc_auc(curve),
        **{name: metrics.recall_at(curve, most) for name, most in BOUNDS.items()},
        "brier": metrics.brier(truth, score, weight),
        "calibration_error": metrics.calibration_error(metrics.calibration(truth, score, weight)),
    }


def turns(rows: Sequence[Scored]) -> Measure:
    """Of all turns at which the running verdict says scam, the share in scam conversations; the median first flag.

    Each beginning of a conversation is one decision, and each counts the same; without honest conversations there is no
    precision to tell. The first flag is of scams that were flagged.
    """
    truth, honest = labelled(rows, "scam"), labelled(rows, "honest")
    alarms = np.array([sum(row.turns_found) for row in rows], dtype=np.float64) * (truth | honest) * honest.any()
    first = np.array([row.first_flagged_turn or 0 for row in rows], dtype=np.float64)
    order = np.argsort(first, kind="stable")
    cell, labels = cells([(row.label, row.source) if row.first_flagged_turn else ("",) for row in rows])
    shares = _shares(labels, {"scam": 1.0})

    def measure(counts: Floats) -> dict[str, Floats]:
        weight = balanced(cell, shares, counts)[..., order]
        half = weight.sum(axis=-1, keepdims=True) / 2
        median = first[order][(np.cumsum(weight, axis=-1) >= half - 1e-12).argmax(axis=-1)]
        return {
            "turn_precision": ratio(counts @ (alarms * truth), counts @ alarms),
            "first_flag": np.where(half[..., 0] > 0, median, np.nan),
        }

    return measure


def asks(rows: Sequence[Scored]) -> Measure:
    """Of scam conversations in which something is asked: the share flagged before that turn, and before or at it."""
    flagged = np.array([row.first_flagged_turn or np.inf for row in rows])
    asked = np.array([row.ask_turn or 0 for row in rows], dtype=np.float64)
    cell, labels = cells([(row.label, row.source) for row in rows])
    shares = _shares(labels, {"scam": 1.0})

    def measure(counts: Floats) -> dict[str, Floats]:
        weight = balanced(cell, shares, counts)
        whole = weight.sum(axis=-1)
        return {
            "caught_before_ask": ratio(weight @ (flagged < asked), whole),
            "caught_by_ask": ratio(weight @ (flagged <= asked), whole),
        }

    return measure


def attack(rows: Sequence[Scored]) -> Measure:
    """What an attack costs: the share of the plain recall that is kept, and the false positives that it adds.

    ``rows`` are the plain rows and those under the one attack.
    """
    found = np.array([row.found for row in rows])
    cell, labels = cells([(f"{row.label}{'+' if row.attack else ''}", row.source) for row in rows])
    sides = {side: _shares(labels, {side: 1.0}) for side in ("scam", "scam+", "honest", "honest+")}

    def measure(counts: Floats) -> dict[str, Floats]:
        weights = {side: balanced(cell, shares, counts) for side, shares in sides.items()}
        shares = {side: ratio(weight @ found, weight.sum(axis=-1)) for side, weight in weights.items()}
        return {
            "recall": shares["scam+"],
            "false_positives": shares["honest+"],
            "recall_kept": ratio(shares["scam+"], shares["scam"]),
            "false_positives_added": shares["honest+"] - shares["honest"],
        }

    return measure


def types(rows: Sequence[Scored], only: tuple[str, ...] | None = None) -> Measure:
    """Precision, recall and F1 of the scam type; without ``only`` (the accepted types of a class) means over classes.

    A class is a set of types that are right for a row. A guess outside of a row's own set is wrong for every class that
    holds it; a scam that was not found has no type.
    """
    classes = sorted({row.types for row in rows})
    own = np.array([[row.types == one for one in classes] for row in rows], dtype=np.float64)
    guessed = np.array([[row.found and row.guess in one for one in classes] for row in rows])
    right = np.array([row.found and row.guess in row.types for row in rows])
    hits = own * right[:, None]
    wrong = guessed * ~right[:, None]
    chosen = slice(None) if only is None else slice(classes.index(only), classes.index(only) + 1)

    def measure(counts: Floats) -> dict[str, Floats]:
        hit, actual, false = (counts @ one[:, chosen] for one in (hits, own, wrong))
        figures = {
            "recall": ratio(hit, actual),
            "precision": ratio(hit, hit + false),
            "f1": ratio(2 * hit, hit + false + actual),
        }
        return {name: _mean(figure) for name, figure in figures.items()}

    return measure


def _mean(figures: Floats) -> Floats:
    """The mean over classes of those that can be told."""
    told = ~np.isnan(figures)
    return ratio(np.where(told, figures, 0.0).sum(axis=-1), told.sum(axis=-1).astype(np.float64))


def weights(rows: Sequence[Scored], share: float) -> Floats:
    """The weight of each scam and honest row (n,) at this share of scams, every source weighing the same."""
    cell, labels = cells([(row.label, row.source) for row in rows])
    return balanced(cell, _shares(labels, {"scam": share, "honest": 1 - share}), np.ones(len(rows)))


def widen(figures: Mapping[str, Estimate], rows: Sequence[Scored], share: float) -> dict[str, Estimate]:
    """The figures; where every sample says 0 or 1, with an interval that so many rows allow; so precision."""
    found = dict(figures)
    clusters = np.array([row.cluster for row in rows])
    cell, labels = cells([(row.label, row.source) for row in rows])
    sure = {
        label: independent(balanced(cell, _shares(labels, {label: 1.0}), np.ones(len(rows))), clusters)
        for label in ("scam", "honest")
    }
    for name, of in _JUDGED_BY.items():
        if name in found:
            found[name] = widened(found[name], min(sure[label] for label in of))
    if "turn_precision" in found:
        alarms = np.array([sum(row.turns_found) for row in rows], dtype=np.float64)
        found["turn_precision"] = widened(found["turn_precision"], independent(alarms, clusters))
    precise, recall, wrong = (found.get(name) for name in ("precision", "recall", "false_positives"))
    if precise and recall and wrong and wrong.value == 0:
        right = share * recall.low
        low = right / (right + (1 - share) * wrong.high) if right else 0.0
        found["precision"] = Estimate(precise.value, min(low, precise.low), precise.high)
    return found


def labelled(rows: Sequence[Scored], label: str) -> Bools:
    """Which rows have this label."""
    return np.array([row.label == label for row in rows])


def cells(keys: Sequence[tuple[str, ...]]) -> tuple[NDArray[np.int64], list[tuple[str, ...]]]:
    """The number of each row's cell, and the cells' keys in order."""
    ordered = sorted(set(keys))
    numbers = {key: number for number, key in enumerate(ordered)}
    return np.array([numbers[key] for key in keys], dtype=np.int64), ordered


def _shares(keys: Sequence[tuple[str, ...]], priors: Mapping[str, float]) -> Floats:
    """The share of each cell: that of its label, divided among the label's cells; 0 for other labels."""
    labels = [key[0] for key in keys]
    return np.array([priors.get(label, 0.0) / labels.count(label) for label in labels])
