"""A logistic with non-negative weights: more evidence never lowers a probability, and every weight can be read.

Rows are grouped in files. Each file has the same weight within its class, so that a long file does not drown a short
one, and the threshold is set by shares over files, as a measurement reports them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
DECIMALS = 4
L2 = 0.002
SCAM_SHARE = 0.5
FEWEST_HONEST = 50
"""A file with fewer honest rows says too little about a share of one in a hundred to set the threshold."""


@dataclass(frozen=True, slots=True)
class Example:
    """What the engine saw in one row (feature name -> value in [0,1]), and whether the row is a scam."""

    source: str
    scam: bool
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Target:
    """Most false positives allowed: the mean over the honest files, and in any one of them; shares."""

    mean: float = 0.01
    worst: float = 0.04


@dataclass(frozen=True, slots=True)
class Model:
    """Probability = 1 / (1 + exp(-(intercept + sum of weight times feature))); weights of 0 are left out."""

    intercept: float
    weights: Mapping[str, float]

    def score(self, features: Mapping[str, float]) -> float:
        """The evidence without the intercept, >= 0."""
        return sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())

    def finds(self, features: Mapping[str, float]) -> bool:
        """Whether the probability reaches one half."""
        return self.intercept + self.score(features) >= 0


def fit(examples: Sequence[Example], target: Target, l2: float = L2, scam_share: float = SCAM_SHARE) -> Model:
    """Fit the weights, then put probability one half at the lowest score that keeps the target.

    ``scam_share`` is the weight of all scam rows together, the honest rows have the rest; ``l2`` is the penalty on the
    squared weights relative to the mean loss of a row.
    """
    names = sorted({name for example in examples for name in example.features})
    matrix, signs, shares = distinct(examples, names, scam_share)
    fitted = minimise(matrix, signs, shares, l2)
    weights = {
        name: round(float(weight), DECIMALS)
        for name, weight in zip(names, fitted, strict=True)
        if weight > 10**-DECIMALS
    }
    return Model(-threshold(examples, Model(0.0, weights), target), weights)


def distinct(examples: Sequence[Example], names: Sequence[str], scam_share: float) -> tuple[Array, Array, Array]:
    """The different rows of features, +1 for scam or -1, and the weight of each; most honest rows are all the same."""
    counts: dict[tuple[bool, str], int] = defaultdict(int)
    for example in examples:
        counts[example.scam, example.source] += 1
    files = {scam: sum(1 for kind, _ in counts if kind is scam) for scam in (True, False)}
    merged: dict[tuple[bool, tuple[float, ...]], float] = defaultdict(float)
    for example in examples:
        of_class = scam_share if example.scam else 1 - scam_share
        values = tuple(example.features.get(name, 0.0) for name in names)
        merged[example.scam, values] += of_class / files[example.scam] / counts[example.scam, example.source]
    return (
        np.array([values for _, values in merged], dtype=np.float64).reshape(len(merged), len(names)),
        np.array([1.0 if scam else -1.0 for scam, _ in merged]),
        np.array(list(merged.values())),
    )


def minimise(matrix: Array, signs: Array, shares: Array, l2: float) -> Array:
    """The weights of the least loss; the intercept is free and not returned: the threshold decides it."""

    def loss(parameters: Array) -> tuple[float, Array]:
        margins = signs * (matrix @ parameters[1:] + parameters[0])
        pull = -shares * signs * np.exp(-np.logaddexp(0.0, margins))
        gradient = np.concatenate(([pull.sum()], matrix.T @ pull + l2 * parameters[1:]))
        return float(shares @ np.logaddexp(0.0, -margins) + l2 / 2 * parameters[1:] @ parameters[1:]), gradient

    bounds = [(None, None)] + [(0.0, None)] * matrix.shape[1]
    found = minimize(
        loss,
        np.zeros(matrix.shape[1] + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 5000, "ftol": 1e-12, "gtol": 1e-9},
    )
    return np.asarray(found.x[1:], dtype=np.float64)


def threshold(examples: Sequence[Example], model: Model, target: Target) -> float:
    """The lowest score at which the honest files keep the target; always above 0, the score of no evidence at all.

    It lies halfway between the highest score that must not be found and the next one.
    """
    scores = sorted({0.0} | {model.score(example.features) for example in examples})
    honest: dict[str, list[float]] = defaultdict(list)
    for example in examples:
        if not example.scam:
            honest[example.source].append(model.score(example.features))
    files = [np.array(file) for file in honest.values() if len(file) >= FEWEST_HONEST]
    low, high = 0, len(scores) - 1  # scores[:low + 1] are not found; shares fall as low rises
    while low < high:
        middle = (low + high) // 2
        shares = [float((file > scores[middle]).mean()) for file in files]
        if not files or (sum(shares) / len(shares) <= target.mean and max(shares) <= target.worst):
            high = middle
        else:
            low = middle + 1
    above = scores[low + 1] if low + 1 < len(scores) else scores[low] + 1.0
    return round((scores[low] + above) / 2, DECIMALS + 2)


def recalls(examples: Iterable[Example], model: Model, scam: bool = True) -> dict[str, float]:
    """The share found of each file's scam rows (or of its honest ones)."""
    rows: dict[str, list[bool]] = defaultdict(list)
    for example in examples:
        if example.scam is scam:
            rows[example.source].append(model.finds(example.features))
    return {source: sum(found) / len(found) for source, found in sorted(rows.items())}


def left_out(
    examples: Sequence[Example], target: Target, l2: float = L2, scam_share: float = SCAM_SHARE
) -> Iterator[tuple[str, bool, float]]:
    """For each file: fit on the others, then the share found in it (source, scam, share). What unseen text will get."""
    for source, scam in sorted({(example.source, example.scam) for example in examples}):
        others = [example for example in examples if example.source != source]
        if {example.scam for example in others} == {True, False}:
            model = fit(others, target, l2, scam_share)
            yield source, scam, recalls((e for e in examples if e.source == source), model, scam)[source]
