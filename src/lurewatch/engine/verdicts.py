"""From evidence to a verdict: what a message adds to the state, and what is said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from lurewatch.engine import ensemble, fusion, tactics
from lurewatch.engine.dossiers import question_in
from lurewatch.engine.model import (
    Basis,
    Flag,
    Hit,
    Indicator,
    Knowledge,
    Message,
    Signal,
    Status,
    Verdict,
    Versions,
)
from lurewatch.engine.opinion import Opinion
from lurewatch.engine.packs.numbers import Thresholds
from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.reading import MessageReading
from lurewatch.engine.scam_type import NOT_SCAM, UNKNOWN, UNNAMED, Classifier, Naming
from lurewatch.engine.state import MOST_FLAGS, MOST_INDICATORS, Assessment, ConversationState
from lurewatch.version import __version__

if TYPE_CHECKING:
    from lurewatch.engine.pipeline import EngineConfig

_SHOWN = 300
"""At most so many characters of a match are shown; the span is exact."""
_CLAIM_KINDS = frozenset({"name", "signature"})
PATTERN_LIMIT = "more occurrences of one pattern than are read"


def versions(pack: Pack, config: EngineConfig, weights: Mapping[str, float], second: str = "") -> Versions:
    """Names for everything that decides a verdict; ``weights`` are those of all detectors, plug-ins included.

    ``second`` is the version of the second reading, if there is one.
    """
    made_by = repr((sorted(asdict(config).items()), sorted(weights.items()))) + second
    config_hash = hashlib.sha256(made_by.encode()).hexdigest()
    return Versions(__version__, pack.hash[:16], pack.calibration.version, config_hash[:16])


@dataclass(frozen=True, slots=True)
class Frame:
    """What every verdict of an engine is made with."""

    rules: Mapping[str, Rule]
    thresholds: Thresholds
    config: EngineConfig
    versions: Versions
    classifier: Classifier


def appended(
    state: ConversationState,
    key: str,
    assessment: Assessment,
    message: Message,
    reading: MessageReading,
    frame: Frame,
) -> ConversationState:
    """The state with the message's flags and indicators added and its sender assessed."""
    index = state.message_count
    flags = state.flags
    if reading.hits:
        fresh_flags = (flag(hit, message.text, index, frame.rules[hit.rule]) for hit in reading.hits)
        flags = (*flags, *fresh_flags)[-MOST_FLAGS:]
    indicators = state.indicators
    if reading.signals:
        fresh = (indicator(signal, index) for signal in reading.signals if signal.kind not in _CLAIM_KINDS)
        indicators = (*indicators, *fresh)[-MOST_INDICATORS:]
    incomplete = state.incomplete
    if not reading.complete and PATTERN_LIMIT not in incomplete:
        incomplete = (*incomplete, PATTERN_LIMIT)
    shadow = state.shadow
    if reading.shadow_hits:
        shadow = dict(shadow)
        for hit in reading.shadow_hits:
            shadow[hit.rule] = shadow.get(hit.rule, 0) + 1
    others = [other.probability for name, other in state.dossiers.items() if name != key and other.counts]
    leads = assessment.counts and assessment.probability > max(others, default=-1.0)
    first_flagged = state.first_flagged_turn
    if first_flagged is None:
        highest = assessment.probability if leads else max(others, default=0.0)
        first_flagged = index + 1 if is_scam(highest, frame.config) else None
    return ConversationState(
        state.id,
        state.pack,
        state.sender_metadata,
        index + 1,
        {**state.dossiers, key: assessment.dossier},
        flags,
        indicators,
        first_flagged,
        question_in(message) or state.asked,
        incomplete,
        shadow,
        assessment if leads else None,
    )


def flag(hit: Hit, text: str, index: int, rule: Rule) -> Flag:
    """What people are shown of a hit."""
    matched = text[hit.start : min(hit.end, hit.start + _SHOWN)]
    return Flag(rule.pattern, rule.category, rule.id, matched, index, hit.start, hit.end, rule.weight, hit.parts)


def indicator(signal: Signal, index: int) -> Indicator:
    """A signal as a value that could tie this conversation to others."""
    return Indicator(
        signal.kind, signal.value, index, signal.start, signal.end, signal.valid, signal.traits, signal.parts
    )


