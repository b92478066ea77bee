"""The curve of a group: mean and standard deviation of its runs at each step.

`themes/default/assets/js/bands.js` does the same for live charts; change both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.curves import CURVE_POINTS, Curve

Floats = NDArray[np.float64]


class Band(NamedTuple):
    """A group's curve: at each step the mean of the runs, and mean - std and mean + std (the sample's std).

    NaN where fewer than two runs, or fewer than half of them, have a value. `members` counts the runs with a curve.
    """

    steps: Floats
    mean: Floats
    low: Floats
    high: Floats
    members: int


def band_of(curves: Sequence[Curve]) -> Band | None:
    """The band of the curves of a group, None if fewer than two of them have a value.

    Curves are aligned by step. Values between two points of a run are interpolated linearly; before its first, after
    its last and beside NaN there is no value.
    """
    lines = [line for curve in curves if len((line := _line(curve))[0])]
    if len(lines) < 2:
        return None
    grid = _grid([steps for steps, _ in lines])
    table = np.array([_at(grid, steps, values) for steps, values in lines])
    count = (~np.isnan(table)).sum(axis=0)
    enough = (count >= 2) & (2 * count >= len(lines))
    if not enough.any():
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.where(np.isnan(table), 0.0, table).sum(axis=0)
        mean = np.where(enough, total / np.maximum(count, 1), np.nan)
        squares = np.where(np.isnan(table), 0.0, (table - mean) ** 2).sum(axis=0)
        std = np.sqrt(squares / np.maximum(count - 1, 1))
    return Band(grid, mean, mean - std, mean + std, len(lines))


def _line(curve: Curve) -> tuple[Floats, Floats]:
    """Steps and values in order, the last of several points at one step; infinities become NaN; nothing if all are."""
    steps, values = np.asarray(curve.steps, dtype=np.float64), np.asarray(curve.values, dtype=np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    if not np.isfinite(values).any():
        return np.empty(0), np.empty(0)
    order = np.argsort(steps, kind="stable")
    steps, values = steps[order], values[order]
    last = np.append(steps[1:] != steps[:-1], True)
    return steps[last], values[last]


def _grid(all_steps: Sequence[Floats]) -> Floats:
    """Every step of any curve while there are few, else `CURVE_POINTS` even ones."""
    union = np.unique(np.concatenate(all_steps))
    return union if len(union) <= CURVE_POINTS else np.linspace(union[0], union[-1], CURVE_POINTS)


def _at(grid: Floats, steps: Floats, values: Floats) -> Floats:
    """The line through a run's points at each step of the grid; exact where the run has that step."""
    after = np.searchsorted(steps, grid)
    inside = after < len(steps)
    right = np.minimum(after, len(steps) - 1)
    left = np.maximum(right - 1, 0)
    exact = inside & (steps[right] == grid)
    span = np.where(right > left, steps[right] - steps[left], 1.0)
    share = (grid - steps[left]) / span
    with np.errstate(over="ignore", invalid="ignore"):
        between = values[left] * (1 - share) + values[right] * share
    return np.where(exact, values[right], np.where(inside & (grid > steps[0]), between, np.nan))
