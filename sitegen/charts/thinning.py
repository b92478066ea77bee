"""Which points of a curve are drawn: its ends, and the extremes of each of some buckets of neighbouring points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sitegen.charts.axes import Floats
from sitegen.charts.segments import Indices, block


def thinned(values: Floats, bounds: Indices, most: int) -> NDArray[np.bool_]:
    """For each point of some curves (see `segments.py`), whether it is drawn when a curve has at most `most` points.

    Of a longer curve: the ends, the smallest and the largest value of each bucket, and its first NaN where it has one
    (these may be more than `most`).
    """
    lengths = np.diff(bounds)
    keep: NDArray[np.bool_] = np.repeat(lengths <= most, lengths)
    long = np.flatnonzero(lengths > most)
    keep[bounds[long]] = keep[bounds[long + 1] - 1] = True
    buckets = (most - 2) // 2
    sizes = -(-(lengths[long] - 2) // buckets)
    for size in np.unique(sizes):
        which = long[sizes == size]
        _keep_extremes(values, bounds[which] + 1, bounds[which + 1] - 1, (buckets, int(size)), keep)
    return keep


def _keep_extremes(values: Floats, starts: Indices, ends: Indices, shape: tuple[int, int], keep: Any) -> None:
    """Mark in `keep` what is kept of the values between `starts` and `ends`, cut into buckets of one size."""
    rows, places = block(values, starts, ends, shape[0] * shape[1])
    rows, first = rows.reshape(-1, shape[1]), places[:, :: shape[1]].ravel()
    gap = np.isnan(rows)
    # The last buckets of a curve are filled up with NaN from beyond its end, which is not to be kept.
    end = np.repeat(ends, shape[0])
    lows, highs, gaps = np.where(gap, np.inf, rows).argmin(1), np.where(gap, -np.inf, rows).argmax(1), gap.argmax(1)
    for place, some in ((first + lows, True), (first + highs, True), (first + gaps, gap.any(1))):
        keep[place[some & (place < end)]] = True
