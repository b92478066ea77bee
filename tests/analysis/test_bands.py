"""The curve of a group: mean and standard deviation at each step."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.bands import band_of
from sitegen.analysis.curves import CURVE_POINTS, Curve

NAN = math.nan


def curve(points: dict[int, float]) -> Curve:
    steps = np.array(list(points), dtype=np.int64)
    return Curve(steps, steps * 1000, np.array(list(points.values()), dtype=np.float64))


def test_runs_with_the_same_steps_are_averaged_step_by_step() -> None:
    found = band_of([curve({0: 1.0, 1: 4.0}), curve({0: 3.0, 1: 4.0}), curve({0: 2.0, 1: 7.0})])
    assert found is not None and found.members == 3
    assert found.steps.tolist() == [0, 1]
    assert found.mean.tolist() == [2.0, 5.0]
    assert (found.high - found.mean).tolist() == pytest.approx([1.0, math.sqrt(3)])
    assert (found.mean - found.low).tolist() == pytest.approx([1.0, math.sqrt(3)])


def test_between_its_points_a_run_is_a_straight_line() -> None:
    found = band_of([curve({0: 0.0, 10: 10.0}), curve({0: 0.0, 5: 5.0, 10: 10.0})])
    assert found is not None
    assert found.mean.tolist() == [0.0, 5.0, 10.0]
    assert found.low.tolist() == found.high.tolist() == [0.0, 5.0, 10.0]


def test_there_is_no_band_where_most_runs_have_no_value() -> None:
    long, short = curve({0: 1.0, 1: 1.0, 2: 1.0}), curve({0: 3.0, 1: 3.0})
    found = band_of([long, short, short, short])
    assert found is not None
    np.testing.assert_array_equal(found.mean, [2.5, 2.5, NAN])
    found = band_of([long, long, short, short, short])
    assert found is not None
    np.testing.assert_array_equal(found.mean, [2.2, 2.2, NAN])


def test_nan_and_infinity_are_no_values() -> None:
    found = band_of(
        [curve({0: 1.0, 1: NAN, 2: 3.0}), curve({0: 3.0, 1: 2.0, 2: math.inf}), curve({0: 2.0, 1: 4.0, 2: 5.0})]
    )
    assert found is not None
    assert found.mean.tolist() == [2.0, 3.0, 4.0]


def test_the_last_of_several_points_at_a_step_counts() -> None:
    twice = Curve(np.array([0, 0]), np.array([1, 2]), np.array([9.0, 1.0]))
    found = band_of([twice, curve({0: 3.0})])
    assert found is not None and found.mean.tolist() == [2.0]


@pytest.mark.parametrize(
    "curves", [[], [curve({0: 1.0})], [curve({0: 1.0}), curve({0: NAN})], [curve({0: 1.0}), curve({5: 1.0})]]
)
def test_fewer_than_two_runs_have_no_band(curves: list[Curve]) -> None:
    assert band_of(curves) is None


def test_a_band_is_no_longer_than_a_curve() -> None:
    long = curve({step: float(step) for step in range(0, 3000, 7)})
    found = band_of([long, curve({step: float(step) for step in range(0, 2990, 5)})])
    assert found is not None and len(found.steps) == CURVE_POINTS
    inside = found.steps <= 2985
    assert found.mean[inside].tolist() == pytest.approx(found.steps[inside].tolist())


values = st.floats(-1e6, 1e6)


@given(st.lists(st.lists(values, min_size=4, max_size=4), min_size=2, max_size=6))
def test_aligned_runs_are_averaged_as_pandas_does(rows: list[list[float]]) -> None:
    found = band_of([curve(dict(enumerate(row))) for row in rows])
    frame = pd.DataFrame(rows)
    assert found is not None
    np.testing.assert_allclose(found.mean, frame.mean(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.high - found.low, 2 * frame.std(), rtol=1e-6, atol=1e-6)
