"""Build a site from a store: read `build` as the table of contents of the product.

Workers take runs from bytes to pages, a shard at a time, and hand back one row for each (`work.py`); this process never
holds a history longer than it draws it, only the run table, and makes everything that needs all runs.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar

from sitegen import __version__, holdings, work
from sitegen.analysis.best import Ranking, rank
from sitegen.analysis.groups import find_groups
from sitegen.analysis.health import health_of, newest_time
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.objective import Objective, choose_objective, read_objective
from sitegen.analysis.summary import summarise_experiment
from sitegen.analysis.table import ExperimentTable, RunRow, gather
from sitegen.analysis.words import plural, shortened
from sitegen.artifacts import may_carry
from sitegen.charts.compile import Kinds, make_kinds
from sitegen.config import Config
from sitegen.datajs import data_script
from sitegen.errors import StoreError, StrictError, UsageError
from sitegen.evaluation import TablesJob, tables_job
from sitegen.model import Catalog, ModelVersion, Problem, RunRef
from sitegen.output import Stage, Written, staged
from sitegen.pages.addresses import experiment_page, file_name, run_page, shard_digits, shard_of
from sitegen.pages.best import best_json
from sitegen.pages.charts import curve_rows
from sitegen.pages.columnfiles import experiment_files
from sitegen.pages.compared import judged_metrics
from sitegen.pages.data import judged, place_shards, places
from sitegen.pages.experiments import best_pictured, links_to_experiments
from sitegen.pages.home import Report, home_page_of
from sitegen.pages.page import Page, PlainPage, Site
from sitegen.pages.related import Related, related_of, site_links
from sitegen.pages.runs import NO_CHILDREN, Models, children_of
from sitegen.pages.views import ViewPage, read_views, view_page
from sitegen.privacy import Finding, Hidden, Privacy, clean_experiment, clean_logged_model, clean_registered_model
from sitegen.query import Query, filter_of, parse, said_of
from sitegen.render import Renderer
from sitegen.search import FIELD_WEIGHT, NOTE_WEIGHT, IndexBuilder
from sitegen.stores import ReadOptions, Store
from sitegen.stores.locations import is_tracking_server, place_of
from sitegen.stores.several import names_of, open_stores
from sitegen.themes import Theme, load_theme
from sitegen.tracing import TraceJob, trace_counts

T = TypeVar("T")

PROCESSES_FROM = 300
"""Runs from which on worker processes pay for their start."""
PARENTS_A_JOB = 16
STYLES = (
    "tokens", "layout", "components", "charts", "analysis", "explorer", "artifacts", "models", "custom", "print",
)  # fmt: skip
"""The style sheets, joined in this order into one."""
FOLDERS = (
    "runs", "experiments", "best", "views", "charts", "artifacts",
    "data/runs", "data/places", "data/experiments", "data/columns", "data/search", "data/artifacts", "data/images",
)  # fmt: skip


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
    model_places = holdings.version_places(raw)
    catalog = _clean(raw, privacy, built)
    objectives = _objectives(catalog, config)
    with staged(config.output, stores=map(place_of, config.stores), adopt=config.force_adopt) as stage:
        site = _site(config, catalog, _assets(theme, stage), query)
        stage.folders(FOLDERS)
        shop = replace(
            _workshop(store, catalog, theme, site, privacy, stage, objectives),
            query=query,
            model_paths=holdings.paths_by_run(model_places),
        )
        with _workers(config.jobs, shop, len(catalog.runs)) as workers:
            kinds = workers.submit(make_kinds)
            held = holdings.Held()
            rows = _run_pages(catalog, site, workers, stage, built, progress, held)
            if query:
                catalog = _of_matching(catalog, rows, built, query, held)
            traces = _traces(store, catalog, config, built)
            reports = _reports(catalog, rows, config, objectives, traces)
            tables = _tables_jobs(catalog, reports, held)
            related = related_of(catalog, reports, held.relations, traces)
            parents = workers.map(work.make_parents, _parent_jobs(catalog, reports))
            view_pages = [view_page(view, reports) for view in views]
            experiments = workers.map(
                work.make_experiment, _experiment_jobs(catalog, reports, kinds.result().specs, view_pages, related)
            )
            _read_models(catalog, workers, held, built)
            more = holdings.pages_of(catalog, reports, held, model_places)
            stage.folders(sorted({page.path.rpartition("/")[0] for page in more}))
            others = workers.map(work.make_pages, _parts(more, holdings.PAGES_A_JOB))
            _site_pages(Renderer(theme, site), catalog, reports, built.problems, more, view_pages, stage)
            _data_files(site, reports, kinds.result(), stage)
            _search_files(reports, more, view_pages, stage)
            stage.note([written for part in others for written in part])
            _tables_pages(tables, workers, built, stage)
            _trace_pages(reports, traces, workers, built, stage)
            _take(stage, parents, experiments, len(reports), progress)
        _check_strict(config, built)
        _count(built, reports, stage)
    built.seconds = time.perf_counter() - started
    return built


def read_options(config: Config) -> ReadOptions:
    """How the store is read."""
    wanted = partial(may_carry, Privacy(config.profile)) if config.fetch_artifacts else None
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


def _assets(theme: Theme, stage: Stage) -> str:
    """Write styles, scripts and third-party files into one folder named after their content; its path, with a slash."""
    files = {path: file.read_bytes() for path, file in theme.files("assets").items()}
    vendor = {path: file.read_bytes() for path, file in theme.files("vendor").items() if _ships(path)}
    styles = b"".join(files[f"assets/css/{name}.css"] for name in STYLES)
    shipped = {path.removeprefix("assets/"): data for path, data in files.items() if not path.startswith("assets/css/")}
    shipped |= {"site.css": styles, **vendor}
    # Pages of other people load this one: its address must outlive the content of all others.
    stage.write("charts/embed.js", shipped.pop("js/embed.js"))
    digest = hashlib.sha256(b"".join(path.encode() + data for path, data in sorted(shipped.items()))).hexdigest()[:10]
    for path, data in sorted(shipped.items()):
        stage.write(f"assets/{digest}/{path}", data)
    return f"assets/{digest}/"


def _ships(path: str) -> bool:
    """Whether a vendored file is for readers: what runs and its licence, not how it was fetched."""
    return path.endswith((".js", ".css")) or Path(path).name.startswith("LICENSE")


Objectives = Mapping[str, Objective | None]
"""By experiment id what was configured for it, None where it is to be chosen."""


def _objectives(catalog: Catalog, config: Config) -> Objectives:
    """What the settings ask for, read before any run: workers must know it, and a mistake must not cost a build."""
    written = {e.experiment_id: config.objective_of(e.experiment_id, e.name) for e in catalog.experiments}
    found = {experiment_id: read_objective(text) if text else None for experiment_id, text in written.items()}
    for objective in filter(None, found.values()):
        filter_of(objective.where)
    return found


def _site(config: Config, catalog: Catalog, assets: str, query: Query | None) -> Site:
    return Site(
        title=config.title or names_of(config.stores) or "Runs",
        version=__version__,
        assets=assets,
        footer=f"Made from an {catalog.kind}{said_of(query, public=config.profile == 'public') if query else ''}",
        digits=shard_digits(len(catalog.runs)),
        site_url=config.site_url,
    )


def _workshop(
    store: Store, catalog: Catalog, theme: Theme, site: Site, privacy: Privacy, stage: Stage, objectives: Objectives
) -> work.Workshop:
    experiments = {e.experiment_id: e for e in catalog.experiments}
    versions: dict[str, list[ModelVersion]] = {}
    for version in (v for m in catalog.registered_models if not m.is_prompt for v in m.versions):
        versions.setdefault(version.run_id or "", []).append(version)
    names = {m.model_id: m.name for m in catalog.logged_models}
    models = Models(names, versions, {m.model_id: m.artifacts for m in catalog.logged_models if m.artifacts.files})
    wanted = {experiment_id: found.wanted for experiment_id, found in objectives.items() if found and found.wanted}
    return work.Workshop(store, experiments, models, theme, site, privacy, stage.root, wanted)


@contextmanager
def _workers(jobs: int, shop: work.Workshop, runs: int) -> Iterator[Executor]:
    """Processes where there is work for them, else this process doing each thing when asked."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = jobs or (cores if runs >= PROCESSES_FROM else 1)
    if count == 1:
        work.start(shop)
        yield work.InThisProcess()
        return
    pool = ProcessPoolExecutor(count, mp_context=_context(), initializer=work.start_process, initargs=(shop,))
    try:
        yield pool
    except BrokenProcessPool as error:
        raise UsageError("A worker process was ended from outside, often for want of memory; try --jobs 1.") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    """Clean processes: from a server that has loaded what all need where there is one, else each by itself.

    Never a plain fork, which copies whatever threads the caller's libraries were in the middle of.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sitegen.work"])
    return context


# Runs ---------------------------------------------------------------------------------------------------------------


def shard_jobs(refs: Sequence[RunRef], digits: int) -> list[work.ShardJob]:
    """The runs by shard, in the order of the shards' names: the same jobs whatever the number of workers."""
    shards: dict[str, list[RunRef]] = {}
    for ref in refs:
        shards.setdefault(shard_of(ref.run_id, digits), []).append(ref)
    return [work.ShardJob(name, tuple(sorted(found, key=_by_id))) for name, found in sorted(shards.items())]


