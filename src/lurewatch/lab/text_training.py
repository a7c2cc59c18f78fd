"""Training a text model: which texts, how much each counts, and a linear classifier over their n-grams.

Each n-gram is scaled by how much more often it is in lures than in honest texts before a logistic regression weighs it
(Wang and Manning, "Baselines and Bigrams", 2012): what is common to one side counts even where it is rare.

Every language counts by the square root of what there is of it, and in each language lures and honest texts count the
same, so that a language is no evidence; within a language and label every source counts by the square root of its
rows, so that a long file does not drown a short one.
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from lurewatch.engine.text_model import TextModel, buckets, share
from lurewatch.errors import InputError
from lurewatch.lab.attacks import seeded
from lurewatch.lab.contrast import SOURCE as INVENTED
from lurewatch.lab.lessons import Lesson
from lurewatch.lab.sources import source

BITS = 21
INVERSE_PENALTY = 3.0
ROUNDS = 40
SMOOTHING = 0.05
"""Added to the weighted count of every n-gram on either side, before the ratio is taken."""
FEWEST = 3
"""An n-gram in fewer texts than this is not learned: it names one source, or one person."""
LONGEST_WEIGHT = 127
_CUT, _STRIPPED = 0.25, 0.3
"""The shares of texts that are learned once more cut short, and of texts with links once more without them."""
_LINKS = frozenset({"LO", "LK", "LS", "LL", "LU"})
_OF_INVENTED, _OF_COPIES, _OF_WEAK = 6.0, 0.5, 0.7


@dataclass(frozen=True, slots=True)
class Text:
    """One text to learn: its wording, whether it lures, and what it is balanced by."""

    wording: str
    lure: bool
    source: str
    lang: str
    copy: bool = False


def texts(lessons: Iterable[Lesson]) -> Iterator[Text]:
    """The messages to learn from, some once more cut short or without their links; no conversations.

    Advertising is left out, except where a source says that most of it is fraud.
    """
    for lesson in lessons:
        known = source(lesson.source)
        if not lesson.alone or (lesson.label == "spam" and not known.weak):
            continue
        wording, lure = lesson.senders[0].wordings[0], lesson.label != "honest"
        yield Text(wording, lure, lesson.source, lesson.lang, lesson.disguised)
        if not lesson.disguised:
            for copy in copies(wording):
                yield Text(copy, lure, lesson.source, lesson.lang, copy=True)


def copies(wording: str) -> Iterator[str]:
    """Some wordings once more, cut short or without their links; the same each time."""
    chance = seeded(wording)
    words = wording.split()
    if len(words) > 6 and chance.random() < _CUT:
        yield " ".join(words[: int(len(words) * chance.uniform(0.4, 0.8))])
    if not _LINKS.isdisjoint(words) and chance.random() < _STRIPPED:
        yield " ".join(word for word in words if word not in _LINKS)


def train(
    found: Sequence[Text], version: str = "", bits: int = BITS, about: dict[str, object] | None = None
) -> TextModel:
    """The text model of these texts.

    Raises:
        InputError: in no language are there both lures and honest texts, or no n-gram is in FEWEST of them.
    """
    counts = balance(found)
    if not counts.any():
        raise InputError("a text model needs lures and honest texts in one language; there is only one kind.")
    lures = np.array([text.lure for text in found])
    rows = matrix([buckets(text.wording, bits) for text in found], bits)
    texts_with = np.bincount(rows.indices, minlength=rows.shape[1])
    kept = np.flatnonzero(texts_with >= min(FEWEST, len(found)))
    if not len(kept):
        raise InputError(f"no run of letters is in {FEWEST} texts: there are too few of them to learn from.")
    rows = rows[:, kept].tocsr()
    ratio = _ratio(rows, lures, counts)
    fitted = LogisticRegression(C=INVERSE_PENALTY, max_iter=ROUNDS, tol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # ROUNDS are enough, more only learn the sources better
        fitted.fit(rows @ diags(ratio), lures, counts)
    return _packed(fitted.coef_[0] * ratio, float(fitted.intercept_[0]), kept, bits, version, about or {})


def _ratio(matrix: csr_matrix, lures: NDArray[np.bool_], counts: NDArray[np.float64]) -> NDArray[np.float32]:
    """The logarithm of how much more of the lures' n-grams each one is than of the honest texts'."""
    among_lures = matrix.T @ (counts * lures) + SMOOTHING
    among_honest = matrix.T @ (counts * ~lures) + SMOOTHING
    ratio = np.log(among_lures / among_lures.sum()) - np.log(among_honest / among_honest.sum())
    return np.asarray(ratio, dtype=np.float32)


def balance(found: Sequence[Text]) -> NDArray[np.float64]:
    """How much each text counts; on average 1. A language with only one kind of text counts nothing."""
    groups = [(text.lang, text.lure, text.source, text.copy) for text in found]
    sizes = Counter(groups)
    shares = {group: _share(group, size) for group, size in sizes.items()}
    sides: dict[tuple[str, bool], float] = defaultdict(float)
    for group, part in shares.items():
        sides[group[:2]] += part

    def weight(group: tuple[str, bool, str, bool]) -> float:
        lang, lure = group[:2]
        mine, other = sides[lang, lure], sides.get((lang, not lure), 0.0)
        return np.sqrt(mine + other) * shares[group] / mine / sizes[group] if other else 0.0

    weights = {group: weight(group) for group in sizes}
    counted = np.array([weights[group] for group in groups])
    return np.asarray(counted * (len(found) / (counted.sum() or 1.0)), dtype=np.float64)


def _share(group: tuple[str, bool, str, bool], size: int) -> float:
    _, _, name, copy = group
    share = float(np.sqrt(size))
    if name.startswith(INVENTED):
        share *= _OF_INVENTED
    if source(name).weak:
        share *= _OF_WEAK
    return share * _OF_COPIES if copy else share


def matrix(indices: Sequence[NDArray[np.uint32]], bits: int) -> csr_matrix:
    """A row for each text's buckets, each of which counts its ``share``."""
    lengths = [len(row) for row in indices]
    values = np.repeat(np.array(list(map(share, lengths)), np.float32), lengths)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    found = csr_matrix((values, np.concatenate(indices).astype(np.int32), ends), shape=(len(indices), 1 << bits))
    found.sum_duplicates()
    return found


def _packed(
    weights: NDArray[np.float64],
    intercept: float,
    kept: NDArray[np.int64],
    bits: int,
    version: str,
    about: dict[str, object],
) -> TextModel:
    """One signed byte a weight; a weight that would round to 0 becomes 1 step, for 0 means never met."""
    largest = float(np.quantile(np.abs(weights), 0.9999)) or 1.0
    scale = largest / LONGEST_WEIGHT
    steps = np.clip(np.rint(weights / scale), -LONGEST_WEIGHT, LONGEST_WEIGHT)
    steps[steps == 0] = np.where(weights[steps == 0] < 0, -1, 1)
    bytes_ = np.zeros(1 << bits, np.int8)
    bytes_[kept] = steps.astype(np.int8)
    return TextModel(version, bits, scale, intercept, bytes_, about)
