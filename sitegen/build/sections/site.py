"""The pages and files that a site has once: home, the pages that scripts fill, and the data that scripts load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sitegen.addresses import Href, file_name
from sitegen.analysis.report import Report
from sitegen.build.analyse import Analysed
from sitegen.build.assets import PLOTLY_FILE, plotly_script
from sitegen.build.context import WorkerContext
from sitegen.build.task import Output, RenderPages, Task
from sitegen.charts.kinds import for_browser
from sitegen.charts.specs import load_kinds
from sitegen.markup.data_js import data_script
from sitegen.model import Problem
from sitegen.pages.best import best_json
from sitegen.pages.columnfiles import experiment_files
from sitegen.pages.compared import judged_metrics
from sitegen.pages.data import judged, place_shards, places
from sitegen.pages.experiments import links_to_experiments
from sitegen.pages.home import home_page_of
from sitegen.pages.page import Fact, NavEntry, Page, PlainPage


@dataclass(frozen=True, slots=True)
class SiteData(Task):
    """The data that scripts load: the site, the kinds of charts, each run's place."""

    reports: Sequence[Report]
    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The files in `data/` that belong neither to a run, an experiment nor the search."""
        yield Output(
            files=[
                ("data/best.json", best_json(self.reports, context.site)),
                _data_file("kinds", load_kinds().compiled),
                _data_file("specs", load_kinds().specs),
                _data_file("chart-kinds", for_browser()),
                _data_file("site", self._site(context)),
            ]
        )
        entries: dict[str, list[object]] = {}
        for report in self.reports:
            entries |= places(report.table, report.ranking)
        known = [judged(report.table, report.ranking) for report in self.reports]
        shards = place_shards(entries, context.site.digits, known)
        yield Output(files=[_data_file(f"places/{shard}", content) for shard, content in shards.items()])

    def _site(self, context: WorkerContext) -> object:
        experiments = [
            [one.experiment_id, file_name(one.experiment_id), one.name, len(r.table.rows), judged_metrics(r.ranking)]
            for r in self.reports
            for one in [r.table.experiment]
        ]
        found = {"title": context.site.title, "digits": context.site.digits, "experiments": experiments}
        return found | ({"packed": True} if context.site.is_packed else {})


@dataclass(frozen=True, slots=True)
class ExperimentData(Task):
    """The columns of an experiment, which scripts load."""

    report: Report
    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The files of its columns."""
        columns = experiment_files(self.report.table, self.report.ranking)
        yield Output(files=[_data_file(key, content) for key, content in columns.items()])


@dataclass(frozen=True, slots=True)
class PlotlyLibrary(Task):
    """What plotly figures are drawn with, in sites that have some."""

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The text of plotly.js as a data file."""
        yield Output(files=[(PLOTLY_FILE, plotly_script(context.theme))])


def tasks(analysed: Analysed, made: Output) -> list[Task]:
    """The home page and similar pages, which list the problems of all sections, and the site's data."""
    problems = sorted({*analysed.problems, *made.problems}, key=lambda problem: (problem.where, problem.what))
    pages = _pages(analysed, problems, made.nav)
    library = [PlotlyLibrary()] if analysed.contents.has_figures else []
    columns = map(ExperimentData, analysed.reports)
    return [RenderPages(tuple(pages)), SiteData(analysed.reports), *columns, *library]


def _pages(analysed: Analysed, problems: Sequence[Problem], nav: Sequence[NavEntry]) -> list[Page]:
    reports = analysed.reports
    links = links_to_experiments([report.table for report in reports])
    home = home_page_of(analysed.site.title, reports, analysed.catalog, problems, _counted(nav))
    return [
        replace(home, views=tuple((view.path, view.title) for view in analysed.views)),
        PlainPage("compare.html", "compare.html", "compare", "Compare runs", links),
        PlainPage("runs.html", "packed_run.html", "packed-run", "Run", links),
        PlainPage("search.html", "search.html", "search", "Search", links),
        PlainPage("404.html", "404.html", "missing", "Page not found", links),
        PlainPage("charts/curve.html", "curve.html", "curve", "Metric curve"),
    ]


def _counted(nav: Sequence[NavEntry]) -> tuple[Fact, ...]:
    """One fact per label, with counts of equal labels added up; zero counts are left out."""
    counts: dict[tuple[str, Href], int] = {}
    for entry in nav:
        counts[entry.label, entry.href] = counts.get((entry.label, entry.href), 0) + entry.count
    return tuple(Fact(label, str(count), href) for (label, href), count in counts.items() if count)


def _data_file(key: str, content: object) -> tuple[str, str]:
    return f"data/{key}.js", data_script(key, content)
