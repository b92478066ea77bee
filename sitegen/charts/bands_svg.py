"""Bands around curves: the area between a lower and an upper edge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sitegen.charts.axes import Axis, Floats, drawable
from sitegen.charts.drawing import Frame, colour_class
from sitegen.charts.paths import path_of
from sitegen.charts.ranges import Range
from sitegen.charts.segments import joined
from sitegen.charts.series import SERIES_POINTS, Series
from sitegen.charts.thinning import thinned


def band_edges(series: Series, log_y: bool) -> tuple[Floats, Floats, Floats]:
    """Steps, lower and upper edge of a series' band where it has one, thinned as a curve is; else nothing.

    On a log axis, lower edges not above 0 are set to the lowest one that is.
    """
    if series.low is None or series.high is None:
        return np.empty(0), np.empty(0), np.empty(0)
    steps = drawable(series.steps)
    low, high = drawable(series.low, log=log_y), drawable(series.high, log=log_y)
    if log_y and not np.isnan(low).all():
        low = np.where(drawable(series.low) <= 0, np.nanmin(low), low)
    keep = thinned(high - low, np.array([0, len(steps)]), SERIES_POINTS)
    return steps[keep], low[keep], high[keep]


def with_bands(
    series: Sequence[Series], log_y: bool, limits: Range | None, low: float, high: float
) -> tuple[float, float]:
    """The range from `low` to `high`, and that of the bands of `series` as far as it is within `limits`."""
    banded = [one for one in series if one.low is not None]
    if not banded:
        return low, high
    values = joined([edge for one in banded for edge in band_edges(one, log_y)[1:]])[0]
    values = np.append(np.clip(values, *limits) if limits else values, [low, high])
    return float(np.fmin.reduce(values)), float(np.fmax.reduce(values))


def band_drawing(series: Series, log_y: bool, frame: Frame, x_axis: Axis, y_axis: Axis) -> str:
    """The area between the edges of the band of `series`, a piece for each segment without a gap."""
    steps, low, high = band_edges(series, log_y)
    drawn = ~(np.isnan(steps) | np.isnan(low) | np.isnan(high))
    cuts = np.flatnonzero(np.diff(np.concatenate([[False], drawn, [False]]).astype(np.int8)))
    x = np.rint(x_axis.place(steps, frame.left, frame.right))
    bottom, top = (y_axis.place(np.clip(e, y_axis.lo, y_axis.hi), frame.bottom, frame.top) for e in (low, high))
    pieces = [
        path_of(np.concatenate([x[a:b], x[a:b][::-1]]), np.concatenate([top[a:b], bottom[a:b][::-1]])) + "z"
        for a, b in zip(cuts[::2], cuts[1::2], strict=True)
    ]
    return f'<path class="band {colour_class(series.colour)}" d="{"".join(pieces)}"/>' if pieces else ""
