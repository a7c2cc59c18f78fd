"""Conditions become functions: whether one can hold at all, and where it does."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lurewatch.engine.matching import Pattern
from lurewatch.engine.packs.conditions import Combination, Condition, Lexicon, Phrase, Proximity, SignalPresent
from lurewatch.engine.packs.phrases import Phrasebook
from lurewatch.engine.rules.evidence import NO_SPANS, Evidence, Key, Spans, longest

Test = Callable[[Evidence], Spans]
_EVERYWHERE: Spans = ((0, 0),)
_SIGNAL = 3


class Vocabulary:
    """Numbers the patterns that rules need, each once."""

    def __init__(self, lexicons: Mapping[str, tuple[str, ...]], phrasebook: Phrasebook) -> None:
        self._lexicons = lexicons
        self._phrasebook = phrasebook
        self._numbers: dict[object, tuple[int, ...]] = {}
        self.patterns: list[Pattern] = []

    def has(self, name: str) -> bool:
        """Whether a lexicon has the concept."""
        return name in self._lexicons

    def phrases(self, phrases: tuple[str, ...]) -> tuple[int, ...]:
        """The numbers of the patterns that match any of the phrases."""
        return self._number(phrases, phrases[0], phrases)

    def concept(self, name: str) -> tuple[int, ...]:
        """The numbers of the patterns of a concept, over all languages."""
        return self._number(name, name, self._lexicons[name])

    def add(self, pattern: Pattern) -> int:
        """The number of a pattern of somebody else's."""
        self.patterns.append(pattern)
        return len(self.patterns) - 1

    def _number(self, key: object, name: str, phrases: tuple[str, ...]) -> tuple[int, ...]:
        if key not in self._numbers:
            self._numbers[key] = tuple(self.add(pattern) for pattern in self._phrasebook.patterns(name, phrases))
        return self._numbers[key]


