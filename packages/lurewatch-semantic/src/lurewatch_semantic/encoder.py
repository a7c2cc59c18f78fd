"""The encoder at work: text to tokens to one number, by onnxruntime on the thread that asks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from lurewatch_semantic.pieces import Pieces
from lurewatch_semantic.weights_on_disk import MOST_TOKENS, Weights
from lurewatch_semantic.words import in_words

Vectors = npt.NDArray[np.float32]
_TINY = 1e-12


class Entrance:
    """Text to the vectors that go into the lowest layer. Thread-safe."""

    def __init__(self, weights: Weights) -> None:
        self._table, self._scales = weights.table, weights.scales
        self._places, self._gain, self._offset = weights.frame[:-2], weights.frame[-2], weights.frame[-1]
        self._pieces = Pieces(weights.vocabulary)

    def tokens(self, wording: str) -> list[int]:
        """The numbers of the tokens, at most MOST_TOKENS, those of beginning and end among them."""
        return self._pieces.numbers(in_words(wording), MOST_TOKENS)

    def vectors(self, wording: str) -> Vectors:
        """(1, tokens, WIDTH)."""
        numbers = self.tokens(wording)
        found = self._table[numbers].astype(np.float32) * self._scales[numbers, None] + self._places[: len(numbers)]
        found -= found.mean(axis=1, keepdims=True)
        found /= np.sqrt((found * found).mean(axis=1, keepdims=True) + _TINY)
        entering: Vectors = (found * self._gain + self._offset)[None]
        return entering


class Encoder:
    """Text to a number that rises with how much of a lure it is. Thread-safe."""

    def __init__(self, weights: Weights) -> None:
        self.entrance = Entrance(weights)
        self._lower, self._upper = session(weights.lower), session(weights.upper)

    def logit(self, wording: str) -> float:
        """What the fitted layers say; not yet log-odds."""
        (middle,) = self._lower.run(None, {"x": self.entrance.vectors(wording)})
        (found,) = self._upper.run(None, {"x": middle})
        return float(found.item())


def session(model: bytes) -> Any:
    """An ONNX model ready to run on the thread that calls it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
