"""A type model as a file and as what answers: for every bucket of n-grams one signed byte a scam type.

It is asked only of what is taken for a lure, and says into what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lurewatch.engine.text_model import weight_file
from lurewatch.engine.text_model.grams import LONGEST, buckets, share
from lurewatch.engine.text_model.weight_file import Weights

MOST_WORDS = LONGEST
"""So many characters of what a sender said are remembered for the type model, the last ones."""
MOST_TYPES = 64
_MARK = b"LWTY\x01"


def remembered(before: str, words: str) -> str:
    """What is kept of a sender's wordings after one more."""
    return f"{before}\n{words}"[-MOST_WORDS:] if before else words[-MOST_WORDS:]


@dataclass(frozen=True, slots=True, eq=False)
class TypeModel:
    """Ready to ask; immutable and thread-safe.

    ``weights`` has 2**bits rows, in each an entry for each of ``types`` (ids). A type's score is its intercept + scale
    * share * sum of the n-grams' weights, the share of ``grams.share``; ``vote`` is what one indicator of the rules is
    worth beside it. Scores with votes are log-odds up to a constant.
    """

    version: str
    bits: int
    types: tuple[str, ...]
    scale: float
    intercepts: tuple[float, ...]
    vote: float
    weights: Weights
    about: Mapping[str, Any]

    def scores(self, text: str) -> dict[str, float]:
        """The score of each type for the end of a text, as ``remembered`` keeps it."""
        found = buckets(text[-MOST_WORDS:], self.bits)
        # A sum as a product is several times as fast, and exact: 2^24 is beyond what texts can add up to.
        sums = np.ones(len(found), np.float32) @ self.weights.take(found, axis=0).astype(np.float32)
        scale = self.scale * share(len(found))
        return {
            name: intercept + scale * total
            for name, intercept, total in zip(self.types, self.intercepts, sums.tolist(), strict=True)
        }


def dump(model: TypeModel) -> bytes:
    """The model as a file; the same model gives the same bytes."""
    header = {
        "version": model.version,
        "bits": model.bits,
        "types": list(model.types),
        "scale": model.scale,
        "intercepts": list(model.intercepts),
        "vote": model.vote,
        "about": dict(model.about),
    }
    return weight_file.dump(_MARK, header, model.weights)


def parse(data: bytes) -> TypeModel:
    """The model in a file.

    Raises:
        ValueError: the file is none of ours, broken off, too large, or its numbers make no sense.
    """
    return weight_file.parse(_MARK, data, _model)


def _model(header: Mapping[str, Any], weights: Callable[[int], Weights]) -> TypeModel:
    bits, types = header["bits"], header["types"]
    if bits not in weight_file.MOST_BITS or not isinstance(types, list) or not 1 <= len(types) <= MOST_TYPES:
        raise ValueError(bits)
    if len(set(types)) != len(types) or not all(isinstance(name, str) for name in types):
        raise ValueError(types)
    scale, vote, *intercepts = map(weight_file.finite, (header["scale"], header["vote"], *header["intercepts"]))
    if len(intercepts) != len(types) or vote < 0:
        raise ValueError(vote)
    found = weights(2**bits * len(types)).reshape(2**bits, len(types))
    return TypeModel(
        str(header["version"]), bits, tuple(types), scale, tuple(intercepts), vote, found, dict(header["about"])
    )
