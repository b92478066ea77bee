"""The dots of a leaderboard: where each run's value lies on one axis that all rows share, in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.analysis.ranking import RankedRun
from sitegen.charts.axes import Axis, make_axis
from sitegen.charts.paths import pixels
from sitegen.charts.ranges import Range, robust_range

WIDTH, PAD = 260, 8
LOG_RATIO = 100
"""From this ratio of the largest to the smallest value on, the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Dot:
    """Where a run is on the axis, in pixels from its left end; strings, for SVG attributes."""

    x: str
    """Its value."""
    low: str
    """One standard deviation below it; empty if the spread is not known."""
    high: str
    """One standard deviation above it."""
    beyond: str
    """`left` or `right` where the value lies outside of the axis; else empty."""


@dataclass(frozen=True, slots=True)
class DotAxis:
    """The axis that the dots share."""

    width: str
    """Its width in pixels."""
    ticks: tuple[tuple[str, str], ...]
    """Place and label of each tick."""
    title: str
    """What it shows, for those who cannot see it."""


def dot_plot(entries: Sequence[RankedRun], title: str) -> tuple[DotAxis | None, dict[str, Dot]]:
    """The axis and the dot of each run by its id; no axis where fewer than two values differ."""
    values = [entry.value for entry in entries if math.isfinite(entry.value)]
    if len(set(values)) < 2:
        return None, {}
    limits = robust_range(values) or Range(min(values), max(values))
    inside = [value for value in values if limits.low <= value <= limits.high]
    log = min(inside) > 0 and max(inside) / min(inside) >= LOG_RATIO
    edges = [edge for entry in entries for edge in _edges(entry) if limits.low <= entry.value <= limits.high]
    # Spreads are shown as far as they do not make the values one dot.
    reach = max(inside) - min(inside)
    edges = [edge for edge in edges if min(inside) - reach <= edge <= max(inside) + reach and (edge > 0 or not log)]
    axis = make_axis([*inside, *edges], log=log, count=3)
    ticks = zip(axis.place(axis.ticks, PAD, WIDTH - PAD).tolist(), axis.labels, strict=True)
    found = DotAxis(str(WIDTH), tuple((pixels(x), label) for x, label in ticks), title)
    return found, {entry.row.run_id: _dot(entry, axis) for entry in entries}


def _edges(entry: RankedRun) -> tuple[float, ...]:
    std = entry.spread.std if entry.spread else math.nan
    return (entry.value - std, entry.value + std) if math.isfinite(std) else ()


def _dot(entry: RankedRun, axis: Axis) -> Dot:
    if math.isnan(entry.value):
        return Dot("", "", "", "")
    if not axis.lo <= entry.value <= axis.hi:
        right = entry.value > axis.hi
        return Dot(pixels(WIDTH - 4 if right else 4), "", "", "right" if right else "left")
    places = [min(max(edge, axis.lo), axis.hi) for edge in (entry.value, *_edges(entry))]
    x, *edges = (pixels(at) for at in axis.place(places, PAD, WIDTH - PAD).tolist())
    low, high = edges or ("", "")
    return Dot(x, low, high, "")
