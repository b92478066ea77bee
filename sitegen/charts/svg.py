"""Drawings for first paint: charts as small SVG texts, without scripts, ids or inline style.

All numbers are drawn by pure functions: same values, same bytes. Coordinates are pixels at the drawing's own width
(640, or 360 for small multiples), where text is 12 pixels; the page's style sheet scales a drawing to its container.
The policy of the pages forbids inline style, so colour and weight come from classes (rules in `style.py`):

- `drawing` on each chart's `<svg>`, `spark` on a sparkline's
- `c1` .. `c8` on a group: the series colour, used below it as `currentColor`
- `line` a curve, `dash` a dashed one, `band` the area around it, `dots` points (sub-paths of no length with round
  caps), `hole` the ground inside a point of a run that did not finish, `fill` bars and end points, `median` a tick
- `grid` and `axis` hairlines, `strong` text that is read first (other text is muted)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sitegen.charts.axes import Axis, Floats, drawable, make_axis, nice_ticks, short

SERIES_POINTS = 100
"""Most points that a series has in a drawing."""
SPARK_POINTS = 28
SCATTER_DOTS = 500
"""Most points of a scatter or strip drawing; where more lie, points on top of each other are drawn once."""
HISTOGRAM_BINS = 24
LINE_HEIGHT = 14
ROW_HEIGHT = 28
LABEL_GAP = 6


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


class Point(NamedTuple):
    """One run at (x, y)."""

    x: float
    y: float
    run_id: str = ""
    name: str = ""
    status: str = "FINISHED"
    colour: int = 1


class Mark(NamedTuple):
    """One run with one value, in a category where there are categories."""

    x: float
    run_id: str = ""
    name: str = ""
    status: str = "FINISHED"
    colour: int = 1
    category: str = ""


class Frame(NamedTuple):
    """The rectangle inside the axes, in pixels from the drawing's upper left corner."""

    left: float
    right: float
    top: float
    bottom: float


# --- drawings ---------------------------------------------------------------------------------------------------------


def sparkline(values: Any, width: int = 96, height: int = 24) -> str:
    """A curve without axes for a table cell; NaN breaks it, one point is a dot."""
    numbers = drawable(values)
    keep = _thinned(numbers, SPARK_POINTS)
    shown = numbers[keep]
    axis = make_axis(shown, widen=False)
    x = np.rint(_spread(keep, len(numbers), 2.0, width - 2.0))
    path = _path(x, np.rint(axis.place(shown, height - 3.0, 3.0)))
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
    x_axis = make_axis(_joined([steps for steps, _ in thinned]), widen=False, whole=True, count=_x_count(width))
    bands = [band_edges(one, log_y) for one in series]
    shown = [*(values for _, values in thinned), *(edge for _, *edges in bands for edge in edges)]
    y_axis = make_axis(_joined(shown), log=log_y)
    ends = _end_texts(series, thinned, height - 62, width)
    frame = _frame(
        width, height, y_axis, max([_text_width(text) + (28 if len(series) > 1 else 12) for text in ends], default=16)
    )
    placed = [(x_axis.place(x, frame.left, frame.right), y_axis.place(y, frame.bottom, frame.top)) for x, y in thinned]
    body = [_axes(frame, x_axis, y_axis, x_title, y_title)]
    body += [_band(one.colour, band, frame, x_axis, y_axis) for one, band in zip(series, bands, strict=True)]
    body += [_curve(one.colour, x, y) for one, (x, y) in zip(series, placed, strict=True)]
    if ends:
        body.append(_end_labels(series, ends, placed, frame))
    return _svg(width, height, body, _curves_label(series, x_title, y_title), empty=not y_axis.ticks)


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
    x_axis = make_axis(x[both], log=log_x, count=_x_count(width))
    y_axis = make_axis(y[both], log=log_y)
    frame = _frame(width, height, y_axis, 16)
    shown = [point for point, keep in zip(points, both, strict=True) if keep]
    dots = _dots(
        x_axis.place(x[both], frame.left, frame.right),
        y_axis.place(y[both], frame.bottom, frame.top),
        [point.colour for point in shown],
        [point.status for point in shown],
    )
    line = _path(
        x_axis.place([x for x, _ in stairs], frame.left, frame.right),
        y_axis.place([y for _, y in stairs], frame.bottom, frame.top),
    )
    front = f'<path class="line c2" d="{line}"/>' if len(stairs) > 1 else ""
    body = [_axes(frame, x_axis, y_axis, x_title, y_title, x_grid=True), front, dots]
    return _svg(width, height, body, f"{y_title} against {x_title}, {len(shown)} runs", empty=not shown)


