"""Summaries and thinned curves of metric histories."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.analysis.curves import MetricSummary, summarise, thin
from sitegen.model import MetricHistory
from tests.analysis.builders import history
from tests.examples import examples

NAN, INF = float("nan"), float("inf")
FLOATS = st.one_of(st.floats(-5, 5), st.floats(), st.sampled_from([NAN, INF, -INF, 0.0]))


def same(left: float, right: float) -> bool:
    return left == right or (math.isnan(left) and math.isnan(right))


def test_an_empty_history_has_no_summary() -> None:
    assert summarise(history(last=-1)) is None


def test_the_summary_of_five_points() -> None:
    found = summarise(history(3.0, 1.0, 4.0, 1.0, 4.0, first_step=10))
    assert found == MetricSummary(4.0, 14, 1040, 3.0, 1.0, 11, 4.0, 12, 2.6, 5, 0)


def test_one_point_is_everything_at_once() -> None:
    assert summarise(history(0.5, first_step=7)) == MetricSummary(0.5, 7, 1000, 0.5, 0.5, 7, 0.5, 7, 0.5, 1, 0)


def test_last_is_the_point_that_mlflow_calls_the_latest() -> None:
    found = summarise(history(1.0, 9.0, 2.0, last=1))
    assert found is not None
    assert (found.last, found.last_step, found.last_time) == (9.0, 1, 1010)


def test_nan_is_left_out_of_the_extremes_and_the_mean() -> None:
    found = summarise(history(NAN, 2.0, NAN, 4.0))
    assert found is not None
    assert (found.min, found.min_step, found.max, found.max_step, found.mean, found.bad) == (2.0, 1, 4.0, 3, 3.0, 2)
    assert math.isnan(found.first)


@pytest.mark.parametrize("count", [1, 3])
def test_only_nan_leaves_nothing(count: int) -> None:
    found = summarise(history(*[NAN] * count, first_step=5))
    assert found is not None
    assert math.isnan(found.min) and math.isnan(found.max) and math.isnan(found.mean)
    assert (found.min_step, found.max_step, found.count, found.bad) == (0, 0, count, count)


def test_the_first_step_that_is_no_number_is_kept() -> None:
    steps = [
        None if (found := summarise(history(*values, first_step=5))) is None else found.bad_step
        for values in [(1.0, 2.0), (1.0, NAN, 2.0, INF), (-INF, 1.0), (NAN,), (1.0,)]
    ]
    assert steps == [None, 6, 5, 5, None]


def test_infinities_are_extremes() -> None:
    found = summarise(history(1.0, INF, 3.0))
    assert found is not None
    assert (found.min, found.max, found.max_step, found.mean, found.bad) == (1.0, INF, 1, INF, 1)
    both = summarise(history(-INF, INF))
    assert both is not None
    assert math.isnan(both.mean)
    single = summarise(history(INF, first_step=3))
    assert single is not None
    assert (single.min, single.min_step, single.bad) == (INF, 3, 1)


def test_the_mean_of_the_largest_floats_does_not_overflow() -> None:
    found = summarise(history(1.5e308, 1.5e308))
    assert found is not None
    assert found.mean == 1.5e308


def test_steps_beyond_int64_stay_whole() -> None:
    steps = np.array([1, 2**70], dtype=object)
    found = summarise(MetricHistory("m", steps, np.array([1, 2], dtype=np.int64), np.array([5.0, 1.0]), 1))
    assert found is not None
    assert (found.last_step, found.min_step, found.max_step) == (2**70, 2**70, 1)


def test_a_short_history_is_kept_whole() -> None:
    whole = history(*range(300))
    assert thin(whole).values is whole.values


def test_a_long_history_keeps_its_ends_and_extremes() -> None:
    values = np.sin(np.arange(10_000) / 300)
    values[1234], values[8765] = 50.0, -50.0
    curve = thin(history(*values))
    assert 250 < len(curve.values) <= 300
    assert (curve.steps[0], curve.steps[-1]) == (0, 9999)
    assert {1234, 8765} <= set(curve.steps.tolist())


def test_one_point_too_many_costs_hardly_any() -> None:
    assert len(thin(history(*np.random.default_rng(1).random(301))).values) >= 295


def test_a_gap_stays_a_gap() -> None:
    values = np.linspace(1, 0, 5_000)
    values[2_000:2_010] = NAN
    curve = thin(history(*values))
    gap = np.isnan(curve.values)
    assert gap.any()
    assert set(curve.steps[gap].tolist()) <= set(range(2_000, 2_010))


def test_infinities_are_kept_and_do_not_hide_the_finite_extremes() -> None:
    values = np.zeros(3_000)
    values[1_500], values[1_501], values[1_502], values[1_503] = INF, 7.0, -INF, -7.0
    kept = set(thin(history(*values)).values.tolist())
    assert {INF, -INF, 7.0, -7.0} <= kept


def test_object_steps_survive_thinning() -> None:
    steps = np.array([2**70 + at for at in range(1_000)], dtype=object)
    curve = thin(MetricHistory("m", steps, np.arange(1_000), np.random.default_rng(1).random(1_000), 999), 50)
    assert curve.steps[0] == 2**70 and curve.steps[-1] == 2**70 + 999


@settings(max_examples=examples(1.5))
@given(st.lists(FLOATS, min_size=1, max_size=120))
def test_a_summary_agrees_with_plain_python(values: list[float]) -> None:
    found = summarise(history(*values))
    assert found is not None
    numbers = [value for value in values if not math.isnan(value)]
    assert found.bad == sum(not math.isfinite(value) for value in values)
    assert same(found.last, values[-1]) and same(found.first, values[0])
    if numbers:
        assert (found.min, found.max) == (min(numbers), max(numbers))
        assert (found.min_step, found.max_step) == (values.index(min(numbers)), values.index(max(numbers)))


@settings(max_examples=examples(1.5))
@given(st.lists(FLOATS, min_size=1, max_size=200), st.integers(2, 60))
def test_a_thinned_curve_holds_its_promises(values: list[float], points: int) -> None:
    whole = history(*values)
    curve = thin(whole, points)
    steps = curve.steps.tolist()
    assert len(steps) <= max(points, min(len(values), points))
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, len(values) - 1)
    assert np.array_equal(curve.values, whole.values[steps], equal_nan=True)
    inner = {value for value in values[1:-1] if math.isfinite(value)}
    if points >= 7 and inner:
        assert {min(inner), max(inner)} <= set(curve.values.tolist())
    if points >= 7 and any(math.isnan(value) for value in values):
        assert np.isnan(curve.values).any()
