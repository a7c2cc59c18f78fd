"""Emotional manipulation: urgency, fear, greed, authority and trust, each in [0,1] (spec: scam types)."""

from __future__ import annotations

from collections.abc import Iterable

from lurewatch.engine.model import EmotionalProfile

EMOTIONS = ("urgency", "fear", "greed", "authority", "trust")
_BY_CATEGORY = {"urgency": "urgency", "authority": "authority", "threat": "fear"}
_BY_PATTERN = {"fear": "fear", "greed": "greed", "trust": "trust", "money_lure": "greed"}
NOT_MOVED = EmotionalProfile()


def profile(evidence: Iterable[tuple[str, str, float]]) -> EmotionalProfile:
    """The profile of evidence given as (category, pattern, weight).

    Each emotion is 1 - product(1 - weight) over its evidence; overall is the strongest, raised by a tenth of each
    other one.
    """
    doubt: dict[str, float] = {}
    for category, pattern, weight in evidence:
        emotion = _BY_PATTERN.get(pattern) or _BY_CATEGORY.get(category)
        if emotion is not None:
            doubt[emotion] = doubt.get(emotion, 1.0) * (1.0 - weight)
    if not doubt:
        return NOT_MOVED
    scores = {name: round(1.0 - doubt.get(name, 1.0), 4) for name in EMOTIONS}
    highest = max(EMOTIONS, key=lambda name: scores[name])
    overall = min(1.0, scores[highest] + 0.1 * sum(score for name, score in scores.items() if name != highest))
    return EmotionalProfile(**scores, overall_manipulation=round(overall, 4), primary_tactic=highest)
