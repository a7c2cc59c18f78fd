"""A report beside an older one: what changed, and what got worse by more than chance explains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lurewatch.errors import InputError
from lurewatch.lab.bootstrap import Estimate, Resampling
from lurewatch.lab.comparison import Change, compare, read
from lurewatch.lab.evaluation import Plan, Report, as_json, evaluate
from lurewatch.lab.scoring import Scored

from .data import judged

PLAN = Plan(resampling=Resampling(replicates=100), versions={"engine": "1"})


def missing(rows: list[Scored], amount: int) -> list[Scored]:
    """The rows, with so many of the found scams missed."""
    hits = [number for number, row in enumerate(rows) if row.label == "scam" and row.found][:amount]
    return [replace(row, found=False, probability=0.2) if n in hits else row for n, row in enumerate(rows)]


def written(path: Path, report: Report) -> Path:
    """The report as a file."""
    path.write_bytes(as_json(report))
    return path


def test_the_same_report_is_no_change(tmp_path: Path) -> None:
    """A report beside itself has no change, no regression and nothing to note."""
    report = evaluate(judged(), PLAN)
    found = compare(read(written(tmp_path / "old.json", report), PLAN), report)
    assert found.changes
    assert not any(change.moved for change in found.changes)
    assert (found.regressions, found.gone, found.fresh, found.notes) == ((), (), (), ())


def test_less_recall_than_the_interval_is_a_regression(tmp_path: Path) -> None:
    """One scam more that is missed is chance; twenty more are a regression, overall and in their source."""
    old = read(written(tmp_path / "old.json", evaluate(judged(), PLAN)), PLAN)
    slightly = compare(old, evaluate(missing(judged(), 1), PLAN))
    assert any(change.moved for change in slightly.changes)
    assert slightly.regressions == ()
    badly = compare(old, evaluate(missing(judged(), 20), PLAN))
    worse = {change.place for change in badly.regressions}
    assert ("message", "overall", "mean over sources", "recall") in worse
    assert ("message", "source", "file", "recall") in worse
    assert ("message", "source", "file", "roc_auc") not in worse  # no promise by source


def test_getting_better_is_no_regression(tmp_path: Path) -> None:
    """What was missed and is found now is a change only."""
    old = read(written(tmp_path / "old.json", evaluate(missing(judged(), 20), PLAN)), PLAN)
    found = compare(old, evaluate(judged(), PLAN))
    assert any(change.moved for change in found.changes)
    assert found.regressions == ()


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_side_of_the_interval_decides(one: float, other: float, new: float) -> None:
    """Recall regresses below its old interval, false positives above theirs, and nothing does inside."""
    old = Estimate((one + other) / 2, min(one, other), max(one, other))
    now = Estimate(new, new, new)
    recall, wrong = (
        Change(("message", "overall", "all rows", name), old, now) for name in ("recall", "false_positives")
    )
    assert recall.regressed is (now.value < old.low)
    assert wrong.regressed is (now.value > old.high)
    assert not (recall.regressed and wrong.regressed)


def test_other_rows_and_versions_are_noted(tmp_path: Path) -> None:
    """Another version, other rows, and figures that only one report holds are told."""
    old = read(written(tmp_path / "old.json", evaluate(judged(source="a"), PLAN)), PLAN)
    found = compare(old, evaluate(judged(30, source="b"), replace(PLAN, versions={"engine": "2"})))
    assert found.notes == ("engine 1 is now 2", "not the same messages were judged")
    assert {place[2] for place in found.gone} == {"a"}
    assert {place[2] for place in found.fresh} == {"b"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "cannot be read"),
        (b"[]", "no report"),
        (b'{"format": 0}', "no report"),
        (b'{"format": 1, "half": "all", "scam_share": 0.1}', "damaged"),
        (b'{"format": 1, "half": "all", "scam_share": 0.1, "versions": {}, "groups": [3]}', "damaged"),
        (
            (
                b'{"format": 1, "half": "all", "scam_share": 0.1, "versions": {},'
                b' "groups": [{"unit": "message", "table": "kind", "name": "a", "figures": {}, "counts": [3]}]}'
            ),
            "damaged",
        ),
        (b'{"format": 1, "half": "dev"}', "half dev"),
        (b'{"format": 1, "half": "all", "scam_share": 0.5}', "scam_share 0.5"),
    ],
)
def test_what_is_no_older_report(tmp_path: Path, content: bytes, said: str) -> None:
    """A file that is no report, or one that was measured in another way, is refused by name."""
    (tmp_path / "old.json").write_bytes(content)
    with pytest.raises(InputError, match=rf"old\.json.*{said}"):
        read(tmp_path / "old.json", PLAN)


def test_a_missing_report(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(InputError, match=r"none\.json cannot be read"):
        read(tmp_path / "none.json", PLAN)


@settings(max_examples=10)
@given(st.integers(0, 30))
def test_reports_survive_being_written(amount: int) -> None:
    """What is read back is what was written, to the digit."""
    report = evaluate(missing(judged(), amount), replace(PLAN, resampling=Resampling(replicates=20)))
    for group in report.groups:
        for figure in group.figures.values():
            assert Estimate(figure.value, figure.low, figure.high) == figure
