"""From the rows of all runs to a report on each experiment, before a page is made."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from sitegen.analysis.health import health_of
from sitegen.analysis.judge import judge
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.summary import summarise_experiment
from sitegen.build.contents import RunContents
from sitegen.build.facts import ExperimentRuns, Facts, facts_of
from sitegen.build.misspelt import warnings_of
from sitegen.build.model_versions import VersionPlaces
from sitegen.build.open import CleanCatalog, Objectives, Opened
from sitegen.build.records import RecordRef
from sitegen.build.task import Output, PackedRow
from sitegen.config import Config
from sitegen.earlier import SiteRecord, read_record
from sitegen.errors import UsageError
from sitegen.model import Catalog, Experiment, Problem
from sitegen.pages.chart_recipes import Recipe
from sitegen.pages.declared_charts import DeclaredChart
from sitegen.pages.kept_charts import kept_charts
from sitegen.pages.page import Site
from sitegen.pages.related import Related, related_of
from sitegen.pages.store_address import StoreAddress
from sitegen.pages.views import View, ViewPage, view_page
from sitegen.privacy import clean_text
from sitegen.query import filter_of
from sitegen.stores.contract import Store, with_traces


class KnownFacts(Protocol):
    """Has the facts of experiments from the build before (`reuse.py`)."""

    def facts_of(self, experiment: Experiment, contents: Mapping[str, str]) -> Facts | None:
        """Those of an experiment, if neither it nor its runs have changed; `contents` are the digests of these."""


@dataclass(frozen=True)
class Analysed:
    """Everything that is known before a page is made; the sections take the inputs of their tasks from it."""

    site: Site
    config: Config
    catalog: Catalog
    experiments: tuple[AnalysedExperiment, ...]
    """Each experiment with its facts; with the results of its analysis, where they are asked for."""
    home: Mapping[str, str]
    """The experiment of each run, by id."""
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
    charts: tuple[DeclaredChart, ...]
    """The charts that the settings declare."""
    kept: Mapping[str, tuple[Recipe, ...]]
    """The charts that the earlier site had, by experiment id."""
    earlier: SiteRecord | None
    """What the earlier site says of itself, if the settings name one."""
    related: Mapping[str, tuple[Related, ...]]
    """Data, models, tables and traces that belong to each experiment, by its id."""
    problems: tuple[Problem, ...]
    """What could not be read properly in the catalog and the runs."""
    warnings: tuple[str, ...] = ()
    """What the settings name that the store does not have."""

    @property
    def reports(self) -> tuple[Report, ...]:
        """The report of each experiment: asking for these analyses all of them."""
        return tuple(one.report for one in self.experiments)

    def name_of(self, run_id: str) -> str | None:
        """The name of a run; None if the site has no such run."""
        of = self.home.get(run_id)
        return next((one.runs.row(run_id).name for one in self.experiments if one.experiment_id == of), None)


@dataclass(frozen=True)
class AnalysedExperiment:
    """An experiment: its facts are known, its table and its report are made when they are asked for."""

    runs: ExperimentRuns
    facts: Facts

    @property
    def experiment(self) -> Experiment:
        return self.runs.experiment

    @property
    def experiment_id(self) -> str:
        return self.runs.experiment.experiment_id

    @property
    def names(self) -> Mapping[str, Sequence[str]]:
        """The names of the metrics, params and tags of its runs."""
        return self.facts.names

    @property
    def table(self) -> ExperimentTable:
        return self.runs.table

    @property
    def report(self) -> Report:
        return self.runs.report


def analyse(opened: Opened, found: CleanCatalog, read: Output, site: Site, known: KnownFacts | None = None) -> Analysed:
    """Work out the reports from the rows of all runs, and what follows from them; `known` has some of that already.

    Raises UsageError, StoreError.
    """
    catalog = found.catalog
    traces = trace_counts(opened.store, catalog.experiments) if opened.config.traces else {}
    runs = _runs_by_experiment(catalog, read, traces, known)
    experiments = _analysed(runs, read, opened.config, found.objectives, site.digits)
    home = {run_id: one.experiment_id for one in experiments for run_id in one.runs.run_ids}
    return Analysed(
        site=site,
        config=opened.config,
        catalog=catalog,
        experiments=experiments,
        home=home,
        records=read.records,
        contents=read.contents,
        version_places=found.version_places,
        store=found.store,
        traces=traces,
        views=_views(opened.views, experiments),
        charts=opened.charts,
        kept=_kept(opened, catalog),
        earlier=_earlier(opened),
        related=related_of(catalog, home, read.contents.relations, traces, read.contents.evaluations),
        problems=tuple(sorted({*catalog.problems, *read.problems}, key=lambda one: (one.where, one.what))),
        warnings=tuple(warnings_of(opened.config, experiments)),
    )


def _runs_by_experiment(
    catalog: Catalog, read: Output, kept: Container[str], known: KnownFacts | None
) -> list[ExperimentRuns]:
    """The runs of each experiment. MLflow's empty `Default` is left out unless in `kept`."""
    rows: dict[str, list[RunRow]] = {}
    packed: dict[str, list[PackedRow]] = {}
    for row in read.rows:
        rows.setdefault(row.experiment_id, []).append(row)
    for one in read.packed:
        packed.setdefault(one.experiment_id, []).append(one)
    found = []
    for experiment in catalog.experiments:
        own = rows.get(experiment.experiment_id, []), packed.get(experiment.experiment_id, [])
        if any(own) or experiment.experiment_id != "0" or "0" in kept:
            contents = {run.run_id: read.records[run.run_id].content for several in own for run in several}
            facts = known.facts_of(experiment, contents) if known else None
            found.append(ExperimentRuns(experiment, *own, facts))
    return found


