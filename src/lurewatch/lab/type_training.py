"""Training a type model: of the lures whose type is known, one type against all others.

For each type every n-gram is scaled by how much more often it is in its texts than in the others', before a linear
support vector machine weighs it (Wang and Manning, "Baselines and Bigrams", 2012). Where several types are right for
a text it counts for each in part, and against none of them. A source counts by the square root of its rows of a type,
and so does a type.

How much scores and votes of rules are worth beside each other is fitted to texts of which the scorer had not seen the
family, as a choice among types (McFadden, "Conditional logit analysis", 1974): so the certainty that is told holds for
unseen text.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from lurewatch.engine.text_model import TypeModel
from lurewatch.engine.text_model.grams import buckets
from lurewatch.engine.text_model.type_scorer import remembered
from lurewatch.lab.contrast import SOURCE as INVENTED
from lurewatch.lab.lessons import Lesson, Sender
from lurewatch.lab.text_training import FEWEST, LONGEST_WEIGHT, SMOOTHING, copies, matrix

BITS = 18
INVERSE_PENALTY = 0.1
_OF_COPIES = 0.5
_TOLERANCE = 0.01
_SLOPE, _VOTE = (0.5, 20.0), (0.2, 5.0)
"""Between these the worth of a score and of a vote are looked for."""
_UNMEASURED = (5.0, 1.2)
"""What they are where no family can be left out."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Text:
    """What one sender said, which types are right for it, what it is balanced by, and the fold it is left out with."""

    words: str
    types: tuple[str, ...]
    source: str
    fold: int
    votes: Mapping[str, int]
    copy: bool = False


@dataclass(frozen=True, slots=True)
class _Scorer:
    weights: Floats
    intercepts: Floats

    def scores(self, rows: csr_matrix) -> Floats:
        return np.asarray(rows @ self.weights + self.intercepts, dtype=np.float64)


def learn(
    lessons: Sequence[Lesson],
    parted: Sequence[int],
    indicates: Mapping[str, tuple[str, ...]],
    version: str = "",
    about: Mapping[str, Any] = {},
) -> TypeModel | None:
    """The type model of the lessons whose types are known; None where fewer than two types are.

    ``parted`` is the fold of each lesson; ``indicates`` are the types that a rule's feature speaks for. ``about`` is
    kept in the model, with how many texts were named out of fold and which share of them was named right.
    """
    found = list(texts(lessons, parted, indicates))
    types = tuple(sorted({name for text in found for name in text.types}))
    if len(types) < 2:
        return None
    rows = matrix([buckets(text.words, BITS) for text in found], BITS)
    right = np.array([[name in text.types for name in types] for text in found])
    votes = np.array([[text.votes.get(name, 0) for name in types] for text in found], dtype=np.float64)
    counts = _balance(found, right)
    folds = np.array([text.fold for text in found])
    plain = np.array([not text.copy for text in found])
    heard, measured = np.zeros(right.shape), np.zeros(len(found), np.bool_)
    for fold in np.unique(folds):
        others = folds != fold
        if len({name for text, other in zip(found, others, strict=True) if other for name in text.types}) < 2:
            continue
        here = ~others & plain
        heard[here] = _fitted(rows[others], right[others], counts[others]).scores(rows[here])
        measured |= here
    worth = _worth(heard[measured], votes[measured], right[measured], _weighed(found, measured))
    named = (worth[0] * heard + worth[1] * votes).argmax(axis=1)
    hits = right[np.arange(len(found)), named][measured]
    told = {**about, "named": int(measured.sum()), "right": round(float(hits.mean()), 4) if len(hits) else None}
    return _packed(_fitted(rows, right, counts), worth, types, version, told)


def texts(lessons: Iterable[Lesson], parted: Iterable[int], indicates: Mapping[str, tuple[str, ...]]) -> Iterator[Text]:
    """What is learned from: each wording of a type once, and some once more cut short or without their links."""
    seen: set[tuple[str, tuple[str, ...], str]] = set()
    for lesson, fold in zip(lessons, parted, strict=True):
        if not lesson.types:
            continue
        sender = max(lesson.senders, key=_rules)
        words = ""
        for wording in sender.wordings:
            words = remembered(words, wording)
        if (words, lesson.types, lesson.source) in seen:
            continue
        seen.add((words, lesson.types, lesson.source))
        votes = Counter(name for rule in sender.features for name in indicates.get(rule, ()))
        yield Text(words, lesson.types, lesson.source, fold, votes, lesson.disguised)
        if lesson.alone and not lesson.disguised:
            for cut in copies(words):
                yield Text(cut, lesson.types, lesson.source, fold, votes, copy=True)


