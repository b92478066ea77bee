"""The kinds of charts, one row each in `KINDS`: how a kind is designed, what its rows hold, how readers choose it.

A new kind is a design and a row here, its rows in the browser (`themes/default/assets/js/run-charts-rows.js`), and a
test. `python -m sitegen.charts.compile` puts its spec into `kinds.json`, from which builds take it; the browser reads
the rest from `data/chart-kinds.js`, which `for_browser` makes.

A design is an Altair chart of rows with generic fields, so that no string of a store is ever a field name or part of
an expression: `x`, `y`, `label` (a run's name or a curve's), `id`, `status`, `colour` (1 to 12), `low` and `high` (the
edges of a band). Vega-Lite makes expressions of the titles in tooltips and in descriptions of marks, and escapes them
badly: a title that holds `\\"` leaves its quotes. So tooltips show the whole row, and marks are described by a field or
not at all.

Only this module and `compile.py` import Altair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sitegen.charts.axes import floats
from sitegen.charts.kind import Choice, Kind, Rows
from sitegen.charts.runs_svg import Mark, Point
from sitegen.charts.series import Series
from sitegen.charts.style import COLOURS, PALETTE

if TYPE_CHECKING:
    import altair as alt

FINISHED = "datum.status === 'FINISHED'"

# Rows ---------------------------------------------------------------------------------------------------------------


def _run_fields(one: Point | Mark) -> dict[str, Any]:
    return {"label": one.name, "id": one.run_id, "status": one.status, "colour": one.colour}


def _curve_rows(series: Iterable[Series]) -> Rows:
    return [row for one in series for row in _points_of(one)]


def _points_of(series: Series) -> Iterator[dict[str, Any]]:
    """The points of one curve, with the edges of its band where it has one."""
    named = {"x": series.steps, "y": series.values}
    if series.low is not None:
        named |= {"low": series.low, "high": series.high}
    columns = [floats(values).tolist() for values in named.values()]
    for values in zip(*columns, strict=True):
        yield dict(zip(named, values, strict=True)) | {"label": series.label, "id": series.id}


# Designs ------------------------------------------------------------------------------------------------------------


def _number(alt: Any, channel: str, field: str = "x", *, zero: bool = False) -> Any:
    made = {"x": alt.X, "y": alt.Y}[channel]
    ticks = {"x": 8, "y": 5}[channel]
    return made(f"{field}:Q", title=channel, scale=alt.Scale(zero=zero), axis=alt.Axis(tickCount=ticks))


def _palette(alt: Any) -> Any:
    return alt.Scale(domain=list(range(1, 1 + len(COLOURS))), range=[PALETTE[name][0] for name in COLOURS])


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
    return line.encode(x, _number(alt, "y", "y"), series, alt.Detail("id:N")).properties(height=240)


def _bands(data: alt.NamedData) -> Any:
    """Curves of groups: each the mean of its runs, shaded from `low` to `high`."""
    import altair as alt

    series = alt.Color("label:N", sort=None, title=None, legend=alt.Legend(orient="bottom", columns=3))
    x, y = _number(alt, "x"), _number(alt, "y", "y")
    detail = alt.Detail("id:N")
    low = alt.Y("low:Q", title="y", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    area = (
        alt.Chart(data).mark_area(aria=False, opacity=0.22, line=False).encode(x, low, alt.Y2("high"), series, detail)
    )
    line = alt.Chart(data).mark_line(
        aria=False, strokeWidth=1.75, strokeJoin="round", tooltip=alt.TooltipContent("data")
    )
    return (area + line.encode(x, y, series, detail)).properties(height=240)


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
    """A line a run through all axes; the ends of an axis are labelled in its title."""
    import altair as alt

    lines = alt.Chart(data).mark_line(aria=False, strokeWidth=1, opacity=0.6, tooltip=alt.TooltipContent("data"))
    x = alt.X("x:N", sort=None, title="x", scale=alt.Scale(type="point"), axis=alt.Axis(labelAngle=0, grid=True))
    y = alt.Y("y:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1]))
    colour = alt.Color("z:Q", title="z", scale=alt.Scale(scheme="viridis", zero=False))
    return lines.encode(x, y, colour, alt.Detail("id:N")).properties(height=320)


# The registry -------------------------------------------------------------------------------------------------------

_RUN = ("label", "id", "status", "colour")
_MARKS = ("x", *_RUN)
_POINTS = ("x", "y", *_RUN)

KINDS: tuple[Kind, ...] = (
    Kind(
        "curves",
        _curves,
        ("x", "y", "label", "id"),
        _curve_rows,
        Choice(
            "Curves",
            "c",
            {"x": "curve", "y": "curve?", "z": "curve?"},
            {"x": "Metric", "y": "Dashed", "z": "Dashed"},
            "{columns}",
            {},
            drawer="curves",
        ),
    ),
    Kind("bands", _bands, ("x", "y", "low", "high", "label", "id"), _curve_rows, compiled=False),
    Kind("scatter", _scatter, _POINTS, lambda points: [{"x": p.x, "y": p.y} | _run_fields(p) for p in points]),
    Kind("strip", _strip, _POINTS, lambda marks: [{"x": m.x, "y": m.category} | _run_fields(m) for m in marks]),
    Kind(
        "histogram",
        _histogram,
        ("x", "label", "id"),
        lambda marks: [{"x": m.x, "label": m.name, "id": m.run_id} for m in marks],
        Choice("Histogram", "h", {"x": "number"}, {"x": "Value"}, "Distribution of {x}", {"x": "{x}", "y": "runs"}),
    ),
    Kind(
        "bar",
        _bar,
        _MARKS,
        lambda marks: [{"x": m.x} | _run_fields(m) for m in marks],
        Choice("Bars", "b", {"x": "number"}, {"x": "Value"}, "{x}", {"x": "{x}"}, height=140, each=True),
    ),
    Kind(
        "trend",
        _trend,
        (*_POINTS, "line"),
        choice=Choice(
            "Scatter with trend",
            "s",
            {"x": "number", "y": "number"},
            {"x": "Across", "y": "Up"},
            "{y} against {x}",
            {"x": "{x}", "y": "{y}"},
            log=True,
            height=320,
        ),
    ),
    Kind(
        "box",
        _box,
        _POINTS,
        choice=Choice(
            "Box", "x", {"x": "number", "y": "any"}, {"x": "Value", "y": "By"}, "{x} by {y}", {"x": "{x}"}, height=140
        ),
    ),
    Kind(
        "contour",
        _contour,
        ("x", "x2", "y", "y2", "z", "label", "id"),
        choice=Choice(
            "Contour",
            "k",
            {"x": "number", "y": "number", "z": "number"},
            {"x": "Across", "y": "Up", "z": "Colour"},
            "{z} over {x} and {y}",
            {"x": "{x}", "y": "{y}", "z": "{z}"},
            log=True,
            height=320,
        ),
    ),
    Kind(
        "parallel",
        _parallel,
        ("x", "y", "z", "label", "id"),
        choice=Choice(
            "Parallel coordinates",
            "p",
            {"axes": "axes"},
            {},
            "Parallel coordinates",
            {"z": "{z}"},
            height=376,
            drawer="parcoords",
        ),
    ),
)
"""`y` of a strip and of a box is the category; `label` of a bar must be unique. A trend has two rows more with `line`,
the ends of its straight line, and no `id`. A contour has cells (`x` to `x2`, `y` to `y2`) without `id`, and runs
without `x2`. A row of a parallel chart is where one run (`id`) crosses one axis (`x`, in order), from 0 to 1 in `y`."""

KIND_OF: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in KINDS})


def for_browser() -> list[dict[str, Any]]:
    """What `data/chart-kinds.js` holds: the kinds that readers may choose, in the order of the registry."""
    return [{"kind": kind.name, **_plain(kind.choice)} for kind in KINDS if kind.choice]


def _plain(choice: Choice) -> dict[str, Any]:
    values = {name: getattr(choice, name) for name in Choice.__slots__}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
