"""From the rows of all runs to a report on each experiment, before a page is made."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sitegen.analysis.health import health_of, newest_time
from sitegen.analysis.judge import judge
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.analysis.summary import summarise_experiment
from sitegen.build.contents import RunContents
from sitegen.build.model_versions import VersionPlaces
from sitegen.build.open import CleanCatalog, Objectives, Opened
from sitegen.build.records import RecordRef
from sitegen.build.task import Output
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.model import Catalog, Experiment, Problem
from sitegen.pages.page import Site
from sitegen.pages.related import Related, related_of
from sitegen.pages.store_address import StoreAddress
from sitegen.pages.views import ViewPage, view_page
from sitegen.query import filter_of
from sitegen.stores.contract import Store, with_traces


@dataclass(frozen=True)
class Analysed:
    """Everything that is known before a page is made; the sections take the inputs of their tasks from it."""

    site: Site
    catalog: Catalog
    reports: tuple[Report, ...]
    """Each experiment with the results of its analysis."""
    records: Mapping[str, RecordRef]
    """Where the record of each run is, by run id."""
    contents: RunContents
    version_places: VersionPlaces
    store: StoreAddress
    """How snippets reach the store."""
    traces: Mapping[str, int]
    """How many traces each experiment has, for those whose traces are shown."""
    views: tuple[ViewPage, ...]
    """The named views that the settings ask for."""
    related: Mapping[str, tuple[Related, ...]]
    """Data, models, tables and traces that belong to each experiment, by its id."""
    problems: tuple[Problem, ...]
    """What could not be read properly in the catalog and the runs."""


def analyse(opened: Opened, found: CleanCatalog, read: Output, site: Site) -> Analysed:
    """Work out the reports from the rows of all runs, and what follows from them. Raises UsageError, StoreError."""
    catalog = found.catalog
    traces = trace_counts(opened.store, catalog.experiments) if opened.config.traces else {}
    reports = tuple(make_reports(catalog, read.rows, opened.config, found.objectives, traces))
    return Analysed(
        site=site,
        catalog=catalog,
        reports=reports,
        records=read.records,
        contents=read.contents,
        version_places=found.version_places,
        store=found.store,
        traces=traces,
        views=tuple(view_page(view, reports) for view in opened.views),
        related=related_of(catalog, reports, read.contents.relations, traces, read.contents.evaluations),
        problems=tuple(sorted({*catalog.problems, *read.problems}, key=lambda one: (one.where, one.what))),
    )


def trace_counts(store: Store, experiments: Iterable[Experiment]) -> dict[str, int]:
    """How many traces each experiment has; only those that have some. Reads none of them. Raises StoreError."""
    found = with_traces(store)
    if found is None:
        return {}
    counts = {e.experiment_id: found.trace_count(e.experiment_id) for e in experiments}
    return {experiment_id: count for experiment_id, count in counts.items() if count}


def tables_of(catalog: Catalog, rows: Sequence[RunRow], kept: Container[str] = ()) -> list[ExperimentTable]:
    """The rows by experiment. MLflow's empty `Default` is left out unless in `kept`."""
    return [
        table
        for table in gather(rows, catalog.experiments)
        if table.rows or table.experiment.experiment_id != "0" or "0" in kept
    ]


def make_reports(
    catalog: Catalog, rows: Sequence[RunRow], config: Config, objectives: Objectives, kept: Container[str]
) -> list[Report]:
    """Each experiment with the results of its analysis. MLflow's empty `Default` is left out unless in `kept`."""
    tables = tables_of(catalog, rows, kept)
    now = newest_time(tables)
    return [_report(table, config, objectives, now) for table in tables]


def _report(table: ExperimentTable, config: Config, objectives: Objectives, now: int | None) -> Report:
    options = config.options_of(table.experiment.experiment_id, table.experiment.name)
    asked = objectives.get(table.experiment.experiment_id)
    judged = judge(table, asked, filter_of, options.groups, options.group_by)
    ranking = judged.ranking
    baseline = _baseline(table, options.baseline)
    matters = what_mattered(ranking) if ranking else None
    health = health_of(table, ranking, now)
    return Report(table, summarise_experiment(table), ranking, judged.grouping, baseline, matters, health)


def _baseline(table: ExperimentTable, name: str) -> RunRow | None:
    """The run that others are compared with: of this id, else the newest of this name. Raises UsageError for none."""
    if not name:
        return None
    found = next((row for row in table.rows if row.run_id == name), None)
    found = found or next((row for row in table.rows if row.name == name), None)
    if found is None:
        raise UsageError(
            f"The baseline {name!r} is not a run of the experiment {table.experiment.name!r}; give a run's name or id."
        )
    return found
