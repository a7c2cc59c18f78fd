"""Reading one message: views, one pass of the automaton over each, signals, and the rules that hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lurewatch.engine.matching import Compiler, Databases, Matcher, Pattern, Spans
from lurewatch.engine.model import Hit, Obfuscation, Signal, View
from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.rules import Key, RuleBook, Vocabulary
from lurewatch.engine.signals import KINDS, Kind, Sighting
from lurewatch.engine.text import normalise


@dataclass(frozen=True, slots=True)
class MessageReading:
    """What is in one message. ``hits`` are of enforced rules, ``shadow_hits`` of rules on trial."""

    signals: tuple[Signal, ...] = ()
    hits: tuple[Hit, ...] = ()
    shadow_hits: tuple[Hit, ...] = ()
    obfuscations: tuple[Obfuscation, ...] = ()
    complete: bool = True


NOTHING_READ = MessageReading()


class Reader:
    """A pack made ready to read with. Immutable and thread-safe; ``compiler`` may spare it the seconds of compiling."""

    def __init__(self, pack: Pack, regions: tuple[str, ...], compiler: Compiler | None = None) -> None:
        vocabulary = Vocabulary(pack.lexicons)
        self._rules = RuleBook(pack.rules, vocabulary)
        self._kind_of: dict[int, Kind] = {
            vocabulary.add(Pattern(kind.name, source, source)): kind
            for kind in KINDS
            for source in kind.patterns(pack.tables)
        }
        self.patterns = tuple(vocabulary.patterns)
        self._matcher = Matcher(self.patterns, compiler(self.patterns) if compiler else None)
        self._tables = pack.tables
        self._regions = regions
        self._shadow = frozenset(rule.id for rule in pack.rules if rule.mode == "shadow")

    def dump(self) -> Databases | None:
        """The compiled databases, worth keeping under ``matching.fingerprint(reader.patterns)``."""
        return self._matcher.dump()

    def read(self, text: str) -> MessageReading:
        """Everything found in ``text``."""
        views = normalise(text)
        evidence: dict[Key, Spans] = {}
        signals: list[Signal] = []
        complete = True
        for view in views:
            scan = self._matcher.scan(view)
            complete = complete and scan.complete
            if scan.spans:
                self._sort(text, view, scan.spans, evidence, signals)
        obfuscations = (
            tuple(o for view in views for o in view.obfuscations) if len(views) > 1 else views[0].obfuscations
        )
        if not evidence and not signals:
            return MessageReading((), (), (), obfuscations, complete)
        for signal in signals:
            _note(evidence, signal)
        hits = self._rules.find(evidence, text)
        shadow: tuple[Hit, ...] = ()
        if self._shadow:
            shadow = tuple(hit for hit in hits if hit.rule in self._shadow)
            hits = tuple(hit for hit in hits if hit.rule not in self._shadow)
        return MessageReading(tuple(signals), hits, shadow, obfuscations, complete)

    def signals(self, text: str) -> list[Signal]:
        """Only the signals of ``text``: what reading a number split over two messages needs."""
        found: list[Signal] = []
        for view in normalise(text):
            self._sort(text, view, self._matcher.scan(view).spans, {}, found)
        return found

    def _sort(
        self,
        text: str,
        view: View,
        spans: Mapping[int, Spans],
        evidence: dict[Key, Spans],
        signals: list[Signal],
    ) -> None:
        """Divide the spans of one view between the rules (as evidence) and the signals (as candidates)."""
        candidates: dict[str, tuple[Kind, Spans]] = {}
        for number, found in spans.items():
            kind = self._kind_of.get(number)
            if kind is None:
                mapped = found if view.origin is None else [view.span(start, end) for start, end in found]
                known = evidence.get(number)
                evidence[number] = _merged(known, mapped) if known else mapped
            elif view.reading in kind.readings:
                earlier = candidates.get(kind.name)
                candidates[kind.name] = (kind, sorted(earlier[1] + found) if earlier else found)
        for kind, found in candidates.values():
            for signal in kind.read(Sighting(text, view, found, self._tables, self._regions)):
                if not any(_same(signal, other) for other in signals):
                    signals.append(signal)


def _merged(known: Spans, more: Spans) -> Spans:
    """Both, less those of ``more`` that overlap a known one: another reading of the same words."""
    fresh = [span for span in more if not any(span[0] < end and start < span[1] for start, end in known)]
    return sorted([*known, *fresh]) if fresh else known


def _same(one: Signal, other: Signal) -> bool:
    return one.kind == other.kind and one.start < other.end and other.start < one.end


def _note(evidence: dict[Key, Spans], signal: Signal) -> None:
    span = (signal.start, signal.end)
    for key in (signal.kind, *(f"{signal.kind}.{trait}" for trait in signal.traits)):
        spans = evidence.setdefault(key, [])
        if not spans or spans[-1] <= span:
            spans.append(span)
        else:
            spans.append(span)
            spans.sort()