def strip_svg(
    groups: Sequence[tuple[str, Sequence[Mark]]], *, width: int = 640, x_title: str = "", log_x: bool = False
) -> str:
    """One row a category, one dot a run across it, and a tick at the category's median."""
    axis = make_axis([mark.x for _, marks in groups for mark in marks], log=log_x, count=_x_count(width))
    frame = _rows_frame(width, [name for name, _ in groups], 16, below=38)
    body = [_x_ticks(frame, axis, x_title, grid=True)]
    body += [_strip_row(frame, axis, row, name, marks) for row, (name, marks) in enumerate(groups)]
    height = round(frame.bottom) + 38
    return _svg(width, height, body, f"{x_title} in {len(groups)} groups", empty=not axis.ticks)


def histogram_svg(values: Any, *, width: int = 640, height: int = 240, x_title: str = "", y_title: str = "runs") -> str:
    """How many values fall where, in bins of a nice width."""
    edges, counts = histogram(values)
    x_axis = make_axis(edges, widen=False, count=_x_count(width))
    y_axis = make_axis(counts, whole=True, zero=True)
    frame = _frame(width, height, y_axis, 16)
    at = x_axis.place(edges, frame.left, frame.right)
    tops = y_axis.place(counts, frame.bottom, frame.top)
    bars = "".join(
        f"M{_n(a + 0.5)} {_n(frame.bottom)}V{_n(top)}H{_n(max(b - 0.5, a + 1))}V{_n(frame.bottom)}z"
        for a, b, top, count in zip(at[:-1], at[1:], tops, counts, strict=True)
        if count
    )
    body = [_axes(frame, x_axis, y_axis, x_title, y_title), f'<path class="fill c1" d="{bars}"/>']
    return _svg(width, height, body, f"distribution of {x_title} over {int(sum(counts))} {y_title}", empty=not bars)


def bar_svg(bars: Sequence[Mark], *, width: int = 640, x_title: str = "") -> str:
    """Horizontal bars from 0, in the given order, with the run's name before and the value after each."""
    shown = [bar for bar in bars if np.isfinite(bar.x)]
    axis = make_axis([bar.x for bar in shown], zero=True, widen=False)
    texts = [short(bar.x) for bar in shown]
    frame = _rows_frame(
        width, [bar.name for bar in shown], max([_text_width(t) + 12 for t in texts], default=16), below=8
    )
    zero = float(axis.place([0.0], frame.left, frame.right)[0]) if shown else frame.left
    ends = axis.place([bar.x for bar in shown], frame.left, frame.right)
    body = [
        _bar(frame, row, bar, zero, float(end), text)
        for row, (bar, end, text) in enumerate(zip(shown, ends, texts, strict=True))
    ]
    body.append(f'<path class="axis" d="M{_n(zero)} {_n(frame.top)}V{_n(frame.bottom)}"/>')
    body.append(_text(0, 12, x_title, width))
    return _svg(width, round(frame.bottom) + 8, body, f"{x_title} of {len(shown)} runs", empty=not shown)


def interval_drawing(
    middle: float, low: float | None, high: float | None, span: tuple[float, float], width: int = 120, height: int = 16
) -> str:
    """A point with the interval around it for a table cell, placed between the two ends of `span`."""
    wide = span[1] - span[0]
    known = np.isfinite(wide) and wide > 0

    def place(value: float) -> float:
        return 4 + (value - span[0]) / wide * (width - 8) if known else width / 2

    y = height / 2
    bar = f'<path d="M{_n(place(low))} {_n(y)}H{_n(place(high))}"/>' if low is not None and high is not None else ""
    return (
        f'<svg class="interval" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f'{bar}<circle cx="{_n(place(middle))}" cy="{_n(y)}" r="3.5"/></svg>'
    )


