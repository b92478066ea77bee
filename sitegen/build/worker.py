"""What one worker does: take a shard of runs from bytes to pages, and hand back a row for each.

A worker knows the store, the experiments and the theme, never the other runs. So a run's page depends on its own run
alone; pages of runs with nested runs are made once more (`make_parents`) when those are known.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sitegen.addresses import Href, file_name
from sitegen.analysis.curves import Curve, thin
from sitegen.analysis.reducers import Wanted
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow, row_of, without_records
from sitegen.build.logged_tables import Evaluated, TablesJob, evaluate
from sitegen.build.models_and_datasets import FileKey, RunContents, read_files
from sitegen.build.traces import Traced, TraceJob, trace_pages
from sitegen.charts.kinds import use
from sitegen.markup.data_js import data_script
from sitegen.model import Experiment, LoggedModel, ModelFile, Problem, Run, RunRef
from sitegen.output import Written, write_file
from sitegen.pages.best import best_page_of
from sitegen.pages.charts import chart_files, chart_groups, chart_pages
from sitegen.pages.compared import artifact_data, comparison, directions, is_text
from sitegen.pages.data import run_record
from sitegen.pages.experiments import experiment_page_of, no_best
from sitegen.pages.files import file_list_page, file_page_of
from sitegen.pages.gallery import index_record
from sitegen.pages.health import health_view
from sitegen.pages.matters import matters_view
from sitegen.pages.nested_runs import NO_CHILDREN, Children
from sitegen.pages.page import Page, Site
from sitegen.pages.related import Related
from sitegen.pages.run_lists import run_list_pages
from sitegen.pages.run_models import Models
from sitegen.pages.runs import run_page_of
from sitegen.privacy import Finding, Hidden, Privacy, clean_run
from sitegen.query import Query, matcher
from sitegen.render import Renderer
from sitegen.render.themes import Theme
from sitegen.stores.contract import Store
from sitegen.viewers.copies import CopiedArtifact, copies_in_site, copy_artifacts
from sitegen.viewers.models import MAX_MODELS, ModelFolder, model_paths, read_model

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class WorkerContext:
    """All that a worker needs to know, the same for every shard; small enough to be sent to each worker."""

    store: Store
    experiments: Mapping[str, Experiment]
    models: Models
    theme: Theme
    site: Site
    privacy: Privacy
    root: str
    """The folder that the site is being built in."""
    wanted: Mapping[str, tuple[Wanted, ...]] = field(default_factory=dict)
    """By experiment id, the reducers of its objective that need a metric's whole history."""
    query: Query | None = None
    """Which runs are in the site; None for all."""
    model_paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Where among a run's artifacts versions of registered models lie, by run."""


@dataclass(frozen=True, slots=True)
class ShardJob:
    """Runs whose data share one file."""

    shard: str
    refs: tuple[RunRef, ...]


@dataclass(frozen=True, slots=True)
class ParentJob:
    """Runs that have nested runs, with what is to be said of those; `orphans` have a parent that is not in the site."""

    refs: tuple[RunRef, ...]
    children: tuple[Children, ...]
    orphans: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExperimentJob:
    """An experiment with all that was found out about it, the runs whose curves are drawn, and the specs of charts."""

    report: Report
    best: tuple[RunRef, ...]
    specs: Mapping[str, dict[str, Any]]
    pictured: tuple[RunRef, ...] = ()
    """The runs whose images are shown side by side."""
    views: tuple[tuple[Href, str], ...] = ()
    """Address and name of its named views."""
    related: tuple[Related, ...] = ()


@dataclass(slots=True)
class Done:
    """What a worker hands back: never histories."""

    rows: list[RunRow] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    secrets: list[Finding] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)
    contents: RunContents = field(default_factory=RunContents)
    deleted: int = 0
    unmatched: int = 0
    """Runs that the filter left out."""


@dataclass(slots=True)
class ModelFiles:
    """The `MLmodel` files of some logged models, and what was masked and hidden in them."""

    files: dict[FileKey, ModelFile] = field(default_factory=dict)
    secrets: list[Finding] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)


