"""Which values a drawing shows: a range that one extreme value does not flatten, and words for what is outside.

`themes/default/assets/js/curve-data.js` does the same for live charts; change both.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sitegen.charts.axes import MAX_DRAWN, Floats, floats, short

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
    numbers = floats(values)
    numbers = np.sort(numbers[np.abs(numbers) <= MAX_DRAWN])
    count = len(numbers)
    if count < FEWEST:
        return None
    aside = max(1, count // SHARE)
    inner_low, inner_high = float(numbers[aside]), float(numbers[count - 1 - aside])
    first, last, room = float(numbers[0]), float(numbers[-1]), (inner_high - inner_low) / 2
    low, high = max(first, inner_low - room), min(last, inner_high + room)
    most = FLATTENED * (high - low)
    if room <= 0:
        return None
    # Only the end that has extreme values is cut.
    low, high = (first if high - first <= most else low), (last if last - low <= most else high)
    if (low, high) == (first, last):
        return None
    return Range(low, high)


def outside(values: Floats, limits: Range | None) -> tuple[Any, Any]:
    """Which of `values` are marked at the upper edge, and which at the lower one."""
    low, high = limits or Range(-MAX_DRAWN, MAX_DRAWN)
    return values > high, values < low


def range_notes(values: Any, *, log: bool = False) -> list[str]:
    """Sentences on values that are not drawn where they are: outside of the range, infinite, NaN."""
    numbers = floats(values)
    limits = None if log else robust_range(numbers)
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