def histogram(values: Any, bins: int = HISTOGRAM_BINS) -> tuple[list[float], list[int]]:
    """Edges and counts of at most `bins` + 1 bins of a nice width over all drawable values; one if all are equal."""
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


# --- parts ------------------------------------------------------------------------------------------------------------


def _svg(width: int, height: int, body: Sequence[str], label: str, *, empty: bool) -> str:
    if empty:
        body = [_text(width / 2, height / 2, "nothing to draw", width, anchor="middle")]
    return (
        f'<svg class="drawing" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        + "".join(body)
        + "</svg>"
    )


def _frame(width: int, height: int, y_axis: Axis, right: float) -> Frame:
    left = max([_text_width(label) for label in y_axis.labels], default=0.0) + LABEL_GAP + 2
    return Frame(min(left, width / 2), width - min(right, width / 3), 24.0, height - 38.0)


def _rows_frame(width: int, names: Sequence[str], right: float, below: int) -> Frame:
    left = min(max([_text_width(name) for name in names], default=0.0) + 8, width * 0.35)
    top = 6.0 if below > 20 else 24.0
    return Frame(left, width - right, top, top + ROW_HEIGHT * max(1, len(names)))


def _axes(frame: Frame, x_axis: Axis, y_axis: Axis, x_title: str, y_title: str, *, x_grid: bool = False) -> str:
    places = [float(y) for y in y_axis.place(y_axis.ticks, frame.bottom, frame.top)]
    grid = "".join(f"M{_n(frame.left)} {_n(y)}H{_n(frame.right)}" for y in places)
    labels = "".join(
        f'<text x="{_n(frame.left - LABEL_GAP)}" y="{_n(y + 4)}">{text}</text>'
        for y, text in zip(places, y_axis.labels, strict=True)
    )
    title = _text(0, 12, y_title, frame.right)
    return f'<path class="grid" d="{grid}"/><g text-anchor="end">{labels}</g>{title}' + _x_ticks(
        frame, x_axis, x_title, grid=x_grid
    )


def _x_ticks(frame: Frame, axis: Axis, title: str, *, grid: bool) -> str:
    places = [float(x) for x in axis.place(axis.ticks, frame.left, frame.right)]
    rise = frame.bottom - frame.top if grid else -4
    lines = "".join(f"M{_n(x)} {_n(frame.bottom)}v{_n(-rise)}" for x in places)
    labels = "".join(
        f'<text x="{_n(_inside(x, text, frame))}" y="{_n(frame.bottom + 17)}">{text}</text>'
        for x, text in zip(places, axis.labels, strict=True)
    )
    return (
        f'<path class="grid" d="{lines}"/>'
        f'<path class="axis" d="M{_n(frame.left)} {_n(frame.bottom)}H{_n(frame.right)}"/>'
        f'<g text-anchor="middle">{labels}</g>'
        + _text(frame.right, frame.bottom + 33, title, frame.right - frame.left, anchor="end")
    )


def _inside(x: float, text: str, frame: Frame) -> float:
    """Where the middle of a tick's text goes so that it ends before the drawing does."""
    return min(x, frame.right + 14 - _text_width(text) / 2)


def _curve(colour: int, x: Floats, y: Floats) -> str:
    drawn = np.flatnonzero(~np.isnan(y))
    if not len(drawn):
        return ""
    dash = " dash" if colour > 4 else ""
    end = f'<circle class="fill" cx="{_n(x[drawn[-1]])}" cy="{_n(y[drawn[-1]])}" r="3"/>'
    return f'<g class="{_colour(colour)}"><path class="line{dash}" d="{_path(x, y)}"/>{end}</g>'


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
        _path(np.concatenate([x[a:b], x[a:b][::-1]]), np.concatenate([top[a:b], bottom[a:b][::-1]])) + "z"
        for a, b in zip(cuts[::2], cuts[1::2], strict=True)
    ]
    return f'<path class="band {_colour(colour)}" d="{"".join(pieces)}"/>' if pieces else ""