def _by_id(ref: RunRef) -> str:
    return ref.run_id


def _run_pages(
    catalog: Catalog,
    site: Site,
    workers: Executor,
    stage: Stage,
    built: Built,
    progress: Progress,
    held: holdings.Held,
) -> list[RunRow]:
    """Every run's page and data, made by the workers; their rows, and what went wrong, gathered in a fixed order.

    What they hold of models and datasets goes into `held`.
    """
    rows: list[RunRow] = []
    problems = list(catalog.problems)
    built.deleted = catalog.deleted
    for done in workers.map(work.make, shard_jobs(catalog.runs, site.digits)):
        rows += done.rows
        problems += done.problems
        held.join(done.held)
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


def _of_matching(catalog: Catalog, rows: Sequence[RunRow], built: Built, query: Query, held: holdings.Held) -> Catalog:
    """`catalog` with the runs that match the filter, their experiments, and the logged models that they speak of.

    Raises UsageError where there are none: the site would be empty.
    """
    if not rows and built.unmatched:
        raise UsageError(f"None of the {plural(built.unmatched, 'run')} matches the filter {shortened(query.text)}.")
    runs, experiments = {row.run_id for row in rows}, {row.experiment_id for row in rows}
    models = held.models()
    return replace(
        catalog,
        runs=tuple(ref for ref in catalog.runs if ref.run_id in runs),
        experiments=tuple(e for e in catalog.experiments if e.experiment_id in experiments),
        logged_models=tuple(m for m in catalog.logged_models if m.model_id in models or m.source_run_id in runs),
    )


