"""Means, their intervals, and the quantile behind them, against scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sitegen.analysis.statistics import EXACT_UP_TO, Mean, mean_of, t_quantile

FREEDOMS = [1, 2, 3, 4, 5, 9, 10, 29, 30, EXACT_UP_TO - 1, EXACT_UP_TO, EXACT_UP_TO + 1, 1000, 10**6]
values = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@pytest.mark.parametrize("freedom", FREEDOMS)
@pytest.mark.parametrize("confidence", [0.5, 0.95, 1 - 0.05 / 10])
def test_the_quantile_is_scipys(freedom: int, confidence: float) -> None:
    expected = stats.t.ppf((1 + confidence) / 2, freedom)
    assert t_quantile(freedom, confidence) == pytest.approx(expected, rel=1e-8)


@given(values)
def test_mean_std_and_interval_are_scipys(numbers: list[float]) -> None:
    found = mean_of(numbers)
    assert found is not None and found.std is not None
    assert found.low is not None and found.high is not None
    spread = max(abs(number) for number in numbers) or 1.0
    assert found.mean == pytest.approx(np.mean(numbers), abs=1e-12 * spread)
    assert found.std == pytest.approx(np.std(numbers, ddof=1), rel=1e-6, abs=1e-12 * spread)
    if found.std > 1e-6 * spread:
        low, high = stats.t.interval(0.95, len(numbers) - 1, loc=np.mean(numbers), scale=stats.sem(numbers))
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-9 * spread)


def test_a_hand_computed_interval() -> None:
    # Mean 2, std 1, t for 2 degrees of freedom 4.302653: 2 ± 4.302653 / sqrt(3).
    found = mean_of([1.0, 2.0, 3.0])
    assert found == Mean(3, 2.0, 1.0, pytest.approx(-0.484138), pytest.approx(4.484138))


def test_few_equal_missing_and_huge_values() -> None:
    assert mean_of([]) is None
    assert mean_of([math.nan, math.inf]) is None
    assert mean_of([0.5]) == Mean(1, 0.5)
    assert mean_of([0.5, math.nan]) == Mean(1, 0.5)
    assert mean_of([0.1, 0.1, 0.1]) == Mean(3, 0.1, 0.0, 0.1, 0.1)
    huge = mean_of([1e308, -1e308])
    assert huge is not None and huge.mean == 0.0 and huge.std == pytest.approx(math.sqrt(2) * 1e308)
