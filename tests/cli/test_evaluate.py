"""``lurewatch evaluate``, run in this process over the pack we ship."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from lurewatch.entrypoints.cli import app, evaluated
from lurewatch.entrypoints.cli.progress import steps
from lurewatch.lab.bootstrap import Resampling
from lurewatch.lab.corpus import half
from lurewatch.lab.evaluation import Plan, evaluate
from lurewatch.lab.scoring import Scored, Seen

LURE = "Your account {n} is blocked. Share the OTP now or you will be arrested"
HONEST = "The {n} umbrellas are by the door, see you at five"
TALK = ["Hello, this is your bank", "What is it?", LURE.format(n=7), "Which OTP?"]


def run(*arguments: str | Path) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)], prog_name="lurewatch")


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    """The rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Labelled rows: lures, one that is none, honest ones, and two conversations."""
    turns = [{"sender": "AB"[n % 2], "text": text} for n, text in enumerate(TALK)]
    calm = [{"sender": "A", "text": "Hello"}, {"sender": "B", "text": "See you at five"}]
    return write(
        tmp_path / "mine.jsonl",
        [
            *[{"text": LURE.format(n=n), "label": "scam", "kind": "banking_scam", "lang": "en"} for n in range(4)],
            {"text": "The invoice is attached as agreed", "label": "scam", "kind": "letter"},
            *[{"text": HONEST.format(n=n), "label": "ham"} for n in range(4)],
            {"id": "t", "label": "scam", "messages": turns, "channel": "call", "ask": 3},
            {"id": "u", "label": "legit", "messages": calm, "channel": "call"},
        ],
    )


def test_what_is_printed(data: Path) -> None:
    """The summary has both units, the figures with intervals, the tables and the errors with their place."""
    result = run(data)
    assert result.exit_code == 0, result.output
    for said in (
        *(
            "messages",
            "conversations",
            "5 scam, 4 honest",
            "4 scam, 0 honest",
            "Recall",
            "80.00 % [",
            "False positives",
            "PR-AUC",
            "Calibration error",
        ),
        *(
            "by source",
            "by language",
            "by kind",
            "by channel",
            "before the ask",
            "scam types",
            "mine.jsonl:5",
            "Misses",
        ),
    ):
        assert said in result.stdout, said


def test_page_and_json_are_written(data: Path, tmp_path: Path) -> None:
    """Both reports are written, and the JSON names the versions that verdicts carry."""
    page, report = tmp_path / "report.html", tmp_path / "report.json"
    assert run(data, "--out", page, "--json", report, "--attacks", "--by", "kind").exit_code == 0
    assert "invoice is attached" in page.read_text("utf-8")
    written = json.loads(report.read_bytes())
    assert set(written["versions"]) == {"engine", "pack", "model", "config"}
    tables = {group["table"] for group in written["groups"]}
    assert tables == {"overall", "kind", "attack", "channel", "ask", "type"}
    (asked,) = [group for group in written["groups"] if (group["table"], group["name"]) == ("ask", "all")]
    assert asked["figures"]["caught_by_ask"]["value"] == 1.0


def test_the_same_rows_give_the_same_json(data: Path, tmp_path: Path) -> None:
    """Two runs write the same bytes, also with two processes."""
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    assert run(data, "--json", one).exit_code == run(data, "--json", other, "--jobs", "2").exit_code == 0
    assert one.read_bytes() == other.read_bytes()


def test_compared_with_itself_is_0(data: Path, tmp_path: Path) -> None:
    """Without a regression the exit status is 0, and it is said that nothing changed."""
    old = tmp_path / "old.json"
    run(data, "--json", old)
    result = run(data, "--compare", old)
    assert result.exit_code == 0
    assert "Every figure is the same" in result.stdout


def test_a_regression_is_1(data: Path, tmp_path: Path) -> None:
    """An engine that no longer finds what it found regresses, and the figures are named."""
    old = tmp_path / "old.json"
    run(data, "--json", old)
    result = run(data, "--compare", old, "--scam-threshold", "99.99")
    assert result.exit_code == 1
    assert "WORSE conversations, call, Caught before the ask: 100.00 %" in result.stdout
    assert "config" in result.stdout


def test_the_report_half_is_never_shown(tmp_path: Path) -> None:
    """Of the report half no text is printed or written, whatever was wrong, and that is said."""
    texts = [text for n in range(40) if half(text := f"The invoice {n} is attached") == "report"]
    data = write(tmp_path / "mine.jsonl", [{"text": text, "label": "scam"} for text in texts])
    page, report = tmp_path / "report.html", tmp_path / "report.json"
    result = run(data, "--half", "report", "--out", page, "--json", report)
    assert result.exit_code == 0
    assert "Rows of this half are not shown" in result.stdout
    written = result.output + page.read_text("utf-8") + report.read_text("utf-8")
    assert "invoice" not in written
    assert "invoice" in run(data, "--half", "all").stdout


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "there are no rows"),
        (
            [{"text": "hello", "label": "ham"}, {"text": "hello", "label": "maybe"}],
            "mine.jsonl:2: unknown label 'maybe'",
        ),
        ([{"label": "ham"}], "mine.jsonl:1: `text` is missing"),
    ],
)
def test_unusable_data_is_2(tmp_path: Path, rows: list[dict[str, Any]], said: str) -> None:
    """Data that cannot be measured is named with its place."""
    result = run(write(tmp_path / "mine.jsonl", rows))
    assert result.exit_code == 2
    assert said in result.stderr


def test_bad_usage_is_2(data: Path, tmp_path: Path) -> None:
    """What cannot be read, written or told is refused before anything is judged."""
    for arguments, said in (
        ([tmp_path / "nowhere"], "no such file or folder"),
        ([data, "--by", "sender"], "--by takes source, lang, kind, and not 'sender'"),
        ([data, "--out", tmp_path / "no" / "report.html"], "its folder does not exist"),
        ([data, "--json", tmp_path], "cannot be written"),
        ([data, "--compare", tmp_path / "none.json"], "cannot be read as an older report"),
        ([data, "--compare", data], "cannot be read as an older report"),
        ([data, "--scam-share", "0"], "scam-share"),
        ([data, "--half", "other"], "half"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, said
        assert said in result.stderr


def test_foreign_text_cannot_steer_the_terminal() -> None:
    """Nothing that a row says is taken for colours, markup or a control sequence."""
    evil = "\x1b[31m[red]turned\u202e"
    rows = [
        Scored("message", evil, label, n, 0.5, found=True, kind=evil, lang=evil, seen=Seen(evil, evil))
        for n, label in enumerate(("scam", "honest"))
    ]
    out = io.StringIO()
    for part in evaluated.parts(evaluate(rows, Plan(resampling=Resampling(replicates=5)))):
        Console(file=out, width=140).print(part)
    assert "[red]turned" in out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert "\u202e" not in out.getvalue()


def test_small_groups_are_counted() -> None:
    """A long table shows the largest groups and says how many it leaves out."""
    rows = [
        Scored("message", "file", "honest", n * 10 + m, 0.1, found=False, kind=f"kind {n}")
        for n in range(40)
        for m in range(n + 1)
    ]
    out = io.StringIO()
    for part in evaluated.parts(evaluate(rows, Plan(resampling=Resampling(replicates=5)))):
        Console(file=out, width=140).print(part)
    assert "kind 39" in out.getvalue()
    assert "kind 9 " not in out.getvalue()
    assert "(10 smaller ones" in out.getvalue()


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard error is no terminal, progress says nothing."""
    with steps(("judging",)) as told:
        told(0, 1, 2)
    assert capsys.readouterr().err == ""
