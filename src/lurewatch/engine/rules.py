"""Rules over evidence: which rules hold in a message, and where.

A rule's condition becomes a small function from the spans of patterns and signals to the spans of its matches. Only
rules whose trigger (a part that must be present) occurs are evaluated, so an honest message costs next to nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lurewatch.engine.matching import Pattern, Scan
from lurewatch.engine.model import Hit
from lurewatch.engine.packs.conditions import Combination, Condition, Lexicon, Phrase, Proximity, SignalPresent
from lurewatch.engine.packs.phrases import patterns as phrase_patterns
from lurewatch.engine.packs.rule import Rule

Key = int | str
Spans = Sequence[tuple[int, int]]
Test = Callable[["Evidence"], Spans]
Possible = Callable[[Collection[Key]], bool]
MOST_HITS = 100
_NONE: Spans = ()
_EVERYWHERE: Spans = ((0, 0),)


class Evidence:
    """What may be in a message, by pattern number and by signal (``url``) and trait (``url.shortener``).

    ``keys`` are what may be there; ``get`` reads the spans (of the original, in order), and only then looks closely.
    """

    __slots__ = ("_scans", "_spans", "keys")

    def __init__(self, scans: Sequence[Scan], signals: Mapping[str, Spans]) -> None:
        self._scans = scans
        self._spans: dict[Key, Spans] = {**signals}
        self.keys: set[Key] = set(signals)
        for scan in scans:
            self.keys.update(scan.fired)

    def get(self, key: Key) -> Spans:
        """The spans under a key, over all readings of the message."""
        known = self._spans.get(key)
        if known is None:
            known = self._spans[key] = self._read(key) if isinstance(key, int) else _NONE
        return known

    def _read(self, number: int) -> Spans:
        found: Spans = _NONE
        for scan in self._scans:
            if number in scan.fired:
                view = scan.view
                spans: Spans = scan.spans(number)
                if view.origin is not None:
                    spans = [view.span(start, end) for start, end in spans]
                found = _merged(found, spans) if found else spans
        return found


def _merged(known: Spans, more: Spans) -> Spans:
    """Both, less those of ``more`` that overlap a known one: another reading of the same words."""
    fresh = [span for span in more if not any(span[0] < end and start < span[1] for start, end in known)]
    return sorted([*known, *fresh]) if fresh else known


class Vocabulary:
    """Numbers the patterns that rules need, each once."""

    def __init__(self, lexicons: Mapping[str, tuple[str, ...]]) -> None:
        self._lexicons = lexicons
        self._numbers: dict[object, tuple[int, ...]] = {}
        self.patterns: list[Pattern] = []

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
            self._numbers[key] = tuple(self.add(pattern) for pattern in phrase_patterns(name, phrases))
        return self._numbers[key]


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    possible: Possible
    test: Test
    unless: Test | None


class RuleBook:
    """The compiled rules. ``find`` is pure and linear in the evidence."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary) -> None:
        self._by_trigger: dict[Key, list[int]] = {}
        self._compiled: list[_Compiled] = []
        for number, rule in enumerate(rules):
            test = _compile(rule.when, vocabulary)
            unless = _any([_compile(condition, vocabulary) for condition in rule.unless]) if rule.unless else None
            self._compiled.append(_Compiled(rule, _possible(rule.when, vocabulary), test, unless))
            for key in _triggers(rule.when, vocabulary):
                self._by_trigger.setdefault(key, []).append(number)
        self._trigger_keys = frozenset(self._by_trigger)

    def find(self, evidence: Evidence, text: str) -> tuple[Hit, ...]:
        """Every match of every rule, by rule in the pack's order and then by place; ``text`` is the original."""
        by_trigger = self._by_trigger
        candidates: set[int] = set()
        keys = evidence.keys
        for key in keys & self._trigger_keys:
            candidates.update(by_trigger[key])
        if not candidates:
            return ()
        hits: list[Hit] = []
        sentences: _Sentences | None = None
        for number in sorted(candidates):
            compiled = self._compiled[number]
            if not compiled.possible(keys):
                continue
            spans = compiled.test(evidence)
            if not spans:
                continue
            spans = disjoint(spans)
            if compiled.unless is not None:
                exceptions = compiled.unless(evidence)
                if exceptions:
                    sentences = sentences or _Sentences(text)
                    spans = [span for span in spans if not sentences.shared(span, exceptions)]
            rule_id = compiled.rule.id
            hits.extend([Hit(rule_id, start, end) for start, end in spans[:MOST_HITS]])
        return tuple(hits)


class _Sentences:
    """Where sentences end, found once a message."""

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        length = len(text)
        for mark in _ENDS:
            found = text.find(mark)
            while found >= 0:
                # a full stop inside a number, a name or a link ends nothing
                if mark not in ".!?" or found + 1 == length or not text[found + 1].isalnum():
                    self._ends.append(found)
                found = text.find(mark, found + 1)
        self._ends.sort()

    def shared(self, span: tuple[int, int], others: Spans) -> bool:
        """Whether one of the others, not being a part of the span, lies in a sentence the span touches."""
        ends = self._ends
        before = bisect_left(ends, span[0])
        after = bisect_left(ends, span[1] - 1)
        low = ends[before - 1] if before else -1
        high = ends[after] if after < len(ends) else 1 << 60
        first = max(bisect_left(others, (low, 0)) - 1, 0)
        for start, end in others[first:]:
            if start > high:
                return False
            if end > low + 1 and not (span[0] <= start and end <= span[1]):
                return True
        return False