def _reports(
    catalog: Catalog, rows: Sequence[RunRow], config: Config, objectives: Objectives, kept: Container[str]
) -> list[Report]:
    """Each experiment with all that is found out about it. MLflow's empty `Default` is left out unless in `kept`."""
    tables = [
        table
        for table in gather(rows, catalog.experiments)
        if table.rows or table.experiment.experiment_id != "0" or "0" in kept
    ]
    now = newest_time(tables)
    return [_report(table, config, objectives, now) for table in tables]


def _report(table: ExperimentTable, config: Config, objectives: Objectives, now: int | None) -> Report:
    options = config.options_of(table.experiment.experiment_id, table.experiment.name)
    ranking = _ranking(table, objectives)
    grouping = find_groups(table, ranking, options.groups, options.group_by)
    baseline = _baseline(table, options.baseline)
    matters = what_mattered(ranking) if ranking else None
    health = health_of(table, ranking, now)
    return Report(table, summarise_experiment(table), ranking, grouping, baseline, matters, health)


def _baseline(table: ExperimentTable, name: str) -> RunRow | None:
    """The run that others are compared with: of this id, else the newest of this name. Raises UsageError for none."""
    if not name:
        return None
    found = next((row for row in table.rows if row.run_id == name), None)
    found = found or next((row for row in table.rows if row.name == name), None)
    if found is None:
        raise UsageError(
            f"The baseline {name!r} is no run of the experiment {table.experiment.name!r}; give a run's name or id."
        )
    return found


def _ranking(table: ExperimentTable, objectives: Objectives) -> Ranking | None:
    objective = choose_objective(table, objectives.get(table.experiment.experiment_id))
    return rank(table, objective, filter_of) if objective else None