def _end_texts(
    series: Sequence[Series], thinned: Sequence[tuple[Floats, Floats]], room: float, width: int
) -> list[str]:
    """What stands at the end of each curve: names, or the last value of a single one; nothing if there is no room."""
    if len(series) == 1:
        drawn = thinned[0][1][~np.isnan(thinned[0][1])]
        return [short(float(drawn[-1]))] if len(drawn) else []
    if len(series) * LINE_HEIGHT > room:
        return []
    return [_fitted(one.label, width * 0.22) for one in series]


def _end_labels(
    series: Sequence[Series], texts: Sequence[str], placed: Sequence[tuple[Floats, Floats]], frame: Frame
) -> str:
    ends = [(float(y[~np.isnan(y)][-1]), n) for n, (_, y) in enumerate(placed) if not np.isnan(y).all()]
    if len(series) == 1:
        x = placed[0][0][~np.isnan(placed[0][1])][-1]
        return (
            f'<text class="strong" x="{_n(x + 8)}" y="{_n(ends[0][0] + 4)}">{escape(texts[0])}</text>' if ends else ""
        )
    heights = _apart([y for y, _ in sorted(ends)], frame.top, frame.bottom)
    return "".join(
        _end_label(series[n].colour, texts[n], frame.right + 8, y)
        for y, (_, n) in zip(heights, sorted(ends), strict=True)
    )


