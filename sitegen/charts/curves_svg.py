"""Curves as drawings: metrics over steps or time, with bands around them, and sparklines for table cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sitegen.charts.axes import Axis, Floats, drawable, floats, make_axis, short
from sitegen.charts.drawing import (
    LINE_HEIGHT,
    Frame,
    axes,
    colour_class,
    drawing,
    escape,
    fitted,
    frame_of,
    path_of,
    pixels,
    text_width,
    x_count,
)
from sitegen.charts.ranges import Range, outside, robust_range
from sitegen.charts.times import time_axis

SERIES_POINTS = 100
"""Maximum number of points that a series has in a drawing."""
SPARK_POINTS = 28


class Series(NamedTuple):
    """One curve: `colour` counts from 1; `values` may hold NaN and infinities, which break the line.

    `low` and `high`, as long as `values`, are the edges of a band that is shaded around it. A `faint` one is an
    earlier attempt of the series that follows it.
    """

    label: str
    colour: int
    steps: Any
    values: Any
    low: Any = None
    high: Any = None
    faint: bool = False


class _Thinned(NamedTuple):
    """The points of a series that are drawn: `values` is NaN where nothing can be drawn, `logged` the original
    value."""

    steps: Floats
    values: Floats
    logged: Floats


def sparkline(values: Any, width: int = 96, height: int = 24) -> str:
    """A curve without axes for a table cell; NaN breaks it, one point is a dot."""
    numbers = drawable(values)
    keep = _thinned(numbers, SPARK_POINTS)
    shown = numbers[keep]
    drawn = _within(shown, robust_range(shown))
    axis = make_axis(drawn, widen=False)
    x = np.rint(_spread(keep, len(numbers), 2.0, width - 2.0))
    path = path_of(x, np.rint(axis.place(drawn, height - 3.0, 3.0)))
    label = f"{short(float(shown[0]))} to {short(float(shown[-1]))}" if len(shown) else "no values"
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(label)}"><path d="{path}"/></svg>'
    )


def curves_svg(
    series: Sequence[Series],
    *,
    width: int = 640,
    height: int = 240,
    x_title: str = "step",
    y_title: str = "",
    log_y: bool = False,
    dates: bool = False,
) -> str:
    """Curves over steps (milliseconds since 1970 where `dates`), each thinned to what can be seen, with its name (or
    its last value, if alone) at its end.

    A few extreme values do not stretch the axis (see `ranges.py`): they, and infinities, are marked at its edge.
    """
    thinned = [_thin_series(one, log_y) for one in series]
    bands = [band_edges(one, log_y) for one in series]
    shown = _joined([*(one.values for one in thinned), *(edge for _, *edges in bands for edge in edges)])
    limits = None if log_y else robust_range(_joined([floats(one.values) for one in series]) if series else [])
    y_axis = make_axis(_within(shown, limits), log=log_y)
    x_axis, day = _x_axis(_joined([one.steps for one in thinned]), dates, width)
    main = [n for n, one in enumerate(series) if not one.faint]
    ends = _end_texts([series[n] for n in main], [thinned[n].values for n in main], height - 62, width)
    room = max([text_width(text) + (28 if len(main) > 1 else 12) for text in ends], default=16)
    frame = frame_of(width, height, y_axis, room)
    places = [_placed(one, limits, frame, x_axis, y_axis) for one in thinned]
    body = [axes(frame, x_axis, y_axis, f"{x_title}, {day}" if day else x_title, y_title)]
    body += [_band(one.colour, band, frame, x_axis, y_axis) for one, band in zip(series, bands, strict=True)]
    body += [_curve(one, x, y) for one, (x, y) in zip(series, places, strict=True)]
    body += [_beyond(one.colour, kept, limits, frame, x_axis) for one, kept in zip(series, thinned, strict=True)]
    if ends:
        body.append(_end_labels([series[n] for n in main], ends, [places[n] for n in main], frame))
    label = _curves_label([series[n] for n in main], x_title, y_title)
    return drawing(width, height, body, label, empty=not y_axis.ticks)


def _x_axis(steps: Floats, dates: bool, width: int) -> tuple[Axis, str]:
    if dates:
        return time_axis(steps, count=3 if width <= 480 else 5)
    return make_axis(steps, widen=False, whole=True, count=x_count(width)), ""


def _within(values: Floats, limits: Range | None) -> Floats:
    return values if limits is None else np.clip(values, limits.low, limits.high)


def _placed(one: _Thinned, limits: Range | None, frame: Frame, x_axis: Axis, y_axis: Axis) -> tuple[Floats, Floats]:
    x = x_axis.place(one.steps, frame.left, frame.right)
    return x, y_axis.place(_within(one.values, limits), frame.bottom, frame.top)


def _curve(series: Series, x: Floats, y: Floats) -> str:
    drawn = np.flatnonzero(~np.isnan(y))
    if not len(drawn):
        return ""
    dash = " dash" if series.colour > 4 else ""
    path, colour = path_of(x, y), colour_class(series.colour)
    if series.faint:
        return f'<g class="{colour}"><path class="line faint{dash}" d="{path}"/></g>'
    end = f'<circle class="fill" cx="{pixels(x[drawn[-1]])}" cy="{pixels(y[drawn[-1]])}" r="3"/>'
    return f'<g class="{colour}"><path class="line{dash}" d="{path}"/>{end}</g>'


def _beyond(colour: int, one: _Thinned, limits: Range | None, frame: Frame, x_axis: Axis) -> str:
    """Triangles at the upper and the lower edge for values that lie beyond them."""
    above, below = outside(one.logged, limits)
    if not (above.any() or below.any()):
        return ""
    x = x_axis.place(one.steps, frame.left, frame.right)
    marks = [f"M{pixels(at - 4)} {pixels(frame.top)}h8l-4-7z" for at in _pixels_of(x[above])]
    marks += [f"M{pixels(at - 4)} {pixels(frame.bottom)}h8l-4 7z" for at in _pixels_of(x[below])]
    return f'<path class="fill {colour_class(colour)}" d="{"".join(marks)}"/>'


def _pixels_of(x: Floats) -> list[float]:
    """The positions of marks: whole pixels, each once."""
    return [float(at) for at in np.unique(np.rint(x[~np.isnan(x)]))]


def band_edges(series: Series, log_y: bool) -> tuple[Floats, Floats, Floats]:
    """Steps, lower and upper edge of a series' band where it has one, thinned as a curve is; else nothing.

    On a log axis, lower edges not above 0 are set to the lowest one that is.
    """
    if series.low is None or series.high is None:
        return np.empty(0), np.empty(0), np.empty(0)
    steps = drawable(series.steps)
    low, high = drawable(series.low, log=log_y), drawable(series.high, log=log_y)
    if log_y and not np.isnan(low).all():
        low = np.where(drawable(series.low) <= 0, np.nanmin(low), low)
    keep = _thinned(high - low, SERIES_POINTS)
    return steps[keep], low[keep], high[keep]


def _band(colour: int, edges: tuple[Floats, Floats, Floats], frame: Frame, x_axis: Axis, y_axis: Axis) -> str:
    """The area between two edges, a piece for each segment without a gap."""
    steps, low, high = edges
    drawn = ~(np.isnan(steps) | np.isnan(low) | np.isnan(high))
    cuts = np.flatnonzero(np.diff(np.concatenate([[False], drawn, [False]]).astype(np.int8)))
    x = x_axis.place(steps, frame.left, frame.right)
    bottom, top = (y_axis.place(np.clip(e, y_axis.lo, y_axis.hi), frame.bottom, frame.top) for e in (low, high))
    pieces = [
        path_of(np.concatenate([x[a:b], x[a:b][::-1]]), np.concatenate([top[a:b], bottom[a:b][::-1]])) + "z"
        for a, b in zip(cuts[::2], cuts[1::2], strict=True)
    ]
    return f'<path class="band {colour_class(colour)}" d="{"".join(pieces)}"/>' if pieces else ""


def _end_texts(series: Sequence[Series], values: Sequence[Floats], room: float, width: int) -> list[str]:
    """The labels at the end of each curve: names, or the last value of a single curve; none if there is no room."""
    if len(series) == 1:
        drawn = values[0][~np.isnan(values[0])]
        return [short(float(drawn[-1]))] if len(drawn) else []
    if len(series) * LINE_HEIGHT > room:
        return []
    return [fitted(one.label, width * 0.22) for one in series]


def _end_labels(
    series: Sequence[Series], texts: Sequence[str], placed: Sequence[tuple[Floats, Floats]], frame: Frame
) -> str:
    ends = [(float(y[~np.isnan(y)][-1]), n) for n, (_, y) in enumerate(placed) if not np.isnan(y).all()]
    if len(series) == 1:
        x = placed[0][0][~np.isnan(placed[0][1])][-1]
        return (
            f'<text class="strong" x="{pixels(x + 8)}" y="{pixels(ends[0][0] + 4)}">{escape(texts[0])}</text>'
            if ends
            else ""
        )
    heights = _apart([y for y, _ in sorted(ends)], frame.top, frame.bottom)
    return "".join(
        _end_label(series[n].colour, texts[n], frame.right + 8, y)
        for y, (_, n) in zip(heights, sorted(ends), strict=True)
    )


def _end_label(colour: int, text: str, x: float, y: float) -> str:
    dash = " dash" if colour > 4 else ""
    return (
        f'<path class="line{dash} {colour_class(colour)}" d="M{pixels(x)} {pixels(y)}h14"/>'
        f'<text class="strong" x="{pixels(x + 19)}" y="{pixels(y + 4)}">{escape(text)}</text>'
    )


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


def _curves_label(series: Sequence[Series], x_title: str, y_title: str) -> str:
    names = ", ".join(one.label for one in series[:5]) + (" and others" if len(series) > 5 else "")
    return f"{y_title} over {x_title}: {names}"


def _thin_series(series: Series, log_y: bool) -> _Thinned:
    steps, values = drawable(series.steps), drawable(series.values, log=log_y)
    keep = _thinned(values, SERIES_POINTS)
    return _Thinned(steps[keep], np.where(np.isnan(steps[keep]), np.nan, values[keep]), floats(series.values)[keep])


def _thinned(values: Floats, most: int) -> Any:
    """The indices to draw: the ends, each bucket's smallest and largest, and a NaN of each bucket that has one."""
    n = len(values)
    if n <= most:
        return np.arange(n)
    buckets = (most - 2) // 2
    size = -(-(n - 2) // buckets)
    padded = np.full(buckets * size, np.nan)
    padded[: n - 2] = values[1:-1]
    inner = padded.reshape(buckets, size)
    gap = np.isnan(inner)
    picked = [
        np.where(gap, np.inf, inner).argmin(1),
        np.where(gap, -np.inf, inner).argmax(1),
        gap.argmax(1),
    ]
    starts = np.arange(buckets) * size + 1
    indices = np.unique(np.concatenate([[0, n - 1], *(starts + pick for pick in picked[: 3 if gap.any() else 2])]))
    return indices[indices < n]


def _spread(indices: Any, count: int, start: float, end: float) -> Floats:
    if count < 2:
        return np.full(len(indices), (start + end) / 2)
    return np.asarray(indices * ((end - start) / (count - 1)) + start)


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)
