"""Brands, payment data and fraud talk in group chats (spec: brand monitor)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lurewatch.engine.model import Decision, Memory, Verdict
from lurewatch.engine.policies.texts import filled

CATEGORIES = frozenset({"fraud_data", "fraud_talk"})
TRIGGERS = {"trigger_urgent": "urgent", "trigger_verify": "verify"}
"""Rules that only raise the score, and the word they stand for."""
HIGH_RISK, MENTION, SUSPICIOUS = "high_risk_fraud", "brand_mention_info", "suspicious_content"
_SUSPICIOUS_ABOVE = 0.3
_WARNING = (
    "Warning: a message in this group combines a brand with a request that fraudsters make. Do not follow its link, "
    "and do not share codes or card details."
)
_MENTION = "A financial brand was mentioned. Check offers and support contacts on its official site."


@dataclass(frozen=True, slots=True)
class BrandAnalysis:
    """Brands and pattern types in order of appearance, trigger words, the published score, the confidence."""

    brands: tuple[str, ...]
    patterns: tuple[str, ...]
    triggers: tuple[str, ...]
    score: float
    confidence: float

    @property
    def keywords(self) -> tuple[str, ...]:
        """Brands, then the trigger words found."""
        return (*self.brands, *self.triggers)


@dataclass(frozen=True, slots=True)
class BrandWatchConfig:
    """The brands that are watched, by their lower-case names, and the seconds between two alerts of a type.

    ``warning`` and ``mention`` are what the group is told at ``high_risk_fraud`` and ``brand_mention_info``; in them
    ``{brands}`` are the brands that were named.
    """

    brands: tuple[str, ...] = ("visa", "mastercard", "paypal", "stripe", "amazon")
    cooldown: float = 300.0
    warning: str = _WARNING
    mention: str = _MENTION


def analyse(verdict: Verdict, watched: Collection[str], first: int = 0) -> BrandAnalysis:
    """The analysis of the messages from index ``first`` on.

    score = min(brands,2)*0.2 + min(pattern types,3)*0.3 + 0.1 if "urgent" + 0.1 if "verify", at most 1, two places.
    """
    marks = [i for i in verdict.indicators if i.type == "brand" and i.message_index >= first and i.value in watched]
    flags = [f for f in verdict.flags if f.category in CATEGORIES and f.message_index >= first]
    brands = tuple(dict.fromkeys(mark.value for mark in marks))
    patterns = tuple(dict.fromkeys(f.pattern for f in flags if f.pattern not in TRIGGERS))
    triggers = tuple(word for rule, word in TRIGGERS.items() if any(f.pattern == rule for f in flags))
    score = round(min(1.0, min(len(brands), 2) * 0.2 + min(len(patterns), 3) * 0.3 + 0.1 * len(triggers)), 2)
    if not brands and not patterns:
        return BrandAnalysis((), (), triggers, 0.0, 0.0)
    confidence = 0.8 if brands and patterns else 0.6 if len(patterns) > 1 else 0.5
    return BrandAnalysis(brands, patterns, triggers, score, confidence)


def decide(verdict: Verdict, memory: Memory, config: BrandWatchConfig) -> Decision:
    """An alert (to the group and the log), a notice (to the group), a log entry, or none; suppressed in cool-down."""
    analysis = analyse(verdict, config.brands, memory.first_new)
    if analysis.brands and analysis.patterns:
        kind, action, text = HIGH_RISK, "alert", config.warning
    elif analysis.brands:
        kind, action, text = MENTION, "notice", config.mention
    elif analysis.patterns and analysis.score > _SUSPICIOUS_ABOVE:
        kind, action, text = SUSPICIOUS, "log", ""
    else:
        return Decision("brand_watch", "none")
    last = memory.last_alert.get(kind)
    flags = tuple(f for f in verdict.flags if f.category in CATEGORIES and f.message_index >= memory.first_new)
    return Decision(
        "brand_watch",
        action,
        type=kind,
        score=analysis.score,
        text=filled(text, brands=", ".join(analysis.brands), reference=verdict.id),
        flags=flags,
        suppressed=last is not None and memory.now - last < config.cooldown,
        keywords=analysis.keywords,
        detail={"brands": list(analysis.brands), "confidence": analysis.confidence},
    )
