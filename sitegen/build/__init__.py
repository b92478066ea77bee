"""Build a site from a store: read `build` as the table of contents of the product.

Workers take runs from bytes to pages, a shard at a time, and hand back one row for each (`worker.py`); this
process never holds a history longer than it draws it, only the run table, and makes everything that needs all runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sitegen import __version__
from sitegen.addresses import shard_digits
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import plural, shortened
from sitegen.build import models_and_datasets, worker
from sitegen.build.analyse import make_reports, objectives_of
from sitegen.build.logged_tables import TablesJob
from sitegen.build.pool import start_workers
from sitegen.build.site_files import FOLDERS, write_assets, write_data_files, write_search_files, write_site_pages
from sitegen.build.tasks import (
    experiment_jobs,
    parent_jobs,
    parts_of,
    shard_jobs,
    tables_jobs,
    trace_jobs,
    worker_context,
)
from sitegen.build.traces import TraceJob, trace_counts
from sitegen.charts.compile import make_kinds
from sitegen.config import Config
from sitegen.errors import StoreError, StrictError, UsageError
from sitegen.model import Catalog, Problem
from sitegen.output import Stage, Written, staged
from sitegen.pages.page import Site
from sitegen.pages.related import related_of
from sitegen.pages.views import read_views, view_page
from sitegen.privacy import Finding, Hidden, Privacy, clean_experiment, clean_logged_model, clean_registered_model
from sitegen.query import Query, describe, parse
from sitegen.render import Renderer
from sitegen.render.themes import load_theme
from sitegen.stores import open_stores
from sitegen.stores.contract import ReadOptions, Store
from sitegen.stores.locations import is_tracking_server, place_of
from sitegen.stores.several import names_of
from sitegen.viewers.copying import may_copy


@dataclass
class Built:
    """What a build made, for the closing summary. `size` is in bytes, `deleted` counts what was left out as deleted."""

    output: Path
    runs: int = 0
    experiments: int = 0
    pages: int = 0
    files: int = 0
    size: int = 0
    seconds: float = 0.0
    deleted: int = 0
    traces_left_out: int = 0
    unmatched: int = 0
    """Runs that the filter left out."""
    problems: list[Problem] = field(default_factory=list)
    secrets: list[Finding] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)


Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def build(config: Config, progress: Progress = lambda what, done, total: None) -> Built:
    """Build the site that `config` asks for; the previous one stays as it was until the new one is whole.

    Raises StoreError, UsageError (for the filter a QueryError), or StrictError when `config.strict` and a record could
    not be read.
    """
    started = time.perf_counter()
    built = Built(config.output)
    theme = load_theme(config.theme)
    privacy = Privacy(config.profile)
    query = parse(config.filter) if config.filter.strip() else None
    views = read_views(config.views)
    store = open_stores(config.stores, read_options(config))
    raw = store.catalog()
    model_places = models_and_datasets.version_places(raw)
    catalog = _clean(raw, privacy, built)
    objectives = objectives_of(catalog, config)
    with staged(config.output, stores=map(place_of, config.stores), adopt=config.force_adopt) as stage:
        site = _site(config, catalog, write_assets(theme, stage), query)
        stage.folders(FOLDERS)
        paths = models_and_datasets.paths_by_run(model_places)
        context = worker_context(store, catalog, theme, site, privacy, stage, objectives, query, paths)
        with start_workers(config.jobs, context, len(catalog.runs)) as workers:
            kinds = workers.submit(make_kinds)
            contents = models_and_datasets.RunContents()
            rows = _run_pages(catalog, site, workers, stage, built, progress, contents)
            if query:
                catalog = _of_matching(catalog, rows, built, query, contents)
            traces = _traces(store, catalog, config, built)
            reports = make_reports(catalog, rows, config, objectives, traces)
            related = related_of(catalog, reports, contents.relations, traces)
            parents = workers.map(worker.make_parents, parent_jobs(catalog, reports))
            view_pages = [view_page(view, reports) for view in views]
            jobs = experiment_jobs(catalog, reports, kinds.result().specs, view_pages, related)
            experiments = workers.map(worker.make_experiment, jobs)
            _read_models(catalog, workers, contents, built)
            more = models_and_datasets.pages_of(catalog, reports, contents, model_places)
            stage.folders(sorted({page.path.rpartition("/")[0] for page in more}))
            others = workers.map(worker.make_pages, parts_of(more, models_and_datasets.PAGES_A_JOB))
            write_site_pages(Renderer(theme, site), catalog, reports, built.problems, more, view_pages, stage)
            write_data_files(site, reports, kinds.result(), stage)
            write_search_files(reports, more, view_pages, stage)
            stage.note([written for part in others for written in part])
            _tables_pages(tables_jobs(catalog, reports, contents), workers, built, stage)
            _trace_pages(trace_jobs(reports, traces), workers, built, stage)
            _take(stage, parents, experiments, len(reports), progress)
        _check_strict(config, built)
        _count(built, reports, stage)
    built.seconds = time.perf_counter() - started
    return built


def read_options(config: Config) -> ReadOptions:
    """How the store is read."""
    wanted = partial(may_copy, Privacy(config.profile)) if config.fetch_artifacts else None
    return ReadOptions(config.deleted, config.artifacts, wanted, tuple(config.artifact_map.items()))


# Before any run -----------------------------------------------------------------------------------------------------


def _clean(catalog: Catalog, privacy: Privacy, built: Built) -> Catalog:
    """The catalog as the site may show it; what was masked and hidden goes into `built`."""
    experiments = [clean_experiment(e, privacy, built.hidden) for e in catalog.experiments]
    registered = [clean_registered_model(m, privacy, built.hidden) for m in catalog.registered_models]
    logged = [clean_logged_model(m, privacy, built.hidden) for m in catalog.logged_models]
    built.secrets += [finding for _, found in (*experiments, *registered, *logged) for finding in found]
    return replace(
        catalog,
        experiments=tuple(e for e, _ in experiments),
        registered_models=tuple(m for m, _ in registered),
        logged_models=tuple(m for m, _ in logged),
    )


def _site(config: Config, catalog: Catalog, assets: str, query: Query | None) -> Site:
    return Site(
        title=config.title or names_of(config.stores) or "Runs",
        version=__version__,
        assets=assets,
        footer=f"Made from an {catalog.kind}{describe(query, public=config.profile == 'public') if query else ''}",
        digits=shard_digits(len(catalog.runs)),
        site_url=config.site_url,
    )


# Runs ---------------------------------------------------------------------------------------------------------------


def _run_pages(
    catalog: Catalog,
    site: Site,
    workers: Executor,
    stage: Stage,
    built: Built,
    progress: Progress,
    contents: models_and_datasets.RunContents,
) -> list[RunRow]:
    """Every run's page and data, made by the workers; their rows, and what went wrong, gathered in a fixed order.

    What they hold of models and datasets goes into `held`.
    """
    rows: list[RunRow] = []
    problems = list(catalog.problems)
    built.deleted = catalog.deleted
    for done in workers.map(worker.make, shard_jobs(catalog.runs, site.digits)):
        rows += done.rows
        problems += done.problems
        contents.join(done.contents)
        stage.note(done.written)
        built.deleted += done.deleted
        built.hidden.update(done.hidden)
        built.secrets += done.secrets
        built.unmatched += done.unmatched
        progress("Runs", len(rows), len(catalog.runs))
    built.problems = sorted(set(problems), key=lambda p: (p.where, p.what))
    if not rows and catalog.runs and not built.deleted and not built.unmatched:
        first = f": {built.problems[0].where} {built.problems[0].what}" if built.problems else ""
        raise StoreError(f"None of the {plural(len(catalog.runs), 'run')} in the store could be read{first}.")
    return rows


def _of_matching(
    catalog: Catalog, rows: Sequence[RunRow], built: Built, query: Query, contents: models_and_datasets.RunContents
) -> Catalog:
    """`catalog` with the runs that match the filter, their experiments, and the logged models that they speak of.

    Raises UsageError where there are none: the site would be empty.
    """
    if not rows and built.unmatched:
        raise UsageError(f"None of the {plural(built.unmatched, 'run')} matches the filter {shortened(query.text)}.")
    runs, experiments = {row.run_id for row in rows}, {row.experiment_id for row in rows}
    models = contents.models()
    return replace(
        catalog,
        runs=tuple(ref for ref in catalog.runs if ref.run_id in runs),
        experiments=tuple(e for e in catalog.experiments if e.experiment_id in experiments),
        logged_models=tuple(m for m in catalog.logged_models if m.model_id in models or m.source_run_id in runs),
    )


# What needs all runs ------------------------------------------------------------------------------------------------


def _traces(store: Store, catalog: Catalog, config: Config, built: Built) -> dict[str, int]:
    """The number of traces of each experiment, if they are to be shown; else how many there are is all that is said.

    A tracking server is not asked in vain: it may have to be asked for every trace.
    """
    if config.traces:
        return trace_counts(store, catalog.experiments)
    if not any(map(is_tracking_server, config.stores)):
        with suppress(StoreError):
            built.traces_left_out = sum(trace_counts(store, catalog.experiments).values())
    return {}


def _tables_pages(jobs: Sequence[TablesJob], workers: Executor, built: Built, stage: Stage) -> None:
    """The pages of logged tables."""
    if jobs:
        stage.folders(("tables",))
    for written, found in workers.map(worker.make_tables, jobs):
        stage.note(written)
        built.secrets += found.secrets
        built.hidden.update(found.hidden)


def _trace_pages(jobs: Sequence[TraceJob], workers: Executor, built: Built, stage: Stage) -> None:
    """The lists and pages of traces."""
    if jobs:
        stage.folders(("traces", "experiment-traces"))
    for written, traced in workers.map(worker.make_traces, jobs):
        stage.note(written)
        built.problems = sorted({*built.problems, *traced.problems}, key=lambda p: (p.where, p.what))
        built.secrets += traced.secrets
        built.hidden.update(traced.hidden)


def _read_models(catalog: Catalog, workers: Executor, contents: models_and_datasets.RunContents, built: Built) -> None:
    """The `MLmodel` files of the logged models, into `held`."""
    for found in workers.map(worker.read_models, parts_of(catalog.logged_models, models_and_datasets.MODELS_A_JOB)):
        contents.files |= found.files
        built.secrets += found.secrets
        built.hidden.update(found.hidden)


def _take(
    stage: Stage, parents: Iterable[list[Written]], experiments: Iterable[list[Written]], count: int, progress: Progress
) -> None:
    """Take into the manifest what the workers made last."""
    stage.replace([written for part in parents for written in part])
    for at, written in enumerate(experiments):
        stage.note(written)
        progress("Experiments", at + 1, count)


# At the end ---------------------------------------------------------------------------------------------------------


def _check_strict(config: Config, built: Built) -> None:
    if config.strict and built.secrets:
        places = ", ".join(finding.where for finding in built.secrets[:3])
        raise StrictError(
            f"{plural(len(built.secrets), 'secret')} would have been masked ({places}); "
            "take them out of the store or build without --strict. The previous site is untouched."
        )
    if config.strict and built.problems:
        first = built.problems[0]
        raise StrictError(
            f"{plural(len(built.problems), 'record')} of the store could not be read as they should be "
            f"({first.where}: {first.what}); mend them or build without --strict. The previous site is untouched."
        )


def _count(built: Built, reports: Sequence[Report], stage: Stage) -> None:
    built.runs = sum(len(report.table.rows) for report in reports)
    built.experiments = len(reports)
    built.files = len(stage.written)
    built.pages = sum(w.path.endswith(".html") for w in stage.written)
    built.size = sum(w.size for w in stage.written)
