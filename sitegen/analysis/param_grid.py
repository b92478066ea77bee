"""Two params whose values were tried together, as a grid search does, and the mean result of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sitegen.analysis.association import Codes, Floats
from sitegen.analysis.effects import Column

MAX_VALUES = 10
"""Values of one param in a grid."""
MAX_PARAMS = 6
"""Params that are tried in pairs, the strongest first."""
FEWEST_CELLS = 6
FILLED = 0.8
"""The share of the pairs of values that must have a run."""


@dataclass(frozen=True, slots=True)
class ParamGrid:
    """Two params: `down` has at most as many values as `across`. Cells are by value of `down`, then of `across`.

    `means` are those of the objective over the `counts` runs of each pair, None where there is no run; `best` is the
    row and column of the best of them.
    """

    down: str
    across: str
    down_values: tuple[str, ...]
    across_values: tuple[str, ...]
    means: tuple[tuple[float | None, ...], ...]
    counts: tuple[tuple[int, ...], ...]
    best: tuple[int, int]


def grid_of(columns: Sequence[Column], values: Floats, lower_is_better: bool) -> ParamGrid | None:
    """The grid of the first two of `columns` that form one, None if no two do; `values` are of all ranked runs."""
    fitting = [column for column in columns if int(column.codes.max()) < MAX_VALUES][:MAX_PARAMS]
    for pair in combinations(fitting, 2):
        down, across = sorted(pair, key=lambda column: int(column.codes.max()))
        grid = _grid(down, across, values, lower_is_better)
        if grid:
            return grid
    return None


def _grid(down: Column, across: Column, values: Floats, lower_is_better: bool) -> ParamGrid | None:
    rows, at_down, at_across = np.intersect1d(down.rows, across.rows, assume_unique=True, return_indices=True)
    shape = (int(down.codes.max()) + 1, int(across.codes.max()) + 1)
    size = shape[0] * shape[1]
    cells: Codes = down.codes[at_down] * shape[1] + across.codes[at_across]
    counts = np.bincount(cells, minlength=size)
    if size < FEWEST_CELLS or (counts > 0).sum() < FILLED * size:
        return None
    with np.errstate(over="ignore"):
        means = np.bincount(cells, weights=values[rows], minlength=size) / np.maximum(counts, 1)
    ordered = np.where((counts > 0) & np.isfinite(means), means if lower_is_better else -means, np.inf)
    best = int(ordered.argmin())
    listed = [float(mean) if count else None for mean, count in zip(means, counts, strict=True)]
    return ParamGrid(
        down.key,
        across.key,
        _values(down),
        _values(across),
        tuple(tuple(listed[at : at + shape[1]]) for at in range(0, size, shape[1])),
        tuple(tuple(int(count) for count in counts[at : at + shape[1]]) for at in range(0, size, shape[1])),
        (best // shape[1], best % shape[1]),
    )


def _values(column: Column) -> tuple[str, ...]:
    """The values as they are written, in their order."""
    return tuple(column.texts if column.numbers is None else (f"{value:.12g}" for value in column.numbers))
