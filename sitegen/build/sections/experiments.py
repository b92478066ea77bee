"""Experiment pages with their charts, plain lists of runs, and the columns that scripts load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sitegen.addresses import Href, file_name
from sitegen.analysis.candidates import candidates_of
from sitegen.analysis.report import Report
from sitegen.build.analyse import Analysed, AnalysedExperiment
from sitegen.build.context import WorkerContext
from sitegen.build.records import RecordRef, read_records
from sitegen.build.task import Later, Output, Task
from sitegen.pages.badges import badge_files
from sitegen.pages.best import best_page_of
from sitegen.pages.cards import File, experiment_card
from sitegen.pages.chart_files import chart_pages, files_of_chart
from sitegen.pages.chart_recipes import Curves, Recipe, figure_of_recipe, rows_of
from sitegen.pages.charts import chart_groups, curve_rows
from sitegen.pages.experiments import ExperimentPage, best_pictured, experiment_page_of, no_best
from sitegen.pages.figures import ChartGroup, FigureView, every_chart
from sitegen.pages.health import health_view
from sitegen.pages.kept_charts import charts_file, recipe_of_figure, recipes_text, runs_of, still_there
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
    kept: tuple[Recipe, ...] = ()
    """The charts that an earlier site had."""

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
        alone, recipes = self._charts(groups, curves, context)
        pages: list[Page] = [page, *run_list_pages(table, page.table, report.ranking), *chart_pages(alone, table)]
        pages.append(best_page_of(report, no_best(table, report.ranking), context.site))
        yield Output(
            pages=pages,
            files=[
                *(file for view in alone for file in files_of_chart(view, table.experiment.name, context.site)),
                recipes,
                *files,
                *badge_files(page, table.experiment.experiment_id),
                *self._card(page, groups, context),
            ],
        )

    def _card(self, page: ExperimentPage, groups: Sequence[ChartGroup], context: WorkerContext) -> list[File]:
        """The picture that links to the experiment show, where the site has such."""
        experiment_id = self.report.table.experiment.experiment_id
        return [experiment_card(page, experiment_id, groups, context.site)] if context.site.has_cards else []

    def _charts(
        self, groups: Sequence[ChartGroup], curves: Curves, context: WorkerContext
    ) -> tuple[list[FigureView], tuple[str, str]]:
        """The charts that have a page, those of an earlier site included, and the file that says what they show."""
        table = self.report.table
        views = {view.id: view for group in groups for view in every_chart(group)}
        made = {id: recipe_of_figure(view, table.experiment.experiment_id) for id, view in views.items()}
        for one in still_there(self.kept, made, table):
            views[one.id] = figure_of_recipe(one, table, rows_of(one, table), curves, context.site)
            made[one.id] = one
        return list(views.values()), (charts_file(table.experiment.experiment_id), recipes_text(made.values()))

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
        kept = analysed.kept.get(one.experiment_id, ())
        task = partial(_task, one, analysed.records, views, related, repeats, kept)
        found.append(Later(ExperimentPages, (one.facts.digest, views, related, repeats, kept), task))
    return found


def _task(
    one: AnalysedExperiment,
    records: Mapping[str, RecordRef],
    views: tuple[tuple[Href, str], ...],
    related: tuple[Related, ...],
    repeats: tuple[tuple[str, ...], str],
    kept: tuple[Recipe, ...],
) -> ExperimentPages:
    report = one.report
    curved = [*curve_rows(report), *runs_of(kept, report.table)]
    return ExperimentPages(
        report,
        tuple(records[row_id] for row_id in dict.fromkeys(row.run_id for row in curved)),
        tuple(records[row.run_id] for row in best_pictured(report.table, report.ranking)),
        views,
        related,
        *repeats,
        kept,
    )