def _parent_jobs(catalog: Catalog, reports: Sequence[Report]) -> list[work.ParentJob]:
    """The runs whose pages are made once more: those with nested runs, and those whose parent is not in the site."""
    refs = {ref.run_id: ref for ref in catalog.runs}
    rows = {row.run_id: row for report in reports for row in report.table.rows}
    orphans = frozenset(key for key, row in rows.items() if row.parent_id and row.parent_id not in rows)
    found = dict.fromkeys(sorted(orphans), NO_CHILDREN) | {
        parent.run_id: children_of(parent, children, *_metric_and_direction(report))
        for report in reports
        for parent, children in _families(report.table)
    }
    items = list(found.items())
    parts = [items[at : at + PARENTS_A_JOB] for at in range(0, len(items), PARENTS_A_JOB)]
    return [
        work.ParentJob(
            tuple(refs[key] for key, _ in part),
            tuple(children for _, children in part),
            orphans.intersection(key for key, _ in part),
        )
        for part in parts
    ]


def _families(table: ExperimentTable) -> Iterator[tuple[RunRow, list[RunRow]]]:
    """Runs with nested runs, and those in the order they were started."""
    children: dict[str, list[RunRow]] = {}
    for row in reversed(table.rows):
        if row.parent_id:
            children.setdefault(row.parent_id, []).append(row)
    return ((row, children[row.run_id]) for row in table.rows if row.run_id in children)


def _metric_and_direction(report: Report) -> tuple[str, str]:
    objective = report.ranking.objective if report.ranking else None
    return (objective.metric, objective.direction) if objective else ("", "max")


# What needs all runs ------------------------------------------------------------------------------------------------


def _experiment_jobs(
    catalog: Catalog,
    reports: Sequence[Report],
    specs: Mapping[str, dict[str, Any]],
    views: Sequence[ViewPage],
    related: Mapping[str, tuple[Related, ...]],
) -> list[work.ExperimentJob]:
    refs = {ref.run_id: ref for ref in catalog.runs}
    best = [[refs[row.run_id] for row in curve_rows(report)] for report in reports]
    seen = [[refs[row.run_id] for row in best_pictured(report.table, report.ranking)] for report in reports]
    links: dict[str, list[tuple[str, str]]] = {}
    for view in views:
        links.setdefault(view.file, []).append(("../" + view.path, view.title))
    own = [tuple(links.get(file_name(report.table.experiment.experiment_id), ())) for report in reports]
    return [
        work.ExperimentJob(
            report, tuple(curved), specs, tuple(pictured), shown, related.get(report.table.experiment.experiment_id, ())
        )
        for report, curved, pictured, shown in zip(reports, best, seen, own, strict=True)
    ]


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


def _tables_jobs(catalog: Catalog, reports: Sequence[Report], held: holdings.Held) -> list[TablesJob]:
    """The experiments whose runs logged tables, with what is to be read of them."""
    logged = sorted((found for found in held.relations if found.tables), key=lambda found: found.run_id)
    refs = {ref.run_id: ref for ref in catalog.runs} if logged else {}
    jobs = (tables_job(report.table, report.ranking, logged, refs) for report in reports if logged)
    return [job for job in jobs if job]


def _tables_pages(jobs: Sequence[TablesJob], workers: Executor, built: Built, stage: Stage) -> None:
    """The pages of logged tables."""
    if jobs:
        stage.folders(("tables",))
    for written, found in workers.map(work.make_tables, jobs):
        stage.note(written)
        built.secrets += found.secrets
        built.hidden.update(found.hidden)


def _trace_pages(
    reports: Sequence[Report], counts: Mapping[str, int], workers: Executor, built: Built, stage: Stage
) -> None:
    """The lists and pages of traces."""
    tables = {report.table.experiment.experiment_id: report.table for report in reports}
    jobs = [
        TraceJob(tables[key].experiment, count, {row.run_id: row.name for row in tables[key].rows})
        for key, count in counts.items()
        if key in tables
    ]
    if jobs:
        stage.folders(("traces", "experiment-traces"))
    for written, traced in workers.map(work.make_traces, jobs):
        stage.note(written)
        built.problems = sorted({*built.problems, *traced.problems}, key=lambda p: (p.where, p.what))
        built.secrets += traced.secrets
        built.hidden.update(traced.hidden)


def _read_models(catalog: Catalog, workers: Executor, held: holdings.Held, built: Built) -> None:
    """The `MLmodel` files of the logged models, into `held`."""
    for found in workers.map(work.read_models, _parts(catalog.logged_models, holdings.MODELS_A_JOB)):
        held.files |= found.files
        built.secrets += found.secrets
        built.hidden.update(found.hidden)


