"""The scam classifier's names: heuristic result, detection, personas."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lurewatch.contracts.engine import default_engine, default_opinions, read
from lurewatch.engine.ensemble import combine
from lurewatch.engine.model import EmotionalProfile, Signal
from lurewatch.engine.opinion import Opinion, leaves_room
from lurewatch.engine.packs.conditions import Lexicon, Phrase, walk
from lurewatch.engine.packs.taxonomy import ScamType
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.scam_type import NOT_SCAM, Classifier
from lurewatch.intel.opinion import Question, Words
from lurewatch.intel.opinion.masking import Seen

_DEFAULT_PERSONA = "elderly_excited"
_MANIPULATIVE = 0.6
_SAFE: Mapping[str, Any] = {
    "scam_type": NOT_SCAM,
    "category": "Safe",
    "description": "No known scam pattern detected",
    "persona": None,
}
_OTHER: Mapping[str, Any] = {
    "category": "Other Fraud",
    "description": "A scam of a kind that the taxonomy does not have",
    "persona": _DEFAULT_PERSONA,
}
_NOT_SCAM: Mapping[str, Any] = {
    **_SAFE,
    "is_scam": False,
    "confidence": 0.0,
    "threat_level": "none",
    "matched_keywords": [],
    "risk_indicators": [],
    "agent_notes": "No known scam pattern detected.",
}


@dataclass(frozen=True, slots=True)
class _Read:
    """The heuristic result of a message, its emotional profile, and the signals in it."""

    result: dict[str, Any]
    profile: EmotionalProfile
    signals: tuple[Signal, ...]


def detect_heuristic(message: str) -> dict[str, Any]:
    """Which scam type the rules speak for, by the published confidence table; no model, no network."""
    return _heuristic(default_engine(), message).result


def _heuristic(engine: Engine, message: str) -> _Read:
    reading = read(engine, message)
    hits = reading.hits
    rules = {rule.id: rule for rule in engine.pack.rules}
    found = dict.fromkeys(hit.rule for hit in hits)
    guess = Classifier(engine.pack).classify(found)
    kind = guess.scam_type
    if kind is None:
        nothing = {key: list(value) if isinstance(value, list) else value for key, value in _NOT_SCAM.items()}
        return _Read(nothing, reading.emotion, reading.signals)
    keywords = [message[hit.start : hit.end] for hit in hits if hit.rule in guess.indicators]
    result = {
        "is_scam": True,
        "confidence": guess.confidence,
        "matched_keywords": list(dict.fromkeys(keywords)),
        "risk_indicators": list(kind.risk_indicators),
        "agent_notes": f"{len(guess.indicators)} indicators of {kind.id}: "
        + ", ".join(rules[rule].title for rule in guess.indicators),
        "threat_level": kind.threat_level,
        **_described(kind),
    }
    return _Read(result, reading.emotion, reading.signals)


def _described(kind: ScamType) -> dict[str, Any]:
    return {
        "scam_type": kind.id,
        "category": kind.category,
        "description": kind.description,
        "persona": kind.persona,
    }


async def detect(message: str, context: Mapping[str, Any] | None = None, turn_count: int = 1) -> dict[str, Any]:
    """The heuristic result with ``intent`` and ``emotional_profile``; manipulation raises a scam's confidence.

    The fast path (confidence >= 0.85 on turn 1, >= 0.70 later, or ``context["scam_decided"]``) leaves it as it is.
    Off it a language model is asked, where one is configured; ``agent_notes`` says what came of that.
    """
    engine = default_engine()
    found = _heuristic(engine, message)
    result, profile = found.result, found.profile
    decided = bool(context and context.get("scam_decided"))
    fast = result["is_scam"] and not leaves_room(result["confidence"], turn_count)
    result["intent"] = "money_theft" if fast else "unknown"
    result["emotional_profile"] = asdict(profile)
    if fast:
        _note(result, "Fast path: the heuristic is sure enough.")
    elif decided:
        _note(result, "Fast path: the conversation is already decided.")
    else:
        opinions = default_opinions()
        if opinions is not None:
            question = _question(engine, message, found, turn_count)
            _combine(engine, result, await asyncio.wrap_future(opinions.ask(question)))
        if result["is_scam"] and profile.overall_manipulation > _MANIPULATIVE:
            result["confidence"] = round(min(1.0, result["confidence"] + 0.1), 2)
            if result["confidence"] > 0.9:
                result["threat_level"] = "critical"
    return result


def _note(result: dict[str, Any], note: str) -> None:
    result["agent_notes"] = f"{result['agent_notes'].rstrip('.')}. {note}"


def _question(engine: Engine, message: str, found: _Read, turn: int) -> Question:
    signals = tuple(Seen(signal.kind, signal.start, signal.end) for signal in found.signals)
    heuristic = found.result
    return Question(
        words=(Words("S1", message, signals),),
        scam_types=engine.pack.scam_types,
        is_scam=heuristic["is_scam"],
        heuristic=heuristic["confidence"],
        turn=turn,
    )


def _combine(engine: Engine, result: dict[str, Any], opinion: Opinion) -> None:
    """Change the heuristic result to what both say together; without an answer it stands."""
    if not opinion.answered:
        _note(result, f"Second opinion: {opinion}.")
        return
    combined = combine(result["confidence"], opinion)
    agrees = opinion.is_scam == result["is_scam"]
    _note(result, f"Second opinion: {opinion}, {opinion.scam_type} at {opinion.confidence:.2f}. {opinion.reasoning}")
    result["confidence"] = combined.confidence
    if combined.follows_opinion or agrees:
        result["intent"] = opinion.intent
    if combined.merges:
        merged = dict.fromkeys((*result["risk_indicators"], *opinion.risk_indicators))
        result["risk_indicators"] = list(merged)
    elif combined.follows_opinion:
        result["risk_indicators"] = list(opinion.risk_indicators)
    if combined.follows_opinion:
        kind = next((kind for kind in engine.pack.scam_types if kind.id == opinion.scam_type), None)
        result |= {"is_scam": opinion.is_scam, "threat_level": opinion.threat_level}
        result |= _described(kind) if kind else _SAFE if not opinion.is_scam else _OTHER
        result["scam_type"] = opinion.scam_type


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
