"""What is said of whole groups of rules, each in one file: the stage they begin, and what excuses them.

``stages.yaml`` maps a stage to the rules that begin it, by id, pattern or category; the narrowest name decides.
``exceptions.yaml`` maps a concept to the rules that it excuses, named in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from lurewatch.engine.packs.conditions import Lexicon
from lurewatch.engine.packs.rule import STAGES, Complain, Rule

Groups = Mapping[str, tuple[str, ...]]


def parse_stages(document: Mapping[str, Any], rules: Collection[Rule], complain: Complain) -> dict[str, str]:
    """The stage of each name in the document; tells ``complain`` what is wrong."""
    found: dict[str, str] = {}
    for stage, names in _groups(document, rules, complain).items():
        if stage not in STAGES:
            complain((stage,), f"unknown stage {stage!r}", f"Write one of: {', '.join(STAGES)}.")
            continue
        for index, name in enumerate(names):
            if name in found:
                complain((stage, index), f"{name!r} begins {found[name]!r} already", "Keep one.")
            found[name] = stage
    return found


def parse_exceptions(document: Mapping[str, Any], rules: Collection[Rule], complain: Complain) -> Groups:
    """The names of each concept in the document; tells ``complain`` what is wrong."""
    return _groups(document, rules, complain)


def joined(one: Groups, other: Groups) -> Groups:
    """Both, the members of a group they share together."""
    return {key: tuple(dict.fromkeys((*one.get(key, ()), *other.get(key, ())))) for key in (*one, *other)}


def settled(rule: Rule, stages: Mapping[str, str], exceptions: Groups) -> Rule:
    """The rule with its stage and with what excuses it."""
    own = rule.category if rule.category in STAGES else ""
    stage = next((stages[name] for name in _names(rule) if name in stages), own)
    excuses = tuple(
        Lexicon(concept) for concept, names in exceptions.items() if any(name in names for name in _names(rule))
    )
    return replace(rule, stage=stage, excuses=excuses)


def _names(rule: Rule) -> tuple[str, str, str]:
    """By what a group may name the rule, the narrowest first."""
    return rule.id, rule.pattern, rule.category


def _groups(document: Mapping[str, Any], rules: Collection[Rule], complain: Complain) -> dict[str, tuple[str, ...]]:
    known = {name for rule in rules for name in _names(rule)}
    found: dict[str, tuple[str, ...]] = {}
    for key, names in document.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            complain((key,), f"{key!r} is a list of names", "Write `- name` lines or `[name, name]`.")
            continue
        for index, name in enumerate(names):
            if name not in known:
                complain((key, index), f"no rule, pattern or category is called {name!r}", "See `rules list`.")
        found[key] = tuple(names)
    return found
