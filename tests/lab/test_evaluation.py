"""From scored rows to a report: figures by hand, the same every time, wherever the rows come from."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lurewatch.errors import InputError
from lurewatch.lab.bootstrap import Resampling
from lurewatch.lab.evaluation import EQUAL, POOLED, Group, Plan, Report, Table, as_json, evaluate
from lurewatch.lab.scoring import Scored, Seen, Unit

from .data import judged, scored

QUICK = Resampling(replicates=60)
PLAN = Plan(resampling=QUICK)


def group(report: Report, table: Table, name: str, unit: Unit = "message") -> Group:
    """The one group of this name."""
    (found,) = [group for group in report.table(unit, table) if group.name == name]
    return found


def values(found: Group) -> dict[str, float]:
    """Its figures without their intervals."""
    return {name: figure.value for name, figure in found.figures.items()}


def test_counted_by_hand() -> None:
    """Recall, false positives, and at a tenth of scams precision, F1 and alerts, are as one reckons them."""
    report = evaluate(judged(), PLAN)
    found = values(group(report, "overall", EQUAL))
    assert found["recall"] == 0.75
    assert found["false_positives"] == 0.05
    assert found["precision"] == pytest.approx(0.075 / (0.075 + 0.045), abs=1e-6)
    assert found["f1"] == pytest.approx(2 * 0.075 / (0.075 + 0.045 + 0.1), abs=1e-6)
    assert found["alerts_per_thousand"] == pytest.approx(120)
    assert found["recall_at_0.1"] == found["recall_at_1"] == 0.75
    assert found["recall_at_5"] == 1.0
    assert found["roc_auc"] == pytest.approx(0.75 + 0.25 * 0.95)
    assert group(report, "overall", EQUAL).counts == {
        "scam": 40, "scam_found": 30, "honest": 60, "honest_found": 3, "spam": 0, "spam_found": 0, "refused": 0,
    }  # fmt: skip


def test_sources_weigh_the_same() -> None:
    """A long source and a short one count alike in the mean, and by their rows in the pool."""
    rows = [*judged(400, 0, source="long"), *[scored("scam", 0.1, source="short") for _ in range(10)]]
    report = evaluate(rows, PLAN)
    assert values(group(report, "overall", EQUAL))["recall"] == pytest.approx(0.375)
    assert values(group(report, "overall", POOLED))["recall"] == pytest.approx(300 / 410, abs=1e-6)
    assert values(group(report, "source", "short"))["recall"] == 0.0
    assert group(report, "source", "short").figures["recall"].high > 0.2  # ten rows could have missed by chance


def test_the_share_of_scams_changes_what_depends_on_it() -> None:
    """With more scams about precision rises; recall, false positives and the ROC stay."""
    rare, common = (
        values(group(evaluate(judged(), Plan(share=s, resampling=QUICK)), "overall", EQUAL)) for s in (0.01, 0.5)
    )
    assert rare["precision"] < common["precision"]
    assert all(rare[name] == common[name] for name in ("recall", "false_positives", "roc_auc", "recall_at_1"))


def test_by_language_and_kind() -> None:
    """Tables hold a line for each value of a field, and none for a field that no row has."""
    rows = [*judged(lang="en"), *judged(lang="th", kind="parcel"), *judged(20, 0)]
    report = evaluate(rows, PLAN)
    assert [found.name for found in report.table("message", "lang")] == ["(not stated)", "en", "th"]
    assert [found.name for found in report.table("message", "kind")] == ["(not stated)", "parcel"]
    assert evaluate(judged(), PLAN).table("message", "lang") == []
    assert evaluate(rows, Plan(by=("kind",), resampling=QUICK)).table("message", "lang") == []


def test_one_class_alone() -> None:
    """Without honest rows there is recall, and nothing is claimed that would need both."""
    report = evaluate(judged(40, 0), PLAN)
    assert set(values(group(report, "overall", EQUAL))) == {"recall"}
    assert report.drawings[0].pr == ()
    honest = evaluate(judged(0, 40), PLAN)
    assert set(values(group(honest, "overall", EQUAL))) == {"false_positives"}


def test_advertising_belongs_to_neither_side() -> None:
    """Adverts that are found are told by themselves and change nothing else."""
    adverts = [scored("spam", 0.9 if n < 3 else 0.1) for n in range(10)]
    plain, with_adverts = (
        values(group(evaluate(rows, PLAN), "overall", EQUAL)) for rows in (judged(), judged() + adverts)
    )
    assert with_adverts.pop("advertising_found") == pytest.approx(0.3)
    assert with_adverts == pytest.approx(plain)
    assert set(values(group(evaluate(adverts, PLAN), "overall", EQUAL))) == {"advertising_found"}


def test_no_errors_is_not_no_risk() -> None:
    """Where no honest row was found, the intervals of false positives and precision say what could have been."""
    rows = [scored("scam", 0.9) for _ in range(50)] + [scored("honest", 0.1) for _ in range(50)]
    found = group(evaluate(rows, PLAN), "overall", EQUAL).figures
    assert found["false_positives"].high == pytest.approx(0.0711, abs=1e-4)
    assert found["precision"].value == 1.0
    assert found["precision"].low < 0.65


def test_what_was_never_wrong_could_be() -> None:
    """An attack that costs nothing, turns that were all right and a perfect ranking have intervals, too."""
    plain = [scored("scam", 0.9, cluster=n) for n in range(30)] + [scored("honest", 0.1) for _ in range(30)]
    report = evaluate([*plain, *[replace(row, attack="same") for row in plain]], PLAN)
    cost = group(report, "attack", "same").figures
    assert (cost["recall_kept"].value, cost["false_positives_added"].value) == (1.0, 0.0)
    assert 0.85 < cost["recall_kept"].low < 0.9
    assert 0.1 < cost["false_positives_added"].high < 0.15
    assert 0.85 < group(report, "overall", EQUAL).figures["roc_auc"].low < 0.9
    calm = [talk("scam", "..xx"), talk("scam", ".xxx"), talk("honest", "....")]
    turns = group(evaluate(calm, PLAN), "overall", EQUAL, "conversation").figures["turn_precision"]
    assert (turns.value, turns.high) == (1.0, 1.0)
    assert 0.1 < turns.low < 0.2


def test_what_an_attack_costs() -> None:
    """An attack is told by the share of recall kept and the false positives added."""
    plain = judged()
    hidden = [scored("scam", 0.9 if n % 2 else 0.1, cluster=n, attack="hide") for n in range(40)]
    wrong = [scored("honest", 0.9 if n < 6 else 0.1, cluster=1000 + n, attack="hide") for n in range(60)]
    found = values(group(evaluate([*plain, *hidden, *wrong], PLAN), "attack", "hide"))
    assert found["recall_kept"] == pytest.approx(0.5 / 0.75, abs=1e-6)
    assert found["false_positives_added"] == pytest.approx(0.05)
    assert (found["recall"], found["false_positives"]) == (0.5, 0.1)


def talk(label: str, turns: str, ask: int | None = None, channel: str = "chat") -> Scored:
    """A conversation: an x for each turn at which it was judged a scam."""
    found = tuple(turn == "x" for turn in turns)
    first = found.index(True) + 1 if any(found) else None
    return scored(
        label, 0.9 if found[-1] else 0.1,
        unit="conversation", channel=channel, turns_found=found, first_flagged_turn=first, ask_turn=ask,
    )  # fmt: skip


TALKS = [
    talk("scam", "..xx", ask=4),
    talk("scam", ".xxx", ask=2),
    talk("scam", "....", ask=1),
    talk("scam", "...x", ask=2, channel="call"),
    talk("honest", ".x..", channel="chat"),
    talk("honest", "....", channel="email"),
]


def test_caught_before_the_ask() -> None:
    """A scam counts as caught when it was flagged in a turn before that of the ask, or at it."""
    report = evaluate(TALKS, PLAN)
    assert values(group(report, "ask", "all", "conversation")) == {"caught_before_ask": 0.25, "caught_by_ask": 0.5}
    later = values(group(report, "ask", "asked after the first turn", "conversation"))
    assert later["caught_before_ask"] == pytest.approx(1 / 3, abs=1e-6)
    assert values(group(report, "ask", "call", "conversation"))["caught_by_ask"] == 0.0


def test_precision_turn_by_turn() -> None:
    """Of the turns at which the running verdict says scam, the share in scam conversations; by channel."""
    report = evaluate(TALKS, PLAN)
    assert values(group(report, "overall", EQUAL, "conversation"))["turn_precision"] == pytest.approx(6 / 7, abs=1e-6)
    assert values(group(report, "channel", "chat", "conversation"))["turn_precision"] == pytest.approx(5 / 6, abs=1e-6)
    assert "turn_precision" not in group(report, "channel", "call", "conversation").figures  # no honest ones
    assert values(group(report, "overall", EQUAL, "conversation"))["first_flag"] == 3
    flags = dict(report.drawings[0].first_flags)
    assert (flags["2"], flags["3"], flags["4-5"], flags["never"]) == (1, 1, 1, 1)


def test_scam_types() -> None:
    """A guess within the accepted types is right; outside it is wrong for every class that holds it."""
    bank, job = ("banking_scam", "phishing_scam"), ("job_scam",)
    rows = [
        *[scored("scam", 0.9, types=bank, guess="phishing_scam") for _ in range(3)],
        scored("scam", 0.9, types=bank, guess="job_scam"),
        *[scored("scam", 0.9, types=job, guess="job_scam") for _ in range(2)],
        scored("scam", 0.1, types=job, guess="job_scam"),  # not found: no type was named
        scored("scam", 0.9, types=job, guess="unknown"),
        scored("scam", 0.9, guess="job_scam"),  # nothing is known of its type
    ]
    report = evaluate(rows, PLAN)
    assert values(group(report, "type", "banking_scam or phishing_scam")) == pytest.approx(
        {"recall": 0.75, "precision": 1.0, "f1": 6 / 7}, abs=1e-6
    )
    assert values(group(report, "type", "job_scam")) == pytest.approx(
        {"recall": 0.5, "precision": 2 / 3, "f1": 4 / 7}, abs=1e-6
    )
    assert values(group(report, "type", "mean over types"))["f1"] == pytest.approx(5 / 7, abs=1e-6)


def shown(label: str, probability: float, text: str, cluster: int) -> Scored:
    """An error that may be shown."""
    return scored(label, probability, cluster=cluster, seen=Seen("rows.jsonl:7", text))


def test_the_worst_errors_come_first() -> None:
    """Errors are listed surest first, one of each cluster; of the report half none is."""
    rows = [
        shown("honest", 0.6, "doubtful", 1),
        shown("honest", 0.9, "sure", 2),
        shown("honest", 0.9, "sure again", 2),
        shown("scam", 0.4, "nearly", 3),
        shown("scam", 0.1, "missed", 4),
        scored("scam", 0.9),
    ]
    report = evaluate(rows, PLAN)
    assert [row.seen.text for row in report.errors if row.seen] == ["sure", "doubtful", "missed", "nearly"]
    assert len(evaluate(rows, Plan(resampling=QUICK, most_errors=1)).errors) == 2
    assert evaluate(rows, Plan(half="report", resampling=QUICK)).errors == ()


def test_json_says_no_text() -> None:
    """The JSON names errors by their place and holds no text of a row."""
    report = evaluate([shown("honest", 0.9, "a private word", 1), *judged()], PLAN)
    written = as_json(report)
    assert b"private" not in written
    assert json.loads(written)["errors"][0]["place"] == "rows.jsonl:7"


def test_the_same_rows_give_the_same_bytes() -> None:
    """Nothing in a report is left to chance."""
    rows = [*judged(source="a"), *judged(lang="en", source="b"), *TALKS]
    assert as_json(evaluate(rows, PLAN)) == as_json(evaluate(rows, PLAN))


def test_a_group_does_not_depend_on_the_others() -> None:
    """A source has the same figures and intervals whether or not others are measured with it."""
    rows = judged(source="a")
    alone, beside = evaluate(rows, PLAN), evaluate([*rows, *judged(source="b")], PLAN)
    assert group(alone, "source", "a") == group(beside, "source", "a")


def test_progress_is_told() -> None:
    """How many of how many groups are measured is told to the end."""
    told: list[tuple[int, int]] = []
    evaluate(judged(), PLAN, lambda done, total: told.append((done, total)))
    assert told == [(n, len(told)) for n in range(1, len(told) + 1)]


def test_no_rows() -> None:
    """A report on nothing is refused."""
    with pytest.raises(InputError, match="no rows"):
        evaluate([])


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 30), st.sampled_from([0.001, 0.1, 0.9]))
def test_figures_of_any_rows(seed: int, amount: int, share: float) -> None:
    """Whatever the rows, shares are in [0,1], every figure is in its interval, and nothing is NaN."""
    chance = random.Random(seed)  # noqa: S311 - invented rows
    rows = [
        scored(
            chance.choice(["scam", "honest", "spam"]),
            chance.choice([0.0, 0.5, 1.0, chance.random()]),
            source=chance.choice("ab"),
            kind=chance.choice(["", "k"]),
            cluster=chance.randrange(amount),
        )
        for _ in range(amount)
    ]
    report = evaluate(rows, Plan(share=share, resampling=Resampling(replicates=20)))
    for found in report.groups:
        for name, figure in found.figures.items():
            assert figure.low <= figure.value <= figure.high, (found.table, found.name, name)
            assert not math.isnan(figure.low + figure.high)
            assert figure.low >= 0
            assert figure.high <= (1000 if name == "alerts_per_thousand" else 1) + 1e-6
