"""A chart as shown on a page: `FigureView`, groups of them, and the colours of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from sitegen.addresses import Href, chart_page, fnv1a, whole_address
from sitegen.analysis.curve_axes import CurveAxis
from sitegen.analysis.curves import Curve
from sitegen.analysis.words import number, plural
from sitegen.charts import BEST_COLOUR, HUES, OTHER_COLOUR, Chart, Series
from sitegen.pages.page import Site

UNKNOWN_SITE = "https://YOUR-SITE"
"""What stands in snippets for the site's address where that is not known; scripts replace it (`page.js`)."""
SNIPPET = (
    '<iframe src="{}" data-sitegen title="{}" loading="lazy"'
    ' style="width:100%;aspect-ratio:2;min-height:320px;border:0"></iframe>'
)
"""What shows a chart in another page: the address, and the title as it stands in an attribute."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A series in the legend."""

    colour: int
    """The number of its colour, from 1."""
    label: str
    """What it is."""
    href: Href
    """Where the run's page is; empty if it is not a run."""


@dataclass(frozen=True, slots=True)
class FigureView:
    """A chart as shown on a page: the finished drawing, the hooks for scripts, its data, its own page."""

    id: str
    """The figure's id on the page."""
    title: str
    """Its title."""
    caption: str
    """The caption, in a few words; may be empty."""
    svg: str
    """The finished drawing."""
    narrow: str
    """The same for narrow screens, after it; empty if it is narrow itself."""
    attributes: Mapping[str, str]
    """The `data-` attributes from which scripts draw it again."""
    columns: tuple[str, ...]
    """The headings of the table behind the drawing."""
    rows: tuple[tuple[str, ...], ...]
    """The rows of that table, as they are shown."""
    more: str
    """How many rows are left out; empty if all are shown."""
    legend: tuple[LegendEntry, ...]
    """What each colour means; empty if there is one series."""
    href: Href
    """The chart's own page."""
    stem: str
    """The same without `.html`; the drawing and its specification are beside it as `.svg` and `.vl.json`."""
    snippet: str
    """HTML to copy, which embeds the chart in another page."""
    chart: Chart
    """The chart itself, for the files of its own page; not for themes."""
    pictures: str = ""
    """The endings of its pictures, such as `svg light.svg dark.svg png`; empty if it has its drawing alone."""
    size: tuple[int, int] = (720, 320)
    """Width and height of the drawing on the chart's own page, and in its pictures."""


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """Charts under one heading."""

    id: str
    """The section's id on the page."""
    title: str
    """Its heading."""
    hint: str
    """What the charts show, in words."""
    charts: tuple[FigureView, ...]
    """The charts."""
    wide: FigureView | None = None
    """A chart before those, across the page; none if no chart comes first."""
    more: tuple[FigureView, ...] = ()
    """Further charts, which are folded."""
    more_line: str = ""
    """How many those are: `3 more curves`."""


def every_chart(group: ChartGroup) -> tuple[FigureView, ...]:
    """All charts of a group, in their order on the page."""
    return (*((group.wide,) if group.wide else ()), *group.charts, *group.more)


def figure_of(chart: Chart, site: Site, legend: Sequence[LegendEntry] = ()) -> FigureView:
    href = chart_page(chart.id)
    source = whole_address(site.site_url or UNKNOWN_SITE, href)
    more = chart.rows_total - len(chart.rows)
    return FigureView(
        id=chart.id,
        title=chart.title,
        caption=chart.caption,
        svg=chart.svg,
        narrow=chart.narrow,
        attributes=chart.attributes,
        columns=chart.columns,
        rows=tuple(tuple(cell_text(cell) for cell in row) for row in chart.rows),
        more=f"{plural(more, 'more row')} in the runs table." if more > 0 else "",
        legend=tuple(legend),
        href=href,
        stem=href.removesuffix(".html"),
        snippet=SNIPPET.format(source, escape(chart.title, quote=True)),
        chart=chart,
    )


def series_of(label: str, colour: int, curve: Curve, axis: CurveAxis, id: str = "") -> list[Series]:
    """The series that draw one run's curve: one, or one for each attempt of a resumed run, with the last
    highlighted. `id` is that of the run, for the published data."""
    parts = curve.attempts()
    names = [f"{label} (attempt {n})" if n < len(parts) else label for n in range(1, len(parts) + 1)]
    faint = [n < len(parts) for n in range(1, len(parts) + 1)]
    return [
        Series(name, colour, axis.place(part), part.values, faint=earlier, id=id)
        for name, part, earlier in zip(names, parts, faint, strict=True)
    ]


def attempts_note(curves: Sequence[Curve]) -> str:
    """The sentence of a caption on resumed runs; empty if there are none."""
    most = max((len(curve.starts) + 1 for curve in curves), default=1)
    if most == 1:
        return ""
    return f"logged in {most} attempts, of which the last stands out"


def cell_text(cell: str | float | int | None) -> str:
    return cell if isinstance(cell, str) else number(cell) if cell is not None else ""


def colours_of(keys: Sequence[str], best: str = "", *, is_chosen: bool = True) -> dict[str, int]:
    """The colour of each of the runs (or groups, or metrics) that were chosen together, in the order of choice.

    The best run has the accent. Up to ten others have a hue each, by the hash of their id or else the next that is
    free, so that no two share one; what is beyond those, and all but the best where the reader has chosen nothing, is
    grey. The twin of SG.colours in themes/default/assets/js/decode.js.
    """
    found: dict[str, int] = {}
    free = list(HUES) if is_chosen else []
    for key in keys:
        if key == best:
            found[key] = BEST_COLOUR
            continue
        start = fnv1a(key) % len(HUES)
        order = (*HUES[start:], *HUES[:start])
        found[key] = next((hue for hue in order if hue in free), OTHER_COLOUR)
        free = [hue for hue in free if hue != found[key]]
    return found
