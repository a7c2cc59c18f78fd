"""How good scores are, in numpy: ranking, shares at a bound, calibration; each over many weightings at once.

``truth`` (n,) says which rows are scams, ``score`` (n,) is in [0,1], ``weight`` (..., n) is >= 0: with (r, n) weights
every figure comes as (r,), which is how a bootstrap asks. A figure that cannot be told (no scam rows, say) is NaN.
Formulas are those of scikit-learn where it has one, ties included: rows of equal score are taken or left together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BINS = 15
"""Bins of equal width for calibration, as in Guo et al., "On Calibration of Modern Neural Networks", 2017."""
_SLACK = 1e-9
"""Sums of weights differ in the last digits by the order they were added in."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What is found as the threshold falls from one score to the next: ``score`` (k,) falls.

    ``recall`` and ``false_positives`` (..., k) are the shares in [0,1] of the scam and honest weight at or above it,
    ``precision`` (..., k) the share of scams in what is at or above it.
    """

    score: Floats
    recall: Floats
    false_positives: Floats
    precision: Floats


def curve(truth: Bools, score: Floats, weight: Floats) -> Curve:
    """The curve of a ranking with at least one row; NaN where a class has no weight."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    weighed = weight[..., order]
    scams = np.cumsum(np.add.reduceat(weighed * truth[order], starts, axis=-1), axis=-1)
    honest = np.cumsum(np.add.reduceat(weighed * ~truth[order], starts, axis=-1), axis=-1)
    return Curve(
        ranked[starts], ratio(scams, scams[..., -1:]), ratio(honest, honest[..., -1:]), ratio(scams, scams + honest)
    )


def roc_auc(found: Curve) -> Floats:
    """The chance that a scam has a higher score than an honest row; of equal scores half is counted."""
    steps = np.diff(found.false_positives, axis=-1, prepend=0.0)
    before = found.recall - np.diff(found.recall, axis=-1, prepend=0.0) / 2
    return np.asarray((steps * before).sum(axis=-1), dtype=np.float64)


def average_precision(found: Curve) -> Floats:
    """The area under precision by recall as steps: each precision weighed by the recall that its threshold adds."""
    steps = np.diff(found.recall, axis=-1, prepend=0.0)
    # Before the first row of weight nothing is found, so that no precision exists, and no recall is added.
    return np.asarray(np.where(steps == 0, 0.0, steps * found.precision).sum(axis=-1), dtype=np.float64)


def recall_at(found: Curve, most: float) -> Floats:
    """The highest recall at any threshold with a share of false positives of at most ``most``; 0 if there is none."""
    untold = np.isnan(found.recall[..., -1]) | np.isnan(found.false_positives[..., -1])
    highest = np.where(found.false_positives <= most + _SLACK, found.recall, 0.0).max(axis=-1)
    return np.where(untold, np.nan, highest)


def brier(truth: Bools, probability: Floats, weight: Floats) -> Floats:
    """The mean squared distance of the probability from what is true (Brier, 1950)."""
    return ratio(weight @ np.square(probability - truth), weight.sum(axis=-1))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Rows by probability in BINS bins: (..., BINS) weight, mean probability and share of scams, NaN in empty bins."""

    weight: Floats
    probability: Floats
    scams: Floats


def calibration(truth: Bools, probability: Floats, weight: Floats) -> Calibration:
    """How often it was a scam, bin by bin."""
    which = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    bins = (which[:, None] == np.arange(BINS)).astype(np.float64)
    inside = weight @ bins
    return Calibration(
        inside, ratio(weight @ (bins * probability[:, None]), inside), ratio(weight @ (bins * truth[:, None]), inside)
    )


def calibration_error(found: Calibration) -> Floats:
    """The expected calibration error: the mean over rows of the distance of their bin's probability from its truth."""
    distance = np.where(found.weight > 0, np.abs(found.probability - found.scams), 0.0)
    return ratio((found.weight * distance).sum(axis=-1), found.weight.sum(axis=-1))


def ratio(part: Floats, whole: Floats) -> Floats:
    """Part of whole, NaN where the whole is 0."""
    found: Floats = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=found, where=np.asarray(whole) > 0)
    return found


def balanced(cell: NDArray[np.int64], share: Floats, counts: Floats) -> Floats:
    """Weights (..., n) of rows that occur ``counts`` (..., n) times, such that cell c has ``share[c]`` of the whole.

    ``cell`` (n,) is the cell of each row, 0 to len(share) - 1. A cell without rows leaves its share empty.
    """
    total = counts @ (cell[:, None] == np.arange(len(share))).astype(np.float64)
    single = np.nan_to_num(ratio(np.broadcast_to(share, total.shape), total))
    return np.asarray(counts * single[..., cell], dtype=np.float64)
