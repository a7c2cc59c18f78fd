"""Which texts are learned from: at most so many of each source and label, each different."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lurewatch.lab import text_training
from lurewatch.lab.contrast import SOURCE as INVENTED
from lurewatch.lab.lessons import Lesson
from lurewatch.lab.text_training import Text

MOST = 900
"""Texts of a source and label; a transformer has no use for more of the same."""
MOST_INVENTED, MOST_INVENTED_ENGLISH = 420, 2_500
HEAVIEST, LIGHTEST = 4.0, 0.1
"""How much a text counts is kept between these, or a few of a rare language would decide a step."""


def chosen(lessons: Sequence[Lesson], folds: Sequence[int]) -> tuple[list[Text], list[int]]:
    """The texts and the fold of each; the same lessons give the same ones. Copies are left out."""
    found = [
        (text, fold)
        for lesson, fold in zip(lessons, folds, strict=True)
        for text in text_training.texts([lesson])
        if not text.copy
    ]
    random.Random(7).shuffle(found)  # noqa: S311 - the same choice every time
    counts: Counter[tuple[str, bool]] = Counter()
    seen: set[tuple[str, bool, str]] = set()
    kept = []
    for text, fold in found:
        group, key = (text.source, text.lure), (text.source, text.lure, text.wording)
        if text.wording.strip() and key not in seen and counts[group] < _most(text.source):
            counts[group] += 1
            seen.add(key)
            kept.append((text, fold))
    return [text for text, _ in kept], [fold for _, fold in kept]


def _most(source: str) -> int:
    if source.startswith(INVENTED):
        return MOST_INVENTED_ENGLISH if source.endswith("_en") else MOST_INVENTED
    return MOST


def counts(texts: Sequence[Text]) -> npt.NDArray[np.float32]:
    """How much each text counts: languages and sources balanced as for the text model."""
    return np.clip(text_training.balance(texts), LIGHTEST, HEAVIEST).astype(np.float32)
