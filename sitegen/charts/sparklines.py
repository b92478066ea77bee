"""Sparklines for table cells: curves without axes, all of some pages at once.

Their numbers are beside them in the table, so that they have no name of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sitegen.charts.axes import MAX_DRAWN, NOISE, Floats, drawable
from sitegen.charts.paths import paths_of
from sitegen.charts.ranges import robust_ranges
from sitegen.charts.segments import Indices, extremes, joined, spread
from sitegen.charts.thinning import thinned

SPARK_POINTS = 28
"""Maximum number of points that a sparkline has, gaps aside."""


def sparkline(values: Any, width: int = 96, height: int = 24) -> str:
    """A curve without axes; NaN breaks it, one point is a dot."""
    return sparklines([values], width, height)[0]


def sparklines(curves: Sequence[Any], width: int = 96, height: int = 24) -> list[str]:
    """`sparkline` of each of some curves."""
    numbers, bounds = joined([drawable(values) for values in curves])
    keep = thinned(numbers, bounds, SPARK_POINTS)
    x = np.rint(_across(bounds, width)[keep])
    bounds = np.concatenate([[0], np.cumsum(keep)])[bounds]
    y = np.rint(_heights(numbers[keep], bounds, height))
    head = f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
    return [f'{head}<path d="{path}"/></svg>' for path in paths_of(x, y, bounds)]


def _across(bounds: Indices, width: int) -> Floats:
    """The points of each curve evenly from left to right, one alone in the middle."""
    lengths = np.diff(bounds)
    gaps = np.maximum(lengths - 1, 1)
    start = np.where(lengths == 1, width / 2, 2.0)
    at = np.arange(bounds[-1]) - spread(bounds[:-1], bounds)
    return np.asarray(at * spread((width - 4.0) / gaps, bounds) + spread(start, bounds))


def _heights(values: Floats, bounds: Indices, height: int) -> Floats:
    """Each curve between its extremes, of which a few far from the others are at the edge; a flat one in the middle."""
    ranges = robust_ranges(values, bounds)
    edges = np.array([limits or (-MAX_DRAWN, MAX_DRAWN) for limits in ranges]).reshape(-1, 2).T
    shown = np.clip(values, spread(edges[0], bounds), spread(edges[1], bounds))
    low, high = extremes(shown, bounds)
    span = high - low
    flat = (span <= np.maximum(np.abs(low), np.abs(high)) * NOISE) | (span < 1 / MAX_DRAWN)
    low, span = np.where(flat, low - 1, low), np.where(flat, 2.0, span)
    return np.asarray(height - 3 - (shown - spread(low, bounds)) * spread((height - 6) / span, bounds))