def _rules(sender: Sender) -> int:
    """How many rules saw something in what a sender said: of several senders the one with most is the one who lures."""
    return sum(name.startswith("rule.") for name in sender.features)


def _balance(found: Sequence[Text], right: NDArray[np.bool_]) -> Floats:
    """How much each text counts; on average 1."""
    sizes = Counter((text.source, text.types) for text in found)
    counts = np.array(
        [sizes[text.source, text.types] ** -0.5 * (_OF_COPIES if text.copy else 1.0) for text in found], np.float64
    )
    parts = right / right.sum(axis=1, keepdims=True)
    of_types = counts @ parts
    counts = counts * (parts @ (1 / np.sqrt(of_types)))
    return np.asarray(counts / counts.mean(), np.float64)


def _fitted(rows: csr_matrix, right: NDArray[np.bool_], counts: Floats) -> _Scorer:
    """The scorer of these texts; a type that none of them has is no text's."""
    kept = np.flatnonzero(np.bincount(rows.indices, minlength=rows.shape[1]) >= min(FEWEST, len(right)))
    rows_kept = rows[:, kept].tocsr()
    weights, intercepts = np.zeros((rows.shape[1], right.shape[1])), np.full(right.shape[1], -1.0)
    parts = 1 / right.sum(axis=1)
    for number in range(right.shape[1]):
        mine = right[:, number]
        if not mine.any() or mine.all():
            continue
        among = rows_kept.T @ (counts * parts * mine) + SMOOTHING
        outside = rows_kept.T @ (counts * (1 - parts * mine)) + SMOOTHING
        ratio = (np.log(among / among.sum()) - np.log(outside / outside.sum())).astype(np.float32)
        machine = LinearSVC(C=INVERSE_PENALTY, tol=_TOLERANCE, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # good enough is good enough
            machine.fit(rows_kept @ diags(ratio), mine, counts * np.where(mine, parts, 1.0))
        weights[kept, number], intercepts[number] = machine.coef_[0] * ratio, machine.intercept_[0]
    return _Scorer(weights, intercepts)


def _weighed(found: Sequence[Text], measured: NDArray[np.bool_]) -> Floats:
    """How much each measured text counts: a source's types by the square root, invented and real texts the same."""
    some = [text for text, one in zip(found, measured, strict=True) if one]
    sizes = Counter((text.source, text.types) for text in some)
    counts = np.array([sizes[text.source, text.types] ** -0.5 for text in some], np.float64)
    invented = np.array([text.source.startswith(INVENTED) for text in some], np.bool_)
    for side in (invented, ~invented):
        counts[side] /= counts[side].sum() or 1.0
    return counts


def _worth(heard: Floats, votes: Floats, right: NDArray[np.bool_], counts: Floats) -> tuple[float, float]:
    """What a score and a vote are worth, so that the shares of the types are true (maximum likelihood)."""
    if not len(heard):
        return _UNMEASURED

    def loss(worth: Floats) -> float:
        scores = worth[0] * heard + worth[1] * votes
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = (odds * right).sum(axis=1) / odds.sum(axis=1)
        return -float(counts @ np.log(shares + 1e-12))

    found = minimize(loss, np.array(_UNMEASURED), method="L-BFGS-B", bounds=(_SLOPE, _VOTE))
    return round(float(found.x[0]), 4), round(float(found.x[1]), 4)


def _packed(
    scorer: _Scorer, worth: tuple[float, float], types: tuple[str, ...], version: str, about: Mapping[str, Any]
) -> TypeModel:
    """One signed byte a weight; the intercepts are exact."""
    sizes = np.abs(scorer.weights[scorer.weights != 0])
    step = (float(np.quantile(sizes, 0.9999)) if len(sizes) else 1.0) / LONGEST_WEIGHT
    steps = np.clip(np.rint(scorer.weights / step), -LONGEST_WEIGHT, LONGEST_WEIGHT).astype(np.int8)
    slope, vote = worth
    intercepts = tuple(round(slope * float(one), 6) for one in scorer.intercepts)
    return TypeModel(version, BITS, types, slope * step, intercepts, vote, steps, about)
