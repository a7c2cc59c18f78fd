"""Answers: their fixed names, and what foreign text must not do in a spreadsheet or on a terminal."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lurewatch.engine.model import Decision, EmotionalProfile, Flag
from lurewatch.engine.stages import Begun
from lurewatch.engine.state import TACTICS
from lurewatch.entrypoints.answers import Csv, JsonLines, answer, writer
from lurewatch.entrypoints.terminal import named, one_line

from .fakes import split_flag, verdict

any_text = st.text(st.characters(codec=None), max_size=30)


def test_the_names_of_an_answer() -> None:
    """An answer has the names that others build on, and nothing of the engine's own."""
    stages = (Begun("contact", 1), Begun("ask", 2, "otp_request"))
    judged = verdict(
        stages=stages, emotion=EmotionalProfile(urgency=0.7, overall_manipulation=0.7, primary_tactic="urgency")
    )
    found = json.loads(JsonLines().row(judged, [Decision("brand_watch", "alert", "high_risk_fraud")]))
    assert found == {
        "id": "1",
        "scam_probability": 97.5,
        "risk_level": "confirmed",
        "is_scam": True,
        "scam_type": "banking_scam",
        "scam_type_certainty": 0.83,
        "scam_type_basis": "both",
        "threat_level": "critical",
        "stage": "ask",
        "uncertain": False,
        "stages": [
            {"stage": "contact", "turn": 1, "rule": None},
            {"stage": "ask", "turn": 2, "rule": "otp_request"},
        ],
        "emotional_profile": {
            "urgency": 0.7,
            "fear": 0.0,
            "greed": 0.0,
            "authority": 0.0,
            "trust": 0.0,
            "overall_manipulation": 0.7,
            "primary_tactic": "urgency",
        },
        "breakdown": {"linguistic_score": 0.95},
        "tactics": dict.fromkeys(TACTICS, 0.0),
        "flags": [
            {
                "pattern": "otp_request",
                "category": "request",
                "rule": "otp_request",
                "matched_text": "share",
                "message_index": 0,
                "start": 0,
                "end": 5,
            }
        ],
        "indicators": [
            {"type": "phone", "value": "+16045550142", "message_index": 0, "start": 0, "end": 5, "valid": True}
        ],
        "decisions": [{"policy": "brand_watch", "action": "alert", "mode": "monitor", "type": "high_risk_fraud"}],
        "reasoning": "Sensitive data requests.",
        "first_flagged_turn": 1,
        "status": "complete",
        "versions": {"engine": "1", "pack": "p", "model": "m", "config": "c"},
    }


def test_a_flag_over_two_messages_has_parts() -> None:
    """A match in several messages says where each part is."""
    found = answer(verdict(flags=(split_flag("1234"),)), ())
    assert found["flags"][0]["parts"] == [
        {"message_index": 0, "start": 3, "end": 9},
        {"message_index": 1, "start": 0, "end": 4},
    ]


def test_a_partial_answer_says_what_is_missing() -> None:
    """An analysis that is not whole never looks as if it were."""
    found = answer(verdict(status="partial", incomplete=("feeds",), failed_detectors=("mine",)), ())
    assert found["status"] == "partial"
    assert found["incomplete"] == ["feeds", "detector mine"]


@given(text=any_text, record_id=any_text)
def test_any_text_makes_one_line_of_json(text: str, record_id: str) -> None:
    """Whatever was matched, lone surrogates too, an answer is one line of UTF-8 that says the same."""
    flag = Flag("p", "c", "r", text, 0, 0, len(text))
    for line in (
        JsonLines().row(verdict(record_id=record_id, flags=(flag,)), ()),
        JsonLines().broken(record_id, 3, text),
    ):
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        found = json.loads(line.decode())
        assert found["id"] == record_id
        assert found.get("error", text) == text


def test_a_broken_line_in_json() -> None:
    """A broken record is answered by its id, line and error, and nothing else."""
    assert json.loads(JsonLines().broken("a", 7, "no JSON")) == {"id": "a", "line": 7, "error": "no JSON"}


@given(text=any_text, record_id=any_text)
def test_no_cell_is_a_formula(text: str, record_id: str) -> None:
    """No cell of a CSV begins with what a spreadsheet would calculate, and every row has every column."""
    flag = Flag("p", "c", "r", text, 0, 0, len(text))
    one = verdict(record_id=record_id, flags=(flag,), reasoning=text)
    output = Csv().head() + Csv().row(one, [Decision("p", text)]) + Csv().broken(record_id, 1, text)
    rows = list(csv.reader(io.StringIO(output.decode(), newline=""), strict=True))
    assert [len(row) for row in rows] == [len(Csv.COLUMNS)] * 3
    for row in rows:
        assert not [cell for cell in row if cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_what_a_csv_row_says() -> None:
    """A row holds the verdict, the evidence and the decisions."""
    output = Csv().head() + Csv().row(verdict("=1+1 otp"), [Decision("off_platform", "warning")])
    row = next(csv.DictReader(io.StringIO(output.decode())))
    assert row["is_scam"] == "true"
    assert row["evidence"] == "'=1+1"
    assert row["patterns"] == "otp_request"
    assert row["indicators"] == "phone:+16045550142"
    assert row["decisions"] == "off_platform:warning"


@given(text=any_text, record_id=any_text, width=st.integers(40, 200))
def test_nothing_foreign_steers_the_terminal(text: str, record_id: str, width: int) -> None:
    """A row of the table is one line within the width, without control characters or turns of direction."""
    flag = Flag("p", "c", "r", text, 0, 0, len(text))
    table = writer("table", width=width)
    for row in (table.row(verdict(record_id=record_id, flags=(flag,)), ()), table.broken(record_id, 1, text)):
        line = row.decode().removesuffix("\n")
        assert cell_len(line) <= max(width, 76)
        assert not [char for char in line if unicodedata.category(char) == "Cc" or char in "\u202e\u2066\u200f\u2028"]


def test_colours_only_when_wanted() -> None:
    """Escape sequences are in the table only where colours were asked for."""
    assert b"\x1b" not in writer("table").row(verdict(), ())
    assert writer("table", colours=True).row(verdict(), ()).startswith(b"\x1b[1;31m")


@given(text=any_text)
def test_one_line_is_one_line(text: str) -> None:
    """Made harmless, a text has as many characters as before, all of them visible or spaces."""
    found = one_line(text)
    assert len(found) == len(text)
    assert not [char for char in found if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize(("char", "shown"), [("\x1b", "<1B>"), ("\u202e", "<202E>"), ("\ud800", "<D800>"), ("ü", "ü")])
def test_a_harmful_character_is_named(char: str, shown: str) -> None:
    """Where text is explained, what cannot be seen is shown by its code."""
    assert named(char) == shown


def test_the_table_says_when_it_was_only_partly_read() -> None:
    """A partial verdict is marked."""
    assert b"partly read" in writer("table").row(replace(verdict(), status="partial"), ())
