"""Curves as drawings: metrics over steps or time, with bands around them, and sparklines for table cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sitegen.charts.axes import Axis, Floats, drawable, make_axis, short
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

SERIES_POINTS = 100
"""Most points that a series has in a drawing."""
SPARK_POINTS = 28


class Series(NamedTuple):
    """One curve: `colour` counts from 1; `values` may hold NaN and infinities, which break the line.

    `low` and `high`, as long as `values`, are the edges of a band that is shaded around it.
    """

    label: str
    colour: int
    steps: Any
    values: Any
    low: Any = None
    high: Any = None


def sparkline(values: Any, width: int = 96, height: int = 24) -> str:
    """A curve without axes for a table cell; NaN breaks it, one point is a dot."""
    numbers = drawable(values)
    keep = _thinned(numbers, SPARK_POINTS)
    shown = numbers[keep]
    axis = make_axis(shown, widen=False)
    x = np.rint(_spread(keep, len(numbers), 2.0, width - 2.0))
    path = path_of(x, np.rint(axis.place(shown, height - 3.0, 3.0)))
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
) -> str:
    """Curves over steps, each thinned to what can be seen, with its name (or its last value, if alone) at its end."""
    thinned = [_thin_series(one, log_y) for one in series]
    x_axis = make_axis(_joined([steps for steps, _ in thinned]), widen=False, whole=True, count=x_count(width))
    bands = [band_edges(one, log_y) for one in series]
    shown = [*(values for _, values in thinned), *(edge for _, *edges in bands for edge in edges)]
    y_axis = make_axis(_joined(shown), log=log_y)
    ends = _end_texts(series, thinned, height - 62, width)
    frame = frame_of(
        width, height, y_axis, max([text_width(text) + (28 if len(series) > 1 else 12) for text in ends], default=16)
    )
    placed = [(x_axis.place(x, frame.left, frame.right), y_axis.place(y, frame.bottom, frame.top)) for x, y in thinned]
    body = [axes(frame, x_axis, y_axis, x_title, y_title)]
    body += [_band(one.colour, band, frame, x_axis, y_axis) for one, band in zip(series, bands, strict=True)]
    body += [_curve(one.colour, x, y) for one, (x, y) in zip(series, placed, strict=True)]
    if ends:
        body.append(_end_labels(series, ends, placed, frame))
    return drawing(width, height, body, _curves_label(series, x_title, y_title), empty=not y_axis.ticks)


def _curve(colour: int, x: Floats, y: Floats) -> str:
    drawn = np.flatnonzero(~np.isnan(y))
    if not len(drawn):
        return ""
    dash = " dash" if colour > 4 else ""
    end = f'<circle class="fill" cx="{pixels(x[drawn[-1]])}" cy="{pixels(y[drawn[-1]])}" r="3"/>'
    return f'<g class="{colour_class(colour)}"><path class="line{dash}" d="{path_of(x, y)}"/>{end}</g>'


def band_edges(series: Series, log_y: bool) -> tuple[Floats, Floats, Floats]:
    """Steps, lower and upper edge of a series' band where it has one, thinned as a curve is; else nothing.

    On a log axis a lower edge that is not above 0 lies on the lowest one that is.
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
    """The area between two edges, a piece for each stretch without a gap."""
    steps, low, high = edges
    drawn = ~(np.isnan(steps) | np.isnan(low) | np.isnan(high))
    cuts = np.flatnonzero(np.diff(np.concatenate([[False], drawn, [False]]).astype(np.int8)))
    x = x_axis.place(steps, frame.left, frame.right)
    bottom, top = (y_axis.place(edge, frame.bottom, frame.top) for edge in (low, high))
    pieces = [
        path_of(np.concatenate([x[a:b], x[a:b][::-1]]), np.concatenate([top[a:b], bottom[a:b][::-1]])) + "z"
        for a, b in zip(cuts[::2], cuts[1::2], strict=True)
    ]
    return f'<path class="band {colour_class(colour)}" d="{"".join(pieces)}"/>' if pieces else ""


def _end_texts(
    series: Sequence[Series], thinned: Sequence[tuple[Floats, Floats]], room: float, width: int
) -> list[str]:
    """What stands at the end of each curve: names, or the last value of a single one; nothing if there is no room."""
    if len(series) == 1:
        drawn = thinned[0][1][~np.isnan(thinned[0][1])]
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


def _thin_series(series: Series, log_y: bool) -> tuple[Floats, Floats]:
    steps, values = drawable(series.steps), drawable(series.values, log=log_y)
    keep = _thinned(values, SERIES_POINTS)
    return steps[keep], np.where(np.isnan(steps[keep]), np.nan, values[keep])


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
