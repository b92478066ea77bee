"""The page of one chart alone, for frames and links, and the files beside it: drawing, data, pictures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sitegen.addresses import Href, experiment_page
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.charts import Chart
from sitegen.charts.pictures import NARROW, NARROW_HEIGHT, Words, picture, png
from sitegen.charts.redraw import drawn_at
from sitegen.charts.style import standalone
from sitegen.pages.figures import FigureView
from sitegen.pages.page import Site

PICTURES = "svg light.svg dark.svg narrow-light.svg narrow-dark.svg png"
"""The endings of the pictures of an experiment's first chart, and of a declared one."""


@dataclass(frozen=True)
class ChartPage:
    """One chart alone."""

    path: str
    title: str
    chart: FigureView
    """The chart."""
    source: str
    """The name of its experiment."""
    source_href: Href
    """The chart's place on the experiment's page."""
    template: str = "chart.html"
    kind: str = "chart"


def chart_pages(views: Iterable[FigureView], table: ExperimentTable) -> Iterator[ChartPage]:
    experiment = table.experiment
    for view in views:
        page = experiment_page(experiment.experiment_id)
        yield chart_page_of(view, experiment.name, page)


def chart_page_of(view: FigureView, source: str, source_href: Href) -> ChartPage:
    """The page of one chart, whose drawing has room for its names."""
    alone = replace(view, svg=drawn_at(view.chart, *view.size), narrow=view.narrow or view.svg)
    return ChartPage(view.href, view.title, alone, source, source_href)


def files_of_chart(view: FigureView, source: str, site: Site) -> Iterator[tuple[str, str | bytes]]:
    """The files beside a chart's page: its drawing, its Vega-Lite spec with the data in it, and its pictures."""
    yield f"{view.stem}.vl.json", _vega_lite_file(view.chart)
    if not view.pictures:
        yield f"{view.stem}.svg", standalone(view.svg)
    words = Words(view.title, view.caption, " · ".join(dict.fromkeys((source, site.title))))
    for ending in view.pictures.split():
        data = _picture(view, words, ending)
        if data is not None:
            yield f"{view.stem}{'.' if ending in ('svg', 'png') else '-'}{ending}", data


def _picture(view: FigureView, words: Words, ending: str) -> str | bytes | None:
    """One picture of a chart; None for a PNG where vl-convert is not installed."""
    size = (NARROW, NARROW_HEIGHT) if "narrow" in ending else view.size
    if ending != "png":
        dark = True if "dark" in ending else False if "light" in ending else None
        return picture(view.chart, words, size, dark) + "\n"
    try:
        return png(picture(view.chart, words, size, dark=False))
    except ImportError:
        return None


def _vega_lite_file(chart: Chart) -> str:
    return json.dumps(chart.vega_lite(), sort_keys=True, allow_nan=False, check_circular=False) + "\n"
