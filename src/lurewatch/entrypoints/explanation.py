"""Why a verdict is what it is: what was read, what each piece of evidence adds, and what would make it safe."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lurewatch.engine.fusion import OPINION
from lurewatch.engine.model import NOTHING_KNOWN, Conversation, Decision, Knowledge, Verdict
from lurewatch.engine.pipeline import Engine
from lurewatch.engine.text import normalise
from lurewatch.entrypoints.answers import answer

MOST_CANDIDATES = 24
MOST_STEPS = 12
_LINK = frozenset({"url", "domain"})
_Spans = list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One underlined place: what it is called, why it matters, and the span of the message as sent."""

    name: str
    reason: str
    message_index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Removal:
    """What would be believed without some evidence, its words cut out of the text: ``probability`` is in [0,100]."""

    without: tuple[str, ...]
    probability: float
    is_scam: bool
    decisions: tuple[str, ...]

    @property
    def is_safe(self) -> bool:
        """Nothing is flagged any more."""
        return not self.is_scam and not self.decisions


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with its reasons.

    ``probability`` is the calibrated one in [0,100], ``base`` what it is without any evidence; ``points`` share out
    the difference in proportion to what each piece adds to the log-odds (``log_odds``). ``removals`` are of one piece
    of evidence each. ``innocent`` is the smallest set found without which it is no scam, ``remedy`` the one without
    which nothing at all is flagged; None where that is so already, or where no set does it.
    """

    conversation: Conversation
    verdict: Verdict
    decisions: tuple[Decision, ...]
    evidence: tuple[Evidence, ...]
    probability: float
    base: float
    threshold: float
    log_odds: Mapping[str, float]
    points: Mapping[str, float]
    removals: tuple[Removal, ...]
    innocent: Removal | None
    remedy: Removal | None

    def readings(self, index: int) -> dict[str, str]:
        """What message ``index`` was folded to: reading -> text."""
        return {str(view.reading): view.text for view in normalise(self.conversation.messages[index].text)}

    def as_record(self) -> dict[str, Any]:
        """The explanation as plain values, on top of the answer that ``scan`` gives."""
        return {
            **answer(self.verdict, self.decisions),
            "calibrated_probability": self.probability,
            "threshold": self.threshold,
            "base_probability": self.base,
            "messages": [
                {"message_index": index, "text": message.text, "readings": self.readings(index)}
                for index, message in enumerate(self.conversation.messages)
            ],
            "contributions": [
                {"name": name, "log_odds": added, "points": self.points[name]} for name, added in self.log_odds.items()
            ],
            "removals": [_as_record(removal) for removal in self.removals],
            "innocent": None if self.innocent is None else _as_record(self.innocent),
            "remedy": None if self.remedy is None else _as_record(self.remedy),
        }


def explain(engine: Engine, conversation: Conversation, knowledge: Knowledge = NOTHING_KNOWN) -> Explanation:
    """Judge a conversation, and again without each piece of evidence. Raises InputError as ``Engine.assess`` does.

    A second opinion that is known is a piece of evidence too; of a changed text it is taken to be the same.
    """
    verdict = engine.assess(conversation, knowledge)
    decisions = engine.decide(verdict)
    coefficients = engine.pack.calibration
    intercept = (coefficients.message if verdict.message_count <= 1 else coefficients.conversation).intercept
    added = dict(sorted(verdict.contributions.items(), key=lambda item: -item[1]))
    total = math.fsum(added.values())
    base, probability = _percent(intercept), _percent(intercept + total)
    share = (probability - base) / total if total else 0.0
    flagged = verdict.is_scam or bool(decisions)
    removals, innocent, remedy = _removals(engine, conversation, knowledge, verdict) if flagged else ((), None, None)
    return Explanation(
        conversation=conversation,
        verdict=verdict,
        decisions=decisions,
        evidence=tuple(_evidence(engine, conversation, verdict)),
        probability=round(probability, 2),
        base=round(base, 2),
        threshold=engine.config.scam_threshold,
        log_odds=added,
        points={name: round(value * share, 2) for name, value in added.items()},
        removals=removals,
        innocent=innocent,
        remedy=remedy,
    )


def _percent(log_odds: float) -> float:
    return 100.0 / (1.0 + math.exp(-max(-60.0, min(60.0, log_odds))))


def _evidence(engine: Engine, conversation: Conversation, verdict: Verdict) -> Iterable[Evidence]:
    """Flags and, where no flag says the same, indicators, in the order of the text."""
    found = []
    for flag in verdict.flags:
        rule = engine.pack.rule(flag.rule)
        for index, start, end in _places(flag):
            text = conversation.messages[index].text[start:end]
            found.append(Evidence(flag.rule, rule.title if rule else flag.category, index, start, end, text))
    flagged = {(one.message_index, one.start, one.end) for one in found}
    for signal in verdict.indicators:
        about = ", ".join([signal.value, *sorted(signal.traits), *(["not valid"] if signal.valid is False else [])])
        for index, start, end in _places(signal):
            if (index, start, end) not in flagged:
                text = conversation.messages[index].text[start:end]
                found.append(Evidence(signal.type, about, index, start, end, text))
    return sorted(dict.fromkeys(found), key=lambda one: (one.message_index, one.start, one.end, one.name))


def _places(found: Any) -> _Spans:
    if found.parts:
        return [(part.message_index, part.start, part.end) for part in found.parts]
    return [(found.message_index, found.start, found.end)]


# ---------------------------------------------------------------- what would make it safe


def _removals(
    engine: Engine, conversation: Conversation, knowledge: Knowledge, verdict: Verdict
) -> tuple[tuple[Removal, ...], Removal | None, Removal | None]:
    """Every single removal, the most helpful first; the smallest sets that a greedy search finds, first for no scam,
    then for nothing flagged."""
    families = _families(verdict)

    def without(names: tuple[str, ...]) -> Removal:
        known = NOTHING_KNOWN if OPINION in names else knowledge
        return _without(engine, conversation, known, {name: families[name] for name in names})

    singles = sorted((without((name,)) for name in families), key=_rank)
    best = singles[0] if singles else None
    innocent: Removal | None = None
    for _ in range(MOST_STEPS):
        if best is None:
            break
        if verdict.is_scam and innocent is None and not best.is_scam:
            innocent = _pruned(best, without, lambda removal: not removal.is_scam)
        if best.is_safe:
            return tuple(singles), innocent, _pruned(best, without, lambda removal: removal.is_safe)
        others = [(*best.without, name) for name in families if name not in best.without]
        further = min(map(without, others), key=_rank, default=best)
        if _rank(further) >= _rank(best):
            break
        best = further
    return tuple(singles), innocent, None


def _pruned(found: Removal, without: Callable[[tuple[str, ...]], Removal], does: Callable[[Removal], bool]) -> Removal:
    """The removal without what it can do without."""
    for name in found.without:
        fewer = tuple(other for other in found.without if other != name)
        if fewer and does(removal := without(fewer)):
            found = removal
    return found


def _rank(removal: Removal) -> tuple[bool, float, int, float]:
    """First below the threshold, then fewer decisions, then less probable."""
    odds = removal.probability if removal.is_scam else 0.0
    return removal.is_scam, odds, len(removal.decisions), removal.probability


def _families(verdict: Verdict) -> dict[str, _Spans]:
    """A second opinion that counts, rules, and kinds of signals, with the places they stand on; the strongest first."""
    spans: dict[str, _Spans] = defaultdict(list)
    weights: dict[str, float] = {}
    for flag in verdict.flags:
        spans[flag.rule].extend(_places(flag))
        weights[flag.rule] = flag.weight
    for signal in verdict.indicators:
        name = "link" if signal.type in _LINK else signal.type
        if name not in weights or name == "link":
            spans[name].extend(_places(signal))
            weights.setdefault(name, 0.5)
    names = sorted(spans, key=lambda name: -weights[name])[:MOST_CANDIDATES]
    advised: dict[str, _Spans] = {OPINION: []} if OPINION in verdict.contributions else {}
    return {**advised, **{name: spans[name] for name in names}}


def _without(
    engine: Engine, conversation: Conversation, knowledge: Knowledge, families: Mapping[str, _Spans]
) -> Removal:
    cut: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for spans in families.values():
        for index, start, end in spans:
            cut[index].append((start, end))
    messages = tuple(
        replace(message, text=_cut(message.text, cut[index])) if index in cut else message
        for index, message in enumerate(conversation.messages)
    )
    verdict = engine.assess(replace(conversation, messages=messages), knowledge)
    wanted = tuple(f"{decision.policy}: {decision.action}" for decision in engine.decide(verdict))
    coefficients = engine.pack.calibration
    intercept = (coefficients.message if verdict.message_count <= 1 else coefficients.conversation).intercept
    probability = round(_percent(intercept + math.fsum(verdict.contributions.values())), 2)
    return Removal(tuple(families), probability, verdict.is_scam, wanted)


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text without these spans, a space in the place of each."""
    kept, last = [], 0
    for start, end in sorted(spans):
        if start > last:
            kept.append(text[last:start])
        last = max(last, end)
    return " ".join([*kept, text[last:]])


def _as_record(removal: Removal) -> dict[str, Any]:
    return {
        "without": list(removal.without),
        "scam_probability": removal.probability,
        "is_scam": removal.is_scam,
        "decisions": list(removal.decisions),
        "is_safe": removal.is_safe,
    }