class Worker:
    """Makes pages; one lives in each process."""

    def __init__(self, context: WorkerContext) -> None:
        self.context = context
        self.renderer = Renderer(context.theme, context.site)
        self.matches = matcher(context.query) if context.query else None

    def make(self, job: ShardJob) -> Done:
        """Read, clean, summarise, thin, render and write the runs of a shard."""
        batch = self.context.store.read_runs(job.refs)
        done = Done(problems=batch.problems, deleted=batch.deleted)
        records = []
        images: list[object] = []
        for raw in batch.runs:
            if self.matches and not self.matches(row_of(raw, 0)):
                done.unmatched += 1
                continue
            run, secrets = clean_run(raw, self.context.privacy, done.hidden)
            done.secrets += secrets
            paths = self.context.model_paths.get(run.run_id, ())
            done.secrets += done.contents.take(run, paths, self.context.privacy, done.hidden)
            row, curves = self._reduce(run)
            published = list(self._publish(run, done))
            copies = [artifact for artifact, _ in published]
            done.written += self._pages(run, row, curves, copies, NO_CHILDREN)
            done.rows.append(without_records(row))
            records.append(run_record(row, curves) | comparison(run, len(copies)) | directions(row.metrics))
            done.written += self._artifact_data(run, published)
            images += filter(None, [index_record(run.run_id, copies)])
        path = f"data/runs/{job.shard}.js"
        done.written.append(write_file(self.context.root, path, data_script(f"runs/{job.shard}", {"runs": records})))
        if images:
            path = f"data/images/{job.shard}.js"
            text = data_script(f"images/{job.shard}", {"runs": images})
            done.written.append(write_file(self.context.root, path, text))
        return done

    def make_parents(self, job: ParentJob) -> list[Written]:
        """The pages of runs with nested runs, once more and now with those, and of runs whose parent is not there."""
        children = {ref.run_id: found for ref, found in zip(job.refs, job.children, strict=True)}
        written = []
        for raw in self.context.store.read_runs(job.refs).runs:
            run, _ = clean_run(raw, self.context.privacy)
            if run.run_id in job.orphans:
                run = replace(run, tags={k: v for k, v in run.tags.items() if k != "mlflow.parentRunId"})
            row, curves = self._reduce(run)
            copies = list(copies_in_site(run, self.context.privacy, self._is_written))
            written += self._pages(run, row, curves, copies, children[run.run_id])
        return written

    def make_experiment(self, job: ExperimentJob) -> list[Written]:
        """An experiment's page, its plain lists, and the pages and files of its charts."""
        use(job.specs)
        report, table = job.report, job.report.table
        groups = chart_groups(report, self._curves(job.best), self.context.site)
        charts = {chart.id for group in groups for chart in group.charts}
        matters = matters_view(report.matters, file_name(table.experiment.experiment_id), charts)
        health, copies_by_run = health_view(report.health), self._copies_by_run(job.pictured)
        page = replace(experiment_page_of(report, groups, matters, health, copies_by_run, job.related), views=job.views)
        pages: list[Page] = [page, *run_list_pages(table, page.table, report.ranking), *chart_pages(groups, table)]
        pages.append(best_page_of(report, no_best(table, report.ranking), self.context.site))
        files = [(page.path, self.renderer.render(page)) for page in pages]
        return [write_file(self.context.root, path, text) for path, text in (*files, *chart_files(groups))]

    def _copies_by_run(self, refs: Sequence[RunRef]) -> dict[str, list[CopiedArtifact]]:
        """The artifacts of a few runs by run id, as they are in the site by now."""
        found = {}
        for raw in self.context.store.read_runs(refs).runs if refs else ():
            run, _ = clean_run(raw, self.context.privacy)
            found[run.run_id] = list(copies_in_site(run, self.context.privacy, self._is_written))
        return found

    def make_pages(self, pages: Sequence[Page]) -> list[Written]:
        """Pages whose values are known already."""
        return [write_file(self.context.root, page.path, self.renderer.render(page)) for page in pages]

    def make_tables(self, job: TablesJob) -> tuple[list[Written], Evaluated]:
        """The page of the tables that an experiment's runs logged."""
        done = evaluate(self.context.store, job, self.context.privacy)
        return self.make_pages([done.page]), done

    def make_traces(self, job: TraceJob) -> tuple[list[Written], Traced]:
        """The pages of an experiment's traces, and what was met on the way (without the pages)."""
        done = trace_pages(self.context.store, job, self.context.privacy)
        written = self.make_pages(done.pages)
        done.pages = []
        return written, done

    def read_models(self, models: Sequence[LoggedModel]) -> ModelFiles:
        """The `MLmodel` files of `models`."""
        found = ModelFiles()
        found.files, found.secrets = read_files(models, self.context.privacy, found.hidden)
        return found

    def _curves(self, refs: Sequence[RunRef]) -> dict[str, dict[str, Curve]]:
        """The curves of a few runs by run id, in the order given; read again, since histories are not kept."""
        found = {}
        for raw in self.context.store.read_runs(refs).runs:
            run, _ = clean_run(raw, self.context.privacy)
            found[run.run_id] = reduce_run(run)[1]
        return {ref.run_id: found[ref.run_id] for ref in refs if ref.run_id in found}

    def _reduce(self, run: Run) -> tuple[RunRow, dict[str, Curve]]:
        return reduce_run(run, self.context.wanted.get(run.experiment_id, ()))

    def _pages(
        self, run: Run, row: RunRow, curves: Mapping[str, Curve], copies: Sequence[CopiedArtifact], children: Children
    ) -> list[Written]:
        """The page of a run; of one with very many artifacts also the list of them."""
        experiment = self._experiment(run)
        folders = list(self._models(run))
        page = run_page_of(
            run, row, experiment, curves, copies, children, self.context.models, folders, self.context.site.site_url
        )
        files = file_list_page(run, experiment, copies)
        pages: list[Page] = [page, files] if files else [page]
        return [self._write(page.path, self.renderer.render(page)) for page in pages]

    def _experiment(self, run: Run) -> Experiment:
        return self.context.experiments.get(run.experiment_id) or Experiment(run.experiment_id, run.experiment_id)

    def _artifact_data(self, run: Run, published: Sequence[tuple[CopiedArtifact, bytes]]) -> list[Written]:
        """The file that the compare page reads to set the artifacts of runs side by side; none for a run without."""
        if not published:
            return []
        key = f"artifacts/{file_name(run.run_id)}"
        content = artifact_data([(artifact.file, text) for artifact, text in published])
        return [write_file(self.context.root, f"data/{key}.js", data_script(key, content))]

    def _write(self, path: str, content: str | bytes) -> Written:
        """Write a file whose folder may be new."""
        Path(self.context.root, path).parent.mkdir(parents=True, exist_ok=True)
        return write_file(self.context.root, path, content)

    def _is_written(self, path: str) -> bool:
        return Path(self.context.root, path).is_file()

    def _models(self, run: Run) -> Iterator[ModelFolder]:
        """The models that the run logged: folders among its artifacts, and logged models of its own."""
        for path in model_paths(run.artifacts.files)[:MAX_MODELS]:
            yield read_model(run.artifacts, path, self.context.privacy)
        for output in run.model_outputs:
            folder = self.context.models.folders.get(output.model_id)
            for path in model_paths(folder.files)[:1] if folder else ():
                assert folder is not None
                yield replace(read_model(folder, path, self.context.privacy), path=f"models:/{output.model_id}")

    def _publish(self, run: Run, done: Done) -> Iterator[tuple[CopiedArtifact, bytes]]:
        """Write the copies of artifacts, their previews and thumbnails.

        Yields each copy, and the text of small files that the compare page shows.
        """
        experiment = self._experiment(run)
        for one in copy_artifacts(run, self.context.privacy):
            if one.artifact.file.href:
                done.written.append(self._write(one.artifact.file.href, one.data))
            if one.blocks:
                page = file_page_of(run, experiment, one.artifact, one.blocks)
                done.written.append(self._write(page.path, self.renderer.render(page)))
            if one.thumb_data:
                done.written.append(self._write(one.artifact.thumb, one.thumb_data))
            yield one.artifact, one.data if is_text(one.artifact.file.path, len(one.data)) else b""


