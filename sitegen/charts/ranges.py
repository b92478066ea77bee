"""Which values a drawing shows: a range that one extreme value does not flatten, and words for what is outside.

`themes/default/assets/js/curve-data.js` does the same for live charts; change both.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sitegen.charts.axes import MAX_DRAWN, Floats, floats, short
from sitegen.charts.segments import Indices, joined, ordered

FEWEST = 5
"""The least number of values of which a few can be called extreme."""
SHARE = 50
"""One value in this many, and at least one, may be outside at each end."""
FLATTENED = 10
"""How many times larger the range of all values must be than that of the others for the others to be drawn alone."""


class Range(NamedTuple):
    """The values that are drawn; those beyond are marked at the edge."""

    low: float
    high: float


def robust_range(values: Any) -> Range | None:
    """The range of all but a few extreme values, half as wide again at each end; None if all can be drawn.

    Infinities, and numbers too large to be drawn (`MAX_DRAWN`), do not count.
    """
    return robust_ranges(*joined([floats(values)]))[0]


def robust_ranges(values: Floats, bounds: Indices) -> list[Range | None]:
    """`robust_range` of each of some curves (see `segments.py`)."""
    found: list[Range | None] = [None] * (len(bounds) - 1)
    usable = np.where(np.abs(values) <= MAX_DRAWN, values, np.nan)
    for which, rows in ordered(usable, bounds):
        low, high, cut = _without_extremes(rows)
        for n in np.flatnonzero(cut).tolist():
            found[which[n]] = Range(float(low[n]), float(high[n]))
    return found


def _without_extremes(rows: Floats) -> tuple[Floats, Floats, Any]:
    """The edges of the robust range of each row, which is in ascending order with NaN last; and whether it has one."""
    at, count = np.arange(len(rows)), (~np.isnan(rows)).sum(1)
    aside = np.maximum(1, count // SHARE)
    # Of a row with too few numbers, places before its beginning are read: any will do, it is not cut.
    first, last = rows[:, 0], rows[at, count - 1]
    inner_low, inner_high = rows[at, np.minimum(aside, len(rows[0]) - 1)], rows[at, count - 1 - aside]
    room = (inner_high - inner_low) / 2
    low, high = np.maximum(first, inner_low - room), np.minimum(last, inner_high + room)
    most = FLATTENED * (high - low)
    # Only the end that has extreme values is cut.
    low, high = np.where(high - first <= most, first, low), np.where(last - low <= most, last, high)
    return low, high, (count >= FEWEST) & (room > 0) & ((low != first) | (high != last))


def outside(values: Floats, limits: Range | None) -> tuple[Any, Any]:
    """Which of `values` are marked at the upper edge, and which at the lower one."""
    low, high = limits or Range(-MAX_DRAWN, MAX_DRAWN)
    return values > high, values < low


def range_notes(values: Any, limits: Range | None) -> list[str]:
    """Sentences on values that are not drawn where they are: outside of `limits`, infinite, NaN."""
    numbers = floats(values)
    above, below = outside(numbers, limits)
    finite = np.abs(numbers) <= MAX_DRAWN
    notes = []
    for found, word, end in ((above & finite, "above", "largest"), (below & finite, "below", "smallest")):
        if limits and found.any():
            edge = short(limits.high if word == "above" else limits.low)
            extreme = short(float(numbers[found].max() if word == "above" else numbers[found].min()))
            notes.append(f"{_count(int(found.sum()))} {word} {edge} at the edge, {end} {extreme}.")
    infinite = int((~finite & ~np.isnan(numbers)).sum())
    missing = int(np.isnan(numbers).sum())
    if infinite:
        notes.append(f"{_count(infinite)} infinite or too large to draw, marked at the edge.")
    if missing:
        notes.append(f"{_count(missing)} NaN and not drawn.")
    return notes


def _count(number: int) -> str:
    return "1 value is" if number == 1 else f"{number:,} values are"