def _end_label(colour: int, text: str, x: float, y: float) -> str:
    dash = " dash" if colour > 4 else ""
    return (
        f'<path class="line{dash} {_colour(colour)}" d="M{_n(x)} {_n(y)}h14"/>'
        f'<text class="strong" x="{_n(x + 19)}" y="{_n(y + 4)}">{escape(text)}</text>'
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


def _strip_row(frame: Frame, axis: Axis, row: int, name: str, marks: Sequence[Mark]) -> str:
    middle = frame.top + ROW_HEIGHT * (row + 0.5)
    x = axis.place([mark.x for mark in marks], frame.left, frame.right)
    shown = np.flatnonzero(~np.isnan(x)).tolist()
    label = _text(frame.left - 8, middle + 4, name, frame.left - 8, anchor="end", strong=True)
    if not shown:
        return label
    # The golden ratio spreads neighbours over the row without chance.
    y = np.array([middle + (n * 0.618034 % 1 - 0.5) * (ROW_HEIGHT * 0.4) for n in range(len(shown))])
    dots = _dots(x[shown], y, [marks[n].colour for n in shown], [marks[n].status for n in shown])
    median = float(axis.place([float(np.median(drawable([m.x for m in marks])[shown]))], frame.left, frame.right)[0])
    return f'{label}{dots}<path class="median" d="M{_n(median)} {_n(middle - 10)}v20"/>'


def _bar(frame: Frame, row: int, bar: Mark, zero: float, end: float, text: str) -> str:
    top = frame.top + ROW_HEIGHT * row + 4
    tall = ROW_HEIGHT - 8
    name = _text(frame.left - 8, top + tall / 2 + 4, bar.name, frame.left - 8, anchor="end", strong=True)
    value = _text(max(zero, end) + 6, top + tall / 2 + 4, text, 200)
    left, wide = min(zero, end), max(abs(end - zero), 1.0)
    shape = f'x="{_n(left)}" y="{_n(top)}" width="{_n(wide)}" height="{tall}"'
    return f'{name}<rect class="fill {_colour(bar.colour)}" {shape}/>{value}'


def _dots(x: Floats, y: Floats, colours: Sequence[int], statuses: Sequence[str]) -> str:
    """Dots, one path for each colour and kind of run (a dot each would be ten times the bytes)."""
    paths: dict[tuple[str, bool], list[str]] = {}
    for n in _visible(x, y, SCATTER_DOTS):
        key = (_colour(colours[n]), statuses[n] == "FINISHED")
        paths.setdefault(key, []).append(f"M{_n(x[n])} {_n(y[n])}h0")
    drawn = []
    for (colour, finished), dots in sorted(paths.items()):
        d = "".join(dots)
        drawn.append(f'<path class="dots {colour}" d="{d}"/>' + ("" if finished else f'<path class="hole" d="{d}"/>'))
    return "".join(drawn)


def distinct(x: Any, y: Any, most: int, *, log_x: bool = False, log_y: bool = False) -> list[int]:
    """The indices of at most `most` points that show where all of them are; all must be drawable."""
    placed = [make_axis(v, log=log).place(v, 0, 600) for v, log in ((x, log_x), (y, log_y))]
    return _visible(placed[0], placed[1], most)


def _visible(x: Floats, y: Floats, most: int) -> list[int]:
    """The indices of at most `most` points: the first in each square of a grid that is as fine as that allows."""
    square = 1.0
    kept = np.arange(len(x))
    while len(kept) > most:
        cells = np.floor(x / square) * 1e6 + np.floor(y / square)
        kept = np.sort(np.unique(cells, return_index=True)[1])
        square *= 1.5
    return [int(n) for n in kept]


# --- numbers and texts ------------------------------------------------------------------------------------------------


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


def _path(x: Floats, y: Floats) -> str:
    """A path through the points in tenths of a pixel, as moves from one to the next; broken where y is NaN."""
    drawn = ~(np.isnan(x) | np.isnan(y))
    cuts = np.flatnonzero(np.diff(np.concatenate([[False], drawn, [False]]).astype(np.int8)))
    tenths = np.rint(np.where(drawn, np.stack([x, y]), 0) * 10).astype(np.int64)
    return "".join(_stretch(tenths[:, a:b]) for a, b in zip(cuts[::2], cuts[1::2], strict=True))


def _stretch(points: Any) -> str:
    start = f"M{_tenths(int(points[0, 0]))} {_tenths(int(points[1, 0]))}"
    moves = np.diff(points).T.ravel().tolist()
    if not moves:
        return f"{start}h0"
    return f"{start}l{' '.join(map(_tenths, moves))}".replace(" -", "-")


@cache
def _tenths(number: int) -> str:
    """A whole number of tenths in the fewest characters: 15 is 1.5, -3 is -.3."""
    whole, rest = divmod(abs(number), 10)
    return ("-" if number < 0 else "") + (f"{whole or ''}.{rest}" if rest else str(whole))


def _n(value: float) -> str:
    return _tenths(round(float(value) * 10))


def _x_count(width: int) -> int:
    return 8 if width > 480 else 4


def _colour(number: int) -> str:
    return f"c{(number - 1) % 8 + 1}"


def _curves_label(series: Sequence[Series], x_title: str, y_title: str) -> str:
    names = ", ".join(one.label for one in series[:5]) + (" and others" if len(series) > 5 else "")
    return f"{y_title} over {x_title}: {names}"


def _text(x: float, y: float, text: str, room: float, *, anchor: str = "", strong: bool = False) -> str:
    if not text:
        return ""
    attributes = (' class="strong"' if strong else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text{attributes} x="{_n(x)}" y="{_n(y)}">{escape(_fitted(text, room))}</text>'


def _text_width(text: str) -> float:
    """About how wide a text of 12 pixels is; fonts differ, so a little too wide rather than too narrow."""
    if text.isascii():
        return 7.2 * len(text)
    return sum(12.0 if unicodedata.east_asian_width(c) in "WF" else 7.2 for c in text)


def _fitted(text: str, room: float) -> str:
    """`text`, cut with an ellipsis to be no wider than `room`."""
    text = text[:500]
    if _text_width(text) <= room + 0.1:  # what was measured to fit must not fail by a rounding
        return text
    while text and _text_width(text) + 9 > room:
        text = text[:-1]
    return text.rstrip() + "…"


# What XML 1.0 has no place for, however it is written: control characters, lone surrogates, the two non-characters.
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
_ESCAPES = _ILLEGAL | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}


def escape(text: str) -> str:
    """`text` for an element or a quoted attribute of SVG, without the characters that XML forbids."""
    return text.translate(_ESCAPES)
