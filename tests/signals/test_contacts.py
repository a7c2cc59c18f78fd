"""The command that measures how well contact details are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.signals.seeing import see

from lurewatch.lab import contacts
from lurewatch.lab.contacts import Score, measure
from lurewatch.lab.corpus import ContactText, half

TEXT = "my cell is 604-555-0123, mail kim@example.com, not 416-555-0111"


def marked(text: str, *values: tuple[str, str]) -> ContactText:
    spans = tuple((text.index(value), text.index(value) + len(value), kind) for value, kind in values)
    return ContactText("invented", text, True, spans)


def test_found_missed_and_wrong_are_counted() -> None:
    """A marked value that is read counts as found, an unmarked one as wrong, an impossible one not at all."""
    row = marked(TEXT, ("604-555-0123", "PHONE"), ("kim@example.com", "EMAIL"), ("not", "PHONE"))
    scores, misses = measure(see, [row])
    assert scores["invented", "phone"] == Score(marked=2, possible=1, found=1, reported=2, right=1)
    assert scores["invented", "email"] == Score(1, 1, 1, 1, 1)
    assert [(miss.kind, miss.wrong) for miss in misses] == [("phone", True)]
    assert (scores["invented", "phone"].recall, scores["invented", "phone"].precision) == (1.0, 0.5)


@pytest.mark.parametrize(
    ("kind", "value", "possible"),
    [
        ("phone", "604 555 0123", True),
        ("phone", "six o four five five five one two three four", True),
        ("phone", "555-0123", False),
        ("card", "4111 1111 1111 1111", True),
        ("card", "411111111111", False),
        ("email", "kim at example dot com", True),
        ("email", "kimexamplecom", False),
        ("iban", "anything", True),
    ],
)
def test_only_possible_values_count(kind: str, value: str, possible: bool) -> None:
    """A value counts when it is long enough, in whatever way it is written."""
    assert contacts.is_possible(kind, value) is possible


def test_the_command_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command reads one half and prints a line for each file and kind."""
    folder = tmp_path / "off_platform"
    folder.mkdir()
    row = {"text": TEXT, "label": "flag", "spans": [[11, 23, "PHONE"]]}
    (folder / "invented.jsonl").write_text(json.dumps(row) + "\n")
    assert contacts.main([str(tmp_path), "--half", half(TEXT), "--misses", "3"]) == 0
    printed = capsys.readouterr().out
    assert "invented" in printed
    assert "100.0%" in printed


def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that does not exist is named on stderr, with status 2."""
    assert contacts.main([str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
