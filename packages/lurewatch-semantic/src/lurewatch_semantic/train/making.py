"""From lessons to weights: choose, read by the lower layers, fit the upper ones, set the scale, pack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression

from lurewatch.lab import text_training, training
from lurewatch.lab.lessons import Lesson
from lurewatch.lab.logistic import line
from lurewatch.lab.text_training import Text
from lurewatch_semantic.train import minilm
from lurewatch_semantic.train.chosen import chosen, counts
from lurewatch_semantic.train.graph import Graph
from lurewatch_semantic.train.minilm import Base
from lurewatch_semantic.train.net import Taught, Upper, fit, logits
from lurewatch_semantic.weights_on_disk import SCALE, Weights

Told = Callable[[str, int, int], None]
Scale = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Read:
    """The chosen texts, the fold of each, and what the lower layers make of them."""

    texts: Sequence[Text]
    folds: npt.NDArray[np.int64]
    vectors: Sequence[npt.NDArray[np.float16]]

    def taught(self, some: npt.NDArray[np.int64]) -> Taught:
        """Those of these places, as they are fitted to."""
        texts = [self.texts[int(index)] for index in some]
        lures = np.array([text.lure for text in texts])
        return Taught([self.vectors[int(index)] for index in some], lures, counts(texts))


def make(base: Base, lessons: Sequence[Lesson], version: str, scale: Scale | None, told: Told) -> Weights:
    """The weights that these lessons teach. ``scale`` is the SCALE of an earlier run, else it is measured.

    Measuring takes five more fits, each without one fold of families. ``told`` hears the step and how far it is.
    """
    torch.set_num_threads(1)
    lessons = training.trainable(lessons)
    texts, folds = chosen(lessons, training.folds(lessons))
    every = [text.wording for text in text_training.texts(lessons) if not text.copy]
    weights = minilm.lower(base, minilm.used(base, every))
    told("read", 0, len(texts))
    read = Read(texts, np.array(folds), minilm.vectors(weights, [text.wording for text in texts]))
    scale = scale or measured(base, lessons, read, told)
    upper = fitted(base, read.taught(np.arange(len(texts))), lambda *done: told("fit", *done))
    about = {
        "version": version,
        **dict(zip(SCALE, scale, strict=True)),
        "texts": len(texts),
        "lures": sum(text.lure for text in texts),
        "base": "all-MiniLM-L6-v2 (Apache-2.0)",
    }
    return replace(weights, about=about, upper=packed(upper))


def fitted(base: Base, taught: Taught, told: Callable[[int, int], None]) -> Upper:
    """The upper layers after these texts."""
    torch.manual_seed(0)
    upper = Upper(base.tensors, minilm.names(minilm.UPPER))
    fit(upper, taught, told)
    return upper


def measured(base: Base, lessons: Sequence[Lesson], read: Read, told: Told) -> Scale:
    """The weights that make log-odds of both readings true for families that neither has learned from."""
    first, second = np.zeros(len(read.texts)), np.zeros(len(read.texts))
    parted = training.folds(lessons)
    for fold in sorted(set(read.folds.tolist())):
        others, here = np.flatnonzero(read.folds != fold), np.flatnonzero(read.folds == fold)
        grams = text_training.train(
            list(text_training.texts(one for one, other in zip(lessons, parted, strict=True) if other != fold))
        )
        first[here] = [grams.read(read.texts[int(index)].wording).odds for index in here]
        upper = fitted(base, read.taught(others), lambda *done, fold=fold: told(f"fit without fold {fold}", *done))
        second[here] = logits(upper, [read.vectors[int(index)] for index in here])
    lures = np.array([text.lure for text in read.texts])
    shares = text_training.balance(read.texts)
    slope, shift = line(first, lures, shares)  # as the first reading is straightened when it is learned
    both = np.column_stack([slope * first + shift, second])
    weighed = LogisticRegression(C=1e6).fit(both, lures, shares)
    return float(weighed.coef_[0, 0]), float(weighed.coef_[0, 1]), float(weighed.intercept_[0])


def packed(upper: Upper) -> bytes:
    """The fitted layers as an ONNX model."""
    graph = Graph()
    tensors: dict[str, Any] = upper.tensors()
    for name in upper.names:
        graph.layer(tensors, name)
    graph.head(upper.head.weight.detach().numpy()[0], float(upper.head.bias.detach().numpy()[0]))
    return graph.model()
