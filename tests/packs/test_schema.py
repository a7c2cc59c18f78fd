"""The JSON Schema of a rule says what the parser says."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from lurewatch.engine.packs import rule
from lurewatch.engine.packs.pack import documents
from lurewatch.entrypoints.packs_on_disk import core

SCHEMA: dict[str, Any] = json.loads((files("lurewatch.engine.packs") / "rule.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
RULES = {name: document for name, document in documents(core(), []).items() if name.startswith("rules/")}


def test_the_schema_names_the_parsers_fields() -> None:
    """Fields, required fields and choices are the same in both."""
    properties = SCHEMA["properties"]
    assert set(properties) == set(rule.REQUIRED + rule.OPTIONAL)
    assert set(SCHEMA["required"]) == set(rule.REQUIRED)
    assert set(properties["status"]["enum"]) == set(rule.STATUSES)
    assert set(properties["level"]["enum"]) == set(rule.LEVELS)
    assert set(properties["mode"]["enum"]) == set(rule.MODES)


def test_every_core_rule_is_valid() -> None:
    """Every rule we ship fits the schema."""
    assert RULES
    wrong = {name: [error.message for error in VALIDATOR.iter_errors(document)] for name, document in RULES.items()}
    assert not {name: errors for name, errors in wrong.items() if errors}


GOOD = {"title": "t", "id": "some_rule", "description": "d", "weight": 0.5, "when": "act now", "examples": {}}


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"weight": 0}, False),
        ({"mode": "loud"}, False),
        ({"when": {"near": {"of": ["a"]}}}, False),
        ({"when": {"sometimes": "a"}}, False),
        ({"expires": "tomorrow"}, False),
        ({"colour": "red"}, False),
        ({"examples": {"maybe": []}}, False),
        ({"when": {"then": {"within": 5, "of": ["a", {"signal": "url"}]}}}, True),
    ],
)
def test_schema_and_parser_agree(change: dict[str, Any], good: bool) -> None:
    """What the schema takes the parser takes, and what it refuses the parser refuses."""
    document = {**GOOD, **change}
    complaints: list[object] = []
    parsed = rule.parse_rule("request", "some_rule", document, lambda *problem: complaints.append(problem))
    assert VALIDATOR.is_valid(document) is good
    assert (parsed is not None) is good
    assert bool(complaints) is not good