def _analysed(
    experiments: Sequence[ExperimentRuns], read: Output, config: Config, objectives: Objectives, digits: int
) -> tuple[AnalysedExperiment, ...]:
    """The facts of each experiment: those that are known, unless they depend on a time that has passed."""
    now = max((one.newest for one in experiments if one.newest is not None), default=None)
    contents = {run_id: ref.content for run_id, ref in read.records.items()}
    found = []
    for one in experiments:
        one.judge = partial(_report, config=config, objectives=objectives, now=now)
        is_known = one.known and one.known.now in (None, now)
        facts = one.known if one.known and is_known else facts_of(one.report, contents, now, digits)
        found.append(AnalysedExperiment(one, facts))
    return tuple(found)


def _earlier(opened: Opened) -> SiteRecord | None:
    """What the earlier site says, cleaned like what the store says. Raises UsageError."""
    if opened.earlier is None:
        return None
    return read_record(opened.earlier, lambda text: clean_text(text, opened.privacy)[0])


def _kept(opened: Opened, catalog: Catalog) -> Mapping[str, tuple[Recipe, ...]]:
    """The charts of the earlier site, if there is one, by experiment id."""
    if opened.earlier is None:
        return {}
    ids = [experiment.experiment_id for experiment in catalog.experiments]
    return kept_charts(opened.earlier.read, ids, lambda text: clean_text(text, opened.privacy)[0])


def _views(views: Sequence[View], experiments: Sequence[AnalysedExperiment]) -> tuple[ViewPage, ...]:
    """The pages of named views; only these need the reports of all experiments here."""
    reports = [one.report for one in experiments] if views else []
    return tuple(view_page(view, reports) for view in views)


def trace_counts(store: Store, experiments: Iterable[Experiment]) -> dict[str, int]:
    """How many traces each experiment has; only those that have some. Reads none of them. Raises StoreError."""
    found = with_traces(store)
    if found is None:
        return {}
    counts = {e.experiment_id: found.trace_count(e.experiment_id) for e in experiments}
    return {experiment_id: count for experiment_id, count in counts.items() if count}


def _report(table: ExperimentTable, config: Config, objectives: Objectives, now: int | None) -> Report:
    options = config.options_of(table.experiment.experiment_id, table.experiment.logged_name)
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
