"""Curves in the data files of runs, in few bytes; those of many runs at once.

The format is in docs/architecture.md, "Data files"; `curve-data.js` reads it.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.curves import Curve
from sitegen.charts.axes import MAX_DRAWN, Floats
from sitegen.charts.segments import Indices, extremes, joined, spread

SHORT_CURVE = 64
GAP = 65535
MAX_TIME = 8_640_000_000_000_000
"""The last millisecond that a browser's calendar has, after 1970 as before."""
MAX_PLAIN = 2**52
"""Whole numbers up to this, and their differences, are exact in a browser."""

Json = dict[str, object]


class CurveOf(NamedTuple):
    """A curve, its metric, and how many points of that were logged."""

    key: str
    logged: int
    curve: Curve


def curve_records(curves: Sequence[CurveOf]) -> list[Json]:
    """Each of some curves as the live charts need it."""
    if not curves:
        return []
    values, bounds = joined([one.curve.values for one in curves])
    parts = zip(curves, _steps(curves), _times(curves, bounds), _values(values, bounds), strict=True)
    return [
        {
            "k": one.key,
            "x": steps,
            **times,
            **numbers,
            "n": len(one.curve.values),
            "of": one.logged,
            **({"a": list(one.curve.starts)} if one.curve.starts else {}),
            **_order(one.curve),
        }
        for one, steps, times, numbers in parts
    ]


# Values --------------------------------------------------------------------------------------------------------------


def _values(values: Floats, bounds: Indices) -> Iterator[Json]:
    """Of each curve `y`, numbers while there are few, else 16 bits each between the extremes `lo` and `hi`, which is
    exact enough to draw; and the indices of infinities, and of what is too large to draw, where there are any."""
    finite = np.abs(values) <= MAX_DRAWN
    low, high = (np.nan_to_num(edge) for edge in extremes(np.where(finite, values, np.nan), bounds))
    low_each, span = spread(low, bounds), spread(np.where(high > low, high - low, 1.0), bounds)
    scaled = np.where(finite, np.rint((np.where(finite, values, low_each) - low_each) / span * (GAP - 1)), GAP)
    coded = scaled.astype("<u2")
    all_finite = bool(finite.all())
    for a, b, lo, hi in zip(bounds[:-1].tolist(), bounds[1:].tolist(), low.tolist(), high.tolist(), strict=True):
        y: object = base64.b64encode(coded[a:b].tobytes()).decode("ascii")
        if b - a <= SHORT_CURVE:
            y = [v if math.isfinite(v) else None for v in values[a:b].tolist()]
        yield {"y": y, "lo": lo, "hi": hi, **({} if all_finite else _infinite(values[a:b]))}


def _infinite(values: Floats) -> Json:
    found = {"inf": values > MAX_DRAWN, "ninf": values < -MAX_DRAWN}
    return {name: np.flatnonzero(where).tolist() for name, where in found.items() if where.any()}


# Steps ---------------------------------------------------------------------------------------------------------------


def _steps(curves: Sequence[CurveOf]) -> Iterator[list[object]]:
    for one in curves:
        steps = one.curve.steps
        if steps.dtype == object or max(-int(steps.min()), int(steps.max())) > MAX_PLAIN:
            yield differences([int(step) for step in steps])
        else:
            yield [steps.item(0), *_repeats(np.diff(steps))]


def _order(curve: Curve) -> Json:
    """The place of each point among all that were logged, where steps are all the same and some were left out."""
    if curve.order is None or curve.steps[0] != curve.steps[-1]:
        return {}
    return {"o": differences(curve.order.tolist())}


def differences(values: Sequence[int]) -> list[object]:
    """The first value, then differences; runs of four or more equal differences as `d, "x", count`. Whole numbers
    beyond 2^53 are strings, since a browser would round them."""
    if not values:
        return []
    steps = [b - a for a, b in zip(values, values[1:], strict=False)]
    return [part if part == "x" or abs(part) <= 2**53 else str(part) for part in [values[0], *_grouped(steps)]]


def _repeats(steps: NDArray[np.int64]) -> list[Any]:
    """`_grouped` of an array; nearly always its numbers are all the same."""
    count = len(steps)
    if count >= 4 and bool((steps == steps[0]).all()):
        return [steps.item(0), "x", count]
    return _grouped(steps.tolist())


def _grouped(steps: Sequence[int]) -> list[Any]:
    """`steps`, with runs of four or more equal ones as `d, "x", count`."""
    out: list[Any] = []
    for step, same in groupby(steps):
        count = sum(1 for _ in same)
        out += [step, "x", count] if count >= 4 else [step] * count
    return out


# Times ---------------------------------------------------------------------------------------------------------------


def _times(curves: Sequence[CurveOf], bounds: Indices) -> Iterator[Json]:
    """Wall times `t` as differences; of long curves in units of `u` ms, a thousandth of their span or less; evenly
    spaced ones, within such a unit, as one difference. What no calendar has is the nearest time that it has."""
    times = np.concatenate([one.curve.timestamps for one in curves]).clip(-MAX_TIME, MAX_TIME)
    starts, counts = bounds[:-1], np.diff(bounds) - 1
    first, last = times[starts], times[bounds[1:] - 1]
    span = np.maximum.reduceat(times, starts) - np.minimum.reduceat(times, starts)
    units = [
        10 ** max(0, len(str(length)) - 4) if count >= SHORT_CURVE else 1
        for length, count in zip(span.tolist(), counts.tolist(), strict=True)
    ]
    since = times - spread(first, bounds)
    place = np.arange(len(times)) - spread(starts, bounds)
    # Where an evenly spaced point would be.
    even = spread(first, bounds) + spread(last - first, bounds) * place / spread(np.maximum(counts, 1), bounds)
    off = np.maximum.reduceat(np.abs(times - even), starts)
    is_even = (span > 0) & (counts > 1) & (off <= np.array(units) / 2)
    rounded = np.rint(since / spread(units, bounds)).astype(np.int64)
    for n, (a, b, unit) in enumerate(zip(starts.tolist(), bounds[1:].tolist(), units, strict=True)):
        if is_even[n]:
            yield {"t": [first.item(n), round(int(last[n] - first[n]) / (b - a - 1), 3), "x", b - a - 1]}
        else:
            parts = [first.item(n), *differences(rounded[a:b].tolist())[1:]]
            yield {"t": parts, **({"u": unit} if unit > 1 else {})}
