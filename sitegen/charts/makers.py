"""A maker for each kind of chart that pages draw at build time, from plain values.

A maker makes the first drawing, the rows of the table behind "Data", and a caption that says what the drawing leaves
out.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sitegen.charts.axes import drawable, floats, is_drawn
from sitegen.charts.chart import Cell, Chart, Measure
from sitegen.charts.curves_svg import Curves, curves_svgs, ranges_of
from sitegen.charts.ranges import Range, range_notes, robust_range
from sitegen.charts.runs_svg import (
    SCATTER_DOTS,
    Mark,
    Point,
    distinct,
    histogram,
    histogram_svg,
    scatter_svg,
    strip_svg,
)
from sitegen.charts.series import Series, values_of
from sitegen.charts.style import BEST_COLOUR

MAX_POINTS = 5_000
"""Maximum number of runs that a scatter or strip chart holds."""
MAX_CATEGORIES = 12
TABLE_ROWS = 200
"""Maximum number of rows of the table behind "Data" that name single runs."""
SMALL = 360
"""Width of drawings that are shown beside others and on phones: there, text would be too small in wider ones."""
SMALL_HEIGHT = 260
"""Height of a small drawing with dots all over it."""
NARROW_HEIGHT = 220
"""Height of the drawing that takes the place of a wide one on phones."""


def curves_chart(
    id: str,
    title: str,
    caption: str,
    series: Sequence[Series],
    *,
    runs: Sequence[str],
    metrics: Sequence[str],
    x_title: str = "step",
    y_title: str = "",
    log_y: bool = False,
    width: int = 640,
    height: int = 240,
    dates: bool = False,
) -> Chart:
    """Metric curves: `series` in the order of `runs`, for each run in the order of `metrics`.

    Steps of `series` are milliseconds since 1970 where `dates`.
    """
    x, y = Measure("step", x_title), Measure(f"metric:{metrics[0]}" if metrics else "", y_title or title, log_y)
    drawn = Curves(series, width, height, x_title=x_title, title=y_title or title, log_y=log_y, dates=dates)
    ranges = ranges_of([drawn])
    hooks = {"data-runs": " ".join(runs), "data-metric": metrics[0] if metrics else ""}
    if len(metrics) > 1:
        hooks["data-metrics"] = json.dumps(list(metrics))
    values = values_of(series)
    # A band's NaN says that too few of its runs have a value there, not that a value is missing.
    if any(one.low is not None for one in series):
        values = values[~np.isnan(values)]
    notes = range_notes(values, ranges[0])
    notes += _log_note(values, log_y)
    return Chart(
        id=id,
        kind="curves",
        title=title,
        caption=_describe(caption, notes),
        svg=curves_svgs([drawn], ranges)[0],
        narrow=_narrow(drawn, ranges),
        columns=("Curve", "First", "Min", "Max", "Last"),
        rows=tuple(_curve_row(one) for one in series),
        rows_total=len(series),
        attributes=_hooks("curves", x, y) | hooks,
        x=x,
        y=y,
        data=tuple(series),
        dates=dates,
    )


def _narrow(drawn: Curves, ranges: Sequence[Range | None]) -> str:
    """The same for narrow screens, where the words of a wide drawing would be too small; empty if it is narrow."""
    if drawn.width <= SMALL:
        return ""
    return curves_svgs([drawn._replace(width=SMALL, height=min(drawn.height, NARROW_HEIGHT))], ranges)[0]


def scatter_chart(
    id: str,
    title: str,
    caption: str,
    points: Sequence[Point],
    *,
    x: Measure,
    y: Measure,
    experiment: str,
    best: str = "",
    front: tuple[str, str] | None = None,
) -> Chart:
    """One dot a run; `best` is the id of the run that is highlighted, `experiment` the file of its data.

    `front` is which way x and y are better (`min`, `max`): the points of the best colour are then joined by a
    staircase, with no run beyond it.
    """
    drawn = [p for p in points if _shows(p.x, x.log) and _shows(p.y, y.log)]
    notes = [*_missing_note(points, drawn), *_log_note([p.x for p in points], x.log)]
    notes += _log_note([p.y for p in points], y.log)
    ranged, outside = _within_range(drawn, "" if x.log else "x", "" if y.log else "y", best=best)
    kept, note = _capped(ranged, [p.x for p in ranged], [p.y for p in ranged], x.log, y.log)
    kept = [p._replace(colour=BEST_COLOUR) if p.run_id == best else p for p in kept]
    return Chart(
        id=id,
        kind="scatter",
        title=title,
        caption=_describe(caption, [*notes, *outside, *note, *_ring_note(kept)]),
        svg=scatter_svg(
            kept,
            width=SMALL,
            height=SMALL_HEIGHT,
            x_title=x.title,
            y_title=y.title,
            log_x=x.log,
            log_y=y.log,
            stairs=_stairs(kept, front) if front else (),
        ),
        columns=("Run", x.title, y.title, "Status"),
        rows=tuple((p.name, p.x, p.y, p.status) for p in points[:TABLE_ROWS]),
        row_runs=tuple(p.run_id for p in points[:TABLE_ROWS]),
        rows_total=len(points),
        attributes=_hooks("scatter", x, y, experiment),
        x=x,
        y=y,
        data=tuple(kept),
    )


def strip_chart(
    id: str, title: str, caption: str, marks: Sequence[Mark], *, x: Measure, y: Measure, experiment: str, best: str = ""
) -> Chart:
    """Values of `x` in rows of categories (`y`), with medians; the most used categories where there are many."""
    drawn = [mark for mark in marks if _shows(mark.x, x.log)]
    notes = [*_missing_note(marks, drawn), *_log_note([mark.x for mark in marks], x.log)]
    names = _categories(drawn)
    left_out = len({mark.category for mark in drawn}) - len(names)
    if left_out:
        notes.append(_count(left_out, "rarer value is", "rarer values are", "not drawn."))
    place = {name: n for n, name in enumerate(names)}
    inside = [mark for mark in drawn if mark.category in place]
    kept, note = _capped(inside, [m.x for m in inside], [float(place[m.category]) for m in inside], x.log, False)
    kept = [mark._replace(colour=BEST_COLOUR) if mark.run_id == best else mark for mark in kept]
    groups = [(name, [mark for mark in kept if mark.category == name]) for name in names]
    return Chart(
        id=id,
        kind="strip",
        title=title,
        caption=_describe(caption, [*notes, *note, *_ring_note(kept)]),
        svg=strip_svg(groups, width=SMALL, x_title=x.title, log_x=x.log),
        columns=(y.title, "Runs", "Min", "Median", "Max"),
        rows=tuple(_group_row(name, [mark.x for mark in inside if mark.category == name]) for name in names),
        rows_total=len(names),
        attributes=_hooks("strip", x, y, experiment),
        x=x,
        y=y,
        data=tuple(mark for _, group in groups for mark in group),
    )


def histogram_chart(
    id: str, title: str, caption: str, marks: Sequence[Mark], *, x: Measure, experiment: str, y_title: str = "runs"
) -> Chart:
    """How many runs have which value; drawn small, since a page has many of these charts."""
    drawn = [mark for mark in marks if is_drawn(mark.x)]
    ranged, outside = _within_range(drawn, "x")
    values = [mark.x for mark in ranged]
    edges, counts = histogram(values)
    y = Measure("", y_title)
    return Chart(
        id=id,
        kind="histogram",
        title=title,
        caption=_describe(caption, [*_missing_note(marks, drawn), *outside]),
        svg=histogram_svg(values, width=SMALL, height=180, x_title=x.title, y_title=y_title),
        columns=("From", "To", y_title.capitalize()),
        rows=tuple(zip(edges[:-1], edges[1:], counts, strict=True)),
        rows_total=len(counts),
        attributes=_hooks("histogram", x, y, experiment),
        x=x,
        y=y,
        data=tuple(drawn),
    )


def _stairs(points: Sequence[Point], front: tuple[str, str]) -> list[tuple[float, float]]:
    """The corners of the staircase along the points of the best colour, from left to right."""
    ordered = sorted({(p.x, p.y) for p in points if p.colour == BEST_COLOUR})
    corners = ordered[:1]
    for (left, before), (right, after) in itertools.pairwise(ordered):
        # Where less x is better, a run that is met stays available to its right; else one is available to its left.
        corners += [(right, before) if front[0] == "min" else (left, after), (right, after)]
    return corners


def _hooks(kind: str, x: Measure, y: Measure, experiment: str = "") -> dict[str, str]:
    hooks = {"data-kind": kind}
    if experiment:
        hooks |= {"data-experiment": experiment, "data-x": x.key, "data-x-title": x.title, "data-y-title": y.title}
        hooks |= {"data-y": y.key} if y.key else {}
    logs = [name for name, measure in (("x", x), ("y", y)) if measure.log]
    return hooks | ({"data-log": " ".join(logs)} if logs else {})


def _shows(value: float, log: bool) -> bool:
    return is_drawn(value) and (value > 0 or not log)


def _within_range(ones: Sequence[Any], *fields: str, best: str = "") -> tuple[list[Any], list[str]]:
    """Those of `ones` within the range of each field (see `robust_range`), and a sentence on the others.

    All of them where the best run, or a point of its colour, would be left out.
    """
    ranges = [(name, robust_range([getattr(one, name) for one in ones])) for name in fields if name]
    cut = [(name, found) for name, found in ranges if found]
    kept = [one for one in ones if all(found.low <= getattr(one, name) <= found.high for name, found in cut)]
    left = len(ones) - len(kept)
    shown = {one.run_id for one in kept}
    if not left or any(one.run_id not in shown and (one.run_id == best or one.colour == BEST_COLOUR) for one in ones):
        return list(ones), []
    return kept, [_count(left, "run is", "runs are", "far outside and not drawn.")]


def _capped(ones: Sequence[Any], x: Any, y: Any, log_x: bool, log_y: bool) -> tuple[list[Any], list[str]]:
    """At most `MAX_POINTS` of `ones`, and a sentence if there are more."""
    if len(ones) > MAX_POINTS:
        kept = [ones[n] for n in distinct(x, y, MAX_POINTS, log_x=log_x, log_y=log_y)]
        return kept, [f"{len(kept):,} of {len(ones):,} runs are drawn: of those in one place, one."]
    hidden = len(ones) > SCATTER_DOTS
    return list(ones), ["Where dots hide each other, the first drawing shows one of them."] if hidden else []


def _curve_row(series: Series) -> tuple[Cell, ...]:
    values = floats(series.values)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (math.nan, math.nan)
    first, last = (float(values[0]), float(values[-1])) if len(values) else (math.nan, math.nan)
    return series.label, first, low, high, last


def _group_row(name: str, values: Sequence[float]) -> tuple[Cell, ...]:
    return name, len(values), min(values), float(np.median(drawable(values))), max(values)


def _categories(marks: Iterable[Mark]) -> list[str]:
    """The most used categories, numbers in order of size before other strings in order of letters."""
    counts = Counter(mark.category for mark in marks)
    most = sorted(counts, key=lambda name: (-counts[name], name))[:MAX_CATEGORIES]
    return sorted(most, key=_category_order)


def _category_order(name: str) -> tuple[float, str]:
    try:
        number = float(name)
    except ValueError:
        return math.inf, name
    return (math.inf if math.isnan(number) else number), name


def _missing_note(all_ones: Sequence[Point] | Sequence[Mark], drawn: Sequence[Any]) -> list[str]:
    def finite(one: Point | Mark) -> bool:
        return is_drawn(one.x) and (not isinstance(one, Point) or is_drawn(one.y))

    missing = sum(not finite(one) for one in all_ones) if len(all_ones) > len(drawn) else 0
    return [_count(missing, "run has", "runs have", "no finite value here.")] if missing else []


def _log_note(values: Any, log: bool) -> list[str]:
    numbers = floats(values)
    dropped = int((np.isfinite(numbers) & (numbers <= 0)).sum()) if log else 0
    return [_count(dropped, "value", "values", "of 0 or less: not drawn on a log axis.")] if dropped else []


def _ring_note(ones: Sequence[Point] | Sequence[Mark]) -> list[str]:
    return ["Rings: runs that did not finish."] if any(one.status != "FINISHED" for one in ones) else []


def _count(number: int, singular: str, plural: str, rest: str) -> str:
    return f"{number:,} {singular if number == 1 else plural} {rest}"


def _describe(caption: str, notes: Sequence[str]) -> str:
    return " · ".join(text for text in (caption, *notes) if text)
