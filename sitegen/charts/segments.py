"""Many curves at once: their values end to end in one array, so that numpy is called once for all of them.

`bounds` has one entry more than there are curves: curve n is `values[bounds[n] : bounds[n + 1]]`, and may be empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sitegen.charts.axes import Floats

Indices = NDArray[np.int64]
WIDTH = 64
"""Curves are sorted in blocks whose widths are multiples of this."""


def joined(parts: Sequence[Floats]) -> tuple[Floats, Indices]:
    """`parts` end to end, and their bounds."""
    bounds = np.zeros(len(parts) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in parts], out=bounds[1:])
    return (np.concatenate(parts) if parts else np.empty(0)), bounds


def extremes(values: Floats, bounds: Indices) -> tuple[Floats, Floats]:
    """The smallest and the largest value of each curve, NaN left out; NaN where there is none."""
    low, high = np.full((2, len(bounds) - 1), np.nan)
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    if len(filled):
        low[filled] = np.fmin.reduceat(values, bounds[filled])
        high[filled] = np.fmax.reduceat(values, bounds[filled])
    return low, high


def spread(each: Any, bounds: Indices) -> Any:
    """One value for each curve as one for each of its points."""
    return np.repeat(np.asarray(each), np.diff(bounds))


def ordered(values: Floats, bounds: Indices) -> Iterator[tuple[Indices, Floats]]:
    """The numbers of each curve in ascending order, as rows of blocks: which curves, and their rows.

    A row ends with NaN: those of its curve, and as many more as make rows of a block equally long.
    """
    widths = -(-np.diff(bounds) // WIDTH)
    for width in np.unique(widths[widths > 0]):
        which = np.flatnonzero(widths == width)
        rows, _ = block(values, bounds[which], bounds[which + 1], int(width) * WIDTH)
        rows.sort(axis=1)
        yield which, rows


def block(values: Floats, starts: Indices, ends: Indices, width: int) -> tuple[Floats, Indices]:
    """Rows of `width` values from each of `starts`, NaN from `ends` on; and where in `values` each is."""
    at = starts[:, None] + np.arange(width)
    rows: Floats = np.where(at < ends[:, None], values[np.minimum(at, len(values) - 1)], np.nan)
    return rows, at
