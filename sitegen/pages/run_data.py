"""The data files of runs: what the compare page and live charts need of each, curves in few bytes.

The format is in docs/architecture.md, "Data files"; `curve-data.js` reads the curves.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sitegen.addresses import file_name
from sitegen.analysis.curves import Curve, MetricSummary
from sitegen.analysis.runs_table import RunRow
from sitegen.charts.axes import MAX_DRAWN

SHORT_CURVE = 64
GAP = 65535
MAX_TIME = 8_640_000_000_000_000
"""The last millisecond that a browser's calendar has, after 1970 as before."""

Json = dict[str, object]


def json_number(value: float) -> float | int | str:
    """A metric value for JSON: NaN and infinities are strings, as in MLflow's REST API."""
    if math.isfinite(value):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def run_record(row: RunRow, curves: Mapping[str, Curve]) -> Json:
    """A run as the compare page and live charts need it."""
    return {
        "id": row.run_id,
        "exp": file_name(row.experiment_id),
        "name": row.name,
        "status": row.status,
        "start": row.start_time,
        "end": row.end_time,
        "user": row.user,
        "source": row.source_name,
        "commit": row.git_commit,
        "parent": row.parent_id,
        "file": file_name(row.run_id),
        "params": [[k, v] for k, v in row.params.items()],
        "tags": [[k, v] for k, v in row.tags.items()],
        "metrics": [_metric(key, summary) for key, summary in row.metrics.items()],
        "curves": [_curve(key, row.metrics[key], curve) for key, curve in curves.items()],
    }


def _metric(key: str, s: MetricSummary) -> list[object]:
    n = json_number
    return [
        key,
        n(s.last),
        n(s.first),
        n(s.min),
        s.min_step,
        n(s.max),
        s.max_step,
        n(s.mean),
        s.count,
        s.last_step,
        s.bad,
    ]


def _curve(key: str, summary: MetricSummary, curve: Curve) -> Json:
    finite = np.abs(curve.values) <= MAX_DRAWN
    low, high = (float(curve.values[finite].min()), float(curve.values[finite].max())) if finite.any() else (0.0, 0.0)
    return {
        "k": key,
        "x": _differences([int(step) for step in curve.steps]),
        **_times(curve.timestamps),
        "y": _values(curve.values, finite, low, high),
        "lo": low,
        "hi": high,
        "n": len(curve.values),
        "of": summary.count,
        **({"a": list(curve.starts)} if curve.starts else {}),
        **_order(curve),
        **_infinite(curve.values),
    }


def _infinite(values: NDArray[np.float64]) -> Json:
    """The indices of infinities, and of what is too large to draw, where there are any."""
    found = {"inf": values > MAX_DRAWN, "ninf": values < -MAX_DRAWN}
    return {name: np.flatnonzero(where).tolist() for name, where in found.items() if where.any()}


def _order(curve: Curve) -> Json:
    """The place of each point among all that were logged, where steps are all the same and some were left out."""
    if curve.order is None or curve.steps[0] != curve.steps[-1]:
        return {}
    return {"o": _differences(curve.order.tolist())}


def _values(values: NDArray[np.float64], finite: NDArray[np.bool_], low: float, high: float) -> object:
    """Numbers while there are few; else 16 bits each between the exact extremes, which is exact enough to draw."""
    if len(values) <= SHORT_CURVE:
        return [v if math.isfinite(v) else None for v in values.tolist()]
    span = (high - low) or 1.0
    scaled = np.where(finite, np.rint((np.where(finite, values, low) - low) / span * (GAP - 1)), GAP)
    return base64.b64encode(scaled.astype("<u2").tobytes()).decode("ascii")


def _differences(values: Sequence[int]) -> list[object]:
    """The first value, then differences; runs of four or more equal differences as `d, "x", count`."""
    if not values:
        return []
    out: list[object] = [_int(values[0])]
    steps = [b - a for a, b in zip(values, values[1:], strict=False)]
    at = 0
    while at < len(steps):
        end = at
        while end < len(steps) and steps[end] == steps[at]:
            end += 1
        if end - at >= 4:
            out += [_int(steps[at]), "x", end - at]
        else:
            out += [_int(step) for step in steps[at:end]]
        at = end
    return out


def _int(value: int) -> int | str:
    """Whole numbers beyond 2^53 as text, since a browser would round them."""
    return value if abs(value) <= 2**53 else str(value)


def _times(timestamps: NDArray[np.int64]) -> Json:
    """Wall times `t` as differences; of long curves in units of `u` ms, a thousandth of their span or less; evenly
    spaced ones, within such a unit, as one difference. What no calendar has is the nearest time that it has."""
    if int(timestamps.max()) > MAX_TIME or int(timestamps.min()) < -MAX_TIME:
        timestamps = timestamps.clip(-MAX_TIME, MAX_TIME)
    first, span = int(timestamps[0]), int(timestamps.max()) - int(timestamps.min())
    count = len(timestamps) - 1
    unit = 10 ** max(0, len(str(span)) - 4) if count >= SHORT_CURVE else 1
    even = first + (int(timestamps[-1]) - first) * np.arange(count + 1) / max(1, count)
    if span and count > 1 and float(np.abs(timestamps - even).max()) <= unit / 2:
        return {"t": [first, round((int(timestamps[-1]) - first) / count, 3), "x", count]}
    rounded = np.rint((timestamps - first) / unit).astype(np.int64)
    return {"t": [first, *_differences([int(t) for t in rounded])[1:]], **({"u": unit} if unit > 1 else {})}
