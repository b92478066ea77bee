"""One Altair spec for each kind of chart: where charts are designed.

A spec is made once a process, without data; `with_data` puts in the rows and titles of one chart, which costs about a
hundredth of making it anew. Rows have generic fields, so that nothing a store says is ever a field name or part of an
expression: `x`, `y`, `label` (a run's name or a curve's), `id`, `status`,
`colour` (1 to 8), `low` and `high` (the edges of a band). What each kind needs is in `FIELDS`.

Vega-Lite makes expressions of the titles in tooltips and in descriptions of marks, and escapes them badly: a title
that holds `\\"` leaves its quotes. So tooltips show the whole row, and marks are described by a field or not at all.

Only this module imports Altair.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from sitegen.charts.style import COLOURS, PALETTE

if TYPE_CHECKING:
    import altair as alt

KINDS = ("curves", "bands", "scatter", "strip", "histogram", "bar", "trend", "box", "contour", "parallel")
FIELDS = {
    "curves": ("x", "y", "label"),
    "bands": ("x", "y", "low", "high", "label"),
    "scatter": ("x", "y", "label", "id", "status", "colour"),
    "strip": ("x", "y", "label", "id", "status", "colour"),
    "histogram": ("x", "label", "id"),
    "bar": ("x", "label", "id", "status", "colour"),
    "trend": ("x", "y", "label", "id", "status", "colour", "line"),
    "box": ("x", "y", "label", "id", "status", "colour"),
    "contour": ("x", "x2", "y", "y2", "z", "label", "id"),
    "parallel": ("x", "y", "z", "label", "id"),
}
"""The fields of a row. `y` of a strip and of a box is the category; `label` of a bar must be unique.

The last four are drawn in the browser only, over runs of the reader's choice. A trend has two rows more with `line`,
the ends of its straight line, and no `id`. A contour has cells (`x` to `x2`, `y` to `y2`) without `id`, and runs
without `x2`. A row of a parallel chart is where one run (`id`) crosses one axis (`x`, in order), from 0 to 1 in `y`.
"""

WIDTH = 640
LOG_TICKS = 3
"""What Vega is asked for on a log axis: more, and it draws a line for every digit of a decade."""
FINISHED = "datum.status === 'FINISHED'"


def spec(kind: str) -> dict[str, Any]:
    """The complete Vega-Lite spec of `kind`, with a data set named `data` and no rows; the caller's own copy."""
    return deepcopy(_spec(kind))


def with_data(
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    title: str = "",
    x_title: str = "",
    y_title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    dates: bool = False,
) -> dict[str, Any]:
    """The spec of one chart: rows (see `FIELDS`) and titles in the spec of `kind`; NaN and infinities become null.

    `dates`: x is milliseconds since 1970.
    """
    empty = _spec(kind)
    made: dict[str, Any] = {"$schema": empty["$schema"], "title": title} | empty
    made["data"] = {"values": [{key: _json(value) for key, value in row.items()} for row in rows]}
    titles = {"x": (x_title, log_x), "y": (y_title, log_y)}
    if "layer" in made:
        made["layer"] = [layer | {"encoding": _titled(layer["encoding"], titles)} for layer in made["layer"]]
    else:
        made["encoding"] = _titled(made["encoding"], titles)
        if dates:
            made["encoding"]["x"] = made["encoding"]["x"] | {"type": "temporal", "scale": {"type": "utc"}}
    return made


def _titled(encoding: dict[str, Any], titles: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    encoding = dict(encoding)
    for channel, (title, log) in titles.items():
        if channel in encoding:
            encoding[channel] = encoding[channel] | {"title": title or None}
        if channel in encoding and log:
            encoding[channel] = encoding[channel] | {"scale": {"type": "log"}, "axis": {"tickCount": LOG_TICKS}}
    return encoding


def _json(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def specs() -> dict[str, dict[str, Any]]:
    """The spec of every kind, for another process to `use`."""
    return {kind: _spec(kind) for kind in KINDS}


def use(made: Mapping[str, dict[str, Any]]) -> None:
    """Take the specs that another process made: importing Altair costs more than all the charts of a small store."""
    _made.update(made)


_made: dict[str, dict[str, Any]] = {}


def _spec(kind: str) -> dict[str, Any]:
    if kind not in _made:
        _made[kind] = _altair_spec(kind)
    return _made[kind]


def _altair_spec(kind: str) -> dict[str, Any]:
    import altair as alt

    chart = _MAKERS[kind](alt.NamedData(name="data"))
    made: dict[str, Any] = chart.properties(width=WIDTH, autosize=_fit()).configure(**_config()).to_dict()
    return made


def _fit() -> alt.AutoSizeParams:
    import altair as alt

    return alt.AutoSizeParams(type="fit-x", contains="padding")


def _config() -> dict[str, Any]:
    """Hairlines, quiet text, no frame, in the light palette."""
    line, muted, fg = (PALETTE[name][0] for name in ("line", "muted", "fg"))
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": muted,
        "titleColor": muted,
        "gridColor": line,
        "tickColor": line,
        "domainColor": muted,
        "titlePadding": 8,
    }
    return {
        "font": "system-ui, sans-serif",
        "padding": 8,
        "background": PALETTE["bg"][0],
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"domain": False, "ticks": False, "labelPadding": 8, "labelLimit": 220},
        "title": {"anchor": "start", "fontSize": 14, "fontWeight": 600, "color": fg},
        "legend": {"labelFontSize": 12, "labelColor": fg, "titleColor": muted, "labelLimit": 300},
        "range": {"category": [PALETTE[name][0] for name in COLOURS]},
    }


