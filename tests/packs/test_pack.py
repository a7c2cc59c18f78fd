"""Packs: parsed whole or refused with every problem."""

from __future__ import annotations

import pytest

from lurewatch.engine.packs.pack import Files, parse, survey
from lurewatch.errors import PackError

RULE = """title: Asks for a code
id: asks_code
description: d
weight: 0.5
when: {near: {within: 20, of: [{lexicon: share}, "secret code"]}}
examples:
  flag: ["please share the secret code"]
  pass: ["the secret code is safe"]
"""
CORE: Files = {
    "pack.yaml": b"name: tiny\nversion: 1\n",
    "rules/request/asks_code.yaml": RULE.encode(),
    "lexicons/en/tactics.yaml": b"share: [share, send]\n",
    "scam_types.yaml": b"scam_types: []\n",
}


def problems(core: Files, *overlays: Files) -> list[str]:
    """What is wrong with a pack, in words."""
    with pytest.raises(PackError) as raised:
        parse(core, *overlays)
    return [str(problem) for problem in raised.value.problems]


def test_a_pack_is_named_by_its_content() -> None:
    """The same bytes give the same hash; one changed byte gives another."""
    changed = {**CORE, "rules/request/asks_code.yaml": RULE.replace("0.5", "0.6").encode()}
    assert parse(CORE).hash == parse(dict(reversed(CORE.items()))).hash
    assert parse(CORE).hash != parse(changed).hash


def test_all_problems_come_at_once_with_file_and_line() -> None:
    """Every problem of every file is told, each with its place and a remedy."""
    bad = {
        **CORE,
        "rules/request/asks_code.yaml": RULE.replace("weight: 0.5", "weight: 7").replace("share}", "shar}").encode(),
        "rules/request/broken.yaml": b"title: [",
        "lexicons/en/tactics.yaml": b'share: [share]\nbad: ["a+b", 5]\nworse: ["(x)"]\n',
    }
    found = problems(bad)
    assert any(text.startswith("rules/request/asks_code.yaml:4:") and "(0, 1]" in text for text in found)
    assert any(text.startswith("rules/request/broken.yaml:") for text in found)
    assert any(text.startswith("lexicons/en/tactics.yaml:2:") for text in found)
    assert any(text.startswith("lexicons/en/tactics.yaml:3:") and "capture" in text for text in found)


def test_an_unknown_concept_is_named() -> None:
    """A rule that names a concept no lexicon has is refused."""
    assert any("'share'" in text for text in problems({**CORE, "lexicons/en/tactics.yaml": b"send: [send]\n"}))


def test_survey_keeps_what_is_sound() -> None:
    """One bad rule leaves the others usable while it is being mended."""
    bad = RULE.replace("asks_code", "other").replace("weight: 0.5", "weight: x").encode()
    pack, found = survey({**CORE, "rules/request/other.yaml": bad})
    assert [rule.id for rule in pack.rules] == ["asks_code"]
    assert found


def test_an_overlay_adjusts_adds_and_allows() -> None:
    """An overlay may re-weight, silence or disable core rules, add its own, and vouch for values."""
    site = {
        "pack.yaml": b"name: site\nrules: {asks_code: {weight: 0.9, mode: shadow}}\nallow: {email: [a@example.com]}\n",
        "rules/request/asks_badge.yaml": RULE.replace("asks_code", "asks_badge").encode(),
        "lexicons/de/tactics.yaml": b"share: [teilen]\n",
    }
    pack = parse(CORE, site)
    core_rule = pack.rule("asks_code")
    assert core_rule is not None
    assert (core_rule.weight, core_rule.mode) == (0.9, "shadow")
    assert pack.rule("asks_badge") is not None
    assert pack.lexicons["share"] == ("share", "send", "teilen")
    assert pack.allow.email == ("a@example.com",)
    assert parse(CORE, {"pack.yaml": b"rules: {asks_code: {enabled: false}}"}).rules == ()


@pytest.mark.parametrize(
    ("overlay", "says"),
    [
        (b"rules: {nothing: {weight: 0.5}}", "no rule 'nothing'"),
        (b"rules: {asks_code: {weight: 2}}", "(0, 1]"),
        (b"rules: {asks_code: {colour: red}}", "weight, mode and enabled"),
        (b"rules: {asks_code: {enabled: maybe}}", "true or false"),
        (b"allow: {email: 5}", "list of texts"),
        (b"versoin: 2", "unknown key 'versoin'"),
        (b"rules: {419: {weight: 0.5}}", "the key 419 is not a text"),
        (b"rules: " + b"{a: " * 60 + b"1" + b"}" * 60, "nested"),
    ],
)
def test_a_wrong_overlay_is_explained(overlay: bytes, says: str) -> None:
    """What an overlay gets wrong is refused with what to write."""
    assert any(says in text for text in problems(CORE, {"pack.yaml": overlay}))


def test_an_added_rule_may_not_take_a_core_id() -> None:
    """Two rules of one id would hide each other."""
    assert any("exists already" in text for text in problems(CORE, {"rules/threat/asks_code.yaml": RULE.encode()}))


def test_rules_expire_when_loaded() -> None:
    """A rule past its date is left out; on its last day it still counts."""
    files = {**CORE, "rules/request/asks_code.yaml": (RULE + "expires: 2026-11-21\n").encode()}
    assert len(parse(files, today="2026-11-21").rules) == 1
    assert parse(files, today="2026-11-22").rules == ()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("thresholds.yaml", "detector_weights: {linguistic: 0.9}", "must sum to 1"),
        ("thresholds.yaml", "risk_thresholds: {suspicious: 90}", "do not rise"),
        ("thresholds.yaml", "surprises: 1", "unknown key"),
        ("fusion.yaml", "message: {weights: {linguistic: -1}}", "from 0 to"),
    ],
)
def test_wrong_numbers_are_refused(name: str, text: str, says: str) -> None:
    """Weights that do not sum to 1, levels that do not rise, and negative weights are refused."""
    assert any(says in found for found in problems({**CORE, name: text.encode()}))


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe", b"a: b: c", b"- " * 3000, b"a: &x [1]\nb: *x\n", b"{" * 5000, b"\x00", b"a: !!python/object:os.x {}"],
)
def test_hostile_files_are_problems_not_crashes(data: bytes) -> None:
    """Whatever a file holds, loading ends with a problem that names it."""
    assert any("rules/request/x.yaml" in text for text in problems({**CORE, "rules/request/x.yaml": data}))
