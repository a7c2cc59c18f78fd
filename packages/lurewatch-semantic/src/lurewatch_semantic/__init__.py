"""A second reading for Lurewatch: MiniLM, its upper layers fitted to lures, in one-byte weights on one thread.

Name it in the setting ``second_reading: semantic``; in code, ``load_engine(second=Semantic())``.
"""

from __future__ import annotations

from lurewatch_semantic.reading import Semantic
from lurewatch_semantic.weights_on_disk import WeightsError

__all__ = ["Semantic", "WeightsError"]
