"""How a message changes what is kept of its sender."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lurewatch.engine import stages, tactics
from lurewatch.engine.detectors.behavioral import RAPID_SECONDS
from lurewatch.engine.model import Message, Signal
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.reading import MessageReading
from lurewatch.engine.stages import Course
from lurewatch.engine.state import MOST_REMEMBERED, MOST_TAILS, TACTICS, ConversationState, Dossier, Tail
from lurewatch.engine.text_model import Wording
from lurewatch.engine.text_model.type_scorer import remembered

_WORD = re.compile(r"[a-z]{4,20}")
"""A content word of a question: four letters or more. One class cannot backtrack, and ``re`` is the faster one here."""
_MOST_WORDS = 20
_READ_OF_QUESTION = 400
_TAIL = 48
"""So much of the end of a message is kept, in case a number goes on in the next."""


def advance(
    dossier: Dossier,
    message: Message,
    index: int,
    reading: MessageReading,
    rules: Mapping[str, Rule],
    *,
    ignored_question: bool,
) -> Dossier:
    """The dossier after one more message of its sender; ``index`` is the message's place in the conversation."""
    evidence, known_tactics, linguistic = dossier.evidence, dossier.tactics, 0.0
    if reading.hits:
        fresh = {hit.rule: rules[hit.rule].weight for hit in reading.hits}
        evidence = {**evidence, **fresh} if evidence else fresh
        matches = [(rules[hit.rule].category, rules[hit.rule].weight) for hit in reading.hits]
        matches = [match for match in matches if match[0] in TACTICS]
        if matches:
            known_tactics = tactics.add(known_tactics, matches)
            linguistic = tactics.confidence([weight for _, weight in matches], len(known_tactics))
    rapid = dossier.rapid
    if message.timestamp is not None and dossier.last_time is not None:
        rapid += 0 <= message.timestamp - dossier.last_time < RAPID_SECONDS
    stronger = reading.emotion.overall_manipulation > dossier.emotion.overall_manipulation
    signals, brands, domains, claims = _seen(dossier, reading.signals)
    return Dossier(
        sender=dossier.sender or message.sender,
        role=message.role if message.role != "unknown" else dossier.role,
        messages=dossier.messages + 1,
        last_time=message.timestamp if message.timestamp is not None else dossier.last_time,
        rapid=rapid,
        unanswered=dossier.unanswered + ignored_question,
        linguistic=max(dossier.linguistic, linguistic),
        tactics=known_tactics,
        evidence=evidence,
        signals=signals,
        brands=brands,
        domains=domains,
        claims=claims,
        texts=_tally(dossier.texts, message.text),
        disguises=dossier.disguises + len(reading.obfuscations),
        tails=(*dossier.tails, Tail(index, max(0, len(message.text) - _TAIL), message.text[-_TAIL:]))[-MOST_TAILS:],
        course=_course(dossier.course, index, reading, rules),
        emotion=reading.emotion if stronger else dossier.emotion,
        wording=_nearest_to_a_lure(dossier.wording, reading.wording),
        words=remembered(dossier.words, reading.words) if reading.words else dossier.words,
        longest=max(dossier.longest, len(message.text)),
        plugged=dossier.plugged,
        probability=dossier.probability,
    )


def _course(course: Course, index: int, reading: MessageReading, rules: Mapping[str, Rule]) -> Course:
    if course.begun and not (reading.hits or reading.marks):
        return course
    return stages.advance(course, index + 1, [rules[hit.rule] for hit in (*reading.hits, *reading.marks)])


def answered(
    state: ConversationState, key: str, reading: MessageReading, rules: Mapping[str, Rule]
) -> ConversationState:
    """The state after its last message, of sender ``key``, told the others how their asking went."""
    courses = {name: dossier.course for name, dossier in state.dossiers.items() if dossier.counts}
    changed = stages.answered(courses, key, state.message_count, [rules[hit.rule] for hit in reading.marks])
    if not changed:
        return state
    told = {name: replace(state.dossiers[name], course=course) for name, course in changed.items()}
    return replace(state, dossiers={**state.dossiers, **told})


def _nearest_to_a_lure(one: Wording | None, other: Wording | None) -> Wording | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda wording: wording.rank)


_CLAIMS = ("name", "signature")


def _seen(
    dossier: Dossier, signals: Sequence[Signal]
) -> tuple[Mapping[str, int], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The signals of the dossier with more of them counted, and the brands, domains and claims remembered."""
    if not signals:
        return dossier.signals, dossier.brands, dossier.domains, dossier.claims
    return (
        _count(dossier.signals, signals),
        _remember(dossier.brands, (s.value for s in signals if s.kind == "brand")),
        _remember(dossier.domains, (s.value for s in signals if s.kind == "domain" and "allowlisted" not in s.traits)),
        _remember(dossier.claims, (f"{s.kind}:{s.value}" for s in signals if s.kind in _CLAIMS)),
    )


def _count(known: Mapping[str, int], signals: Sequence[Signal]) -> dict[str, int]:
    counts = dict(known)
    for signal in signals:
        counts[signal.kind] = counts.get(signal.kind, 0) + 1
        for trait in sorted(signal.traits):  # a set has no order, and a state is to be the same state again
            name = f"{signal.kind}.{trait}"
            counts[name] = counts.get(name, 0) + 1
    return counts


def _remember(known: tuple[str, ...], values: Iterable[str]) -> tuple[str, ...]:
    fresh = [value for value in dict.fromkeys(values) if value not in known]
    return (*known, *fresh)[-MOST_REMEMBERED:] if fresh else known


def _tally(known: tuple[tuple[int, int], ...], text: str) -> tuple[tuple[int, int], ...]:
    """Counts of texts by checksum (stable between processes), the least recent forgotten first."""
    if not text.strip():
        return known
    key = zlib.crc32(text.strip().casefold().encode("utf-8", "surrogatepass"))
    if not known:
        return ((key, 1),)
    count = next((count for other, count in known if other == key), 0)
    kept = tuple(pair for pair in known if pair[0] != key)
    return (*kept, (key, count + 1))[-MOST_REMEMBERED:]


def question_in(message: Message) -> tuple[str, frozenset[str]] | None:
    """Who asks and the content words of the question, when the message asks one."""
    if "?" not in message.text:
        return None
    return message.sender, frozenset(_words(message.text[:_READ_OF_QUESTION])[:_MOST_WORDS])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def ignores_question(
    state: ConversationState, message: Message, reading: MessageReading, rules: Mapping[str, Rule]
) -> bool:
    """Whether the message passes over the other's question and pushes its own script instead.

    It does when it shares no content word with the question, asks nothing back, and carries a tactic.
    """
    if state.asked is None or state.asked[0] == message.sender or "?" in message.text:
        return False
    if not any(rules[hit.rule].category in TACTICS for hit in reading.hits):
        return False
    return not state.asked[1].intersection(_words(message.text))
