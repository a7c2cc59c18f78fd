"""Rules over evidence: which rules hold in a message, and where.

A rule's condition becomes a small function from the spans of patterns and signals to the spans of its matches. Only
rules whose trigger (a part that must be present) occurs are evaluated, so an honest message costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lurewatch.engine.model import Hit
from lurewatch.engine.packs.conditions import Combination, Condition
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.rules.conditions import Test, Vocabulary, clauses, compile_test
from lurewatch.engine.rules.evidence import Evidence, Key, Spans, disjoint
from lurewatch.engine.rules.exceptions import Exceptions

__all__ = ["Evidence", "Key", "RuleBook", "Spans", "Vocabulary", "disjoint"]
MOST_HITS = 100


class RuleBook:
    """The compiled rules. ``find`` is pure and linear in the evidence."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary) -> None:
        self._by_trigger: dict[Key, list[int]] = {}
        # the rule, sets of keys of which one each must be there besides the trigger, and where it holds in this way
        self._ways: list[tuple[int, tuple[frozenset[Key], ...], Test]] = []
        self._ids: list[str] = []
        rules = tuple(rules)
        for number, rule in enumerate(rules):
            self._ids.append(rule.id)
            for condition in _ways(rule.when):
                needed = clauses(condition, vocabulary)
                for key in needed[0] if needed else ():
                    self._by_trigger.setdefault(key, []).append(len(self._ways))
                self._ways.append((number, needed[1:], compile_test(condition, vocabulary)))
        self._triggers = frozenset(self._by_trigger)
        self._exceptions = Exceptions(rules, vocabulary)

    def find(self, evidence: Evidence, text: str) -> tuple[Hit, ...]:
        """Every match of every rule, by rule in the pack's order and then by place; ``text`` is the original."""
        keys = evidence.keys
        candidates: set[int] = set()
        for key in self._triggers & keys:
            candidates.update(self._by_trigger[key])
        held: dict[int, list[tuple[int, int]]] = {}
        for number in sorted(candidates):
            rule, needed, test = self._ways[number]
            for clause in needed:
                if keys.isdisjoint(clause):
                    break
            else:
                spans = test(evidence)
                if spans:
                    held.setdefault(rule, []).extend(spans)
        return tuple(self._hits(held, evidence, text)) if held else ()

    def _hits(self, held: Mapping[int, list[tuple[int, int]]], evidence: Evidence, text: str) -> Iterator[Hit]:
        reading = self._exceptions.reading(evidence, text)
        for number, found in held.items():
            spans = reading.left(number, disjoint(found))
            for start, end in spans[:MOST_HITS]:
                yield Hit(self._ids[number], start, end)


def _ways(condition: Condition) -> Iterator[Condition]:
    """The conditions of which one must hold."""
    if isinstance(condition, Combination) and condition.how == "any":
        for inner in condition.of:
            yield from _ways(inner)
    else:
        yield condition
