"""The heuristic and a second opinion together (spec: scam types, ensemble)."""

from __future__ import annotations

from dataclasses import dataclass

from lurewatch.engine.opinion import Opinion


@dataclass(frozen=True, slots=True)
class Combined:
    """Whether the opinion is followed or the heuristic, how sure both together are, and whether indicators merge."""

    follows_opinion: bool
    confidence: float
    merges: bool


def combine(heuristic: float, opinion: Opinion) -> Combined:
    """The published rules, in their order; ``heuristic`` is the confidence in a scam, 0 where there is no evidence.

    The opinion must have answered. Agreement looks at ``is_scam`` only.
    """
    says_scam, other = heuristic > 0, opinion.confidence
    if heuristic > 0.8:
        agrees = opinion.is_scam == says_scam
        return Combined(False, min(0.99, round(heuristic + 0.05, 2)) if agrees else heuristic, merges=agrees)
    if other > 0.7 and heuristic < 0.4:
        return Combined(True, other, merges=False)
    if says_scam and opinion.is_scam:
        return Combined(True, min(0.98, round((heuristic + other) / 2 + 0.15, 2)), merges=True)
    return Combined(other >= heuristic, round((heuristic + other) / 2, 2), merges=False)
