"""Experiment pages with their charts, plain lists of runs, and the columns that scripts load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sitegen.addresses import Href, file_name
from sitegen.analysis.candidates import candidates_of
from sitegen.analysis.report import Report
from sitegen.build.analyse import Analysed, AnalysedExperiment
from sitegen.build.context import WorkerContext
from sitegen.build.records import RecordRef, read_records
from sitegen.build.task import Later, Output, Task
from sitegen.pages.best import best_page_of
from sitegen.pages.charts import chart_files, chart_groups, chart_pages, curve_rows
from sitegen.pages.experiments import best_pictured, experiment_page_of, no_best
from sitegen.pages.figures import every_chart
from sitegen.pages.health import health_view
from sitegen.pages.matters import matters_view
from sitegen.pages.metric_switch import MetricSwitch, metric_switch, switch_file
from sitegen.pages.page import Page
from sitegen.pages.related import Related
from sitegen.pages.run_lists import run_list_pages
from sitegen.query import filter_of


@dataclass(frozen=True, slots=True)
class ExperimentPages(Task):
    """An experiment with the results of its analysis."""

    report: Report
    curved: tuple[RecordRef, ...]
    """The runs whose curves are drawn."""
    pictured: tuple[RecordRef, ...]
    """The runs whose images are shown side by side."""
    views: tuple[tuple[Href, str], ...]
    """Address and name of its named views."""
    related: tuple[Related, ...]
    groups: tuple[str, ...]
    """What runs of a group share, as set for the experiment."""
    group_by: str
    """How runs are grouped, as set for the experiment."""

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The experiment's page, the lists of its runs, its best run, and the pages and files of its charts."""
        report, table = self.report, self.report.table
        curves = {record.run.run_id: record.curves for record in read_records(self.curved)}
        copies = {record.run.run_id: record.copies for record in read_records(self.pictured)}
        groups = chart_groups(report, curves, context.site)
        charts = {chart.id for group in groups for chart in every_chart(group)}
        matters = matters_view(report.matters, file_name(table.experiment.experiment_id), charts)
        page = experiment_page_of(report, groups, matters, health_view(report.health), copies, self.related)
        switch, files = self._switch(context)
        page = replace(page, views=self.views, switch=switch)
        pages: list[Page] = [page, *run_list_pages(table, page.table, report.ranking), *chart_pages(groups, table)]
        pages.append(best_page_of(report, no_best(table, report.ranking), context.site))
        yield Output(pages=pages, files=[*chart_files(groups), *files])

    def _switch(self, context: WorkerContext) -> tuple[MetricSwitch | None, list[tuple[str, str | bytes]]]:
        """The metrics that the page can be switched to, and the file of what they change."""
        report, experiment_id = self.report, self.report.table.experiment.experiment_id
        if report.ranking is None:
            return None, []
        candidates = candidates_of(report.table, report.ranking, filter_of, self.groups, self.group_by)
        switch = metric_switch(file_name(experiment_id), candidates)
        if switch is None:
            return None, []
        packed = context.site.is_packed
        return switch, [switch_file(switch, candidates, experiment_id, report.baseline, packed=packed)]


def tasks(analysed: Analysed) -> list[Later]:
    """Every experiment, with the runs whose curves and images its page shows, its named views and related pages."""
    links: dict[str, list[tuple[Href, str]]] = {}
    for view in analysed.views:
        links.setdefault(view.file, []).append((view.path, view.title))
    found = []
    for one in analysed.experiments:
        views = tuple(links.get(file_name(one.experiment_id), ()))
        related = analysed.related.get(one.experiment_id, ())
        options = analysed.config.options_of(one.experiment_id, one.runs.experiment.logged_name)
        repeats = (tuple(options.groups), options.group_by)
        task = partial(_task, one, analysed.records, views, related, repeats)
        found.append(Later(ExperimentPages, (one.facts.digest, views, related, repeats), task))
    return found


def _task(
    one: AnalysedExperiment,
    records: Mapping[str, RecordRef],
    views: tuple[tuple[Href, str], ...],
    related: tuple[Related, ...],
    repeats: tuple[tuple[str, ...], str],
) -> ExperimentPages:
    report = one.report
    return ExperimentPages(
        report,
        tuple(records[row.run_id] for row in curve_rows(report)),
        tuple(records[row.run_id] for row in best_pictured(report.table, report.ranking)),
        views,
        related,
        *repeats,
    )
