"""Emotional manipulation: urgency, fear, greed, authority and trust, each in [0,1] (spec: scam types).

One message at a time. A cue is a rule that matches: its weight w is how strongly it plays on its emotion. With r
further matches of the same rule (at most three count) and the loudness l of the message, an emotion scores

    1 - product over its cues of (1 - w) ** ((1 + r/4) * (1 + l))

so that another cue says more than the same one again. Loudness is the mean of three shares in [0,1]: of the longer
words those in capitals, exclamation marks (three are the most), intensifiers such as "very" and "right now" (two are
the most). ``overall_manipulation`` is the strongest emotion, raised by a tenth of each other one. Everything rises
with every cue, repetition, capital, mark and intensifier. What is denied ("no need to hurry") matches no rule: see the
pack's ``exceptions.yaml``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from lurewatch.engine.model import NOT_MOVED, EmotionalProfile, Hit
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.rules import Evidence, Key

EMOTIONS = ("urgency", "fear", "greed", "authority", "trust")
_BY_CATEGORY = {"urgency": "urgency", "authority": "authority", "threat": "fear"}
_BY_PATTERN = {"fear": "fear", "greed": "greed", "trust": "trust", "money_lure": "greed"}
_MOST_REPEATS, _MOST_MARKS, _MOST_INTENSIFIERS = 3, 3, 2
_LONGER_WORD = re.compile(r"[^\W\d_]{4,}")
"""Words that are no abbreviation. One class cannot backtrack."""


class Gauge:
    """Reads the profile of one message off the rules that match; ``intensifiers`` are the keys of that concept."""

    def __init__(self, rules: Iterable[Rule], intensifiers: Sequence[Key]) -> None:
        self._intensifiers = tuple(intensifiers)
        self._cues: dict[str, tuple[str, float]] = {}
        for rule in rules:
            emotion = _BY_PATTERN.get(rule.pattern) or _BY_CATEGORY.get(rule.category)
            if emotion is not None:
                self._cues[rule.id] = emotion, rule.weight

    def read(self, hits: Iterable[Hit], evidence: Evidence, text: str) -> EmotionalProfile:
        """The profile of the message ``text`` in which these rules match."""
        counts = Counter(hit.rule for hit in hits if hit.rule in self._cues)
        if not counts:
            return NOT_MOVED
        loud = 1.0 + self._loudness(evidence, text)
        doubt = dict.fromkeys(EMOTIONS, 1.0)
        for rule, count in counts.items():
            emotion, weight = self._cues[rule]
            doubt[emotion] *= (1.0 - weight) ** ((1.0 + min(count - 1, _MOST_REPEATS) / 4) * loud)
        scores = {name: round(1.0 - doubt[name], 4) for name in EMOTIONS}
        highest = max(EMOTIONS, key=lambda name: scores[name])
        overall = scores[highest] + 0.1 * math.fsum(score for name, score in scores.items() if name != highest)
        return EmotionalProfile(**scores, overall_manipulation=round(min(1.0, overall), 4), primary_tactic=highest)

    def _loudness(self, evidence: Evidence, text: str) -> float:
        words = _LONGER_WORD.findall(text)
        capitals = sum(word.isupper() for word in words) / len(words) if words else 0.0
        marks = min(text.count("!") + text.count("\uff01"), _MOST_MARKS) / _MOST_MARKS
        intense = min(sum(len(evidence.get(key)) for key in self._intensifiers), _MOST_INTENSIFIERS)
        return (capitals + marks + intense / _MOST_INTENSIFIERS) / 3
