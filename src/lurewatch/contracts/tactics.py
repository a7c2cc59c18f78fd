"""The tactics detector's names: weighted patterns, confidence, reasoning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lurewatch.contracts.engine import default_engine, read
from lurewatch.engine import tactics
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.state import TACTICS, Tactic

_PROTECTED = frozenset({"user", "victim", "protected", "me", "self", "customer", "agent", "honeypot"})
"""Senders of the history who are not the other party."""


class ScamCategory(StrEnum):
    """The six categories of tactics."""

    URGENCY = "urgency"
    AUTHORITY = "authority"
    THREAT = "threat"
    REQUEST = "request"
    FINANCIAL = "financial"
    PHISHING = "phishing"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One weighted pattern of a category."""

    category: str
    description: str
    weight: float


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """One occurrence of a pattern in a message."""

    category: str
    matched_text: str
    weight: float
    description: str


@dataclass(frozen=True, slots=True)
class DetectionResult:
    """What the tactics of one message come to; ``category_scores`` always has all six keys."""

    is_scam: bool
    confidence: float
    matched_patterns: list[PatternMatch] = field(default_factory=list)
    category_scores: dict[str, float] = field(default_factory=dict)
    reasoning: str = tactics.NONE_FOUND


def get_patterns_by_category(category: ScamCategory | str) -> list[Pattern]:
    """The patterns of a category, in the pack's order; ValueError for an unknown one."""
    wanted = ScamCategory(category)
    return [
        Pattern(rule.category, rule.description, rule.weight)
        for rule in default_engine().pack.rules
        if rule.category == wanted
    ]


def match_all_patterns(text: str) -> list[PatternMatch]:
    """Every occurrence of every pattern in a text, in order of place."""
    return _matches(default_engine(), text)


def _matches(engine: Engine, text: str) -> list[PatternMatch]:
    found = []
    for hit in sorted(read(engine, text).hits, key=lambda hit: (hit.start, hit.end)):
        rule = engine.pack.rule(hit.rule)
        if rule is not None and rule.category in TACTICS:
            found.append(PatternMatch(rule.category, text[hit.start : hit.end], rule.weight, rule.description))
    return found


class ScamDetector:
    """Analyses one message with its history by the published formula. ``threshold`` is in [0,1]."""

    def __init__(self, threshold: float = 0.5, engine: Engine | None = None) -> None:
        self._threshold = threshold
        self._engine = engine or default_engine()

    async def analyze(
        self,
        message: str,
        history: Sequence[Mapping[str, Any] | str] | None = None,
        metadata: Mapping[str, Any] | None = None,  # noqa: ARG002 - part of the published signature
    ) -> DetectionResult:
        """The result for ``message``; earlier messages of the other party add to the categories.

        A history entry is a text, or a mapping with ``sender`` or ``role`` and ``text``, ``content`` or ``message``.
        """
        own = _matches(self._engine, message)
        known: Mapping[str, Tactic] = {}
        for text in _of_other_party(history or ()):
            known = tactics.add(known, ((m.category, m.weight) for m in _matches(self._engine, text)))
        known = tactics.add(known, ((match.category, match.weight) for match in own))
        scores = tactics.scores(known)
        level = tactics.confidence([match.weight for match in own], sum(1 for score in scores.values() if score > 0))
        return DetectionResult(
            is_scam=level >= self._threshold,
            confidence=level,
            matched_patterns=own,
            category_scores=scores,
            reasoning=tactics.reasoning(scores, level, threshold=self._threshold),
        )


def _of_other_party(history: Sequence[Mapping[str, Any] | str]) -> list[str]:
    texts = []
    for entry in history:
        if isinstance(entry, str):
            texts.append(entry)
            continue
        sender = str(entry.get("role") or entry.get("sender") or "").lower()
        text = entry.get("text") or entry.get("content") or entry.get("message") or ""
        if sender not in _PROTECTED and isinstance(text, str):
            texts.append(text)
    return texts
