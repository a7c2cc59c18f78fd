"""A text model as a file and as what answers: one signed byte for every bucket of n-grams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lurewatch.engine.text_model import weight_file
from lurewatch.engine.text_model.grams import LONGEST, buckets, share
from lurewatch.engine.text_model.second import SecondReading, together
from lurewatch.engine.text_model.weight_file import Weights

MOST_ODDS = 8.0
"""Log-odds are cut to [-MOST_ODDS, MOST_ODDS]."""
MOST_PARTS = 20
_MOVING_ODDS = 4.0
"""Log-odds beyond this say no more."""
_FAMILIAR, _UNFAMILIAR = 0.5, 0.35
"""Shares of known n-grams: of a text with fewer than the second the model says nothing."""
_MARK = b"LWTM\x01"


@dataclass(frozen=True, slots=True)
class Wording:
    """What the model makes of a text: log-odds of a lure, and the share in [0,1] of its n-grams that it has met.

    ``even`` rises in [0,1] from surely honest to even, ``lure`` beyond; both fade out as wording becomes unfamiliar.
    """

    odds: float
    known: float

    @property
    def even(self) -> float:
        """How far the wording is from surely honest."""
        return self._trust * min(1.0, max(0.0, 1.0 + self.odds / _MOVING_ODDS))

    @property
    def lure(self) -> float:
        """How far the wording is beyond even."""
        return self._trust * min(1.0, max(0.0, self.odds / _MOVING_ODDS))

    @property
    def rank(self) -> tuple[float, float]:
        """Of several wordings the highest counts: a strange one must not hide one that is understood."""
        return self.even + self.lure, self.odds

    @property
    def strange(self) -> bool:
        """Whether too little of the wording is familiar for the model to have a say."""
        return self._trust < 0.5

    @property
    def _trust(self) -> float:
        return min(1.0, max(0.0, (self.known - _UNFAMILIAR) / (_FAMILIAR - _UNFAMILIAR)))


@dataclass(frozen=True, slots=True, eq=False)
class TextModel:
    """Ready to ask; immutable and thread-safe.

    ``weights`` has 2**bits entries; 0 stands for an n-gram never met. Log-odds are ``intercept + scale * share * sum
    of the n-grams' weights``, the share of ``grams.share``. ``version`` names the training, ``about`` says what it saw.
    """

    version: str
    bits: int
    scale: float
    intercept: float
    weights: Weights
    about: Mapping[str, Any]

    def read(self, text: str, second: SecondReading | None = None) -> Wording:
        """The part of the text that sounds most like a lure, of the first 20,000 characters.

        ``text`` is a ``wording``; parts are LONGEST characters long. ``second`` reads that part, too, where it is
        familiar and not called honest.
        """
        if len(text) <= LONGEST:
            found = self._part(text)
        else:
            starts = range(0, min(len(text), MOST_PARTS * LONGEST), LONGEST)
            found, text = max(
                ((self._part(part), part) for part in (text[at : at + LONGEST] for at in starts)),
                key=lambda read: read[0].rank,
            )
        if second is None or found.strange:
            return found
        return replace(found, odds=_odds(together(found.odds, text, second)))

    def _part(self, text: str) -> Wording:
        found = self.weights.take(buckets(text, self.bits))
        amount = len(found)
        odds = self.intercept + self.scale * share(amount) * int(np.add.reduce(found, dtype=np.int64))
        known = int(np.count_nonzero(found)) / amount
        return Wording(_odds(odds), round(known, 4))


def _odds(odds: float) -> float:
    return round(max(-MOST_ODDS, min(MOST_ODDS, odds)), 4)


def dump(model: TextModel) -> bytes:
    """The model as a file; the same model gives the same bytes."""
    header = {
        "version": model.version,
        "bits": model.bits,
        "scale": model.scale,
        "intercept": model.intercept,
        "about": dict(model.about),
    }
    return weight_file.dump(_MARK, header, model.weights)


def parse(data: bytes) -> TextModel:
    """The model in a file.

    Raises:
        ValueError: the file is none of ours, broken off, too large, or its numbers make no sense.
    """
    return weight_file.parse(_MARK, data, _model)


def _model(header: Mapping[str, Any], weights: Callable[[int], Weights]) -> TextModel:
    bits = header["bits"]
    if bits not in weight_file.MOST_BITS:
        raise ValueError(bits)
    scale, intercept = weight_file.finite(header["scale"]), weight_file.finite(header["intercept"])
    return TextModel(str(header["version"]), bits, scale, intercept, weights(2**bits), dict(header["about"]))
