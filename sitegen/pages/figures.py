"""A chart as pages lay it out: `FigureView`, groups of them, and the colours of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import Href, chart_page, fnv1a
from sitegen.analysis.words import number, plural
from sitegen.charts import Chart
from sitegen.pages.page import Site

COLOURS = 8
SNIPPET = (
    '<iframe src="{}" data-sitegen width="100%" height="380" style="border:0" loading="lazy" title="Chart"></iframe>'
)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    colour: int
    label: str
    href: Href


@dataclass(frozen=True, slots=True)
class FigureView:
    """A chart as a page lays it out: the finished drawing, the hooks for scripts, its data, where it stands alone."""

    id: str
    kind: str
    title: str
    caption: str
    svg: str
    attributes: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str
    legend: tuple[LegendEntry, ...]
    href: Href
    stem: str
    snippet: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """Charts that stand together under one heading; `size` is empty or `small`."""

    id: str
    title: str
    hint: str
    size: str
    charts: tuple[FigureView, ...]


def figure_of(chart: Chart, site: Site, legend: Sequence[LegendEntry] = ()) -> FigureView:
    href = chart_page(chart.id)
    source = (site.site_url.rstrip("/") + "/" if site.site_url else "") + href
    more = chart.rows_total - len(chart.rows)
    return FigureView(
        id=chart.id,
        kind=chart.kind,
        title=chart.title,
        caption=chart.caption,
        svg=chart.svg,
        attributes=chart.attributes,
        columns=chart.columns,
        rows=tuple(tuple(cell_text(cell) for cell in row) for row in chart.rows),
        more=f"{plural(more, 'more row')} in the runs table." if more > 0 else "",
        legend=tuple(legend),
        href=href,
        stem=href.removesuffix(".html"),
        snippet=SNIPPET.format(source),
        chart=chart,
    )


def cell_text(cell: str | float | int | None) -> str:
    return cell if isinstance(cell, str) else number(cell) if cell is not None else ""


def colours_of(run_ids: Sequence[str]) -> dict[str, int]:
    """A colour for each run, 1 to 8: by its id, so that it is the same everywhere, or the next one that is free."""
    taken: dict[str, int] = {}
    for run_id in run_ids:
        start = fnv1a(run_id) % COLOURS
        order = [(start + step) % COLOURS + 1 for step in range(COLOURS)]
        taken[run_id] = next((c for c in order if c not in taken.values()), order[0])
    return taken
