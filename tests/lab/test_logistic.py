"""The fit finds which evidence counts, never punishes evidence, and keeps the false positives it was told to keep."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lurewatch.lab.logistic import Example, Model, Target, fit, left_out, recalls, row_shares, threshold


def examples(source: str, scam: bool, *rows: tuple[int, dict[str, float]]) -> list[Example]:
    """The given number of examples of each kind."""
    return [Example(source, scam, (features,)) for amount, features in rows for _ in range(amount)]


TELLING = [
    *examples("fraud", True, (80, {"request": 1.0, "urgent": 0.5}), (20, {})),
    *examples("chat", False, (190, {}), (10, {"urgent": 0.5, "thanks": 1.0})),
]


def test_telling_evidence_gets_the_weight() -> None:
    """What only scams show weighs most; what only honest rows show weighs nothing."""
    model = fit(TELLING, Target())
    assert model.weights["request"] > model.weights.get("urgent", 0.0)
    assert "thanks" not in model.weights
    assert recalls(TELLING, model) == {"fraud": 0.8}
    assert recalls(TELLING, model, scam=False) == {"chat": 0.0}


def test_no_evidence_is_never_a_scam() -> None:
    """A row without any evidence stays below one half, however many scam rows look like it."""
    rows = [*examples("fraud", True, (100, {})), *examples("chat", False, (100, {}))]
    assert not fit(rows, Target(mean=1.0, worst=1.0)).finds(Example("", True, ({},)))


def test_relief_alone_makes_nothing_a_scam_of_what_lacks_it() -> None:
    """Where all honest rows have relief and no scam has, a row with nothing at all is still none."""
    rows = [*examples("fraud", True, (100, {})), *examples("post", False, (100, {"long_text": 1.0}))]
    model = fit(rows, Target(mean=1.0, worst=1.0))
    assert model.relief["long_text"] > 0
    assert not model.finds(Example("", True, ({},)))
    assert threshold(rows, model, Target(mean=1.0, worst=1.0)) > 0
    assert threshold(rows[:100], model, Target()) > 0


def test_what_speaks_for_the_sender_is_taken_away() -> None:
    """Evidence that honest rows show with relief weighs more than it would alone, and relief has no weight."""
    rows = [
        *examples("fraud", True, (80, {"request": 1.0}), (20, {"request": 1.0, "long_text": 1.0})),
        *examples("post", False, (60, {"request": 1.0, "long_text": 1.0}), (140, {})),
    ]
    model = fit(rows, Target(mean=1.0, worst=1.0))
    plain = fit([replace(row, senders=({"request": 1.0},)) if row.senders[0] else row for row in rows], Target())
    assert model.relief.keys() == {"long_text"}
    assert "long_text" not in model.weights
    assert model.weights["request"] > plain.weights["request"]
    assert model.evidence({"request": 1.0}) > model.evidence({"request": 1.0, "long_text": 1.0})


def test_probabilities_are_true_at_the_stated_share() -> None:
    """Without any evidence the probability is the share of scams, one in ten unless stated otherwise."""
    rows = [*examples("fraud", True, (500, {})), *examples("chat", False, (100, {}))]
    assert 1 / (1 + math.exp(-fit(rows, Target()).intercept)) == pytest.approx(0.1, abs=1e-3)
    assert 1 / (1 + math.exp(-fit(rows, Target(), scam_share=0.02).intercept)) == pytest.approx(0.02, abs=1e-3)


def test_files_share_the_weight_of_their_class_by_what_they_count() -> None:
    """A file that counts 0.5 has half the weight of one that counts 1, however many rows it has."""
    rows = [
        *examples("fraud", True, (10, {})),
        *(replace(row, counts=0.5) for row in examples("invented", True, (40, {}))),
        *examples("chat", False, (5, {})),
    ]
    shares = row_shares(rows, 0.3)
    assert sum(shares[:10]) == pytest.approx(0.2)
    assert sum(shares[10:50]) == pytest.approx(0.1)
    assert sum(shares[50:]) == pytest.approx(0.7)


def test_what_is_expected_stands_where_rows_say_nothing() -> None:
    """A weight that no row speaks of is the expected one; one that rows contradict is not."""
    expected = {"unseen": 2.0, "thanks": 2.0}
    model = fit(TELLING, Target(), expected=expected)
    assert model.weights["unseen"] == pytest.approx(2.0, abs=1e-3)
    assert model.weights.get("thanks", 0.0) < 1.5


def test_the_threshold_keeps_mean_and_worst() -> None:
    """The threshold rises until the mean over files and the worst file are within the target."""
    rows = [
        *examples("fraud", True, (50, {"a": 1.0}), (50, {"a": 0.5})),
        *examples("good", False, (100, {})),
        *examples("odd", False, (95, {}), (5, {"a": 0.5})),
    ]
    model = Model(0.0, {"a": 2.0})
    assert threshold(rows, model, Target(mean=0.03, worst=0.06)) == pytest.approx(0.5)
    assert threshold(rows, model, Target(mean=0.03, worst=0.04)) == pytest.approx(1.5)
    assert threshold(rows, model, Target(mean=0.02, worst=0.06)) == pytest.approx(1.5)


def test_a_tiny_file_does_not_set_the_threshold() -> None:
    """One odd row of a handful of honest ones does not move the threshold."""
    rows = [
        *examples("fraud", True, (50, {"a": 1.0})),
        *examples("good", False, (100, {})),
        *examples("tiny", False, (5, {"a": 1.0})),
    ]
    assert threshold(rows, Model(0.0, {"a": 1.0}), Target()) == pytest.approx(0.5)


def test_disguised_copies_teach_weights_and_set_no_threshold() -> None:
    """What only a disguise brings about gets no weight, and disguised honest rows do not raise the threshold."""
    told = [*examples("fraud", True, (80, {"request": 1.0, "hidden": 1.0})), *examples("chat", False, (90, {}))]
    copies = [Example("chat", False, ({"hidden": 1.0},), disguised=True)] * 90
    assert fit(told, Target()).weights.get("hidden", 0.0) > 0.1
    taught = fit([*told, *copies], Target())
    assert taught.weights.get("hidden", 0.0) < taught.weights["request"] / 4
    odd = [Example("chat", False, ({"request": 1.0},), disguised=True)] * 90
    assert threshold([*told, *odd], Model(0.0, {"request": 1.0}), Target()) == pytest.approx(0.5)


def test_files_weigh_the_same() -> None:
    """Copying the rows of one file changes nothing in the fit."""
    once = fit(TELLING, Target())
    twice = fit([*TELLING, *(example for example in TELLING if example.source == "fraud")], Target())
    assert twice.weights == pytest.approx(once.weights, abs=2e-3)


def test_a_conversation_is_judged_by_its_leading_sender() -> None:
    """What the other sender says weighs nothing, and the leading one is found by the fit itself."""
    scam = Example("fraud", True, ({"chatty": 1.0, "long": 1.0}, {"request": 1.0}))
    honest = Example("chat", False, ({"chatty": 1.0, "long": 1.0}, {}))
    model = fit([*[scam] * 50, *[honest] * 50], Target())
    assert "request" in model.weights
    assert model.finds(scam)
    assert not model.finds(honest)


def test_leaving_a_file_out() -> None:
    """Each file is measured by a fit that has not seen it."""
    rows = [*TELLING, *examples("other fraud", True, (10, {"request": 1.0})), *examples("other chat", False, (90, {}))]
    found = {(source, scam): share for source, scam, share in left_out(rows, Target(), 0.002, 0.5)}
    assert found == {("fraud", True): 0.8, ("other fraud", True): 1.0, ("chat", False): 0.0, ("other chat", False): 0.0}


FEATURES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d", "long_text"]), st.sampled_from([0.25, 0.5, 1.0]), max_size=4
)
SENDERS = st.lists(FEATURES, max_size=3)
ROWS = st.lists(st.builds(Example, st.sampled_from(["x", "y"]), st.booleans(), SENDERS), min_size=2, max_size=16)


@settings(max_examples=12)
@given(ROWS, FEATURES, st.sampled_from("abcd"))
def test_more_evidence_never_lowers_the_score(rows: list[Example], seen: dict[str, float], more: str) -> None:
    """Adding evidence never lowers a score, adding relief never raises it, and none is no scam, whatever was fitted."""
    model = fit(rows, Target())
    assert model.evidence(seen | {more: 1.0}) >= model.evidence(seen)
    assert model.evidence(seen | {"long_text": 1.0}) <= model.evidence(seen)
    assert all(weight > 0 for weight in (*model.weights.values(), *model.relief.values()))
    assert not model.finds(Example("", True, ({},)))


@settings(max_examples=4)
@given(ROWS)
def test_the_fit_is_the_same_each_time(rows: list[Example]) -> None:
    """The same rows give the same model to the last digit."""
    assert fit(rows, Target()) == fit(rows, Target())
