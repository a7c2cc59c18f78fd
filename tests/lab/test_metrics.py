"""The figures of a ranking and of its calibration: as scikit-learn has them, and as one counts them by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from lurewatch.lab import metrics
from lurewatch.lab.metrics import curve

ROWS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 4)),  # many ties, some rows without weight
    min_size=2,
    max_size=60,
)


def columns(rows: list[tuple[bool, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth, score and weight of rows with at least one of each class that weighs something."""
    rows = [*rows, (True, 3, 1), (False, 5, 1)]
    truth, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    return truth.astype(bool), score / 12, weight.astype(np.float64)


@given(ROWS)
def test_as_scikit_learn_has_it(rows: list[tuple[bool, int, int]]) -> None:
    """Both areas and the Brier score are those of scikit-learn, with ties and weights."""
    truth, score, weight = columns(rows)
    found = curve(truth, score, weight)
    assert metrics.roc_auc(found) == pytest.approx(roc_auc_score(truth, score, sample_weight=weight))
    assert metrics.average_precision(found) == pytest.approx(
        average_precision_score(truth, score, sample_weight=weight)
    )
    assert metrics.brier(truth, score, weight) == pytest.approx(brier_score_loss(truth, score, sample_weight=weight))


@given(ROWS)
def test_everything_is_a_share(rows: list[tuple[bool, int, int]]) -> None:
    """Every figure is in [0,1]."""
    truth, score, weight = columns(rows)
    found = curve(truth, score, weight)
    figures = [
        metrics.roc_auc(found),
        metrics.average_precision(found),
        *(metrics.recall_at(found, most) for most in (0.001, 0.01, 0.05, 1.0)),
        metrics.brier(truth, score, weight),
        metrics.calibration_error(metrics.calibration(truth, score, weight)),
    ]
    assert all(-1e-12 <= figure <= 1 + 1e-12 for figure in figures)
    assert figures[5] == pytest.approx(1.0)


@given(ROWS)
def test_ranks_are_all_that_counts(rows: list[tuple[bool, int, int]]) -> None:
    """A transformation that keeps the order of the scores keeps the areas and the recall at any bound."""
    truth, score, weight = columns(rows)
    one, other = curve(truth, score, weight), curve(truth, 1 / (1 + np.exp(-5 * score)), weight)
    assert metrics.roc_auc(one) == metrics.roc_auc(other)
    assert metrics.average_precision(one) == metrics.average_precision(other)
    assert metrics.recall_at(one, 0.2) == metrics.recall_at(other, 0.2)


@given(ROWS)
def test_a_weight_is_so_many_copies(rows: list[tuple[bool, int, int]]) -> None:
    """A row of weight three counts as three rows."""
    truth, score, weight = columns(rows)
    times = weight.astype(int)
    copied = curve(np.repeat(truth, times), np.repeat(score, times), np.ones(times.sum()))
    found = curve(truth, score, weight)
    assert metrics.roc_auc(found) == pytest.approx(metrics.roc_auc(copied))
    assert metrics.average_precision(found) == pytest.approx(metrics.average_precision(copied))


def test_many_weightings_at_once() -> None:
    """With weights (r, n) every figure comes as (r,), each as if it were asked for alone."""
    chance = np.random.default_rng(1)
    truth, score, weight = chance.random(50) < 0.4, chance.random(50), chance.integers(0, 3, (7, 50)).astype(float)
    together = curve(truth, score, weight)
    alone = [curve(truth, score, one) for one in weight]
    for figure in (metrics.roc_auc, metrics.average_precision, lambda one: metrics.recall_at(one, 0.05)):
        np.testing.assert_allclose(figure(together), [figure(one) for one in alone])
    errors = metrics.calibration_error(metrics.calibration(truth, score, weight))
    expected = [metrics.calibration_error(metrics.calibration(truth, score, one)) for one in weight]
    np.testing.assert_allclose(errors, expected)


def test_counted_by_hand() -> None:
    """Four rows: a scam above all, then an honest one, then a scam and an honest one that tie."""
    truth, score = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.3, 0.3])
    found = curve(truth, score, np.ones(4))
    assert found.score.tolist() == [0.9, 0.8, 0.3]
    assert found.recall.tolist() == [0.5, 0.5, 1.0]
    assert found.false_positives.tolist() == [0.0, 0.5, 1.0]
    assert found.precision.tolist() == [1.0, 0.5, 0.5]
    assert metrics.roc_auc(found) == 0.625  # of four pairs: two right, one tie
    assert metrics.average_precision(found) == 0.75
    assert [float(metrics.recall_at(found, most)) for most in (0.0, 0.49, 0.5, 1.0)] == [0.5, 0.5, 0.5, 1.0]
    assert metrics.brier(truth, score, np.ones(4)) == pytest.approx((0.01 + 0.64 + 0.49 + 0.09) / 4)


def test_bins_by_hand() -> None:
    """The calibration error is the mean distance of claimed and true shares, bin by bin; 1.0 is in the last bin."""
    truth = np.array([True, True, False, False])
    bins = metrics.calibration(truth, np.array([1.0, 0.99, 0.95, 0.0]), np.ones(4))
    assert bins.weight.tolist() == [1.0, *[0.0] * 13, 3.0]
    assert bins.scams[-1] == pytest.approx(2 / 3)
    assert metrics.calibration_error(bins) == pytest.approx(3 / 4 * (0.98 - 2 / 3))


@pytest.mark.parametrize("truth", [True, False])
def test_one_class_alone_cannot_be_ranked(truth: bool) -> None:
    """Without scams, or without honest rows, there is no area and no recall at a bound."""
    found = curve(np.array([truth, truth]), np.array([0.2, 0.7]), np.ones(2))
    assert math.isnan(metrics.roc_auc(found))
    assert math.isnan(metrics.recall_at(found, 0.01))
    assert math.isnan(metrics.average_precision(found)) is not truth


def test_cells_get_their_shares() -> None:
    """Rows of a cell share its weight by how often they occur; an empty cell leaves its share."""
    cell, share = np.array([0, 0, 1]), np.array([0.2, 0.7, 0.1])
    weight = metrics.balanced(cell, share, np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 2.0]]))
    np.testing.assert_allclose(weight, [[0.1, 0.1, 0.7], [0.15, 0.05, 0.7]])