def _number(alt: Any, channel: str, field: str = "x", *, zero: bool = False) -> Any:
    made = {"x": alt.X, "y": alt.Y}[channel]
    ticks = {"x": 8, "y": 5}[channel]
    return made(f"{field}:Q", title=channel, scale=alt.Scale(zero=zero), axis=alt.Axis(tickCount=ticks))


def _palette(alt: Any) -> Any:
    return alt.Scale(domain=list(range(1, 9)), range=[PALETTE[name][0] for name in COLOURS])


def _dots(alt: Any, chart: Any) -> Any:
    """Dots in the run's colour; rings for runs that did not finish."""
    mark = chart.mark_point(size=45, strokeWidth=1.5, opacity=0.75, filled=False, tooltip=alt.TooltipContent("data"))
    return mark.encode(
        color=alt.Color("colour:O", scale=_palette(alt), legend=None),
        fill=alt.Fill("colour:O", scale=_palette(alt), legend=None),
        fillOpacity=alt.condition(FINISHED, alt.value(1), alt.value(0)),
        description="label:N",
    )


def _curves(data: alt.NamedData) -> Any:
    import altair as alt

    series = alt.Color("label:N", sort=None, title=None, legend=alt.Legend(orient="bottom", columns=3))
    x = _number(alt, "x")
    line = alt.Chart(data).mark_line(
        aria=False, strokeWidth=1.75, strokeJoin="round", tooltip=alt.TooltipContent("data")
    )
    return line.encode(x, _number(alt, "y", "y"), series).properties(height=240)


def _bands(data: alt.NamedData) -> Any:
    """Curves of groups: each the mean of its runs, shaded from `low` to `high`."""
    import altair as alt

    series = alt.Color("label:N", sort=None, title=None, legend=alt.Legend(orient="bottom", columns=3))
    x, y = _number(alt, "x"), _number(alt, "y", "y")
    low = alt.Y("low:Q", title="y", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    area = alt.Chart(data).mark_area(aria=False, opacity=0.22, line=False).encode(x, low, alt.Y2("high"), series)
    line = alt.Chart(data).mark_line(
        aria=False, strokeWidth=1.75, strokeJoin="round", tooltip=alt.TooltipContent("data")
    )
    return (area + line.encode(x, y, series)).properties(height=240)


def _scatter(data: alt.NamedData) -> Any:
    import altair as alt

    dots = _dots(alt, alt.Chart(data))
    return dots.encode(_number(alt, "x"), _number(alt, "y", "y")).properties(height=320)


def _strip(data: alt.NamedData) -> Any:
    """A row a category; the golden ratio spreads neighbours over it without chance, the tick is the median."""
    import altair as alt

    rows = alt.Y("y:N", sort=None, title="y")
    base = alt.Chart(data)
    placed = base.transform_window(n="row_number()", groupby=["y"]).transform_calculate(jitter="datum.n * 0.618034 % 1")
    spread = alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-0.6, 1.6]))
    dots = _dots(alt, placed).encode(_number(alt, "x"), rows, spread)
    tick = base.mark_tick(aria=False, thickness=2, height=20, color=PALETTE["fg"][0], orient="vertical")
    median = tick.encode(alt.X("median(x):Q", title="x", scale=alt.Scale(zero=False)), rows)
    return (dots + median).properties(height=alt.Step(28, **{"for": "position"}))


def _histogram(data: alt.NamedData) -> Any:
    import altair as alt

    binned = alt.Chart(data).transform_bin(["x", "x2"], field="x", bin=alt.Bin(maxbins=24))
    counted = binned.transform_aggregate(y="count()", groupby=["x", "x2"])
    x = alt.X("x:Q", title="x", bin="binned", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=8, grid=False))
    y = alt.Y("y:Q", title="y", axis=alt.Axis(tickCount=5, tickMinStep=1))
    bars = counted.mark_bar(aria=False, color=PALETTE["c1"][0], tooltip=alt.TooltipContent("data"))
    return bars.encode(x, alt.X2("x2"), y).properties(height=240)


