"""A logistic whose evidence only adds and whose relief only takes away, and in which every weight can be read.

Rows are grouped in files. Each file has the same weight within its class, so that a long file does not drown a short
one, and the threshold is set by shares over files, as a measurement reports them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from lurewatch.engine.fusion import RELIEF
from lurewatch.engine.pipeline import EngineConfig

Array = NDArray[np.float64]
DECIMALS = 4
L2 = 0.001
SCAM_SHARE = 0.1
"""Of what comes in, so much is stated to be a scam: at this share the probabilities are true."""
_FROM = EngineConfig().scam_threshold / 100
FOUND = math.log(_FROM / (1 - _FROM))
"""The log-odds from which the engine as shipped calls something a scam."""
ROUNDS = 6
FEWEST_HONEST = 50
"""A file with fewer honest rows says too little about a share of one in a hundred to set the threshold."""


@dataclass(frozen=True, slots=True)
class Example:
    """What the engine saw of each sender in one row (feature name -> value in [0,1]), and whether the row is a scam.

    The row is judged by the sender with the most against them. A ``disguised`` copy of a row teaches the weights only:
    the target is not about it, nor about files that count less than 1. ``counts`` is what its file counts beside one
    that counts 1.
    """

    source: str
    scam: bool
    senders: Sequence[Mapping[str, float]]
    disguised: bool = False
    counts: float = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """Most false positives allowed: the mean over the honest files, and in any one of them; shares."""

    mean: float = 0.01
    worst: float = 0.04


@dataclass(frozen=True, slots=True)
class Model:
    """Probability = 1 / (1 + exp(-(intercept + sum of weight times feature - sum of relief times feature))).

    Weights and relief are > 0; what is 0 is left out.
    """

    intercept: float
    weights: Mapping[str, float]
    relief: Mapping[str, float] = field(default_factory=dict)

    def score(self, example: Example) -> float:
        """The evidence against the leading sender without the intercept."""
        return max(map(self.evidence, example.senders), default=0.0)

    def evidence(self, features: Mapping[str, float]) -> float:
        """What the features add, less what they take away."""
        weights, relief = self.weights, self.relief
        return sum((weights.get(name, 0.0) - relief.get(name, 0.0)) * value for name, value in features.items())

    def finds(self, example: Example) -> bool:
        """Whether the log-odds reach ``FOUND``."""
        return self.intercept + self.score(example) >= FOUND


def fit(
    examples: Sequence[Example],
    target: Target,
    l2: float = L2,
    scam_share: float = SCAM_SHARE,
    expected: Mapping[str, float] | None = None,
    calibrate_on: Sequence[Example] | None = None,
) -> Model:
    """Fit intercept and weights; the intercept is lowered where what is found would not keep the target.

    Which sender leads in a row depends on the weights, so they are fitted again until the same senders lead.
    ``scam_share`` is the weight of all scam rows together, the honest rows have the rest; ``l2`` is the penalty on the
    squared distance of the weights from the ``expected`` ones (0 where not named), relative to the mean loss of a row:
    where the rows say little, what is expected stands. ``calibrate_on`` are rows on which the probabilities are to be
    true and the target kept, where those are not all.
    """
    known = expected or {}
    names = sorted({name for example in examples for sender in example.senders for name in sender} | set(known))
    prior = np.array([known.get(name, 0.0) for name in names])
    shares = row_shares(examples, scam_share)
    everybody = [
        (example.scam, sender, share / len(example.senders))
        for example, share in zip(examples, shares, strict=True)
        for sender in example.senders
    ]
    model = weigh(everybody, names, l2, prior)
    leading: list[Mapping[str, float]] = []
    for _ in range(ROUNDS):
        before, leading = leading, [max(example.senders, key=model.evidence, default={}) for example in examples]
        if leading == before:
            break
        rows = [(example.scam, sender, share) for example, sender, share in zip(examples, leading, shares, strict=True)]
        model = weigh(rows, names, l2, prior)
    if calibrate_on:
        model = calibrated(model, calibrate_on, scam_share)
    highest = FOUND - threshold(calibrate_on or examples, model, target)
    return replace(model, intercept=round(min(model.intercept, highest), DECIMALS + 2))


def calibrated(model: Model, examples: Sequence[Example], scam_share: float) -> Model:
    """The model with its log-odds moved along the line that makes them true for these rows."""
    plain = [example for example in examples if not example.disguised]
    scams = np.array([example.scam for example in plain])
    if scams.all() or not scams.any():
        return model
    odds = np.array([model.intercept + model.score(example) for example in plain])
    slope, shift = line(odds, scams, np.array(row_shares(plain, scam_share)))
    return Model(
        round(slope * model.intercept + shift, DECIMALS),
        {name: round(slope * weight, DECIMALS) for name, weight in model.weights.items()},
        {name: round(slope * weight, DECIMALS) for name, weight in model.relief.items()},
    )


def line(odds: Array, scams: NDArray[np.bool_], shares: Array) -> tuple[float, float]:
    """The slope (>= 0.1) and shift of log-odds with the least loss over rows of these weights."""
    signs = np.where(scams, 1.0, -1.0)
    weights = shares / shares.sum()

    def loss(parameters: Array) -> tuple[float, Array]:
        margins = signs * (parameters[0] * odds + parameters[1])
        pull = -weights * signs * np.exp(-np.logaddexp(0.0, margins))
        return float(weights @ np.logaddexp(0.0, -margins)), np.array([pull @ odds, pull.sum()])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.1, None), (None, None)])
    return float(found.x[0]), float(found.x[1])


def weigh(
    rows: Iterable[tuple[bool, Mapping[str, float], float]], names: Sequence[str], l2: float, prior: Array
) -> Model:
    """The model of least loss for rows of (scam, features, weight of the row)."""
    intercept, *fitted = minimise(*distinct(rows, names), l2, prior, np.array([name in RELIEF for name in names]))
    rounded = {name: round(weight, DECIMALS) for name, weight in zip(names, fitted, strict=True)}
    return Model(
        round(intercept, DECIMALS),
        {name: weight for name, weight in rounded.items() if weight > 0},
        {name: -weight for name, weight in rounded.items() if weight < 0},
    )


def row_shares(examples: Sequence[Example], scam_share: float) -> list[float]:
    """The weight of each row: the files of a class share its weight; disguised copies are files of their own."""
    keys = [(example.scam, example.source, example.disguised, example.counts) for example in examples]
    rows = Counter(keys)
    total = {scam: sum(key[3] for key in rows if key[0] is scam) for scam in (True, False)}
    return [(scam_share if key[0] else 1 - scam_share) * key[3] / total[key[0]] / rows[key] for key in keys]


def distinct(
    rows: Iterable[tuple[bool, Mapping[str, float], float]], names: Sequence[str]
) -> tuple[Array, Array, Array]:
    """The different rows of features, +1 for scam or -1, and the weight of each; most honest rows are all the same."""
    merged: dict[tuple[bool, tuple[float, ...]], float] = defaultdict(float)
    for scam, features, share in rows:
        merged[scam, tuple(features.get(name, 0.0) for name in names)] += share
    return (
        np.array([values for _, values in merged], dtype=np.float64).reshape(len(merged), len(names)),
        np.array([1.0 if scam else -1.0 for scam, _ in merged]),
        np.array(list(merged.values())),
    )


def minimise(
    matrix: Array, signs: Array, shares: Array, l2: float, prior: Array, relieving: NDArray[np.bool_]
) -> list[float]:
    """The intercept and the weights of the least loss; those of ``relieving`` features are <= 0, the others >= 0."""

    def loss(parameters: Array) -> tuple[float, Array]:
        margins = signs * (matrix @ parameters[1:] + parameters[0])
        pull = -shares * signs * np.exp(-np.logaddexp(0.0, margins))
        away = parameters[1:] - prior
        gradient = np.concatenate(([pull.sum()], matrix.T @ pull + l2 * away))
        return float(shares @ np.logaddexp(0.0, -margins) + l2 / 2 * away @ away), gradient

    bounds = [(None, None), *((None, 0.0) if takes_away else (0.0, None) for takes_away in relieving)]
    found = minimize(
        loss,
        np.zeros(matrix.shape[1] + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 5000, "ftol": 1e-12, "gtol": 1e-9},
    )
    return [float(value) for value in found.x]


def threshold(examples: Sequence[Example], model: Model, target: Target) -> float:
    """The lowest score at which the honest files keep the target; always above 0, the score of no evidence at all.

    It lies halfway between the highest score that must not be found and the next one.
    """
    scores = sorted({0.0} | {model.score(example) for example in examples})
    honest: dict[str, list[float]] = defaultdict(list)
    for example in examples:
        if not (example.scam or example.disguised or example.counts < 1):
            honest[example.source].append(model.score(example))
    files = [np.array(file) for file in honest.values() if len(file) >= FEWEST_HONEST]
    low, high = scores.index(0.0), len(scores) - 1  # scores[:low + 1] are not found; shares fall as low rises
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
    """The share found of each file's scam rows (or of its honest ones), disguised copies left out."""
    rows: dict[str, list[bool]] = defaultdict(list)
    for example in examples:
        if example.scam is scam and not example.disguised:
            rows[example.source].append(model.finds(example))
    return {source: sum(found) / len(found) for source, found in sorted(rows.items())}


def left_out(
    examples: Sequence[Example],
    target: Target,
    l2: float = L2,
    scam_share: float = SCAM_SHARE,
    expected: Mapping[str, float] | None = None,
) -> Iterator[tuple[str, bool, float]]:
    """For each file: fit on the others, then the share found in it (source, scam, share). What unseen text will get."""
    for source, scam in sorted({(example.source, example.scam) for example in examples}):
        others = [example for example in examples if example.source != source]
        if {example.scam for example in others} == {True, False}:
            model = fit(others, target, l2, scam_share, expected)
            yield source, scam, recalls((e for e in examples if e.source == source), model, scam)[source]
