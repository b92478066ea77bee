"""Curves as drawings: metrics over steps or time, with bands around them; all drawings of a page, or of many, at once.

What takes numpy is done for all curves together (`segments.py`), what depends on a drawing alone is kept for the next
that needs the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from sitegen.charts.axes import MAX_DRAWN, Axis, Floats, axis_between, floats, short
from sitegen.charts.bands_svg import band_drawing, with_bands
from sitegen.charts.drawing import (
    LINE_HEIGHT,
    Frame,
    axes,
    colour_class,
    drawing,
    escape,
    fitted_apart,
    frame_of,
    text_width,
    x_count,
)
from sitegen.charts.paths import paths_of, pixels
from sitegen.charts.ranges import Range, robust_ranges
from sitegen.charts.segments import Indices, extremes, joined, spread
from sitegen.charts.series import SERIES_POINTS, Series, values_of
from sitegen.charts.style import BEST_COLOUR, OTHER_COLOUR
from sitegen.charts.thinning import thinned
from sitegen.charts.times import time_axis

TOP = 12.0
"""Room above the frame; a drawing of curves has no title there."""


class Curves(NamedTuple):
    """A drawing of curves over steps (milliseconds since 1970 where `dates`); `title` says of what, for those who
    cannot see it. Without `names`, several curves have none at their ends."""

    series: Sequence[Series]
    width: int = 640
    height: int = 240
    x_title: str = "step"
    title: str = ""
    log_y: bool = False
    dates: bool = False
    names: bool = True


class _Lines(NamedTuple):
    """The series of all drawings end to end, with the points that are drawn.

    `values` is NaN where nothing can be drawn, `logged` the original value. `first` counts the series before each
    drawing, `last` is the last point of each series that can be drawn, or -1.
    """

    steps: Floats
    values: Floats
    logged: Floats
    bounds: Indices
    first: Indices
    last: Indices

    @property
    def points(self) -> Indices:
        """The bounds of the points of each drawing."""
        return self.bounds[self.first]


class _Plan(NamedTuple):
    """Where a drawing shows what: its axes, its frame, and the SVG of both; `main` are the series that are not earlier
    attempts, `ends` the strings at their ends."""

    x_axis: Axis
    y_axis: Axis
    frame: Frame
    axes: str
    main: Sequence[int]
    ends: Sequence[str]


class _Placed(NamedTuple):
    """Of each series the path, its end in pixels (NaN for none), and the path of its marks at the edges, if any."""

    paths: Sequence[str]
    ends: Sequence[Sequence[float]]
    marks: dict[int, str]


def curves_svg(series: Sequence[Series], **how: Any) -> str:
    """One drawing of curves; `how` are the other fields of `Curves`."""
    drawings = [Curves(series, **how)]
    return curves_svgs(drawings, ranges_of(drawings))[0]


def ranges_of(drawings: Sequence[Curves]) -> list[Range | None]:
    """The range that each drawing shows where a few extreme values would stretch its axis (see `ranges.py`)."""
    return robust_ranges(*joined([np.empty(0) if one.log_y else values_of(one.series) for one in drawings]))


def curves_svgs(drawings: Sequence[Curves], ranges: Sequence[Range | None]) -> list[str]:
    """Drawings of curves, each curve thinned to what can be seen, with its name (or its last value, if alone) at its
    end.

    `ranges` are those of `ranges_of`: values beyond them, and infinities, are marked at the edge.
    """
    lines = _lines(drawings)
    edges = np.array([limits or (-math.inf, math.inf) for limits in ranges]).reshape(-1, 2)
    low, high = (spread(edge, lines.points) for edge in edges.T)
    within = np.clip(lines.values, low, high)
    y_spans, x_spans = extremes(within, lines.points), extremes(lines.steps, lines.points)
    plans = [
        _plan(one, ends, (x_low, x_high), with_bands(one.series, one.log_y, limits, y_low, y_high))
        for one, ends, limits, x_low, x_high, y_low, y_high in zip(
            drawings, _end_texts(drawings, lines), ranges, *_lists(*x_spans, *y_spans), strict=True
        )
    ]
    placed = _place(lines, within, (low, high), plans)
    return [_drawing(one, plan, placed, n) for one, plan, n in zip(drawings, plans, lines.first.tolist(), strict=False)]


def _lists(*arrays: Floats) -> list[list[float]]:
    return [array.tolist() for array in arrays]


# The points ----------------------------------------------------------------------------------------------------------


def _lines(drawings: Sequence[Curves]) -> _Lines:
    series = [one for drawn in drawings for one in drawn.series]
    counts = [len(drawn.series) for drawn in drawings]
    steps, bounds = joined([floats(one.steps) for one in series])
    logged, _ = joined([floats(one.values) for one in series])
    can = (np.abs(logged) <= MAX_DRAWN) & (np.abs(steps) <= MAX_DRAWN)
    if any(one.log_y for one in drawings):
        can &= (logged > 0) | ~spread(np.repeat([one.log_y for one in drawings], counts), bounds)
    values = np.where(can, logged, np.nan)
    keep = thinned(values, bounds, SERIES_POINTS)
    steps = np.where(np.abs(steps) <= MAX_DRAWN, steps, np.nan)[keep]
    values, logged, bounds = values[keep], logged[keep], np.concatenate([[0], np.cumsum(keep)])[bounds]
    _, last = extremes(np.where(np.isnan(values), np.nan, np.arange(len(values))), bounds)
    first = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    return _Lines(steps, values, logged, bounds, first, np.nan_to_num(last, nan=-1).astype(np.int64))


def _place(lines: _Lines, within: Floats, edges: tuple[Floats, Floats], plans: Sequence[_Plan]) -> _Placed:
    x = _scaled(lines.steps, lines.points, [(plan.x_axis, plan.frame.left, plan.frame.right) for plan in plans])
    y = _scaled(within, lines.points, [(plan.y_axis, plan.frame.bottom, plan.frame.top) for plan in plans])
    # Whole pixels are exact enough along the axis, and shorter.
    x = np.rint(x)
    ends = [(x[last], y[last]) if last >= 0 else (math.nan, math.nan) for last in lines.last.tolist()]
    return _Placed(paths_of(x, y, lines.bounds), ends, _marks(lines, x, edges, plans))


def _scaled(values: Floats, points: Indices, scales: Sequence[tuple[Axis, float, float]]) -> Floats:
    """`values` in pixels, each drawing on its axis between two places."""
    log = np.array([axis.log for axis, _, _ in scales], dtype=bool)
    spans = [
        (*((math.log10(axis.lo), math.log10(axis.hi)) if axis.log else (axis.lo, axis.hi)), start, end)
        for axis, start, end in scales
    ]
    lo, hi, start, end = np.array(spans).reshape(-1, 4).T
    if log.any():
        on_log = spread(log, points)
        values = np.where(on_log, np.log10(np.where(on_log, values, 1.0)), values)
    factor = (end - start) / (hi - lo)
    scaled: Floats = (values - spread(lo, points)) * spread(factor, points) + spread(start, points)
    return scaled


def _marks(lines: _Lines, x: Floats, edges: tuple[Floats, Floats], plans: Sequence[_Plan]) -> dict[int, str]:
    """Triangles at the upper and the lower edge of the series that have values beyond them: paths, by series."""
    low, high = np.maximum(edges[0], -MAX_DRAWN), np.minimum(edges[1], MAX_DRAWN)
    above, below = lines.logged > high, lines.logged < low
    beyond = np.flatnonzero(above | below)
    paths = {}
    for n in np.unique(np.searchsorted(lines.bounds, beyond, side="right") - 1).tolist():
        frame = plans[int(np.searchsorted(lines.first, n, side="right")) - 1].frame
        of = slice(lines.bounds[n], lines.bounds[n + 1])
        marks = [f"M{pixels(at - 4)} {pixels(frame.top)}h8l-4-7z" for at in _once(x[of][above[of]])]
        marks += [f"M{pixels(at - 4)} {pixels(frame.bottom)}h8l-4 7z" for at in _once(x[of][below[of]])]
        paths[n] = "".join(marks)
    return paths


def _once(x: Floats) -> list[float]:
    return [float(at) for at in np.unique(x[~np.isnan(x)])]


# One drawing ---------------------------------------------------------------------------------------------------------


def _end_texts(drawings: Sequence[Curves], lines: _Lines) -> list[list[str]]:
    """The strings at the ends of curves: names, or the last value of a single curve; none where there is no room."""
    ends = np.where(lines.last < 0, np.nan, lines.values[lines.last]) if len(lines.values) else lines.last * np.nan
    last, first = ends.tolist(), lines.first.tolist()
    return [_ends_of(one, last[a:b]) for one, a, b in zip(drawings, first, first[1:], strict=False)]


def _ends_of(one: Curves, last: Sequence[float]) -> list[str]:
    main = _main(one)
    if len(main) == 1:
        value = last[main[0]]
        return [short(value)] if value == value else []
    if not one.names or len(main) * LINE_HEIGHT > one.height - 38 - TOP:
        return []
    texts = fitted_apart([one.series[n].label for n in main], one.width * 0.22)
    # Names that are cut to the same say nothing; they are in the legend.
    return texts if len(set(texts)) == len(texts) else []


def _main(one: Curves) -> list[int]:
    """The series that are not earlier attempts."""
    return [n for n, series in enumerate(one.series) if not series.faint]


def _plan(one: Curves, ends: Sequence[str], x: tuple[float, float], y: tuple[float, float]) -> _Plan:
    """Axes for the values between the ends of `x` and of `y`."""
    y_axis = axis_between(*y, log=one.log_y)
    if one.dates:
        x_axis, day = time_axis(x, count=3 if one.width <= 480 else 5)
    else:
        x_axis, day = axis_between(*x, widen=False, whole=True, count=x_count(one.width)), ""
    main = _main(one)
    room = max([text_width(text) + (12 if len(main) == 1 else 28) for text in ends], default=16)
    title = f"{one.x_title}, {day}" if day else one.x_title
    return _Plan(x_axis, y_axis, *_scaffold(one.width, one.height, x_axis, y_axis, room, title), main, ends)


@lru_cache(maxsize=1024)
def _scaffold(width: int, height: int, x_axis: Axis, y_axis: Axis, room: float, x_title: str) -> tuple[Frame, str]:
    """The frame and the axes of a drawing with `room` at its right; many drawings have the same."""
    frame = frame_of(width, height, y_axis, room, TOP)
    return frame, axes(frame, x_axis, y_axis, x_title, "")


def _drawing(one: Curves, plan: _Plan, placed: _Placed, first: int) -> str:
    """The drawing whose first series is number `first` of all."""
    numbers = range(first, first + len(one.series))
    body = [plan.axes]
    body += [
        band_drawing(series, one.log_y, plan.frame, plan.x_axis, plan.y_axis)
        for series in one.series
        if series.low is not None
    ]
    body += [_curve(series, placed.paths[n], placed.ends[n]) for series, n in zip(one.series, numbers, strict=True)]
    body += [
        f'<path class="fill {colour_class(series.colour)}" d="{placed.marks[n]}"/>'
        for series, n in zip(one.series, numbers, strict=True)
        if n in placed.marks
    ]
    body.append(_end_labels(one, plan, placed.ends[first : first + len(one.series)]))
    return drawing(one.width, one.height, body, _name(one, plan.main), empty=not plan.y_axis.ticks)


def _curve(series: Series, path: str, end: Sequence[float]) -> str:
    if not path:
        return ""
    colour = colour_class(series.colour)
    if series.faint:
        return f'<g class="{colour}"><path class="line faint" d="{path}"/></g>'
    point = f'<path class="end" d="M{pixels(end[0])} {pixels(end[1])}h0"/>'
    return f'<g class="{colour}"><path class="line" d="{path}"/>{point}</g>'


def _name(one: Curves, main: Sequence[int]) -> str:
    """The accessible name: metric, axis and runs."""
    if len(main) == 1:
        name = one.series[main[0]].label
        return f"{name} by {one.x_title}" if one.title in ("", name) else f"{one.title} by {one.x_title}: {name}"
    word = "groups" if any(one.series[n].low is not None for n in main) else "runs"
    return f"{one.title} by {one.x_title} for {len(main)} {word}".strip()


# Names at the ends of curves -----------------------------------------------------------------------------------------


def _end_labels(one: Curves, plan: _Plan, ends: Sequence[Sequence[float]]) -> str:
    main = plan.main
    placed = sorted((ends[n][1], at) for at, n in enumerate(main) if ends[n][1] == ends[n][1])
    if not plan.ends or not placed:
        return ""
    if len(main) == 1:
        x, y = ends[main[0]]
        return f'<text class="strong" x="{pixels(x + 8)}" y="{pixels(y + 4)}">{escape(plan.ends[0])}</text>'
    heights = _apart([y for y, _ in placed], plan.frame.top, plan.frame.bottom)
    return "".join(
        _end_label(one.series[main[at]].colour, plan.ends[at], plan.frame.right + 8, y, ends[main[at]])
        for y, (_, at) in zip(heights, placed, strict=True)
    )


def _end_label(colour: int, text: str, x: float, y: float, end: Sequence[float]) -> str:
    """A curve's name with its key, or, where grey curves would have the same key, with a line to the curve's end."""
    key = f'<path class="line {colour_class(colour)}" d="M{pixels(x)} {pixels(y)}h14"/>'
    if colour in (BEST_COLOUR, OTHER_COLOUR):
        key = (
            f'<path class="lead {colour_class(colour)}" d="M{pixels(end[0] + 4)} {pixels(end[1])}'
            f'L{pixels(x + 4)} {pixels(y)}h10"/>'
        )
    return f'{key}<text class="strong" x="{pixels(x + 19)}" y="{pixels(y + 4)}">{escape(text)}</text>'


def _apart(heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Ascending `heights` moved as little as needed to be a line of text apart, between `top` and `bottom`."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + LINE_HEIGHT if moved else top))
    limit = bottom
    for n in range(len(moved) - 1, -1, -1):
        moved[n] = min(moved[n], limit)
        limit = moved[n] - LINE_HEIGHT
    return moved