def _bar(data: alt.NamedData) -> Any:
    import altair as alt

    base = alt.Chart(data)
    x = alt.X("x:Q", title="x", axis=alt.Axis(tickCount=5))
    names = alt.Y("label:N", sort=None, title=None)
    bars = base.mark_bar(tooltip=alt.TooltipContent("data"), height=20).encode(
        x, names, alt.Color("colour:O", scale=_palette(alt), legend=None), description="label:N"
    )
    value = alt.Text("x:Q", format=".4~g")
    text = base.mark_text(aria=False, align="left", dx=6, fontSize=12, color=PALETTE["muted"][0]).encode(
        x, names, value
    )
    return (bars + text).properties(height=alt.Step(28))


def _trend(data: alt.NamedData) -> Any:
    """Runs as dots, and a straight line through them."""
    import altair as alt

    base = alt.Chart(data)
    x, y = _number(alt, "x"), _number(alt, "y", "y")
    dots = _dots(alt, base.transform_filter("!datum.line")).encode(x, y)
    line = base.transform_filter("datum.line").mark_line(
        aria=False, color=PALETTE["muted"][0], strokeWidth=1.5, strokeDash=[6, 4], clip=True
    )
    return (dots + line.encode(x, y)).properties(height=320)


def _box(data: alt.NamedData) -> Any:
    """A row a category: the middle half as a box, the median in it, whiskers to the extremes, every run as a dot."""
    import altair as alt

    rows = alt.Y("y:N", sort=None, title="y")
    base = alt.Chart(data)
    summed = base.transform_aggregate(
        lo="min(x)", q1="q1(x)", q2="median(x)", q3="q3(x)", hi="max(x)", groupby=["y"]
    )  # fmt: skip
    fg, muted = PALETTE["fg"][0], PALETTE["muted"][0]
    scale = alt.Scale(zero=False)
    whisker = summed.mark_rule(aria=False, color=muted).encode(
        alt.X("lo:Q", title="x", scale=scale), alt.X2("hi"), rows
    )
    half = summed.mark_bar(aria=False, height=14, color=PALETTE["c1"][0], fillOpacity=0.18, stroke=muted)
    tick = summed.mark_tick(aria=False, thickness=2, height=14, color=fg, orient="vertical")
    dots = _dots(alt, base).encode(_number(alt, "x"), rows)
    layers = whisker + half.encode(alt.X("q1:Q", scale=scale), alt.X2("q3"), rows) + tick.encode(alt.X("q2:Q"), rows)
    return (layers + dots).properties(height=alt.Step(34))


def _contour(data: alt.NamedData) -> Any:
    """Cells coloured by what runs near them reached, and the runs themselves; a cell without a run near it is bare."""
    import altair as alt

    base = alt.Chart(data)
    colour = alt.Color(
        "z:Q", title="z", scale=alt.Scale(scheme="viridis", zero=False), legend=alt.Legend(gradientLength=160)
    )
    cells = base.transform_filter("isValid(datum.x2)").mark_rect(aria=False, fillOpacity=0.75, strokeOpacity=0)
    x, y = _number(alt, "x"), _number(alt, "y", "y")
    runs = base.transform_filter("isValid(datum.id)").mark_point(
        filled=True, size=45, opacity=1, stroke=PALETTE["bg"][0], strokeWidth=1, tooltip=alt.TooltipContent("data")
    )
    return (
        cells.encode(x, y, alt.X2("x2"), alt.Y2("y2"), color=colour)
        + runs.encode(x, y, color=colour, description="label:N")
    ).properties(height=320)


def _parallel(data: alt.NamedData) -> Any:
    """A line a run through all axes; what stands at the ends of an axis is said by its name."""
    import altair as alt

    lines = alt.Chart(data).mark_line(aria=False, strokeWidth=1, opacity=0.6, tooltip=alt.TooltipContent("data"))
    x = alt.X("x:N", sort=None, title="x", scale=alt.Scale(type="point"), axis=alt.Axis(labelAngle=0, grid=True))
    y = alt.Y("y:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1]))
    colour = alt.Color("z:Q", title="z", scale=alt.Scale(scheme="viridis", zero=False))
    return lines.encode(x, y, colour, alt.Detail("id:N")).properties(height=320)


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "curves": _curves,
    "bands": _bands,
    "scatter": _scatter,
    "strip": _strip,
    "histogram": _histogram,
    "bar": _bar,
    "trend": _trend,
    "box": _box,
    "contour": _contour,
    "parallel": _parallel,
}
