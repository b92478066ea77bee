"""Runs as drawings: one mark a run in scatter, strip and histogram charts, and intervals for table cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sitegen.charts.axes import Axis, Floats, drawable, make_axis, nice_ticks
from sitegen.charts.drawing import (
    ROW_HEIGHT,
    Frame,
    axes,
    axis_hook,
    colour_class,
    drawing,
    frame_of,
    rows_frame,
    text_at,
    x_count,
    x_ticks,
)
from sitegen.charts.paths import path_of, pixels
from sitegen.charts.style import BEST_COLOUR, OTHER_COLOUR

SCATTER_DOTS = 500
"""Maximum number of points of a scatter or strip drawing; with more, points on top of each other are drawn once."""
HISTOGRAM_BINS = 24


class Point(NamedTuple):
    """One run at (x, y)."""

    x: float
    y: float
    run_id: str = ""
    name: str = ""
    status: str = "FINISHED"
    colour: int = OTHER_COLOUR


class Mark(NamedTuple):
    """One run with one value, in a category where there are categories."""

    x: float
    run_id: str = ""
    name: str = ""
    status: str = "FINISHED"
    colour: int = OTHER_COLOUR
    category: str = ""


def scatter_svg(
    points: Sequence[Point],
    *,
    width: int = 640,
    height: int = 320,
    x_title: str = "",
    y_title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    stairs: Sequence[tuple[float, float]] = (),
) -> str:
    """One dot a run; a ring where the run did not finish. Dots that hide each other are drawn once.

    `stairs` are the corners of a line below the dots, such as a Pareto front.
    """
    x, y = drawable([p.x for p in points], log=log_x), drawable([p.y for p in points], log=log_y)
    both = ~np.isnan(x) & ~np.isnan(y)
    x_axis = make_axis(x[both], log=log_x, count=x_count(width))
    y_axis = make_axis(y[both], log=log_y)
    frame = frame_of(width, height, y_axis, 16)
    shown = [point for point, keep in zip(points, both, strict=True) if keep]
    dots = _dots(
        x_axis.place(x[both], frame.left, frame.right),
        y_axis.place(y[both], frame.bottom, frame.top),
        [point.colour for point in shown],
        [point.status for point in shown],
    )
    line = path_of(
        x_axis.place([x for x, _ in stairs], frame.left, frame.right),
        y_axis.place([y for _, y in stairs], frame.bottom, frame.top),
    )
    front = f'<path class="line {colour_class(BEST_COLOUR)}" d="{line}"/>' if len(stairs) > 1 else ""
    body = [axes(frame, x_axis, y_axis, x_title, y_title, x_grid=True), front, dots]
    name = f"{y_title} against {x_title}, {len(shown)} runs"
    return drawing(width, height, body, name, empty=not shown, hooks=_hooks(frame, x_axis, y_axis))


def strip_svg(
    groups: Sequence[tuple[str, Sequence[Mark]]], *, width: int = 640, x_title: str = "", log_x: bool = False
) -> str:
    """One row a category, one dot a run across it, and a tick at the category's median."""
    axis = make_axis([mark.x for _, marks in groups for mark in marks], log=log_x, count=x_count(width))
    frame = rows_frame(width, [name for name, _ in groups], 16, below=38)
    body = [x_ticks(frame, axis, x_title, grid=True)]
    body += [_strip_row(frame, axis, row, name, marks) for row, (name, marks) in enumerate(groups)]
    height = round(frame.bottom) + 38
    name = f"{x_title} in {len(groups)} groups"
    return drawing(width, height, body, name, empty=not axis.ticks, hooks=_hooks(frame, axis))


def histogram_svg(values: Any, *, width: int = 640, height: int = 240, x_title: str = "", y_title: str = "runs") -> str:
    """How many values are in each bin, in bins of a round width."""
    edges, counts = histogram(values)
    x_axis = make_axis(edges, widen=False, count=x_count(width))
    y_axis = make_axis(counts, whole=True, zero=True)
    frame = frame_of(width, height, y_axis, 16)
    at = x_axis.place(edges, frame.left, frame.right)
    tops = y_axis.place(counts, frame.bottom, frame.top)
    bars = "".join(
        f"M{pixels(a + 0.5)} {pixels(frame.bottom)}V{pixels(top)}H{pixels(max(b - 0.5, a + 1))}V{pixels(frame.bottom)}z"
        for a, b, top, count in zip(at[:-1], at[1:], tops, counts, strict=True)
        if count
    )
    body = [axes(frame, x_axis, y_axis, x_title, y_title), f'<path class="fill c1" d="{bars}"/>']
    name = f"distribution of {x_title} over {int(sum(counts))} {y_title}"
    return drawing(width, height, body, name, empty=not bars, hooks=_hooks(frame, x_axis, y_axis))


