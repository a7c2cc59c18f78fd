"""What others have confirmed before: shared indicators and texts that came back."""

from __future__ import annotations

from collections.abc import Iterator

from lurewatch.engine.detectors.case import Case, weigh
from lurewatch.engine.model import Finding

_SIMILAR = 0.8
"""From this similarity on a text counts as a copy of a confirmed scam's."""


class Historical:
    """Known indicators and near-duplicate texts; 0 when nothing is known."""

    def analyze(self, detector_input: Case) -> Finding:
        return weigh("historical", _reasons(detector_input))


def _reasons(case: Case) -> Iterator[tuple[float, str]]:
    for known in case.knowledge.indicators:
        yield 0.9 * known.confidence, f"{known.type} {known.value} is known from {known.source}"
    if case.knowledge.near_duplicate >= _SIMILAR:
        yield 0.9 * case.knowledge.near_duplicate, "the text is close to a confirmed scam's"
