"""The scam classifier's names: heuristic result, detection, personas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lurewatch.contracts.engine import default_engine, read
from lurewatch.engine.model import EmotionalProfile
from lurewatch.engine.packs.conditions import Lexicon, Phrase, walk
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.scam_type import Classifier

_DEFAULT_PERSONA = "elderly_excited"
_FAST_FIRST, _FAST_LATER = 0.85, 0.70
_MANIPULATIVE = 0.6
_NOT_SCAM: Mapping[str, Any] = {
    "is_scam": False,
    "scam_type": "not_scam",
    "confidence": 0.0,
    "threat_level": "none",
    "category": "Safe",
    "matched_keywords": [],
    "risk_indicators": [],
    "description": "No known scam pattern detected",
    "persona": None,
    "agent_notes": "No known scam pattern detected.",
}


def detect_heuristic(message: str) -> dict[str, Any]:
    """Which scam type the rules speak for, by the published confidence table; no model, no network."""
    return _heuristic(default_engine(), message)[0]


def _heuristic(engine: Engine, message: str) -> tuple[dict[str, Any], EmotionalProfile]:
    reading = read(engine, message)
    hits, profile = reading.hits, reading.emotion
    rules = {rule.id: rule for rule in engine.pack.rules}
    found = dict.fromkeys(hit.rule for hit in hits)
    guess = Classifier(engine.pack).classify(found)
    kind = guess.scam_type
    if kind is None:
        return {key: list(value) if isinstance(value, list) else value for key, value in _NOT_SCAM.items()}, profile
    keywords = [message[hit.start : hit.end] for hit in hits if hit.rule in guess.indicators]
    return {
        "is_scam": True,
        "scam_type": kind.id,
        "confidence": guess.confidence,
        "threat_level": kind.threat_level,
        "category": kind.category,
        "matched_keywords": list(dict.fromkeys(keywords)),
        "risk_indicators": list(kind.risk_indicators),
        "description": kind.description,
        "persona": kind.persona,
        "agent_notes": f"{len(guess.indicators)} indicators of {kind.id}: "
        + ", ".join(rules[rule].title for rule in guess.indicators),
    }, profile


async def detect(message: str, context: Mapping[str, Any] | None = None, turn_count: int = 1) -> dict[str, Any]:
    """The heuristic result with ``intent`` and ``emotional_profile``; manipulation raises a scam's confidence.

    The fast path (confidence >= 0.85 on turn 1, >= 0.70 later, or ``context["scam_decided"]``) leaves it as it is.
    """
    result, profile = _heuristic(default_engine(), message)
    decided = bool(context and context.get("scam_decided"))
    fast = result["is_scam"] and result["confidence"] >= (_FAST_FIRST if turn_count <= 1 else _FAST_LATER)
    result["intent"] = "money_theft" if fast else "unknown"
    result["emotional_profile"] = asdict(profile)
    notes = result["agent_notes"].rstrip(".")
    if fast:
        result["agent_notes"] = f"{notes}. Fast path: the heuristic is sure enough."
    elif decided:
        result["agent_notes"] = f"{notes}. Fast path: the conversation is already decided."
    elif result["is_scam"] and profile.overall_manipulation > _MANIPULATIVE:
        result["confidence"] = round(min(1.0, result["confidence"] + 0.1), 2)
        if result["confidence"] > 0.9:
            result["threat_level"] = "critical"
    return result


def get_persona_for_scam(scam_type: str) -> str:
    """Who plays the victim of this scam type; ``elderly_excited`` for an unknown one."""
    kinds = default_engine().pack.scam_types
    return next((kind.persona for kind in kinds if kind.id == scam_type), _DEFAULT_PERSONA)


def get_scam_info(scam_type: str) -> dict[str, Any]:
    """What the pack knows of a scam type: its row of the taxonomy, keywords and patterns; ``{}`` for an unknown one."""
    pack = default_engine().pack
    kind = next((kind for kind in pack.scam_types if kind.id == scam_type), None)
    if kind is None:
        return {}
    phrases: list[str] = []
    for rule in pack.rules:
        if scam_type in rule.indicates:
            for part in walk(rule.when):
                if isinstance(part, Phrase):
                    phrases.extend(part.phrases)
                elif isinstance(part, Lexicon):
                    phrases.extend(pack.lexicons[part.name])
    distinct = list(dict.fromkeys(phrases))
    return {
        "keywords": [phrase for phrase in distinct if not set(phrase) & set("()[]{}?|\\*")],
        "regex_patterns": [phrase for phrase in distinct if set(phrase) & set("()[]{}?|\\*")],
        "threat_level": kind.threat_level,
        "category": kind.category,
        "persona": kind.persona,
        "description": kind.description,
        "risk_indicators": list(kind.risk_indicators),
    }
