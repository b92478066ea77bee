"""Many curves at once: each gets what it would get alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sitegen.charts.paths import path_of, paths_of, pixels
from sitegen.charts.segments import extremes, joined, ordered, spread
from sitegen.charts.thinning import thinned

NAN = math.nan


def test_curves_lie_end_to_end() -> None:
    values, bounds = joined([np.array([3.0, NAN, 1.0]), np.empty(0), np.array([NAN])])
    assert bounds.tolist() == [0, 3, 3, 4]
    low, high = extremes(values, bounds)
    assert (low[0], high[0]) == (1, 3) and np.isnan([*low[1:], *high[1:]]).all()
    assert spread([5, 6, 7], bounds).tolist() == [5, 5, 5, 7]
    rows = {
        int(n): row[~np.isnan(row)].tolist()
        for which, block in ordered(values, bounds)
        for n, row in zip(which, block, strict=True)
    }
    assert rows == {0: [1, 3], 2: []}


@pytest.mark.parametrize("length", [101, 102, 199, 200, 300])
def test_a_thinned_curve_keeps_the_extremes_and_gaps_of_each_part(length: int) -> None:
    rng = np.random.default_rng(length)
    values = rng.normal(size=length)
    spikes = rng.choice(length, 3, replace=False)
    values[spikes] = [50.0, -50.0, NAN]
    keep = thinned(values, np.array([0, length]), 100)
    assert keep[[0, -1, *spikes]].all()
    assert keep.sum() <= 101


def test_a_curve_that_only_rises_has_two_points_of_each_part() -> None:
    keep = thinned(np.arange(200.0), np.array([0, 200]), 100)
    assert keep.sum() == 2 + 2 * 40  # 198 points between the ends, in 40 parts of at most 5
    assert thinned(np.arange(100.0), np.array([0, 100]), 100).all()


def test_paths_are_moves_in_few_characters() -> None:
    x = np.array([0.0, 12.5, 12.5, 20, 30, 5, 6])
    y = np.array([3.0, 2.5, 3.0, NAN, 8, 1, 1])
    assert paths_of(x, y, np.array([0, 5, 5, 7])) == ["M0 3l12.5-.5 0 .5M30 8h0", "", "M5 1l1 0"]
    assert path_of(x[3:4], y[3:4]) == ""
    assert path_of(np.array([0.0, 5000]), np.array([9.0, 0])) == "M0 9l5000-9"
    assert pixels(-0.25) == "-.2" and pixels(3.0) == "3"
