"""One curve of a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sitegen.charts.axes import Floats, floats
from sitegen.charts.segments import joined

SERIES_POINTS = 100
"""Maximum number of points that a series has in a drawing, gaps aside."""


class Series(NamedTuple):
    """One curve: `colour` counts from 1; `values` may hold NaN and infinities, which break the line.

    `low` and `high`, as long as `values`, are the edges of a band that is shaded around it. A `faint` one is an
    earlier attempt of the series that follows it, or what that was before it was smoothed. `id` tells series with one
    label apart in the published data: the run's id.
    """

    label: str
    colour: int
    steps: Any
    values: Any
    low: Any = None
    high: Any = None
    faint: bool = False
    id: str = ""


def values_of(series: Sequence[Series]) -> Floats:
    """All values of some series."""
    return floats(series[0].values) if len(series) == 1 else joined([floats(one.values) for one in series])[0]
