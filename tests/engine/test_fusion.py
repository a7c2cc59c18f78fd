"""Fusion and the published tactics formula."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.engine import fusion, tactics
from lurewatch.engine.model import Finding
from lurewatch.engine.packs.numbers import DETECTORS, PUBLISHED, Coefficients
from lurewatch.engine.scam_type import confidence as type_confidence

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
