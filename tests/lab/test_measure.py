"""A measurement counts what an engine finds, file by file, also under attack, and shows rows of one half only."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from lurewatch.errors import InputError
from lurewatch.lab import measure, report
from lurewatch.lab.corpus import LabelledMessage
from lurewatch.lab.report import Group, Tally

from .data import texts_of, write_rows
from .fakes import Credulous


def message(text: str, label: str, source: str = "file", kind: str = "") -> LabelledMessage:
    """A labelled message."""
    return LabelledMessage(source, text, label, kind)  # type: ignore[arg-type]


def hide(text: str, _: random.Random) -> str:
    """An attack that hides every lure."""
    return text.replace("lure", "l u r e")


def add(text: str, _: random.Random) -> str:
    """An attack that makes everything look like a lure."""
    return text + " lure"


ROWS = [
    message("a lure", "scam", kind="x"),
    message("an odd lure", "scam", kind="y"),
    message("clean", "scam", kind="y"),
    message("odd", "honest"),
    message("fine", "honest"),
    message("a lure", "spam"),
    message("refuse", "scam", source="other"),
]


def test_every_row_is_counted_once() -> None:
    """Rows are counted by file, label and kind: found, flagged, refused."""
    assert measure.measure(Credulous, ROWS) == {
        Group("message", "", "honest", "file"): Tally(2, 0, 1, 0),
        Group("message", "", "scam", "file", "x"): Tally(1, 1, 0, 0),
        Group("message", "", "scam", "file", "y"): Tally(2, 1, 1, 0),
        Group("message", "", "scam", "other"): Tally(1, 0, 0, 1),
        Group("message", "", "spam", "file"): Tally(1, 1, 0, 0),
    }


def test_processes_count_the_same() -> None:
    """Two processes count what one counts."""
    rows = ROWS * 200
    assert measure.measure(Credulous, rows, {"hide": hide}, jobs=2) == measure.measure(Credulous, rows, {"hide": hide})


def test_attacks_cost_recall_and_add_false_positives() -> None:
    """An attack is told by the share of recall kept and the points of false positives added; adverts are left alone."""
    tallies = measure.measure(Credulous, ROWS, {"hide": hide, "add": add})
    assert not [group for group in tallies if group.attack and group.label == "spam"]
    added, hidden = report.attack_costs(tallies)
    assert (added.attack, added.added, added.kept) == ("add", 100.0, 1.5)
    assert (hidden.attack, hidden.added, hidden.kept) == ("hide", 0.0, 0.0)
    assert added.added_worst == ("file", 100.0)
    assert hidden.kept_worst == ("file", 0.0)


def test_attacks_draw_the_same_each_time() -> None:
    """The same text is disguised the same way in every measurement."""
    drawn: list[float] = []

    def note(text: str, chance: random.Random) -> str:
        drawn.append(chance.random())
        return text

    for _ in range(2):
        measure.measure(Credulous, ROWS[:2], {"note": note})
    assert drawn[:2] == drawn[2:]
    assert drawn[0] != drawn[1]


def test_means_give_files_the_same_weight() -> None:
    """The mean is over files, and the worst file is named."""
    files = {"short": Tally(10, 5), "long": Tally(1000, 0)}
    assert report.mean(files) == 0.25
    assert report.worst(files) == ("short", 0.5)
    assert report.pooled(files).share == pytest.approx(5 / 1010)
    assert report.mean({}) == report.pooled({}).share == 0.0


def test_a_sample_takes_so_many_of_each_file_and_label() -> None:
    """A sample is the same each time and holds at most so many rows of a file and label."""
    rows = [message(f"{label} {n}", label, source) for label in ("scam", "honest") for source in "ab" for n in range(9)]
    drawn = measure.sample(rows, 3)
    assert len(drawn) == 12
    assert {(row.source, row.label) for row in drawn} == {(row.source, row.label) for row in rows}
    assert drawn == measure.sample(rows, 3)
    assert sorted(map(repr, measure.sample(rows, 100))) == sorted(map(repr, rows))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with rows of both halves."""
    scams = [*texts_of("dev", 3, "lure {n}"), *texts_of("dev", 2, "tricky {n}"), *texts_of("report", 4, "lure {n}")]
    write_rows(tmp_path / "messages/invented.jsonl.gz", [{"text": text, "label": "scam"} for text in scams])
    honest = [*texts_of("dev", 3, "fine {n}"), *texts_of("dev", 1, "lure for trout {n}")]
    write_rows(tmp_path / "hard_negatives/angling.jsonl", [{"text": text, "kind": "fishing"} for text in honest])
    turns = [{"sender": "A", "text": line} for line in texts_of("dev", 1, "lure {n}", length=2)[0].split("\n")]
    write_rows(tmp_path / "conversations/talks.jsonl", [{"id": "t", "label": "scam", "messages": turns}])
    return tmp_path


def test_the_command_prints_tables(data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The command prints recall and false positives of the dev half and writes every count as JSON."""
    measure.main(Credulous, [str(data), "--json", str(tmp_path / "out.json"), "--by", "source,kind"])
    printed = capsys.readouterr().out
    assert "60.00 %" in printed
    assert "angling fishing" in printed
    assert "25.00 % (angling)" in printed
    counts = json.loads((tmp_path / "out.json").read_bytes())
    assert counts["half"] == "dev"
    assert {(group["unit"], group["source"]): (group["rows"], group["found"]) for group in counts["groups"]} == {
        ("message", "invented"): (5, 3),
        ("message", "angling"): (4, 1),
        ("conversation", "talks"): (1, 1),
    }


def test_the_report_half_is_measured_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other half is measured when asked for, and holds no row of the first."""
    measure.main(Credulous, [str(data), "--half", "report"])
    printed = capsys.readouterr().out
    assert printed.startswith("report half")
    assert "100.00 %" in printed
    assert "angling" not in printed


def test_missed_rows_are_shown(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Developers see missed scam rows and honest rows that were found, with what the engine saw in them."""
    measure.main(Credulous, [str(data), "--misses", "invented", "--n", "1"])
    printed = capsys.readouterr().out
    assert printed.startswith("2 of 5 scam rows missed")
    assert printed.count("tricky") == 1
    measure.main(Credulous, [str(data), "--false", "angling"])
    printed = capsys.readouterr().out
    assert "1 of 4 honest rows wrongly found" in printed
    assert "lure for trout" in printed
    assert "urgency 0.50" in printed


def test_rows_of_the_report_half_are_never_shown(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for rows of the report half is refused."""
    with pytest.raises(InputError, match="never shown"):
        measure.main(Credulous, [str(data), "--half", "report", "--misses", "invented"])
    assert capsys.readouterr().out == ""


def test_an_unknown_file_is_named(data: Path) -> None:
    """A file name that the data does not have is an error and not an empty table."""
    with pytest.raises(InputError, match="nowhere"):
        measure.main(Credulous, [str(data), "--only", "nowhere"])
