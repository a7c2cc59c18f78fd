"""Groups of rules: the stages they begin and what excuses them, each said in one file."""

from __future__ import annotations

import pytest

from lurewatch import Engine
from lurewatch.engine.packs.conditions import Lexicon
from lurewatch.engine.packs.pack import Files, Pack, parse, survey
from lurewatch.engine.packs.rule import MARKING, STAGES

RULE = """title: Asks for a code
id: {id}
pattern: asking
description: d
weight: 0.5
when: {{lexicon: share}}
examples: {{flag: [a], pass: [b]}}
"""
CORE: Files = {
    "pack.yaml": b"name: tiny\nversion: 1\n",
    "rules/request/asks_code.yaml": RULE.format(id="asks_code").encode(),
    "rules/request/asks_pin.yaml": RULE.format(id="asks_pin").encode(),
    "rules/loss/gave_code.yaml": RULE.format(id="gave_code").replace("asking", "gave").encode(),
    "lexicons/en/a.yaml": b"share: [share]\nretold: [they asked]\ndenied: [no hurry]\n",
    "scam_types.yaml": b"scam_types: []\n",
}


def stages(pack: Pack) -> dict[str, str]:
    """The stage of each rule."""
    return {rule.id: rule.stage for rule in pack.rules}


def test_the_narrowest_name_decides() -> None:
    """A rule's id says more than its pattern, that more than its category, and a folder called like a stage is one."""
    named = {**CORE, "stages.yaml": b"pretext: [request]\nask: [asks_pin]\n"}
    assert stages(parse(named)) == {"asks_code": "pretext", "asks_pin": "ask", "gave_code": "loss"}
    by_pattern = {**CORE, "stages.yaml": b"pretext: [request]\nask: [asking]\n"}
    assert stages(parse(by_pattern))["asks_code"] == "ask"
    assert stages(parse(CORE))["asks_code"] == ""


def test_an_exception_holds_for_every_rule_of_the_group() -> None:
    """Each rule that a concept names is excused by it, and no other."""
    pack = parse({**CORE, "exceptions.yaml": b"retold: [request]\n"})
    assert {rule.id: rule.excuses for rule in pack.rules} == {
        "asks_code": (Lexicon("retold"),),
        "asks_pin": (Lexicon("retold"),),
        "gave_code": (),
    }


def test_an_overlay_decides_and_adds() -> None:
    """An overlay's stage of a name goes before the core's, and its exceptions come on top."""
    core = {**CORE, "stages.yaml": b"ask: [request]\n", "exceptions.yaml": b"retold: [asks_code]\n"}
    site = {
        "stages.yaml": b"pretext: [asks_pin, request]\n",
        "exceptions.yaml": b"retold: [asks_pin]\ndenied: [loss]\n",
    }
    pack = parse(core, site)
    assert stages(pack) == {"asks_code": "pretext", "asks_pin": "pretext", "gave_code": "loss"}
    assert [len(rule.excuses) for rule in pack.rules] == [1, 1, 1]
    silenced = {"pack.yaml": b"rules: {asks_code: {enabled: false}}\n"}
    assert stages(parse({**core, "stages.yaml": b"ask: [asks_code]\n"}, silenced)) == {
        "asks_pin": "",
        "gave_code": "loss",
    }


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("stages.yaml", "asks: [request]", "unknown stage 'asks'"),
        ("stages.yaml", "ask: [reqest]", "called 'reqest'"),
        ("stages.yaml", "ask: [request]\npretext: [request]", "begins 'ask' already"),
        ("stages.yaml", "ask: request", "list of names"),
        ("exceptions.yaml", "retold: [reqest]", "called 'reqest'"),
        ("exceptions.yaml", "untold: [request]", "'untold'"),
    ],
)
def test_what_a_group_gets_wrong_is_told(name: str, text: str, says: str) -> None:
    """An unknown stage, rule or concept, and a rule in two stages, are refused in words."""
    _, problems = survey({**CORE, name: text.encode()})
    assert any(says in str(problem) for problem in problems)


def test_the_shipped_rules_reach_every_stage_and_marks_count_for_nothing(engine: Engine) -> None:
    """Each stage but contact has rules; what only marks indicates no scam type and has no fitted weight."""
    rules = engine.pack.rules
    assert {rule.stage for rule in rules} == {"", *STAGES} - {"contact"}
    calibration = engine.pack.calibration
    for rule in rules:
        if rule.category in MARKING:
            assert rule.only_marks
            assert not rule.indicates
            assert f"rule.{rule.id}" not in {*calibration.message.weights, *calibration.conversation.weights}
