"""The published tactics formula: category scores, confidence and reasoning (spec: tactics)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lurewatch.engine.state import TACTICS, Tactic

NONE_FOUND = "No scam indicators detected in the message."
LOW = "Low confidence scam indicators found. Monitoring recommended."
IN_WORDS = {
    "urgency": "urgency/time pressure tactics",
    "authority": "authority impersonation",
    "threat": "threatening language",
    "request": "sensitive data requests",
    "financial": "financial manipulation",
    "phishing": "phishing attempts",
}
STRONG = 0.8
_NO_MATCH = Tactic()


def add(known: Mapping[str, Tactic], matches: Iterable[tuple[str, float]]) -> Mapping[str, Tactic]:
    """The tactics known so far with the matches (category, weight) of one more message."""
    found = dict(known)
    for category, weight in matches:
        old = found.get(category, _NO_MATCH)
        found[category] = Tactic(old.count + 1, old.weight + weight)
    return found


def confidence(weights: Iterable[float], active: int) -> float:
    """min(1, sum/3) + min(0.3, 0.1 * (active - 1)) + min(0.2, 0.05 * strong), clipped to [0,1]; 0 without a match.

    ``weights`` are those of the message's own matches; ``active`` counts categories with a score above 0, history
    included; a match is strong from 0.8 on.
    """
    own = list(weights)
    if not own:
        return 0.0
    strong = sum(1 for weight in own if weight >= STRONG)
    total = min(1.0, sum(own) / 3) + min(0.3, 0.1 * (active - 1)) + min(0.2, 0.05 * strong)
    return max(0.0, min(1.0, round(total, 9)))


def scores(known: Mapping[str, Tactic]) -> dict[str, float]:
    """The mean weight of each category's matches; always all six keys."""
    found = dict.fromkeys(TACTICS, 0.0)
    for name, tactic in known.items():
        found[name] = round(tactic.score, 6)
    return found


def reasoning(scores_by_category: Mapping[str, float], level: float, *, threshold: float = 0.5) -> str:
    """The published sentence for these category scores at this confidence."""
    active = [name for name in TACTICS if scores_by_category.get(name, 0.0) > 0]
    if not active or level <= 0:
        return NONE_FOUND
    if level < threshold:
        return LOW
    highest = sorted(active, key=lambda name: -scores_by_category[name])[:3]
    return "Scam detected using: " + ", ".join(IN_WORDS[name] for name in highest) + "."
