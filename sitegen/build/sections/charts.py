"""The charts that the settings declare: the page of each and the files beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from sitegen.addresses import experiment_page
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.build.analyse import Analysed, AnalysedExperiment
from sitegen.build.context import WorkerContext
from sitegen.build.records import RecordRef, read_records
from sitegen.build.task import Later, Output, Task
from sitegen.pages.chart_files import PICTURES, chart_page_of, files_of_chart
from sitegen.pages.chart_recipes import Recipe, figure_of_recipe, rows_of
from sitegen.pages.declared_charts import DeclaredChart, experiment_of, recipe_of


@dataclass(frozen=True, slots=True)
class ChartAlone(Task):
    """A chart that is on no other page."""

    recipe: Recipe
    table: ExperimentTable
    """Its experiment with the runs that it shows."""
    curved: tuple[RecordRef, ...]
    """The records of those, where it needs their histories."""

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The chart's page and files."""
        curves = {record.run.run_id: record.curves for record in read_records(self.curved)}
        experiment = self.table.experiment
        view = figure_of_recipe(self.recipe, self.table, self.table.rows, curves, context.site)
        view = replace(view, pictures=PICTURES, size=(self.recipe.width, self.recipe.height))
        page = chart_page_of(view, experiment.name, experiment_page(experiment.experiment_id))
        yield Output(pages=[page], files=list(files_of_chart(view, experiment.name, context.site)))


def tasks(analysed: Analysed) -> list[Later]:
    """All declared charts. Raises UsageError for one whose experiment, runs or metrics the site does not have."""
    found = []
    names = [(one.experiment_id, *_names(one)) for one in analysed.experiments]
    for chart in analysed.charts:
        one = analysed.experiments[experiment_of(chart, names)]
        inputs = (chart.config, chart.id, one.facts.digest)
        found.append(Later(ChartAlone, inputs, partial(_task, chart, one, analysed)))
    return found


def _names(one: AnalysedExperiment) -> tuple[str, ...]:
    return one.runs.experiment.logged_name, one.runs.experiment.name


def _task(chart: DeclaredChart, one: AnalysedExperiment, analysed: Analysed) -> ChartAlone:
    recipe = recipe_of(chart, one.table)
    table = ExperimentTable(one.table.experiment, rows_of(recipe, one.table))
    curved = tuple(analysed.records[row.run_id] for row in table.rows) if recipe.has_curves else ()
    return ChartAlone(recipe, table, curved)