def _hooks(frame: Frame, x_axis: Axis, y_axis: Axis | None = None) -> str:
    """Where scripts (still-figure.js) find the marks of a drawing; rows of categories have no vertical axis."""
    across = axis_hook("x", x_axis, frame.left, frame.right)
    return across + axis_hook("y", y_axis, frame.bottom, frame.top) if y_axis else across


def interval_drawing(
    middle: float, low: float | None, high: float | None, span: tuple[float, float], width: int = 120, height: int = 16
) -> str:
    """A point with the interval around it for a table cell, placed between the two ends of `span`."""
    wide = span[1] - span[0]
    known = np.isfinite(wide) and wide > 0

    def place(value: float) -> float:
        return 4 + (value - span[0]) / wide * (width - 8) if known else width / 2

    y = height / 2
    bar = (
        f'<path d="M{pixels(place(low))} {pixels(y)}H{pixels(place(high))}"/>'
        if low is not None and high is not None
        else ""
    )
    return (
        f'<svg class="interval" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f'{bar}<circle cx="{pixels(place(middle))}" cy="{pixels(y)}" r="3.5"/></svg>'
    )


def histogram(values: Any, bins: int = HISTOGRAM_BINS) -> tuple[list[float], list[int]]:
    """Edges and counts of at most `bins` + 1 bins of a round width over all drawable values; one if all are equal."""
    numbers = drawable(values)
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return [0.0, 1.0], [0]
    axis = make_axis(numbers, widen=False)
    if len(axis.ticks) == 1 and axis.lo < numbers.min():
        return [axis.lo, axis.hi], [len(numbers)]
    edges, _ = nice_ticks(axis.lo, axis.hi, bins, widen=True)
    edges[0], edges[-1] = min(edges[0], axis.lo), max(edges[-1], axis.hi)
    counts, _ = np.histogram(numbers, np.array(edges))
    return edges, [int(count) for count in counts]


def _strip_row(frame: Frame, axis: Axis, row: int, name: str, marks: Sequence[Mark]) -> str:
    middle = frame.top + ROW_HEIGHT * (row + 0.5)
    x = axis.place([mark.x for mark in marks], frame.left, frame.right)
    shown = np.flatnonzero(~np.isnan(x)).tolist()
    label = text_at(frame.left - 8, middle + 4, name, frame.left - 8, anchor="end", strong=True)
    if not shown:
        return label
    # The golden ratio spreads neighbours over the row without chance.
    y = np.array([middle + (n * 0.618034 % 1 - 0.5) * (ROW_HEIGHT * 0.4) for n in range(len(shown))])
    dots = _dots(x[shown], y, [marks[n].colour for n in shown], [marks[n].status for n in shown])
    median = float(axis.place([float(np.median(drawable([m.x for m in marks])[shown]))], frame.left, frame.right)[0])
    return f'{label}{dots}<path class="median" d="M{pixels(median)} {pixels(middle - 10)}v20"/>'


def _dots(x: Floats, y: Floats, colours: Sequence[int], statuses: Sequence[str]) -> str:
    """Dots, one path for each colour and kind of run (a dot each would be ten times the bytes)."""
    paths: dict[tuple[str, bool], list[str]] = {}
    for n in visible(x, y, SCATTER_DOTS):
        key = (colour_class(colours[n]), statuses[n] == "FINISHED")
        paths.setdefault(key, []).append(f"M{pixels(x[n])} {pixels(y[n])}h0")
    drawn = []
    for (colour, finished), dots in sorted(paths.items()):
        d = "".join(dots)
        drawn.append(f'<path class="dots {colour}" d="{d}"/>' + ("" if finished else f'<path class="hole" d="{d}"/>'))
    return "".join(drawn)


def distinct(x: Any, y: Any, most: int, *, log_x: bool = False, log_y: bool = False) -> list[int]:
    """The indices of at most `most` points that show where all of them are; all must be drawable."""
    placed = [make_axis(v, log=log).place(v, 0, 600) for v, log in ((x, log_x), (y, log_y))]
    return visible(placed[0], placed[1], most)


def visible(x: Floats, y: Floats, most: int) -> list[int]:
    """The indices of at most `most` points: the first in each square of a grid that is as fine as that allows."""
    square = 1.0
    kept = np.arange(len(x))
    while len(kept) > most:
        cells = np.floor(x / square) * 1e6 + np.floor(y / square)
        kept = np.sort(np.unique(cells, return_index=True)[1])
        square *= 1.5
    return [int(n) for n in kept]