def _parts(values: Sequence[T], size: int) -> list[Sequence[T]]:
    return [values[at : at + size] for at in range(0, len(values), size)]


def _site_pages(
    renderer: Renderer,
    catalog: Catalog,
    reports: Sequence[Report],
    problems: Sequence[Problem],
    more: Sequence[Page],
    views: Sequence[ViewPage],
    stage: Stage,
) -> None:
    """Home, named views, and the pages that scripts fill: compare, search, the frame of a single curve; 404."""
    links = links_to_experiments([report.table for report in reports])
    home = home_page_of(renderer.site.title, reports, catalog, problems, site_links(more))
    pages: list[Page] = [
        replace(home, views=tuple((view.path, view.title) for view in views)),
        *views,
        PlainPage("compare.html", "compare.html", "compare", "Compare runs", links),
        PlainPage("search.html", "search.html", "search", "Search", links),
        PlainPage("404.html", "404.html", "missing", "Page not found", links),
        PlainPage("charts/curve.html", "curve.html", "curve", "Metric curve"),
    ]
    _write_pages(renderer, pages, stage)


def _write_pages(renderer: Renderer, pages: Sequence[Page], stage: Stage) -> None:
    for page in pages:
        stage.write(page.path, renderer.render(page))


def _data_files(site: Site, reports: Sequence[Report], kinds: Kinds, stage: Stage) -> None:
    """What scripts load: the site, the kinds of charts, each experiment's columns, each run's place."""
    stage.write("data/best.json", best_json(reports, site))
    stage.write("data/kinds.js", data_script("kinds", kinds.compiled))
    stage.write("data/specs.js", data_script("specs", kinds.specs))
    experiments = [
        [
            r.table.experiment.experiment_id,
            file_name(r.table.experiment.experiment_id),
            r.table.experiment.name,
            len(r.table.rows),
            judged_metrics(r.ranking),
        ]
        for r in reports
    ]
    stage.write(
        "data/site.js", data_script("site", {"title": site.title, "digits": site.digits, "experiments": experiments})
    )
    entries: dict[str, list[object]] = {}
    for report in reports:
        for key, content in experiment_files(report.table, report.ranking).items():
            stage.write(f"data/{key}.js", data_script(key, content))
        entries |= places(report.table, report.ranking)
    known = [judged(report.table, report.ranking) for report in reports]
    for shard, content in place_shards(entries, site.digits, known).items():
        stage.write(f"data/places/{shard}.js", data_script(f"places/{shard}", content))


def _search_files(reports: Sequence[Report], more: Sequence[Page], views: Sequence[ViewPage], stage: Stage) -> None:
    """The word index over experiments, runs, models, prompts, datasets and named views."""
    index = IndexBuilder()
    for report in reports:
        experiment = report.table.experiment
        tags = ((f"{k} {v}", FIELD_WEIGHT) for k, v in _own_tags(experiment.tags))
        fields = [*tags, (experiment.note, NOTE_WEIGHT)]
        subtitle = plural(len(report.table.rows), "run")
        index.add("experiment", experiment_page(experiment.experiment_id), experiment.name, subtitle, fields)
    for report in reports:
        for row in report.table.rows:
            index.add("run", run_page(row.run_id), row.name, report.table.experiment.name, _run_words(row))
    for page in more:
        found = holdings.search_entry(page)
        if found:
            index.add(found.kind, page.path, page.title, found.subtitle, [(text, NOTE_WEIGHT) for text in found.texts])
    for view in views:
        index.add(
            "page", view.path, view.title, view.experiment, [(view.note, NOTE_WEIGHT), (view.filter, FIELD_WEIGHT)]
        )
    for path, text in index.files():
        stage.write(f"data/{path}", text)


def _own_tags(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(k, v) for k, v in tags.items() if not k.startswith("mlflow.")]


def _run_words(row: RunRow) -> list[tuple[str, int]]:
    return [
        (row.run_id, FIELD_WEIGHT),
        (row.status, FIELD_WEIGHT),
        *((f"{k} {v}", FIELD_WEIGHT) for k, v in row.params.items()),
        *((f"{k} {v}", FIELD_WEIGHT) for k, v in row.tags.items()),
        (row.user, FIELD_WEIGHT),
        (row.source_name, FIELD_WEIGHT),
        (row.note, NOTE_WEIGHT),
    ]


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
