"""How far a figure could be off: the same figure of many samples drawn from the clusters at hand.

Near-duplicates are drawn together, because ten copies of one text say no more than one (the cluster bootstrap: Davison
and Hinkley, "Bootstrap Methods and their Application", 1997, 3.8). Every stratum keeps its number of clusters, so that
each source is in every sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lurewatch.lab.metrics import Floats

LEVEL = 0.95
DIGITS = 6
_BLOCK = 500_000
"""So many numbers are weighed at once: a bound on memory."""

Measure = Callable[[Floats], Mapping[str, Floats]]
"""Takes how often each row occurs (r, n), gives figures (r,) by name; NaN where one cannot be told."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval, which always holds it; rounded to six digits."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        for name, value in (("value", self.value), ("low", self.low), ("high", self.high)):
            object.__setattr__(self, name, round(value, DIGITS) + 0.0)  # a zero has no sign


@dataclass(frozen=True, slots=True)
class Resampling:
    """How samples are drawn: so many ``replicates``, by chance from ``seed``."""

    replicates: int = 1000
    seed: int = 1


def estimates(
    measure: Measure, clusters: NDArray[np.int64], strata: NDArray[np.int64], how: Resampling
) -> dict[str, Estimate]:
    """Every figure that can be told of the rows at hand, with the interval from samples of their clusters.

    ``clusters`` (n,) and ``strata`` (n,) are of the rows; a cluster belongs to the stratum of its first row.
    """
    _, first, which = np.unique(clusters, return_index=True, return_inverse=True)
    order = np.argsort(strata[first], kind="stable")
    place = np.argsort(order)[which]  # rows by the place of their cluster, strata side by side
    _, starts, stratum, sizes = np.unique(
        strata[first][order], return_index=True, return_inverse=True, return_counts=True
    )
    chance = np.random.default_rng(how.seed)
    amount = len(order)
    most = max(1, _BLOCK // len(clusters))
    drawn: list[Mapping[str, Floats]] = []
    for begin in range(0, how.replicates, most):
        block = min(most, how.replicates - begin)
        picked = starts[stratum] + (chance.random((block, amount)) * sizes[stratum]).astype(np.int64)
        picked += np.arange(block)[:, None] * amount
        times = np.bincount(picked.ravel(), minlength=block * amount).reshape(block, amount)
        drawn.append(measure(times[:, place].astype(np.float64)))
    points = measure(np.ones((1, len(clusters))))
    return {
        name: _interval(float(point[0]), np.concatenate([part[name] for part in drawn]))
        for name, point in points.items()
        if not math.isnan(point[0])
    }


def _interval(value: float, samples: Floats) -> Estimate:
    told = samples[~np.isnan(samples)]
    if not len(told):
        return Estimate(value, value, value)
    low, high = np.quantile(told, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def widened(found: Estimate, independent: float) -> Estimate:
    """A share whose samples are all 0 or all 1, with the interval that so many independent rows allow.

    Where nothing (or everything) was found, every sample says the same; the exact interval (Clopper and Pearson, 1934)
    says how much could have been missed: after 0 of n, up to 1 - 0.025^(1/n).
    """
    if found.low != found.high or found.value not in (0.0, 1.0) or independent <= 0:
        return found
    most = 1 - ((1 - LEVEL) / 2) ** (1 / independent)
    return Estimate(0.0, 0.0, most) if found.value == 0 else Estimate(1.0, 1 - most, 1.0)


def independent(weight: Floats, clusters: NDArray[np.int64]) -> float:
    """As how many equal clusters the weighted rows count (Kish, "Survey Sampling", 1965): (sum w)^2 / sum w^2."""
    _, which = np.unique(clusters, return_inverse=True)
    totals = np.bincount(which, weights=weight)
    return float(totals.sum() ** 2 / np.square(totals).sum()) if totals.any() else 0.0
