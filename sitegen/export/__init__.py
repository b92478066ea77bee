"""A store as a dataset: one table a file, Parquet for programs or CSV for spreadsheets (`docs/export.md`).

Runs are read a chunk at a time. Parquet has them in the order of the hash of their ids, which is the order in which a
build reads them: a shard of the site is then a row group or two of each table, not a part of every one. Nothing depends
on the size of the chunks: the same store gives the same bytes. The dataset is made beside the output and swapped in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sitegen import __version__
from sitegen.addresses import fnv1a
from sitegen.errors import UsageError
from sitegen.export.folder import staged_export
from sitegen.export.rows import dataset_fields, write_catalog, write_run, write_trace
from sitegen.export.tables import Format, Tables
from sitegen.model import Catalog, Dataset, Problem, RunRef
from sitegen.stores.contract import HasTraces, Progress, RunBatch, Store, no_progress, with_traces
from sitegen.stores.parquet.export_format import COLUMNS, DESCRIPTION, FORMAT, TABLES

CHUNK_POINTS = 400_000
"""Approximate number of points in memory at a time."""
MAX_RUNS_A_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote, for its closing summary: rows by table, bytes, seconds."""

    output: Path
    rows: Mapping[str, int]
    size: int
    seconds: float
    deleted: int
    problems: tuple[Problem, ...]


def export_store(
    store: Store,
    output: Path,
    format: Format = "parquet",
    progress: Progress = no_progress,
    sources: Iterable[Path | None] = (),
    traces: bool = False,
) -> Exported:
    """Write all that `store` holds to the folder `output`; an existing export stays until the new one is complete.

    Traces are private, so they are only written with `traces`. `sources` are the paths of the stores on this disk, so
    that none is overwritten. Raises UsageError when the output cannot be used or there are no traces
    in such a store, StoreError when the store cannot be read.
    """
    started = time.perf_counter()
    catalog = store.catalog()
    traced = _traced(store, catalog) if traces else None
    with staged_export(output, sources) as stage:
        with Tables(stage, format, TABLES if traced is None else COLUMNS) as tables:
            write_catalog(catalog, tables)
            refs = sorted(catalog.runs, key=_hash_order) if format == "parquet" else catalog.runs
            problems, deleted = _write_runs(store, catalog, refs, tables, progress)
            trace_problems = _write_traces(traced, catalog, tables, progress) if traced else []
        description = _description(catalog, format, tables.rows, problems, deleted)
        (stage / DESCRIPTION).write_text(description, encoding="utf-8", newline="\n")
        size = sum(file.stat().st_size for file in stage.iterdir())
    return Exported(output, tables.rows, size, time.perf_counter() - started, deleted, (*problems, *trace_problems))


def _description(
    catalog: Catalog, format: Format, rows: Mapping[str, int], problems: Sequence[Problem], deleted: int
) -> str:
    said = {
        "format": FORMAT,
        "files": format,
        "sitegen": __version__,
        "kind": catalog.kind,
        "deleted_left_out": deleted,
        "tables": rows,
        "problems": [[problem.where, problem.what, problem.left_out] for problem in problems],
    }
    return json.dumps(said, ensure_ascii=True, indent=1) + "\n"


def _traced(store: Store, catalog: Catalog) -> HasTraces:
    found = with_traces(store)
    if found is None:
        raise UsageError(f"Traces are not in this {catalog.kind}; export without --traces.")
    return found


def _write_runs(
    store: Store, catalog: Catalog, refs: Sequence[RunRef], tables: Tables, progress: Progress
) -> tuple[list[Problem], int]:
    """Write all runs; returns the problems of the whole store and the number of runs left out as deleted."""
    problems, deleted, done = list(catalog.problems), catalog.deleted, 0
    datasets: dict[str, Dataset] = {}
    for batch_size, batch in _batches(store, refs):
        for run in batch.runs:
            write_run(run, tables, datasets)
            tables.end_of_run()
        problems += batch.problems
        deleted += batch.deleted
        done += batch_size
        progress("Runs", done, len(refs))
    tables.add("datasets", ((key, *dataset_fields(datasets[key])) for key in sorted(datasets)))
    tables.finish()
    return sorted(set(problems), key=lambda problem: (problem.where, problem.what)), deleted


def _batches(store: Store, refs: Sequence[RunRef]) -> Iterator[tuple[int, RunBatch]]:
    """The runs, in batches of about `CHUNK_POINTS` points, as far as that can be estimated."""
    at, size = 0, 16
    while at < len(refs):
        part = refs[at : at + size]
        batch = store.read_runs(part)
        yield len(part), batch
        points = sum(len(history) for run in batch.runs for history in run.metrics.values())
        at, size = at + size, max(1, min(MAX_RUNS_A_CHUNK, size * CHUNK_POINTS // max(points, 1)))


def _hash_order(ref: RunRef) -> tuple[int, str]:
    return fnv1a(ref.run_id), ref.run_id


def _write_traces(store: HasTraces, catalog: Catalog, tables: Tables, progress: Progress) -> list[Problem]:
    """Write the traces of each experiment; returns the problems met."""
    problems: list[Problem] = []
    for done, experiment in enumerate(catalog.experiments, 1):
        for trace in store.traces(experiment.experiment_id, problems):
            write_trace(trace, tables)
            tables.end_of_trace()
        progress("Traces", done, len(catalog.experiments))
    tables.finish()
    return problems
