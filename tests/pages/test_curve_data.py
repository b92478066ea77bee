"""The curves in the data files of runs."""

from __future__ import annotations

import base64
import math
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

from sitegen.analysis.curves import Curve, thin
from sitegen.model import MetricHistory
from sitegen.pages.curve_data import GAP, MAX_TIME, CurveOf, curve_records, differences

START = 1_700_000_000_000


def curve(values: Any, steps: Any = None, times: Any = None) -> Curve:
    count = len(values)
    steps = np.arange(count) if steps is None else np.array(steps)
    times = START + np.arange(count) * 1000 if times is None else np.array(times, np.int64)
    return thin(MetricHistory("loss", steps, times, np.array(values, float), count - 1))


def coded(*curves: Curve) -> list[Any]:
    return curve_records([CurveOf("loss", len(one.values), one) for one in curves])


def expanded(parts: list[Any]) -> list[int]:
    """What `ints` of `curve-data.js` makes of differences."""
    steps: list[int] = []
    for at, part in enumerate(parts):
        if parts[at + 1 : at + 2] == ["x"]:
            steps += [part] * parts[at + 2]
        elif part != "x" and parts[at - 1 : at] != ["x"]:
            steps.append(int(part))
    return list(accumulate(steps))


def test_each_curve_is_coded_as_it_is_alone() -> None:
    curves = [curve([1.0, 2.0]), curve(np.sin(np.arange(500))), curve([math.nan] * 3 + [math.inf, 1.0], [2**70] * 5)]
    assert coded(*curves) == [coded(one)[0] for one in curves]
    assert coded() == []


def test_short_curves_are_numbers_and_long_ones_16_bits_between_their_extremes() -> None:
    short, long = coded(curve([0.5, math.nan, -math.inf, 2.0]), curve([*np.linspace(-1, 3, 99), math.inf]))
    assert (short["y"], short["lo"], short["hi"], short["ninf"]) == ([0.5, None, None, 2.0], 0.5, 2.0, [2])
    found = np.frombuffer(base64.b64decode(long["y"]), "<u2")
    assert (found[0], found[98], found[99], long["inf"]) == (0, GAP - 1, GAP, [99])
    assert found[:99] / (GAP - 1) * 4 - 1 == pytest.approx(np.linspace(-1, 3, 99), abs=1e-4)


@pytest.mark.parametrize(
    ("steps", "parts"),
    [
        (range(0, 50, 10), [0, 10, "x", 4]),
        ([7, 8, 9, 10], [7, 1, 1, 1]),
        ([0, 1, 2, 3, 4, 10, 2**60], [0, 1, "x", 4, 6, str(2**60 - 10)]),
        ([], []),
    ],
)
def test_steps_are_differences_with_repeats(steps: Any, parts: list[Any]) -> None:
    assert differences(list(steps)) == parts
    if parts:
        found = coded(curve(np.arange(len(steps)), steps))[0]["x"]
        assert found == parts and expanded(found) == list(steps)


def test_times_are_one_difference_where_they_are_even_enough() -> None:
    even = START + np.arange(100) * 1000
    rough = even + np.where(np.arange(100) == 50, 400, 0)
    late = even + np.where(np.arange(100) > 50, 7000, 0)
    times = [coded(curve(np.arange(100), times=t))[0] for t in (even, rough, late)]
    assert times[0]["t"] == [START, 1000, "x", 99] and "u" not in times[0]
    assert times[1]["t"][1:] != [1000, "x", 99] and times[1]["u"] == 10
    assert max(np.abs(np.array(expanded([0, *times[2]["t"][1:]])) * times[2]["u"] + START - late)) <= times[2]["u"]


@pytest.mark.parametrize("count", [3, 90])
def test_times_that_no_calendar_has_are_the_nearest_that_it_has(count: int) -> None:
    logged = ([-(2**63), 4_000_000, 2**63 - 1] * count)[:count]
    (found,) = coded(Curve(np.arange(count), np.array(logged, np.int64), np.arange(float(count))))
    first, *steps = found["t"]
    unit = found.get("u", 1)
    times = list(accumulate([int(step) * unit for step in steps], initial=first))
    assert times[:3] == pytest.approx([-MAX_TIME, 4_000_000, MAX_TIME], abs=unit)
