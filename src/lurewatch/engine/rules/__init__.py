"""Rules over evidence: which rules hold in a message, and where.

A rule's condition becomes a small function from the spans of patterns and signals to the spans of its matches. Only
rules whose trigger (a part that must be present) occurs are evaluated, so an honest message costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lurewatch.engine.model import Hit
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.rules.conditions import Test, Vocabulary, any_of, clauses, compile_test
from lurewatch.engine.rules.evidence import Evidence, Key, Spans, disjoint
from lurewatch.engine.rules.sentences import Sentences

__all__ = ["Evidence", "Key", "RuleBook", "Spans", "Vocabulary", "disjoint"]
MOST_HITS = 100


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    clauses: tuple[frozenset[Key], ...]
    test: Test
    unless: Test | None


class RuleBook:
    """The compiled rules. ``find`` is pure and linear in the evidence."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary) -> None:
        self._by_trigger: dict[Key, list[int]] = {}
        self._compiled: list[_Compiled] = []
        for number, rule in enumerate(rules):
            test = compile_test(rule.when, vocabulary)
            unless = any_of([compile_test(condition, vocabulary) for condition in rule.unless]) if rule.unless else None
            needed = clauses(rule.when, vocabulary)
            self._compiled.append(_Compiled(rule, needed[1:], test, unless))
            for key in needed[0] if needed else ():
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
        sentences: Sentences | None = None
        for number in sorted(candidates):
            compiled = self._compiled[number]
            if any(keys.isdisjoint(clause) for clause in compiled.clauses):
                continue
            spans = compiled.test(evidence)
            if not spans:
                continue
            spans = disjoint(spans)
            if compiled.unless is not None:
                exceptions = compiled.unless(evidence)
                if exceptions:
                    sentences = sentences or Sentences(text)
                    spans = [span for span in spans if not sentences.shared(span, exceptions)]
            rule_id = compiled.rule.id
            hits.extend([Hit(rule_id, start, end) for start, end in spans[:MOST_HITS]])
        return tuple(hits)