def compile_test(condition: Condition, vocabulary: Vocabulary) -> Test:
    """Where the condition holds: the spans of its matches."""
    match condition:
        case Phrase() | Lexicon() | SignalPresent():
            return _leaf(_keys(condition, vocabulary))
        case Combination("any", of):
            return any_of([compile_test(inner, vocabulary) for inner in of])
        case Combination("none", of):
            return _none(any_of([compile_test(inner, vocabulary) for inner in of]))
        case Combination(_, of):
            exclusions_last = sorted(of, key=lambda inner: isinstance(inner, Combination) and inner.how == "none")
            return _all(_parts(exclusions_last, vocabulary))
        case Proximity(of, within, ordered):
            return _proximity(_parts(of, vocabulary), within, ordered=ordered)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Conditions that must all hold: their tests, what must be there for it, and in which order to look closely.

    What costs least to rule out comes first; signals have been read already.
    """

    tests: tuple[Test, ...]
    needed: tuple[frozenset[Key], ...]
    order: tuple[int, ...]

    def read(self, evidence: Evidence) -> list[Spans] | None:
        """The spans of every part; None as soon as one has none."""
        keys = evidence.keys
        for clause in self.needed:
            if keys.isdisjoint(clause):
                return None
        found: list[Spans] = [NO_SPANS] * len(self.tests)
        for number in self.order:
            spans = found[number] = self.tests[number](evidence)
            if not spans:
                return None
        return found


def _parts(of: Sequence[Condition], vocabulary: Vocabulary) -> _Parts:
    order = sorted(range(len(of)), key=lambda number: -1 if rank(of[number]) == _SIGNAL else rank(of[number]))
    tests = tuple(compile_test(inner, vocabulary) for inner in of)
    return _Parts(tests, clauses(Combination("all", tuple(of)), vocabulary), tuple(order))


def clauses(condition: Condition, vocabulary: Vocabulary) -> tuple[frozenset[Key], ...]:
    """Sets of keys of which one each must be there wherever the condition holds; the rarest set comes first."""
    match condition:
        case Phrase() | Lexicon() | SignalPresent():
            return (frozenset(_keys(condition, vocabulary)),)
        case Combination("any", of):
            options = [clauses(inner, vocabulary) for inner in of]
            if not all(options):
                return ()
            return (frozenset(key for option in options for key in option[0]),)
        case Combination("none", _):
            return ()
        case Combination(_, of) | Proximity(of, _, _):
            ordered = sorted(of, key=rank)
            return tuple(dict.fromkeys(clause for inner in ordered for clause in clauses(inner, vocabulary)))


def _keys(condition: Phrase | Lexicon | SignalPresent, vocabulary: Vocabulary) -> tuple[Key, ...]:
    match condition:
        case Phrase(phrases):
            return vocabulary.phrases(phrases)
        case Lexicon(name):
            return vocabulary.concept(name)
        case SignalPresent(name):
            return (name,)


def _leaf(keys: tuple[Key, ...]) -> Test:
    if len(keys) == 1:
        only = keys[0]
        return lambda evidence: evidence.get(only)

    wanted = frozenset(keys)

    def test(evidence: Evidence) -> Spans:
        there = wanted & evidence.keys
        if len(there) == 1:
            return evidence.get(*there)
        return longest(span for key in there for span in evidence.get(key))

    return test


def any_of(tests: Sequence[Test]) -> Test:
    """Where one of the tests holds."""
    if len(tests) == 1:
        return tests[0]

    def test(evidence: Evidence) -> Spans:
        found: list[tuple[int, int]] = []
        for inner in tests:
            spans = inner(evidence)
            if spans:
                found.extend(spans)
        if len(found) > 1:
            found.sort()
        return found

    return test


def _none(inner: Test) -> Test:
    return lambda evidence: NO_SPANS if inner(evidence) else _EVERYWHERE


def _all(parts: _Parts) -> Test:
    def test(evidence: Evidence) -> Spans:
        found = parts.read(evidence)
        return found[0] if found else NO_SPANS

    return test


def _proximity(parts: _Parts, within: int, *, ordered: bool) -> Test:
    def test(evidence: Evidence) -> Spans:
        found = parts.read(evidence)
        if not found:
            return NO_SPANS
        hulls = found[0]
        for others in found[1:]:
            hulls = _join(hulls, others, within, ordered=ordered)
            if not hulls:
                return NO_SPANS
        return hulls

    return test


def _join(hulls: Spans, others: Spans, within: int, *, ordered: bool) -> list[tuple[int, int]]:
    """Each hull widened to the nearest of the others, where one is near enough."""
    found = []
    for start, end in hulls:
        best: tuple[int, int] | None = None
        distance = within + 1
        place = bisect_left(others, (end, 0) if ordered else (start, 0))
        neighbours = others[place : place + 1] if ordered else others[max(place - 1, 0) : place + 1]
        for other in neighbours:
            gap = max(other[0] - end, start - other[1], 0)
            if gap < distance:
                best, distance = other, gap
        if best is not None:
            found.append((min(start, best[0]), max(end, best[1])))
    return found if len(found) < 2 else _tightest(found)


def _tightest(hulls: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that hold no other: "share it. Send the code" is about "send the code"."""
    kept = []
    nearest_end = 1 << 60
    for hull in sorted(set(hulls), key=lambda hull: (hull[0], -hull[1]), reverse=True):
        if hull[1] < nearest_end:
            kept.append(hull)
            nearest_end = hull[1]
    kept.reverse()
    return kept


def rank(condition: Condition) -> int:
    """How often a part occurs in everyday text: phrases of one rule least, signals most."""
    match condition:
        case Phrase():
            return 0
        case Lexicon():
            return 2
        case SignalPresent():
            return _SIGNAL
        case Combination(_, of):
            return max(rank(inner) for inner in of)
        case Proximity(of, _, _):
            return min(rank(inner) for inner in of)
