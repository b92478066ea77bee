"""What a build asks of its workers: what they must know, and the jobs they are given, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sitegen.addresses import Href, file_name, shard_of
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.build import models_and_datasets, worker
from sitegen.build.analyse import Objectives
from sitegen.build.logged_tables import TablesJob, tables_job
from sitegen.build.traces import TraceJob
from sitegen.model import Catalog, ModelVersion, RunRef
from sitegen.output import Stage
from sitegen.pages.charts import curve_rows
from sitegen.pages.experiments import best_pictured
from sitegen.pages.nested_runs import NO_CHILDREN, children_of
from sitegen.pages.page import Site
from sitegen.pages.related import Related
from sitegen.pages.run_models import Models
from sitegen.pages.views import ViewPage
from sitegen.privacy import Privacy
from sitegen.query import Query
from sitegen.render.themes import Theme
from sitegen.stores.contract import Store

T = TypeVar("T")

PARENTS_A_JOB = 16


def worker_context(
    store: Store,
    catalog: Catalog,
    theme: Theme,
    site: Site,
    privacy: Privacy,
    stage: Stage,
    objectives: Objectives,
    query: Query | None,
    model_paths: Mapping[str, tuple[str, ...]],
) -> worker.WorkerContext:
    """What every worker must know of the build."""
    experiments = {e.experiment_id: e for e in catalog.experiments}
    versions: dict[str, list[ModelVersion]] = {}
    for version in (v for m in catalog.registered_models if not m.is_prompt for v in m.versions):
        versions.setdefault(version.run_id or "", []).append(version)
    names = {m.model_id: m.name for m in catalog.logged_models}
    models = Models(names, versions, {m.model_id: m.artifacts for m in catalog.logged_models if m.artifacts.files})
    wanted = {experiment_id: found.wanted for experiment_id, found in objectives.items() if found and found.wanted}
    return worker.WorkerContext(
        store, experiments, models, theme, site, privacy, stage.root, wanted, query, model_paths
    )


def shard_jobs(refs: Sequence[RunRef], digits: int) -> list[worker.ShardJob]:
    """The runs by shard, in the order of the shards' names: the same jobs whatever the number of workers."""
    shards: dict[str, list[RunRef]] = {}
    for ref in refs:
        shards.setdefault(shard_of(ref.run_id, digits), []).append(ref)
    return [worker.ShardJob(name, tuple(sorted(found, key=_by_id))) for name, found in sorted(shards.items())]


def _by_id(ref: RunRef) -> str:
    return ref.run_id


def parent_jobs(catalog: Catalog, reports: Sequence[Report]) -> list[worker.ParentJob]:
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
        worker.ParentJob(
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


def experiment_jobs(
    catalog: Catalog,
    reports: Sequence[Report],
    specs: Mapping[str, dict[str, Any]],
    views: Sequence[ViewPage],
    related: Mapping[str, tuple[Related, ...]],
) -> list[worker.ExperimentJob]:
    """Every experiment, with the runs whose curves and images its page shows, its named views and related pages."""
    refs = {ref.run_id: ref for ref in catalog.runs}
    best = [[refs[row.run_id] for row in curve_rows(report)] for report in reports]
    seen = [[refs[row.run_id] for row in best_pictured(report.table, report.ranking)] for report in reports]
    links: dict[str, list[tuple[Href, str]]] = {}
    for view in views:
        links.setdefault(view.file, []).append((view.path, view.title))
    own = [tuple(links.get(file_name(report.table.experiment.experiment_id), ())) for report in reports]
    return [
        worker.ExperimentJob(
            report, tuple(curved), specs, tuple(pictured), shown, related.get(report.table.experiment.experiment_id, ())
        )
        for report, curved, pictured, shown in zip(reports, best, seen, own, strict=True)
    ]


def tables_jobs(
    catalog: Catalog, reports: Sequence[Report], contents: models_and_datasets.RunContents
) -> list[TablesJob]:
    """The experiments whose runs logged tables, with what is to be read of them."""
    logged = sorted((found for found in contents.relations if found.tables), key=lambda found: found.run_id)
    refs = {ref.run_id: ref for ref in catalog.runs} if logged else {}
    jobs = (tables_job(report.table, report.ranking, logged, refs) for report in reports if logged)
    return [job for job in jobs if job]


def trace_jobs(reports: Sequence[Report], counts: Mapping[str, int]) -> list[TraceJob]:
    """The experiments with traces, `counts` of them by experiment id, and the names of their runs."""
    tables = {report.table.experiment.experiment_id: report.table for report in reports}
    return [
        TraceJob(tables[key].experiment, count, {row.run_id: row.name for row in tables[key].rows})
        for key, count in counts.items()
        if key in tables
    ]


def parts_of(values: Sequence[T], size: int) -> list[Sequence[T]]:
    """`values` in order, `size` at a time."""
    return [values[at : at + size] for at in range(0, len(values), size)]