_ENDS = ".!?\n।。！？"


def disjoint(spans: Spans) -> list[tuple[int, int]]:
    """The spans in order, with those that overlap an earlier one left out."""
    found: list[tuple[int, int]] = []
    last = -1
    for span in spans if len(spans) == 1 else sorted(set(spans)):
        if span[0] >= last:
            found.append(span)
            last = span[1]
    return found


def _compile(condition: Condition, vocabulary: Vocabulary) -> Test:
    match condition:
        case Phrase(phrases):
            return _leaf(vocabulary.phrases(phrases))
        case Lexicon(name):
            return _leaf(vocabulary.concept(name))
        case SignalPresent(name):
            return _leaf((name,))
        case Combination("any", of):
            return _any([_compile(inner, vocabulary) for inner in of])
        case Combination("none", of):
            return _none(_any([_compile(inner, vocabulary) for inner in of]))
        case Combination(_, of):
            exclusions_last = sorted(of, key=lambda inner: isinstance(inner, Combination) and inner.how == "none")
            return _all([_compile(inner, vocabulary) for inner in exclusions_last])
        case Proximity(of, within, ordered):
            return _proximity([_compile(inner, vocabulary) for inner in of], within, ordered=ordered)


def _possible(condition: Condition, vocabulary: Vocabulary) -> Possible:
    """Whether a condition can hold, seen from what may be there at all: cheap, and never wrongly no."""
    match condition:
        case Phrase() | Lexicon() | SignalPresent():
            wanted = frozenset(_triggers(condition, vocabulary))
            if len(wanted) == 1:
                (only,) = wanted
                return lambda keys: only in keys
            return lambda keys: not wanted.isdisjoint(keys)
        case Combination("any", of):
            options = [_possible(inner, vocabulary) for inner in of]
            return options[0] if len(options) == 1 else lambda keys: any(option(keys) for option in options)
        case Combination("none", _):
            return lambda _keys: True
        case Combination(_, of) | Proximity(of, _, _):
            parts = [_possible(inner, vocabulary) for inner in of]
            return lambda keys: all(part(keys) for part in parts)


def _leaf(keys: tuple[Key, ...]) -> Test:
    if len(keys) == 1:
        only = keys[0]
        return lambda evidence: evidence.get(only)

    def test(evidence: Evidence) -> Spans:
        return sorted(span for key in keys for span in evidence.get(key))

    return test


def _any(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test(evidence: Evidence) -> Spans:
        found = [span for inner in tests for span in inner(evidence)]
        found.sort()
        return found

    return test


def _none(inner: Test) -> Test:
    return lambda evidence: _NONE if inner(evidence) else _EVERYWHERE


def _all(tests: Sequence[Test]) -> Test:
    def test(evidence: Evidence) -> Spans:
        first = tests[0](evidence)
        if not first:
            return _NONE
        for inner in tests[1:]:
            if not inner(evidence):
                return _NONE
        return first

    return test


def _proximity(tests: Sequence[Test], within: int, *, ordered: bool) -> Test:
    def test(evidence: Evidence) -> Spans:
        lists = []
        for inner in tests:
            spans = inner(evidence)
            if not spans:
                return _NONE
            lists.append(spans)
        hulls = lists[0]
        for others in lists[1:]:
            hulls = _join(hulls, others, within, ordered=ordered)
            if not hulls:
                return _NONE
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


def _triggers(condition: Condition, vocabulary: Vocabulary) -> tuple[Key, ...]:
    """Keys of which at least one occurs wherever the condition holds; the rarest part of a conjunction is taken."""
    match condition:
        case Phrase(phrases):
            return vocabulary.phrases(phrases)
        case Lexicon(name):
            return vocabulary.concept(name)
        case SignalPresent(name):
            return (name,)
        case Combination("any", of):
            return tuple(dict.fromkeys(key for inner in of for key in _triggers(inner, vocabulary)))
        case Combination("none", _):
            return ()
        case Combination(_, of) | Proximity(of, _, _):
            options = [
                (rank, keys) for inner in of if (keys := _triggers(inner, vocabulary)) for rank in [_rank(inner)]
            ]
            return min(options, key=lambda option: option[0])[1] if options else ()


def _rank(condition: Condition) -> int:
    """How often a part occurs in everyday text: phrases of one rule least, signals most."""
    match condition:
        case Phrase():
            return 0
        case Lexicon():
            return 2
        case SignalPresent():
            return 3
        case Combination(_, of):
            return max(_rank(inner) for inner in of)
        case Proximity(of, _, _):
            return min(_rank(inner) for inner in of)
