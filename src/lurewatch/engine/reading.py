"""Reading one message: views, one pass of the automaton over each, signals, and the rules that hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lurewatch.engine.emotion import Gauge
from lurewatch.engine.matching import Compiler, Databases, Matcher, Pattern, Scan, Spans
from lurewatch.engine.model import NOT_MOVED, EmotionalProfile, Hit, Obfuscation, Signal
from lurewatch.engine.packs.pack import Pack
from lurewatch.engine.rules import Evidence, RuleBook, Vocabulary
from lurewatch.engine.signals import KINDS, Kind, Sighting
from lurewatch.engine.text import normalise
from lurewatch.engine.text_model import SecondReading, Wording, wording


@dataclass(frozen=True, slots=True)
class MessageReading:
    """What is in one message. ``hits`` are of enforced rules, ``marks`` of those that only mark what is going on,
    ``shadow_hits`` of rules on trial; ``emotion`` is how the message plays on feelings, ``wording`` what the text model
    makes of it, None without a model, ``words`` what the models read.
    """

    signals: tuple[Signal, ...] = ()
    hits: tuple[Hit, ...] = ()
    marks: tuple[Hit, ...] = ()
    shadow_hits: tuple[Hit, ...] = ()
    obfuscations: tuple[Obfuscation, ...] = ()
    complete: bool = True
    emotion: EmotionalProfile = NOT_MOVED
    wording: Wording | None = None
    words: str = ""


NOTHING_READ = MessageReading()
_INTENSIFIER = "intensifier"
"""The concept of words that make others stronger."""


class Reader:
    """A pack made ready to read with. Immutable and thread-safe.

    ``compiler`` may spare it the seconds of compiling; ``second`` reads what the text model does not call honest.
    """

    def __init__(
        self,
        pack: Pack,
        regions: tuple[str, ...],
        compiler: Compiler | None = None,
        second: SecondReading | None = None,
    ) -> None:
        vocabulary = Vocabulary(pack.lexicons, pack.phrasebook)
        self._rules = RuleBook(pack.rules, vocabulary)
        intensifiers = vocabulary.concept(_INTENSIFIER) if vocabulary.has(_INTENSIFIER) else ()
        self._gauge = Gauge(pack.rules, intensifiers)
        self._kind_of: dict[int, Kind] = {
            vocabulary.add(Pattern(kind.name, source)): kind for kind in KINDS for source in kind.patterns(pack.tables)
        }
        self._signal_numbers = frozenset(self._kind_of)
        self.patterns = tuple(vocabulary.patterns)
        self._matcher = Matcher(self.patterns, compiler(self.patterns) if compiler else None)
        self._tables = pack.tables
        self._regions = regions
        self._text_model = pack.text_model
        self._asks_models = pack.text_model is not None or pack.type_model is not None
        self._second = second
        self._shadow = frozenset(rule.id for rule in pack.rules if rule.mode == "shadow")
        self._marking = frozenset(rule.id for rule in pack.rules if rule.only_marks and rule.mode == "enforce")

    def dump(self) -> Databases | None:
        """The compiled databases, worth keeping under ``matching.fingerprint(reader.patterns)``."""
        return self._matcher.dump()

    def read(self, text: str) -> MessageReading:
        """Everything found in ``text``."""
        views = normalise(text)
        scans = [self._matcher.scan(view) for view in views]
        signals = self._signals(text, scans)
        obfuscations = views[0].obfuscations
        if len(views) > 1:
            obfuscations = tuple(mark for view in views for mark in view.obfuscations)
        evidence = Evidence(scans, _by_name(signals))
        hits = self._rules.find(evidence, text)
        marks: tuple[Hit, ...] = ()
        shadow: tuple[Hit, ...] = ()
        emotion = NOT_MOVED
        if hits:
            shadow, hits = _parted(hits, self._shadow)
            emotion = self._gauge.read(hits, evidence, text)
            marks, hits = _parted(hits, self._marking)
        complete = all(scan.complete for scan in scans)
        words = wording(views, signals) if self._asks_models else ""
        heard = self._text_model.read(words, self._second) if self._text_model else None
        return MessageReading(tuple(signals), hits, marks, shadow, obfuscations, complete, emotion, heard, words)

    def wording(self, text: str) -> str:
        """What the text model reads of ``text``: what it is trained on."""
        return wording(normalise(text), self.signals(text))

    def signals(self, text: str) -> list[Signal]:
        """Only the signals of ``text``: what reading a number split over two messages needs."""
        return self._signals(text, [self._matcher.scan(view) for view in normalise(text)])

    def _signals(self, text: str, scans: Sequence[Scan]) -> list[Signal]:
        """Let each kind read its candidates in each view; the same thing seen in a second reading is left out."""
        found: list[Signal] = []
        for scan in scans:
            candidates: dict[str, tuple[Kind, Spans]] = {}
            view = scan.view
            for number in self._signal_numbers.intersection(scan.fired):
                kind = self._kind_of[number]
                if view.reading in kind.readings and (spans := scan.spans(number)):
                    earlier = candidates.get(kind.name)
                    candidates[kind.name] = (kind, sorted(earlier[1] + spans) if earlier else spans)
            for name in sorted(candidates):
                kind, spans = candidates[name]
                known = [signal for signal in found if signal.kind in kind.yields]
                for signal in kind.read(Sighting(text, view, spans, self._tables, self._regions)):
                    if not any(_same(signal, other) for other in known):
                        found.append(signal)
                        known.append(signal)
        return found


def _parted(hits: tuple[Hit, ...], rules: Collection[str]) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """The hits of these rules, and the others."""
    if not any(hit.rule in rules for hit in hits):
        return (), hits
    return tuple(hit for hit in hits if hit.rule in rules), tuple(hit for hit in hits if hit.rule not in rules)


def _same(one: Signal, other: Signal) -> bool:
    """Whether one is the other in a second reading; a whole link is more than the bare host that was seen of it."""
    if one.kind != other.kind or one.start >= other.end or other.start >= one.end:
        return False
    return "bare" in one.traits or "bare" not in other.traits


def _by_name(signals: Sequence[Signal]) -> dict[str, Spans]:
    """Spans by kind and by kind and trait, in order."""
    spans: dict[str, Spans] = {}
    for signal in signals:
        for name in (signal.kind, *(f"{signal.kind}.{trait}" for trait in signal.traits)):
            spans.setdefault(name, []).append((signal.start, signal.end))
    for found in spans.values():
        found.sort()
    return spans
