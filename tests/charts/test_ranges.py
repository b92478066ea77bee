"""The range that a drawing shows, and the axes of times."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.charts.curves_svg import curves_svg
from sitegen.charts.ranges import range_notes, robust_range
from sitegen.charts.series import Series
from sitegen.charts.times import time_axis

DAY = 86_400_000


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([1.0, 1.1, 1.2, 1.1, 1.0, 1e9], (1.0, 1.3)),
        ([1.0, 1.1, 1.2, 1.1, -1e9], (0.95, 1.2)),
        ([2 * math.exp(-n / 20) for n in range(100)], None),
        ([0.0] * 50 + [1.0], None),
        ([1.0, 2.0, 1e9], None),
        ([1.0, 2.0, 3.0, math.inf, 1.797e308, math.nan], None),
    ],
    ids=["one above", "one below", "a loss", "a rare event", "few", "infinities"],
)
def test_a_few_extreme_values_do_not_stretch_the_range(values: list[float], limits: tuple[float, float] | None) -> None:
    found = robust_range(values)
    assert found == (pytest.approx(limits) if limits else None)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60))
def test_nearly_all_values_are_inside(values: list[float]) -> None:
    found = robust_range(values)
    if found:
        finite = [value for value in values if abs(value) <= 1e300]
        assert sum(not found.low <= value <= found.high for value in finite) <= 2 * max(1, len(finite) // 50)
        assert found.low < found.high


def test_what_is_outside_is_said() -> None:
    values = [1.0, 1.1, 1.2, 1.1, 1.0, 1e9, math.inf, 1.797e308, math.nan]
    notes = range_notes(values, robust_range(values))
    assert notes == [
        "1 value is above 1.3 at the edge, largest 1e9.",
        "2 values are infinite or too large to draw, marked at the edge.",
        "1 value is NaN and not drawn.",
    ]


@pytest.mark.parametrize(("extreme", "shape"), [(1e9, "l-4-7z"), (math.inf, "l-4-7z"), (-math.inf, "l-4 7z")])
def test_values_beyond_the_range_are_marked_at_the_edge(extreme: float, shape: str) -> None:
    svg = curves_svg([Series("loss", 1, range(7), [1.0, 1.1, 1.2, extreme, 1.1, 1.0, 1.2])])
    assert svg.count(shape) == 1
    assert "1.2" in svg and "1e9" not in svg and "1G" not in svg


def test_an_earlier_attempt_is_faint_and_has_no_label() -> None:
    svg = curves_svg([Series("a (attempt 1)", 1, [0, 1], [1.0, 2.0], faint=True), Series("a", 1, [0, 1], [2.0, 3.0])])
    assert svg.count('class="line faint"') == 1 and svg.count('class="line"') == 1
    assert "attempt" not in svg and ">3<" in svg


@pytest.mark.parametrize(
    ("span", "labels", "day"),
    [
        (300, ("22:13:20.000", "22:13:20.100", "22:13:20.200", "22:13:20.300"), "2023-11-14"),
        (60_000, ("22:13:30", "22:14:00"), "2023-11-14"),
        (3 * 3_600_000, ("11-14 23:00", "11-15 00:00", "11-15 01:00"), ""),
        (5 * DAY, ("2023-11-15", "2023-11-17", "2023-11-19"), ""),
        (400 * DAY, ("2024-01", "2024-07"), ""),
    ],
)
def test_times_have_round_ticks(span: int, labels: tuple[str, ...], day: str) -> None:
    axis, found = time_axis([1_700_000_000_000, 1_700_000_000_000 + span], 3)
    assert (axis.labels, found) == (labels, day)
    assert all(axis.lo <= tick <= axis.hi for tick in axis.ticks)


@given(st.lists(st.integers(0, 4_102_444_800_000), min_size=1, max_size=5), st.integers(2, 8))
def test_ticks_of_times_differ(values: list[int], count: int) -> None:
    axis, _ = time_axis(np.array(values, dtype=float), count)
    assert len(set(axis.labels)) == len(axis.labels) <= count + 1
