"""What curves are drawn over, and which come by themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sitegen.analysis.curve_axes import axis_of
from sitegen.analysis.curve_choice import is_counter, is_informative
from sitegen.analysis.curves import Curve, has_curve, summarise, thin
from sitegen.model import MetricHistory

START = 1_700_000_000_000


def curve(steps: Sequence[int], times: Sequence[int], values: Sequence[float] | None = None) -> Curve:
    found = np.arange(len(steps), dtype=float) if values is None else np.array(values, dtype=float)
    dtype = object if max(map(abs, steps)) >= 2**63 else np.int64
    return Curve(np.array(steps, dtype=dtype), np.array(times, dtype=np.int64), found)


def history(points: Sequence[tuple[int, int, float]]) -> MetricHistory:
    """A history of (step, timestamp, value), which the store gives in order of step and timestamp."""
    ordered = sorted(points, key=lambda point: point[:2])
    steps, times, values = (np.array(column) for column in zip(*ordered, strict=True))
    return MetricHistory("m", steps, times, values.astype(float), len(ordered) - 1)


def test_steps_that_differ_are_the_axis() -> None:
    found = axis_of([curve([0, 0], [1, 2]), curve([0, 5], [1, 2])])
    assert (found.kind, found.title, found.note) == ("step", "step", "")


def test_points_at_one_step_are_over_time() -> None:
    one = curve([5, 5, 5], [START, START + 1000, START + 9000])
    found = axis_of([one])
    assert found.kind == "time" and found.dates
    assert found.note == "all points are at step 5: drawn over time"
    assert list(found.place(one)) == [START, START + 1000, START + 9000]


@pytest.mark.parametrize("times", [[0, 1, 2], [START] * 3, [START, START, 9 * 10**15]])
def test_times_that_cannot_be_right_or_are_all_the_same_leave_the_order(times: list[int]) -> None:
    one = curve([0, 0, 0], times)
    found = axis_of([one])
    assert found.kind == "order" and not found.dates
    assert list(found.place(one)) == [0, 1, 2]


def test_the_order_counts_points_that_were_left_out() -> None:
    whole = history([(0, n, float(n % 7)) for n in range(1000)])
    thinned = thin(whole, 50)
    places = axis_of([thinned]).place(thinned)
    assert places[0] == 0 and places[-1] == 999 and len(places) <= 50


def test_runs_far_apart_are_compared_by_the_time_since_their_first_point() -> None:
    runs = [curve([0, 0], [START + day, START + day + 60_000]) for day in (0, 86_400_000)]
    found = axis_of(runs)
    assert found.kind == "relative" and found.title == "time since the first point (s)"
    assert [list(found.place(run)) for run in runs] == [[0, 60], [0, 60]]


@pytest.mark.parametrize("unit", [1, 10**3, 10**6])
def test_steps_that_are_times_have_dates(unit: int) -> None:
    one = curve([START * unit, (START + 60_000) * unit], [START, START + 1])
    found = axis_of([one])
    assert found.dates and list(found.place(one)) == pytest.approx([START, START + 60_000], abs=1e-3)


@pytest.mark.parametrize("first", [2**53 + 1, 2**62, 2**80, 5 * 10**9])
def test_huge_steps_are_exact_after_the_first(first: int) -> None:
    one = curve([first, first + 1, first + 7], [1, 2, 3])
    found = axis_of([one])
    assert list(found.place(one)) == [0, 1, 7] and found.title == f"step after {first:,}"


def test_a_resumed_run_has_attempts_and_one_line_that_stands() -> None:
    first = [(step, START + step, 1.0) for step in range(0, 160, 10)]
    again = [(step, START + 1000 + step, 2.0) for step in range(100, 310, 10)]
    found = thin(history(first + again))
    assert [list(part.steps[[0, -1]]) for part in found.attempts()] == [[0, 150], [100, 300]]
    assert [set(part.values) for part in found.attempts()] == [{1.0}, {2.0}]
    assert list(found.standing()) == [1.0] * 10 + [2.0] * 21


def test_the_attempts_of_a_long_run_are_thinned_together() -> None:
    first = [(step, START + step, 1.0) for step in range(3000)]
    again = [(step, START + 10_000 + step, 2.0) for step in range(2000, 6000)]
    found = thin(history(first + again), 300)
    assert len(found.values) <= 302
    assert [list(part.steps[[0, -1]]) for part in found.attempts()] == [[0, 2999], [2000, 5999]]


@pytest.mark.parametrize(
    "points",
    [
        [(0, START, 0.9), (0, START, 0.9), (1, START, 0.8), (1, START, 0.8)],
        [(step, START + 2 * step + which, 0.1 * step) for step in range(50) for which in range(2)],
        [(step, START + 7 * (step * 31 % 50) + which, 0.1) for step in range(50) for which in range(2)],
    ],
    ids=["doubled points", "two processes", "no order at all"],
)
def test_other_repeated_steps_are_no_attempts(points: list[tuple[int, int, float]]) -> None:
    assert thin(history(points)).starts == ()


@pytest.mark.parametrize(
    ("points", "curved"),
    [
        ([(0, START, 0.9), (0, START, 0.9)], False),
        ([(0, START, 0.9), (0, START + 1, 0.9)], False),
        ([(0, START, 0.9), (0, START + 1, 0.8)], True),
        ([(0, START, 0.9), (1, START + 1, 0.9)], True),
        ([(0, START, float("nan")), (1, START + 1, float("nan"))], False),
        ([(0, START, float("nan")), (1, START + 1, 0.5), (2, START + 2, float("nan"))], True),
    ],
)
def test_a_curve_has_two_points_that_differ(points: list[tuple[int, int, float]], curved: bool) -> None:
    summary = summarise(history(points))
    assert summary is not None
    assert (has_curve(history(points)), summary.curved) == (curved, curved)


@pytest.mark.parametrize(
    "key", ["epoch", "train/epoch", "trainer/global_step", "global_step", "Iteration", "batch_idx"]
)
def test_counters_are_known_by_name(key: str) -> None:
    assert is_counter(key)


@pytest.mark.parametrize("key", ["loss", "epoch_loss", "steps_per_second", "val/epoch_accuracy", "step_time", "mse"])
def test_other_names_are_no_counters(key: str) -> None:
    assert not is_counter(key)


def test_constants_and_counts_do_not_come_by_themselves() -> None:
    steps, times = list(range(10)), [START + n for n in range(10)]
    assert not is_informative("lr", curve(steps, times, [0.1] * 10))
    assert not is_informative("seen", curve(steps, times, [32.0 * n for n in range(10)]))
    assert is_informative("lr", curve(steps, times, [0.1 * n for n in range(10)]))
    assert is_informative("errors", curve(steps, times, [9.0 - n for n in range(10)]))
