"""Intervals say how far a figure could be off, and near-duplicates say no more than one text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lurewatch.lab.bootstrap import Estimate, Resampling, estimates, independent, widened
from lurewatch.lab.metrics import Floats

QUICK = Resampling(replicates=200)


def mean_of(values: Floats) -> object:
    """The mean of these values as a figure."""
    return lambda counts: {"mean": counts @ values / counts.sum(axis=-1)}


def test_the_interval_is_that_of_a_mean() -> None:
    """Of independent rows the interval is the textbook's: 1.96 standard errors to both sides."""
    values = np.random.default_rng(5).random(2000)
    alone = np.arange(2000)
    found = estimates(mean_of(values), alone, np.zeros(2000, int), Resampling())["mean"]
    error = 1.96 * values.std() / np.sqrt(2000)
    assert found.value == pytest.approx(values.mean(), abs=1e-6)
    assert found.low == pytest.approx(values.mean() - error, abs=0.1 * error)
    assert found.high == pytest.approx(values.mean() + error, abs=0.1 * error)


def test_copies_do_not_narrow_it() -> None:
    """A hundred copies of each row leave the interval as wide as the rows without copies."""
    values = np.random.default_rng(5).random(40)
    once = estimates(mean_of(values), np.arange(40), np.zeros(40, int), Resampling())["mean"]
    copied, clusters = np.repeat(values, 100), np.repeat(np.arange(40), 100)
    together = estimates(mean_of(copied), clusters, np.zeros(4000, int), Resampling())["mean"]
    apart = estimates(mean_of(copied), np.arange(4000), np.zeros(4000, int), Resampling())["mean"]
    assert together.high - together.low == pytest.approx(once.high - once.low, rel=0.15)
    assert apart.high - apart.low < 0.2 * (once.high - once.low)


def test_every_stratum_is_in_every_sample() -> None:
    """Strata keep their number of clusters, so that a small one is never lost."""
    strata = np.array([0] * 50 + [1])
    seen: list[Floats] = []

    def note(counts: Floats) -> dict[str, Floats]:
        seen.append(counts[:, -1])
        return {"rows": counts.sum(axis=-1)}

    found = estimates(note, np.arange(51), strata, QUICK)["rows"]
    assert all((part == 1).all() for part in seen)
    assert found == Estimate(51.0, 51.0, 51.0)


def test_drawn_the_same_every_time() -> None:
    """The same rows give the same interval, and another seed another one."""
    values = np.random.default_rng(5).random(30)
    draw = [
        estimates(mean_of(values), np.arange(30), np.zeros(30, int), Resampling(200, seed))["mean"]
        for seed in (1, 1, 2)
    ]
    assert draw[0] == draw[1] != draw[2]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_figure_is_in_its_interval(values: list[float]) -> None:
    """An interval holds its figure, whatever the rows."""
    rows = np.array(values)
    found = estimates(mean_of(rows), np.arange(len(rows)), np.zeros(len(rows), int), Resampling(20))["mean"]
    assert found.low <= found.value <= found.high


def test_what_cannot_be_told_is_left_out() -> None:
    """A figure that is NaN of the rows at hand is not there; one that some samples cannot tell is of the others."""

    def measure(counts: Floats) -> dict[str, Floats]:
        with_first = np.where(counts[:, 0] > 0, 1.0, np.nan)
        return {"never": np.full(len(counts), np.nan), "with the first row": with_first}

    found = estimates(measure, np.arange(3), np.zeros(3, int), QUICK)
    assert found == {"with the first row": Estimate(1.0, 1.0, 1.0)}


def test_nothing_found_is_not_certain() -> None:
    """After no error in a hundred rows up to 3.6 % could be wrong, and after all right as many could be missed."""
    assert widened(Estimate(0.0, 0.0, 0.0), 100).high == pytest.approx(0.0362, abs=1e-4)
    assert widened(Estimate(1.0, 1.0, 1.0), 100).low == pytest.approx(0.9638, abs=1e-4)
    for settled in (Estimate(0.5, 0.5, 0.5), Estimate(0.0, 0.0, 0.1)):
        assert widened(settled, 100) == settled
    assert widened(Estimate(0.0, 0.0, 0.0), 0) == Estimate(0.0, 0.0, 0.0)


def test_how_many_rows_count() -> None:
    """Rows of one cluster count as one, and a row that weighs nothing does not count."""
    assert independent(np.ones(4), np.arange(4)) == 4
    assert independent(np.ones(4), np.array([0, 0, 1, 1])) == 2
    assert independent(np.array([1.0, 1.0, 0.0]), np.arange(3)) == 2
    assert independent(np.zeros(2), np.arange(2)) == 0
