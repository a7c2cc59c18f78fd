"""The second reading that Lurewatch asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lurewatch_semantic import weights_on_disk
from lurewatch_semantic.encoder import Encoder
from lurewatch_semantic.weights_on_disk import SCALE, SHIPPED, WeightsError


class Semantic:
    """A ``lurewatch.engine.text_model.SecondReading``: immutable, thread-safe, picklable.

    The same text gets the same answer on processors of one kind; between kinds the last digits may differ.
    """

    def __init__(self, folder: Path = SHIPPED) -> None:
        """Load the weights of a folder. Raises WeightsError."""
        weights = weights_on_disk.read(folder)
        self._folder = folder
        self._first, self._slope, self._shift = (float(weights.about[name]) for name in SCALE)
        self._version: str = weights.about["version"]
        try:
            self._encoder = Encoder(weights)
        except Exception as error:  # whatever onnxruntime raises of a model it does not know
            raise WeightsError(
                f"{folder}: this onnxruntime cannot run the weights ({error}). Install another."
            ) from error

    def __reduce__(self) -> tuple[Any, ...]:
        return Semantic, (self._folder,)

    @property
    def version(self) -> str:
        """Names the weights."""
        return self._version

    def odds(self, text: str, first: float) -> float:
        """The log-odds of a lure by both readings, as a logistic regression weighs them."""
        return round(self._first * first + self._slope * self._encoder.logit(text) + self._shift, 3)
