"""``lurewatch train``, run in this process over the pack we ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lurewatch.engine.text_model import parse
from lurewatch.entrypoints.cli import app

LURES = ("share the lilac word {n} now", "your lilac parcel {n} waits, share the word", "click here {n} for the parcel")
CALM = ("see you at dinner {n}", "the photos of the evening {n} are lovely", "thank you for dinner and photos {n}")


def run(*arguments: str | Path, given: str = "") -> Result:
    """The command with these arguments and this input."""
    return CliRunner().invoke(app, list(map(str, arguments)), input=given, prog_name="lurewatch")


def write(folder: Path, files: int = 4, kinds: tuple[str, ...] = ("scam", "ham")) -> Path:
    """A folder of invented rows in so many files."""
    folder.mkdir()
    for file in range(files):
        rows = [
            {"text": (LURES if label == "scam" else CALM)[n % 3].format(n=10 * file + n), "label": label}
            for label in kinds
            for n in range(15)
        ]
        (folder / f"mine{file}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def test_a_folder_is_written_that_lies_over_the_core(tmp_path: Path) -> None:
    """What was learned is a pack: verdicts name its version and find what the core knows nothing of."""
    out = tmp_path / "new" / "ours"
    result = run("train", write(tmp_path / "data"), "--out", out, "--only-mine", "--version", "ours-1")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["fusion.yaml", "text_model.bin"]
    for said in (
        "message, recall: mean 100.00%",
        "message, false positives: mean 0.00%",
        "conversation, recall",
        "mine3",
    ):
        assert said in result.stdout
    model = parse((out / "text_model.bin").read_bytes())
    assert (model.version, model.about["half"]) == ("ours-1", "all")
    text = "share the lilac word now, your parcel waits"
    (found,) = map(json.loads, run("scan", "-", "--pack", out, given=text).stdout.splitlines())
    assert found["versions"]["model"] == "ours-1"
    assert found["is_scam"]
    assert not json.loads(run("scan", "-", given=text).stdout)["is_scam"]


def test_the_same_rows_make_the_same_files(tmp_path: Path) -> None:
    """Training depends on its rows and on nothing else, however many processes there are."""
    data = write(tmp_path / "data")
    for name, jobs in (("one", "1"), ("two", "2")):
        assert run("train", data, "-o", tmp_path / name, "--only-mine", "--jobs", jobs).exit_code == 0
    for name in ("fusion.yaml", "text_model.bin"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("files", "kinds", "said"),
    [
        (2, (), "no rows to learn from"),
        (2, ("scam",), "there is only one kind"),
        (2, ("ham",), "there is only one kind"),
        (1, ("scam", "ham"), "without mine0 nothing can be learned"),
    ],
)
def test_what_teaches_nothing_is_told(tmp_path: Path, files: int, kinds: tuple[str, ...], said: str) -> None:
    """No rows, rows of one kind, or everything in one file: an error in words, status 2, and nothing is written."""
    data = write(tmp_path / "data", files, kinds)
    result = run("train", data, "--out", tmp_path / "out", "--only-mine")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert list((tmp_path / "out").glob("*")) == []


def test_bad_usage_is_told(tmp_path: Path) -> None:
    """A folder that cannot be written, data that is not there, and a missing option are told before any work."""
    data = write(tmp_path / "data")
    (tmp_path / "file").write_text("in the way", "utf-8")
    for arguments, said in (
        ((data, "--out", tmp_path / "file"), "cannot be written"),
        ((data, "--out", tmp_path / "file" / "below"), "cannot be written"),
        ((tmp_path / "nowhere", "--out", tmp_path / "out"), "no such file or folder"),
        ((data,), "--out"),
    ):
        result = run("train", *arguments)
        assert result.exit_code == 2
        assert said in " ".join(result.stderr.split())


def test_broken_rows_are_told_with_their_place(tmp_path: Path) -> None:
    """A row without a known label stops the command with file and line."""
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "hello", "label": "ham"}\n{"text": "hello", "label": "perhaps"}\n', "utf-8")
    result = run("train", path, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "mine.jsonl:2" in "".join(result.stderr.split())