def reduce_run(run: Run, wanted: Sequence[Wanted] = ()) -> tuple[RunRow, dict[str, Curve]]:
    """A run's row, with what is `wanted` of its histories, and a thinned curve of each metric with several points."""
    curves = {key: thin(history) for key, history in run.metrics.items() if len(history) > 1}
    return row_of(run, len(run.artifacts.files), wanted), curves


# In a worker process ------------------------------------------------------------------------------------------------

_worker: Worker | None = None


def start(context: WorkerContext) -> None:
    """Make this process a worker of `shop`."""
    global _worker
    _worker = Worker(context)


def start_process(context: WorkerContext) -> None:
    """As `start`, in a process of its own.

    What is loaded by now stays, so collecting garbage need not look at it. Ctrl-C reaches this process too, but ending
    is its parent's business.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start(context)
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def make(job: ShardJob) -> Done:
    assert _worker is not None, "start() comes first"
    return _worker.make(job)


def make_parents(job: ParentJob) -> list[Written]:
    assert _worker is not None, "start() comes first"
    return _worker.make_parents(job)


def make_experiment(job: ExperimentJob) -> list[Written]:
    assert _worker is not None, "start() comes first"
    return _worker.make_experiment(job)


def make_pages(pages: Sequence[Page]) -> list[Written]:
    assert _worker is not None, "start() comes first"
    return _worker.make_pages(pages)


def make_tables(job: TablesJob) -> tuple[list[Written], Evaluated]:
    assert _worker is not None, "start() comes first"
    return _worker.make_tables(job)


def make_traces(job: TraceJob) -> tuple[list[Written], Traced]:
    assert _worker is not None, "start() comes first"
    return _worker.make_traces(job)


def read_models(models: Sequence[LoggedModel]) -> ModelFiles:
    assert _worker is not None, "start() comes first"
    return _worker.read_models(models)


class InThisProcess(Executor):
    """An executor for small stores: does each thing at once, here, and starts no process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
