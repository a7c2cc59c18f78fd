"""Fusion and the published tactics formula."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine import fusion, tactics
from lurewatch.engine.model import Finding
from lurewatch.engine.packs.numbers import DETECTORS, PUBLISHED, Coefficients
from lurewatch.engine.scam_type import NO_GUESS
from lurewatch.engine.scam_type import confidence as type_confidence
from lurewatch.engine.state import Dossier
from lurewatch.engine.text_model import Wording

SCORE = st.floats(0, 1)
FEATURES = st.dictionaries(st.sampled_from("abcdef"), SCORE)
WEIGHTS = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 10))


def findings(scores: list[float]) -> dict[str, Finding]:
    """The five detectors with these scores."""
    return {name: Finding(name, score) for name, score in zip(DETECTORS, scores, strict=True)}


def test_weighted_is_the_published_formula() -> None:
    """The published breakdown gives 71.2 by the published weights."""
    scores = findings([0.85, 0.70, 0.75, 0.88, 0.0])
    assert round(fusion.weighted(scores, PUBLISHED.detector_weights), 1) == 71.2
    assert PUBLISHED.level(71.2) == "high"


@given(st.lists(SCORE, min_size=5, max_size=5), st.integers(0, 4), SCORE)
def test_weighted_is_monotone_and_bounded(scores: list[float], which: int, more: float) -> None:
    """Raising one score never lowers the result, which stays in [0,100]."""
    before = fusion.weighted(findings(scores), PUBLISHED.detector_weights)
    scores[which] = max(scores[which], more)
    after = fusion.weighted(findings(scores), PUBLISHED.detector_weights)
    assert -1e-9 <= before <= after + 1e-9 <= 100 + 1e-6


@given(st.dictionaries(st.sampled_from(["x", "y", "z"]), st.floats(0, 0.9)))
def test_plugged_detectors_keep_the_sum(plugged: dict[str, float]) -> None:
    """Whatever detectors are added, the weights sum to 1."""
    weights = fusion.detector_weights(PUBLISHED.detector_weights, plugged)
    assert math.isclose(math.fsum(weights.values()), 1.0)


@given(FEATURES, WEIGHTS, st.floats(-10, 10), st.sampled_from("abcdef"), SCORE)
def test_calibrated_is_monotone(
    values: dict[str, float], weights: dict[str, float], intercept: float, name: str, more: float
) -> None:
    """More evidence never lowers the probability, and the contributions are the whole of it."""
    coefficients = Coefficients(intercept, weights)
    before, _ = fusion.calibrated(values, coefficients)
    values[name] = max(values.get(name, 0.0), more)
    after, added = fusion.calibrated(values, coefficients)
    assert 0 < before <= after <= 1
    assert all(value >= 0 for value in added.values())


@given(FEATURES, WEIGHTS)
def test_calibrated_is_order_free(values: dict[str, float], weights: dict[str, float]) -> None:
    """The order in which evidence was found changes nothing, to the last bit."""
    coefficients = Coefficients(-3.0, weights)
    backwards = dict(reversed(values.items()))
    assert fusion.calibrated(values, coefficients)[0] == fusion.calibrated(backwards, coefficients)[0]


@given(
    st.dictionaries(st.sampled_from(["a", "text_model", "text_model.lure", *fusion.RELIEF]), SCORE),
    st.dictionaries(st.sampled_from(["a", "text_model", "text_model.lure"]), st.floats(0, 10)),
    st.dictionaries(st.sampled_from(fusion.RELIEF), st.floats(0, 10)),
    st.sampled_from(["a", "text_model", "text_model.lure", *fusion.RELIEF]),
    SCORE,
)
def test_relief_lowers_and_everything_else_raises(
    values: dict[str, float], weights: dict[str, float], relief: dict[str, float], name: str, more: float
) -> None:
    """More of a feature that speaks for the sender never raises the probability, more of another never lowers it."""
    coefficients = Coefficients(-1.0, weights, relief)
    before, _ = fusion.calibrated(values, coefficients)
    after, added = fusion.calibrated(values | {name: max(values.get(name, 0.0), more)}, coefficients)
    assert after <= before if name in fusion.RELIEF else after >= before
    assert all(value <= 0 if name in fusion.RELIEF else value >= 0 for name, value in added.items())
    assert after == pytest.approx(1 / (1 + math.exp(1.0 - math.fsum(added.values()))))


def test_relief_counts_for_its_own_features_alone() -> None:
    """A file that gives relief to evidence takes nothing away from it."""
    coefficients = Coefficients(0.0, {"a": 1.0}, {"a": 5.0})
    assert fusion.calibrated({"a": 1.0}, coefficients) == fusion.calibrated({"a": 1.0}, Coefficients(0.0, {"a": 1.0}))


@given(st.floats(-8, 8), st.floats(-8, 8), SCORE)
def test_what_is_heard_rises_with_the_odds(one: float, other: float, known: float) -> None:
    """Of two wordings equally familiar the one more like a lure never has a smaller feature, and all are in (0,1]."""
    low, high = (fusion.heard(Wording(odds, known)) for odds in sorted((one, other)))
    assert all(0 < value <= high.get(name, 0.0) <= 1 for name, value in low.items())


@given(st.floats(-8, 8), SCORE, SCORE)
def test_what_is_heard_rises_with_familiarity(odds: float, one: float, other: float) -> None:
    """The less of a wording the model has met, the less it says, down to nothing at all."""
    low, high = (fusion.heard(Wording(odds, known)) for known in sorted((one, other)))
    assert all(value <= high[name] for name, value in low.items())


@given(*[st.builds(Wording, st.floats(-8, 8), SCORE)] * 2)
def test_another_wording_hides_nothing(one: Wording, other: Wording) -> None:
    """Of two wordings the one is kept of which more is heard, so that a strange message hides no lure."""
    kept = max(one, other, key=lambda wording: wording.rank)
    assert sum(fusion.heard(kept).values()) == max(sum(fusion.heard(wording).values()) for wording in (one, other))


def test_an_unfamiliar_wording_is_not_heard() -> None:
    """Without a model, or of a text that it hardly knows, or of one that is surely honest, nothing is added."""
    for wording in (None, Wording(8.0, 0.35), Wording(8.0, 0.0), Wording(-4.0, 1.0)):
        assert fusion.heard(wording) == {}
    assert fusion.heard(Wording(0.0, 1.0)) == {"text_model": 1.0}
    assert fusion.heard(Wording(2.0, 0.9)) == {"text_model": 1.0, "text_model.lure": 0.5}
    assert fusion.heard(Wording(8.0, 0.5)) == {"text_model": 1.0, "text_model.lure": 1.0}


@pytest.mark.parametrize(
    ("length", "signals", "expected"),
    [
        (300, {}, {}),
        (949, {}, {"long_text": pytest.approx(0.5, abs=0.001)}),
        (30_000, {}, {"long_text": 1.0}),
        (20, {"url": 1, "url.official": 1}, {"official_link": 1.0}),
        (20, {"url": 2, "url.official": 1, "url.unlisted": 1}, {}),
        (20, {"url": 1, "url.official": 1, "phone": 1}, {}),
        (20, {"url": 1}, {}),
    ],
)
def test_what_speaks_for_a_sender(length: int, signals: dict[str, int], expected: dict[str, float]) -> None:
    """A long text does, by its length, and a link to the real site where there is no other way to answer."""
    found = fusion.features(Dossier(longest=length, signals=signals), {}, NO_GUESS, {})
    assert {name: value for name, value in found.items() if name in fusion.RELIEF} == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 0.0), (1, 0.35), (2, 0.55), (3, 0.8), (4, 0.93), (5, 0.95)])
def test_type_confidence_follows_the_table(count: int, expected: float) -> None:
    """The heuristic confidence is the published function of the number of distinct indicators."""
    assert type_confidence(count) == expected


def test_tactics_confidence_follows_the_formula() -> None:
    """Sum over three, a tenth per further category, a twentieth per strong match, within [0,1]."""
    assert tactics.confidence([], 4) == 0.0
    assert tactics.confidence([0.6], 1) == pytest.approx(0.2)
    assert tactics.confidence([0.9, 0.7], 2) == pytest.approx(1.6 / 3 + 0.1 + 0.05)
    assert tactics.confidence([0.95] * 9, 6) == 1.0


def test_reasoning_names_the_three_highest_categories() -> None:
    """The sentence depends on the confidence and names at most three categories, highest first."""
    scores = {"urgency": 0.5, "authority": 0.0, "threat": 0.8, "request": 0.9, "financial": 0.4, "phishing": 0.0}
    assert tactics.reasoning(scores, 0.7) == (
        "Scam detected using: sensitive data requests, threatening language, urgency/time pressure tactics."
    )
    assert tactics.reasoning(scores, 0.3) == "Low confidence scam indicators found. Monitoring recommended."
    assert tactics.reasoning(dict.fromkeys(scores, 0.0), 0.0) == "No scam indicators detected in the message."


@given(st.floats(0.001, 0.999), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_what_is_known_only_adds(probability: float, less: float, more: float, alone: bool) -> None:
    """The more sure it is what others confirmed, the higher the probability; alone it never makes ``confirmed``."""
    less, more = sorted((less, more))
    low, _ = fusion.remembered(probability, less, 85.0, alone=alone)
    high, added = fusion.remembered(probability, more, 85.0, alone=alone)
    assert probability - 1e-12 <= low <= high + 1e-12
    assert added >= 0.0
    if alone:
        assert high < 0.85 or high == probability
