"""A heat map of two params that were tried together, as a table whose cells are shaded by the objective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sitegen.analysis.digits import digits_of
from sitegen.analysis.labels import value_labels
from sitegen.analysis.objective import Objective
from sitegen.analysis.param_grid import ParamGrid
from sitegen.analysis.words import plural, shortened

SHADES = 8
MAX_VALUE = 24
"""Characters of a param's value."""
WORSE_END = 0.9
"""The share of the cells that are shaded by value; worse ones have no shade, so that one diverged run does not take all
of the scale."""


class HeatCell(NamedTuple):
    """A cell of a heat map."""

    text: str
    """The mean of the objective; empty if no run has these two values."""
    css: str
    """Its shade, `heat0` to `heat8`, the stronger the better; the best cell is `best-cell` too."""
    title: str
    """How many runs it stands for."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A heat map of two params."""

    caption: str
    """What the cells show, in words."""
    down: str
    """The param whose values head the rows."""
    across: str
    """The param whose values head the columns."""
    columns: tuple[str, ...]
    """The values of the param across."""
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    """Each value of the param down, and its cells."""


def heat_map(grid: ParamGrid | None, objective: Objective) -> HeatMap | None:
    """The heat map of `grid`; None where there is none."""
    if grid is None:
        return None
    means = [mean for row in grid.means for mean in row if mean is not None]
    digits, scale = digits_of(means), _scale(means, objective.direction == "min")
    down, across = value_labels(grid.down_values, MAX_VALUE), value_labels(grid.across_values, MAX_VALUE)
    rows = []
    for at, value in enumerate(grid.down_values):
        pairs = zip(grid.means[at], grid.counts[at], strict=True)
        cells = [
            _cell(digits.text(mean), scale, mean, count, (at, column) == grid.best)
            for column, (mean, count) in enumerate(pairs)
        ]
        rows.append((down[value], tuple(cells)))
    many = max(count for row in grid.counts for count in row) > 1
    return HeatMap(
        caption=f"{'Mean ' if many else ''}{shortened(objective.label)} for each {shortened(grid.down, 40)} and "
        f"{shortened(grid.across, 40)}; the stronger the shade, the better",
        down=shortened(grid.down, 40),
        across=shortened(grid.across, 40),
        columns=tuple(across[value] for value in grid.across_values),
        rows=tuple(rows),
    )


def _scale(means: list[float], lower_is_better: bool) -> tuple[float, float]:
    """The values of the strongest and of the weakest shade."""
    finite = [mean for mean in means if np.isfinite(mean)] or [0.0]
    best, part = (min(finite), WORSE_END) if lower_is_better else (max(finite), 1 - WORSE_END)
    return best, float(np.quantile(np.array(finite) / 2, part) * 2)


def _cell(text: str, scale: tuple[float, float], mean: float | None, count: int, is_best: bool) -> HeatCell:
    if mean is None:
        return HeatCell("", "num", "")
    best, worst = scale
    span = worst / 2 - best / 2
    share = 1.0 if mean == best else 1 - (mean / 2 - best / 2) / span if span and np.isfinite(mean) else 0.0
    css = f"num heat{round(SHADES * min(1.0, max(0.0, share)))}"
    return HeatCell(text, css + (" best-cell" if is_best else ""), plural(count, "run"))
