"""Testing rules against their own examples, plain and disguised, and what a good rule file looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lurewatch.engine.matching import Pattern, compile_alone
from lurewatch.engine.packs.documents import duplicate_keys
from lurewatch.engine.packs.pack import Files, Pack
from lurewatch.engine.packs.rule import Rule
from lurewatch.engine.reading import Reader
from lurewatch.errors import Problem
from lurewatch.lab.attacks import ATTACKS, mutate

LEAST_WORDS = 5
LEAST_EXAMPLES = 2
SEEDS = (1, 2, 3)
SHORT = "short"
"""The tag of rules whose examples may have fewer than LEAST_WORDS words."""


@dataclass(frozen=True, slots=True)
class RuleTest:
    """How one rule fared: flag examples it missed, pass examples it flagged, and the share of mutants it kept."""

    rule: Rule
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    now_found: tuple[str, ...]
    kept: Mapping[str, float]

    @property
    def passed(self) -> bool:
        """Whether every flag example is found and every pass example left alone."""
        return not self.missed and not self.wrong

    @property
    def share(self) -> float:
        """The share of mutants kept over all kinds, in [0,1]."""
        return sum(self.kept.values()) / len(self.kept) if self.kept else 1.0


def fires(reader: Reader, rule: Rule, text: str) -> bool:
    """Whether the rule, enforced or on trial, holds in the text."""
    reading = reader.read(text)
    return any(hit.rule == rule.id for hit in (*reading.hits, *reading.marks, *reading.shadow_hits))


def test(reader: Reader, rule: Rule, *, mutants: bool = True) -> RuleTest:
    """Run the rule's examples; with ``mutants`` also every flag example that it finds, disguised in every way."""
    found = [text for text in rule.examples.flag if fires(reader, rule, text)]
    kept = {}
    if mutants and found:
        for kind in ATTACKS:
            tries = [mutate(text, kind, seed) for text in found for seed in SEEDS]
            kept[kind] = sum(fires(reader, rule, text) for text in tries) / len(tries)
    return RuleTest(
        rule,
        missed=tuple(text for text in rule.examples.flag if text not in found),
        wrong=tuple(text for text in rule.examples.passed if fires(reader, rule, text)),
        now_found=tuple(text for text in rule.examples.known_miss if fires(reader, rule, text)),
        kept=kept,
    )


def lint(pack: Pack, layers: Sequence[Files], patterns: Sequence[Pattern]) -> tuple[Problem, ...]:
    """What loading does not refuse but a good pack has not: thin examples, keys written twice, bad patterns."""
    problems: list[Problem] = []
    for files in layers:
        for name, data in files.items():
            if name.endswith(".yaml"):
                problems.extend(duplicate_keys(name, data))
    for rule in pack.rules:
        problems.extend(_lint_examples(rule))
    problems.extend(
        Problem(pattern.name, 0, f"the pattern is refused: {reason}", "Simplify the phrases it is made of.")
        for pattern in patterns
        if (reason := compile_alone(pattern)) is not None
    )
    return tuple(problems)


def _lint_examples(rule: Rule) -> Iterator[Problem]:
    name = f"rules/{rule.category}/{rule.id}.yaml"
    examples = rule.examples
    for key, texts in (("flag", examples.flag), ("pass", examples.passed)):
        if len(texts) < LEAST_EXAMPLES:
            yield Problem(name, 0, f"{len(texts)} {key} examples", f"Write at least {LEAST_EXAMPLES}.")
    total = len(examples.flag) + len(examples.passed) + len(examples.known_miss)
    if len(examples.known_miss) * 10 > total:
        yield Problem(name, 0, "more than a tenth of the examples are known_miss", "Improve the rule or add examples.")
    if SHORT not in rule.tags:
        for text in (*examples.flag, *examples.passed):
            if len(text.split()) < LEAST_WORDS and text.isascii():
                yield Problem(
                    name,
                    0,
                    f"the example {text!r} has fewer than {LEAST_WORDS} words",
                    f"Lengthen it or tag `{SHORT}`.",
                )
    both = set(examples.flag) & set(examples.passed)
    if both:
        yield Problem(name, 0, f"{both.pop()!r} is both a flag and a pass example", "Decide.")
