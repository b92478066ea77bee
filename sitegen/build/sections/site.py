"""The pages and files that a site has once: home, the pages that scripts fill, and the data that scripts load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

from sitegen.addresses import NOWHERE, Href, file_name
from sitegen.analysis.report import Report
from sitegen.build.analyse import Analysed, AnalysedExperiment
from sitegen.build.assets import PLOTLY_FILE, plotly_script
from sitegen.build.context import WorkerContext
from sitegen.build.packing import decode
from sitegen.build.task import Later, Output, RenderPages, Task
from sitegen.charts.kinds import for_browser
from sitegen.charts.specs import load_kinds
from sitegen.earlier import run_list
from sitegen.markup.data_js import data_script
from sitegen.model import Problem
from sitegen.pages.best import best_json
from sitegen.pages.changes import PATH as CHANGES
from sitegen.pages.columnfiles import experiment_files
from sitegen.pages.data import places_data
from sitegen.pages.experiments import links_to_experiments
from sitegen.pages.home import HomePage, home_page_of
from sitegen.pages.page import Fact, NavEntry, Page, PlainPage
from sitegen.render.sitemap import sitemap_files


@dataclass(frozen=True, slots=True)
class SiteData(Task):
    """What scripts and programs load of the whole site."""

    best: tuple[Mapping[str, object], ...]
    """What `best.json` says of each experiment."""
    listed: tuple[str, ...]
    """What `runs.json` says of the runs of each."""
    experiments: tuple[tuple[str, str, str, int, Sequence[Sequence[Any]]], ...]
    """Id, file, name, number of runs and judged metrics of each."""
    as_of: str
    """The day of the newest time in the store; empty if no run has a time."""
    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """`best.json`, `runs.json` and `site.js`."""
        site = context.site
        found: dict[str, object] = {"title": site.title, "digits": site.digits, "experiments": self.experiments}
        found |= {"asOf": self.as_of} if self.as_of else {}
        found |= {"url": site.site_url} if site.site_url else {}
        found |= {"packed": True} if site.is_packed else {}
        listed = run_list(self.listed)
        best = best_json(self.best, site)
        yield Output(files=[("data/best.json", best), ("data/runs.json", listed), _data_file("site", found)])


@dataclass(frozen=True, slots=True)
class ChartKinds(Task):
    """The kinds of charts that scripts draw."""

    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """Their specs, compiled and as they were written, and which of them charts over runs have."""
        kinds = load_kinds()
        files = (("kinds", kinds.compiled), ("specs", kinds.specs), ("chart-kinds", for_browser()))
        yield Output(files=[_data_file(key, content) for key, content in files])


@dataclass(frozen=True, slots=True)
class Places(Task):
    """The places of the runs of one shard among the runs of their experiments."""

    shard: str
    entries: tuple[bytes, ...]
    """The entries of each experiment, encoded."""
    judged: tuple[Sequence[object], ...]
    """What a run's page needs of each experiment."""
    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The shard's file."""
        entries = [entry for data in self.entries for entry in decode(data, list[list[Any]])]
        yield Output(files=[_data_file(f"places/{self.shard}", places_data(entries, self.judged))])


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
class Sitemap(Task):
    """The pages that search engines may list."""

    pages: tuple[str, ...]
    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """`sitemap.xml`, for very many pages with its parts."""
        yield Output(files=[*sitemap_files(self.pages, context.site.site_url)])


@dataclass(frozen=True, slots=True)
class PlotlyLibrary(Task):
    """What plotly figures are drawn with, in sites that have some."""

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The text of plotly.js as a data file."""
        yield Output(files=[(PLOTLY_FILE, plotly_script(context.theme))])


def tasks(analysed: Analysed, made: Output) -> list[Task | Later]:
    """The home page and similar pages, which list the problems of all sections, and the site's data."""
    problems = sorted({*analysed.problems, *made.problems}, key=lambda problem: (problem.where, problem.what))
    library = [PlotlyLibrary()] if analysed.contents.has_figures else []
    columns = [Later(ExperimentData, one.facts.digest, partial(_experiment_data, one)) for one in analysed.experiments]
    home = _home(analysed, problems, made.nav)
    site = SiteData(
        tuple(one.facts.best for one in analysed.experiments),
        tuple(one.facts.listed for one in analysed.experiments),
        tuple(
            (one.experiment_id, file_name(one.experiment_id), of.name, one.facts.runs, one.facts.metrics)
            for one in analysed.experiments
            for of in [one.runs.experiment]
        ),
        home.as_of,
    )
    pages = RenderPages((home,)), RenderPages(tuple(_plain_pages(analysed)))
    return [*pages, site, ChartKinds(), *_places(analysed), *columns, *library, *_sitemap(analysed, made)]


def _sitemap(analysed: Analysed, made: Output) -> list[Sitemap]:
    """The sitemap of a site that may be listed and whose address is known: of the pages made, home and comparison."""
    if not (analysed.site.is_indexed and analysed.site.site_url):
        return []
    pages = {one.path for one in made.written if one.path.endswith(".html")}
    return [Sitemap(tuple(sorted({*pages, "index.html", "compare.html"})))]


def _experiment_data(one: AnalysedExperiment) -> ExperimentData:
    return ExperimentData(one.report)


def _places(analysed: Analysed) -> list[Places]:
    facts = [one.facts for one in analysed.experiments]
    return [
        Places(shard, tuple(one.places[shard] for one in own), tuple(one.judged for one in own))
        for shard in sorted({shard for one in facts for shard in one.places})
        for own in [[one for one in facts if shard in one.places]]
    ]


def _home(analysed: Analysed, problems: Sequence[Problem], nav: Sequence[NavEntry]) -> HomePage:
    lines = [one.facts.home for one in analysed.experiments]
    now = max((one.facts.newest for one in analysed.experiments if one.facts.newest is not None), default=None)
    links = _counted(nav)
    home = home_page_of(analysed.site.title, lines, analysed.catalog, problems, links, analysed.name_of, now)
    changes = CHANGES if analysed.earlier else NOWHERE
    return replace(home, views=tuple((view.path, view.title) for view in analysed.views), changes=changes)


def _plain_pages(analysed: Analysed) -> list[Page]:
    links = links_to_experiments(one.runs.experiment for one in analysed.experiments)
    return [
        PlainPage("compare.html", "compare.html", "compare", "Compare runs", links),
        PlainPage("runs.html", "packed_run.html", "packed-run", "Run", links),
        PlainPage("search.html", "search.html", "search", "Search", links),
        PlainPage("404.html", "404.html", "missing", "Page not found", links),
        PlainPage("charts/curve.html", "curve.html", "curve", "Metric curve"),
        PlainPage("charts/table.html", "runs_alone.html", "table", "Runs"),
    ]


def _counted(nav: Sequence[NavEntry]) -> tuple[Fact, ...]:
    """One fact per label, with counts of equal labels added up; zero counts are left out."""
    counts: dict[tuple[str, Href], int] = {}
    for entry in nav:
        counts[entry.label, entry.href] = counts.get((entry.label, entry.href), 0) + entry.count
    return tuple(Fact(label, str(count), href) for (label, href), count in counts.items() if count)


def _data_file(key: str, content: object) -> tuple[str, str]:
    return f"data/{key}.js", data_script(key, content)
