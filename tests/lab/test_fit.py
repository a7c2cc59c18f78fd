"""The fitted fusion is a file that the pack reader accepts, and that finds what it was fitted to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from lurewatch.engine.packs.documents import read
from lurewatch.engine.packs.numbers import Calibration, parse_calibration
from lurewatch.lab import fit as command
from lurewatch.lab.logistic import Example, Target, fit

from .data import texts_of, write_rows


def section(name: str, evidence: str) -> command.Fitted:
    """A fit to rows that one piece of evidence tells apart."""
    rows = [Example("fraud", True, ({evidence: 0.9, "noise": 1.0},))] * 60 + [
        Example("chat", False, ({"noise": 1.0},))
    ] * 90
    return command.Fitted(name, rows, fit(rows, Target()))


def parsed(text: str) -> Calibration:
    """What the pack reader makes of the file; nothing may be wrong with it."""
    problems: list[object] = []
    document = read("fusion.yaml", text.encode(), [])
    found = parse_calibration(document, lambda *problem: problems.append(problem))
    assert problems == []
    return found


def test_the_pack_reader_accepts_the_file() -> None:
    """Both sections arrive with version, intercept and weights to the last digit."""
    sections = [section("message", "lure"), section("conversation", "plea")]
    found = parsed(command.written(command.document(sections, Target(), "7")))
    assert found.version == "7"
    assert (found.message.intercept, found.message.weights) == (
        sections[0].model.intercept,
        sections[0].model.weights,
    )
    assert list(found.conversation.weights) == ["plea"]


def test_the_same_fit_writes_the_same_bytes() -> None:
    """The file depends on the rows and on nothing else."""
    first, second = (command.written(command.document([section("message", "lure")], Target(), "1")) for _ in range(2))
    assert first == second


def test_the_summary_names_every_file_and_weight() -> None:
    """What was reached is told for each file, what counts for each weight."""
    lines = "\n".join(command.summary(section("message", "lure")))
    assert "100.00 % fraud" in lines
    assert "0.00 % chat" in lines
    assert "lure" in lines


def test_a_check_needs_two_files_of_a_kind() -> None:
    """A file that is the only one of its kind cannot be left out, and is not reported."""
    assert not [line for line in command.check(section("message", "lure"), Target()) if "fraud" in line]


@pytest.mark.slow
def test_the_command_fits_the_core_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a data folder to a file: lures get weight, small talk gets none."""
    lures = texts_of("dev", 20, "Your account is blocked, share the OTP {n} at http://bank-kyc.example.tk now")
    talk = texts_of("dev", 60, "see you at dinner {n}, bring the photos")
    rows = [{"text": text, "label": "scam"} for text in lures] + [{"text": text, "label": "ham"} for text in talk]
    write_rows(tmp_path / "messages/invented.jsonl", rows)
    command.main([str(tmp_path), "--out", str(tmp_path / "fusion.yaml")])
    found = parsed((tmp_path / "fusion.yaml").read_text(encoding="utf-8"))
    assert found.message.weights
    assert "100.00 % invented" in capsys.readouterr().out