def is_scam(probability: float, config: EngineConfig) -> bool:
    """Whether a calibrated probability in [0,1] reaches the threshold, by the two decimals that are shown of it."""
    return round(100.0 * probability, 2) >= config.scam_threshold


def verdict(
    state: ConversationState,
    leading: Assessment,
    knowledge: Knowledge,
    frame: Frame,
) -> Verdict:
    """What the engine believes, given the sender with the most against them."""
    dossier = leading.dossier
    probability = round(100.0 * leading.probability, 2)
    lured = leading.counts and is_scam(leading.probability, frame.config)
    shown = probability if frame.config.fusion == "calibrated" else round(leading.weighted, 2)
    scores = tactics.scores(dossier.tactics)
    opinion = knowledge.opinion if fusion.OPINION in leading.added else None
    naming = _named(leading, frame.classifier) if lured else UNNAMED
    scam_type, threat_level, basis = _type(leading.guess.confidence, naming, opinion, lured=lured)
    incomplete = (*state.incomplete, *knowledge.unavailable)
    status: Status = "partial" if incomplete or leading.failed else "complete"
    return Verdict(
        id=state.id,
        scam_probability=shown,
        risk_level=frame.thresholds.level(shown),
        is_scam=lured,
        scam_type=scam_type,
        threat_level=threat_level,
        breakdown={(f"{name}_score"): round(finding.score, 4) for name, finding in leading.findings.items()},
        tactics=scores,
        flags=state.flags,
        indicators=state.indicators,
        reasoning=reasoning(leading, naming, scores, opinion, lured=lured),
        first_flagged_turn=state.first_flagged_turn,
        status=status,
        versions=frame.versions,
        message_count=state.message_count,
        contributions={name: round(value, 4) for name, value in leading.added.items()},
        emotion=dossier.emotion,
        stages=dossier.course.begun,
        type_confidence=leading.guess.confidence,
        type_certainty=opinion.confidence if opinion and basis == "second_opinion" else naming.certainty,
        type_basis=basis,
        failed_detectors=leading.failed,
        incomplete=incomplete,
        shadow=state.shadow,
        second_opinion=knowledge.opinion,
        uncertain=dossier.wording is not None and dossier.wording.strange,
    )


def _named(leading: Assessment, classifier: Classifier) -> Naming:
    """What the leading sender's scam is called; of wording that is strange to the text model the rules decide alone."""
    dossier = leading.dossier
    strange = dossier.wording is not None and dossier.wording.strange
    return classifier.name(dossier.evidence, "" if strange else dossier.words)


def _type(heuristic: float, naming: Naming, opinion: Opinion | None, *, lured: bool) -> tuple[str, str, Basis]:
    """The scam type and threat level to report, and what they rest on: only where the engine believes in a scam.

    ``opinion`` is one that moved the score; the ensemble says whose type goes first.
    """
    if not lured:
        return NOT_SCAM, "none", "none"
    if opinion is not None and ensemble.combine(heuristic, opinion).follows_opinion:
        return opinion.scam_type, opinion.threat_level, "second_opinion"
    if naming.scam_type is None:
        return UNKNOWN, "medium", "none"
    return naming.scam_type.id, naming.scam_type.threat_level, naming.basis


def reasoning(
    leading: Assessment, naming: Naming, scores: Mapping[str, float], opinion: Opinion | None, *, lured: bool
) -> str:
    """Plain words: the tactics sentence, the type, what the detectors saw, and an opinion that moved the score."""
    details = [
        reason
        for name, finding in leading.findings.items()
        if name != "linguistic" and finding.score
        for reason in finding.reasons[:2]
    ][:4]
    if not lured:
        return tactics.LOW if details or leading.dossier.evidence or any(scores.values()) else tactics.NONE_FOUND
    active = [name for name in sorted(scores, key=lambda name: -scores[name]) if scores[name] > 0][:3]
    parts = []
    if naming.scam_type is not None:
        parts.append(f"Looks like: {naming.scam_type.description}.")
    if active:
        parts.append("Scam detected using: " + ", ".join(tactics.IN_WORDS[name] for name in active) + ".")
    if details:
        parts.append("Also: " + "; ".join(details) + ".")
    if opinion is not None:
        parts.append(f"A language model's second opinion: {opinion.scam_type}.")
    return " ".join(parts) or "The evidence together makes a scam likely."
