"""Axes: ticks are nice, stand inside, and values fall where they should."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.charts.axes import drawable, make_axis, nice_ticks, short, tick_labels

numbers = st.floats(min_value=-1e300, max_value=1e300)
positive = st.floats(min_value=1e-300, max_value=1e300)


@given(st.lists(numbers, min_size=1, max_size=20), st.booleans())
def test_an_axis_holds_every_value_and_its_ticks_in_order(values: list[float], widen: bool) -> None:
    axis = make_axis(values, widen=widen)
    places = axis.place(values, 0.0, 100.0)
    assert ((places >= -1e-6) & (places <= 100 + 1e-6)).all()
    assert all(axis.lo <= tick <= axis.hi for tick in axis.ticks)
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert len(axis.ticks) <= 8


@given(st.lists(positive, min_size=1, max_size=20), st.booleans())
def test_a_log_axis_holds_every_value_above_0(values: list[float], widen: bool) -> None:
    axis = make_axis(values, log=True, widen=widen)
    places = axis.place(values, 0.0, 100.0)
    assert axis.lo > 0
    assert ((places >= -1e-6) & (places <= 100 + 1e-6)).all()
    assert len(axis.ticks) <= 8


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(-8, 8), st.integers(2, 10))
def test_ticks_are_whole_multiples_of_1_2_or_5_times_a_power_of_ten(lo: int, span: int, power: int, count: int) -> None:
    ticks, exponent = nice_ticks(lo * 10.0**power, (lo + span) * 10.0**power, count)
    gaps = [round((b - a) / 10.0**exponent, 6) for a, b in zip(ticks, ticks[1:], strict=False)]
    assert set(gaps) <= {1, 2, 5}
    assert len(ticks) <= count + 1


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_labels_of_ticks_differ_and_say_the_tick(lo: float, span: float) -> None:
    ticks, exponent = nice_ticks(lo, lo + span, 5)
    labels = tick_labels(ticks, exponent)
    assert len(set(labels)) == len(labels)
    for tick, label in zip(ticks, labels, strict=True):
        unit = {"k": 1000, "M": 10**6}.get(label[-1], 1)
        description = Fraction(label.rstrip("kM").replace("−", "-")) * unit
        assert math.isclose(description, tick, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 1], ["0", "0.5", "1.0"]),
        ([0.0, 0.00002], ["0", "5e−6", "1e−5", "1.5e−5", "2e−5"]),
        ([0, 400_000], ["0", "100k", "200k", "300k", "400k"]),
        ([-3, 4], ["−4", "−2", "0", "2", "4"]),
        ([7, 7], ["7"]),
        ([], []),
    ],
)
def test_labels_are_short(values: list[float], labels: list[str]) -> None:
    assert list(make_axis(values).labels) == labels


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.01, 100], (0.01, 0.1, 1, 10, 100)),
        ([2, 9], (2, 5, 10)),
        ([1.0, 1.5], (1.0, 1.2, 1.4, 1.6)),
        ([5], (5,)),
        ([-1, 0], ()),
    ],
)
def test_log_ticks_are_decades_then_1_2_5_then_plain(values: list[float], ticks: tuple[float, ...]) -> None:
    assert make_axis(values, log=True).ticks == ticks


def test_a_log_axis_places_decades_at_equal_distances() -> None:
    axis = make_axis([1, 100], log=True)
    assert axis.place([1, 10, 100], 0, 200).tolist() == [0, 100, 200]


def test_what_cannot_be_drawn_becomes_nan() -> None:
    assert np.isnan(drawable([math.nan, math.inf, -math.inf])).all()
    assert np.isnan(drawable([0.0, -1.0], log=True)).all()
    assert drawable([10**400, 1]).tolist()[1] == 1


def test_whole_axes_have_no_halves() -> None:
    assert make_axis([0, 2], whole=True).labels == ("0", "1", "2")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123456, "0.1235"), (123456, "123456"), (-0.5, "−0.5"), (1e-9, "1e−9"), (0, "0"), (1.5e12, "1.5e12")],
)
def test_short_keeps_four_digits(value: float, text: str) -> None:
    assert short(value) == text
