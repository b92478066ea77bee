"""A store as a dataset: one table a file, Parquet for programs or CSV for spreadsheets (`docs/export.md`).

Runs are read a chunk at a time. Parquet has them in the order of the hash of their ids, which is the order in which a
build reads them: a shard of the site is then a row group or two of each table, not a bit of every one. Nothing depends
on how the chunks were cut: the same store gives the same bytes. The dataset is made beside the output and swapped in.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

import numpy as np
import pyarrow
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from sitegen import __version__
from sitegen.analysis.curves import summarise
from sitegen.errors import UsageError
from sitegen.model import Catalog, Dataset, LoggedModel, MetricHistory, Problem, RegisteredModel, Run, RunRef, Trace
from sitegen.output import Places, check_output, locked, must_stay, repair, swap
from sitegen.pages.addresses import fnv1a
from sitegen.stores import HasTraces, Store, with_traces
from sitegen.stores.disk import printable
from sitegen.stores.export_format import COLUMNS, DESCRIPTION, FORMAT, INT64, TABLES, arrow_schema, step_columns

Format = Literal["parquet", "csv"]
Progress = Callable[[str, int, int], None]

GROUP_ROWS = 1 << 12
"""Rows from which on a row group of a small table is closed."""
GROUP_LETTERS = 1 << 23
"""Letters of spans from which on one of theirs is closed."""
GROUP_POINTS = 1 << 14
"""The same for metric_history; a run with more points still is one group, up to `MOST_ROWS`."""
MOST_ROWS = 1 << 20
CHUNK_POINTS = 400_000
"""About so many points are held at a time."""
MOST_RUNS_A_CHUNK = 256

_REPEATED = ("shard", "run_id", "key", "experiment_id", "status", "user", "source_name", "source_type", "dataset_id")
_FORMULA = r"^([=+\-@\t\r])"
_FIRST_YEAR, _LAST_YEAR = -62_135_596_800_000, 253_402_300_799_999


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
    progress: Progress = lambda what, done, total: None,
    sources: Iterable[Path | None] = (),
    traces: bool = False,
) -> Exported:
    """Write all that `store` holds to the folder `output`; an export that is there stays until the new one is whole.

    Traces are private, so they are only written with `traces`. `sources` is where the store, or each of several, is on
    this disk, so that it is not overwritten. Raises UsageError when the output cannot be used or there are no traces
    in such a store, StoreError when the store cannot be read.
    """
    started = time.perf_counter()
    catalog = store.catalog()
    traced = _traced(store, catalog) if traces else None
    with _staged(output, sources) as stage:
        with _Tables(stage, format, TABLES if traced is None else COLUMNS) as tables:
            _write_catalog(catalog, tables)
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


# The output folder --------------------------------------------------------------------------------------------------


@contextmanager
def _staged(output: Path, sources: Iterable[Path | None]) -> Iterator[Path]:
    """A folder beside `output` that takes its place when the block is left without an error."""
    output = output.absolute()
    check_output(output, sources, adopt=True)
    _check_is_ours(output)
    places = Places(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with locked(places.lock):
            repair(places)
            places.stage.mkdir()
            try:
                yield places.stage
                _put_in_place(places)
            finally:
                rmtree(places.stage, ignore_errors=True)
    except PermissionError as error:
        raise UsageError(
            f"Cannot write to {output.parent}: {error.strerror}; choose another folder with -o."
        ) from error


def _check_is_ours(output: Path) -> None:
    found = {path.name for path in output.iterdir()} if output.is_dir() else set()
    others = sorted(found - _our_names())
    if others or (found and DESCRIPTION not in found):
        name = printable(others[0]) if others else "files"
        raise UsageError(
            f"{output} holds {name}, which is no part of an export; give an empty or a new folder with -o."
        )


def _our_names() -> set[str]:
    return {DESCRIPTION, *(f"{table}.{suffix}" for table in COLUMNS for suffix in ("parquet", "csv"))}


def _put_in_place(places: Places) -> None:
    if not places.output.exists():
        places.stage.rename(places.output)
    elif must_stay(places.output):
        _replace_files(places)
    else:
        swap(places)


def _replace_files(places: Places) -> None:
    """Where the folder itself may not be exchanged: no description while the files are not of one export."""
    for name in _our_names():
        (places.output / name).unlink(missing_ok=True)
    for file in sorted(places.stage.iterdir(), key=lambda file: file.name == DESCRIPTION):
        file.rename(places.output / file.name)


# Tables -------------------------------------------------------------------------------------------------------------


class _Tables(ExitStack):
    """All tables of an export, open for writing; rows are held back until there are enough for a row group."""

    def __init__(self, folder: Path, format: Format, names: Iterable[str]) -> None:
        super().__init__()
        opener = _ParquetFile if format == "parquet" else _CsvFile
        self._files = {name: opener(folder / f"{name}.{format}", name) for name in names}
        self._waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in self._files}
        self._points: list[tuple[Run, MetricHistory]] = []
        self._point_count = 0
        self.rows: dict[str, int] = dict.fromkeys(self._files, 0)
        for file in self._files.values():
            self.callback(file.close)

    def add(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows, whose values are in the order of the table's columns."""
        self._waiting[table].extend(rows)

    def add_history(self, run: Run, history: MetricHistory) -> None:
        self._points.append((run, history))
        self._point_count += len(history)

    def end_of_run(self) -> None:
        """Write out what has become a row group. Only between runs, so that a run is in one group of each table."""
        for name, rows in self._waiting.items():
            if len(rows) >= GROUP_ROWS:
                self._flush(name)
        if self._point_count >= GROUP_POINTS:
            self._flush_points()

    def end_of_trace(self) -> None:
        """Write out what has become a row group of spans, which may be long texts."""
        spans = self._waiting["spans"]
        if len(spans) >= GROUP_ROWS or sum(len(str(span[-1])) + len(span[-2]) for span in spans) >= GROUP_LETTERS:
            self._flush("spans")
        if len(self._waiting["traces"]) >= GROUP_ROWS:
            self._flush("traces")

    def finish(self) -> None:
        for name in self._waiting:
            self._flush(name)
        self._flush_points()

    def _flush(self, name: str) -> None:
        rows = self._waiting[name]
        if rows:
            columns = zip(*rows, strict=True)
            schema = arrow_schema(name)
            arrays = [_array(list(values), field.type) for values, field in zip(columns, schema, strict=True)]
            self._write(name, pyarrow.Table.from_arrays(arrays, schema=schema))
            rows.clear()

    def _flush_points(self) -> None:
        if self._points:
            self._write("metric_history", _history_table(self._points))
            self._points.clear()
            self._point_count = 0

    def _write(self, name: str, table: Any) -> None:
        self.rows[name] += table.num_rows
        self._files[name].write(table)


class _ParquetFile:
    """One Parquet file. No Arrow schema inside: texts are then plain texts for every reader."""

    def __init__(self, path: Path, table: str) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(
            path,
            arrow_schema(table),
            compression="zstd",
            store_schema=False,
            use_dictionary=[name for name, kind in COLUMNS[table].items() if name in _REPEATED or kind == "json"],
        )

    def write(self, table: Any) -> None:
        self._writer.write_table(table, row_group_size=MOST_ROWS)

    def close(self) -> None:
        self._writer.close()


class _CsvFile:
    """One CSV file in UTF-8: every text quoted, none that a spreadsheet would run as a formula, no shards."""

    def __init__(self, path: Path, table: str) -> None:
        schema = arrow_schema(table)
        self._kept = [name for name in schema.names if name != "shard"]
        self._writer = pyarrow.csv.CSVWriter(path, pyarrow.schema([schema.field(name) for name in self._kept]))

    def write(self, table: Any) -> None:
        kept = table.select(self._kept)
        columns = [_for_spreadsheet(column) for column in kept.columns]
        self._writer.write(pyarrow.Table.from_arrays(columns, schema=kept.schema))

    def close(self) -> None:
        self._writer.close()


def _for_spreadsheet(column: Any) -> Any:
    if pyarrow.types.is_string(column.type):
        return pc.replace_substring_regex(column, _FORMULA, r"'\1")
    if pyarrow.types.is_timestamp(column.type):
        whole = column.cast(pyarrow.int64())
        is_year = pc.and_(pc.greater_equal(whole, _FIRST_YEAR), pc.less_equal(whole, _LAST_YEAR))
        return pc.if_else(is_year, column, pyarrow.scalar(None, column.type))
    return column


def _array(values: list[Any], kind: Any) -> Any:
    """A column; what no encoding can say (lone surrogates) is replaced, whole numbers are cut at 64 bits."""
    try:
        return pyarrow.array(values, kind)
    except UnicodeEncodeError:
        return pyarrow.array([text if text is None else printable(text) for text in values], kind)
    except OverflowError:
        return pyarrow.array([n if n is None else max(-INT64, min(n, INT64 - 1)) for n in values], kind)


def _history_table(points: Sequence[tuple[Run, MetricHistory]]) -> Any:
    lengths = [len(history) for _, history in points]
    steps, step_texts = _step_arrays([history.steps for _, history in points])
    columns = {
        "shard": np.repeat(np.array([fnv1a(run.run_id) for run, _ in points], np.int64), lengths),
        "run_id": _repeated([run.run_id for run, _ in points], lengths),
        "key": _repeated([history.key for _, history in points], lengths),
        "step": steps,
        "step_text": step_texts,
        "timestamp": np.concatenate([history.timestamps for _, history in points]),
        "value": np.concatenate([history.values for _, history in points]),
    }
    schema = arrow_schema("metric_history")
    arrays = [pyarrow.array(columns[field.name]).cast(field.type) for field in schema]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _repeated(texts: Sequence[str], lengths: Sequence[int]) -> Any:
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    codes = np.repeat(np.array([places[text] for text in texts], np.int32), lengths)
    return pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes), _array(list(places), pyarrow.string()))


def _step_arrays(parts: Sequence[Any]) -> tuple[Any, Any]:
    """The columns step and step_text of joined step arrays, of which some may be of Python's long integers."""
    if all(part.dtype != object for part in parts):
        steps = np.concatenate(parts)
        return steps, pyarrow.nulls(len(steps), pyarrow.string())
    pairs = [step_columns(step) for part in parts for step in part.tolist()]
    whole, texts = zip(*pairs, strict=True)
    return pyarrow.array(whole, pyarrow.int64()), pyarrow.array(texts, pyarrow.string())


def _json(value: Mapping[str, str] | Sequence[str]) -> str:
    return json.dumps(dict(value) if isinstance(value, Mapping) else list(value), ensure_ascii=False)


# Runs ---------------------------------------------------------------------------------------------------------------


def _write_runs(
    store: Store, catalog: Catalog, refs: Sequence[RunRef], tables: _Tables, progress: Progress
) -> tuple[list[Problem], int]:
    """Write everything of every run; the problems of the whole store and the number of what is left out as deleted."""
    problems, deleted, done = list(catalog.problems), catalog.deleted, 0
    datasets: dict[str, Dataset] = {}
    for batch_size, batch in _batches(store, refs):
        for run in batch.runs:
            _write_run(run, tables, datasets)
            tables.end_of_run()
        problems += batch.problems
        deleted += batch.deleted
        done += batch_size
        progress("Runs", done, len(refs))
    tables.add("datasets", ((key, *_dataset_fields(datasets[key])) for key in sorted(datasets)))
    tables.finish()
    return sorted(set(problems), key=lambda problem: (problem.where, problem.what)), deleted


def _batches(store: Store, refs: Sequence[RunRef]) -> Iterator[tuple[int, Any]]:
    """The runs, in batches of about `CHUNK_POINTS` points as far as that can be foreseen."""
    at, size = 0, 16
    while at < len(refs):
        part = refs[at : at + size]
        batch = store.read_runs(part)
        yield len(part), batch
        points = sum(len(history) for run in batch.runs for history in run.metrics.values())
        at, size = at + size, max(1, min(MOST_RUNS_A_CHUNK, size * CHUNK_POINTS // max(points, 1)))


def _hash_order(ref: RunRef) -> tuple[int, str]:
    return fnv1a(ref.run_id), ref.run_id


def _write_run(run: Run, tables: _Tables, datasets: dict[str, Dataset]) -> None:
    own = (fnv1a(run.run_id), run.run_id)
    tables.add("runs", [(*own, *_run_fields(run))])
    tables.add("params", ((*own, key, value) for key, value in run.params.items()))
    tables.add("tags", ((*own, key, value) for key, value in run.tags.items()))
    tables.add("metrics", ((*own, *_metric_fields(history)) for history in run.metrics.values()))
    tables.add("artifacts", ((*own, file.path, file.size) for file in run.artifacts.files))
    for history in run.metrics.values():
        tables.add_history(run, history)
    for used in run.inputs:
        dataset_id = _dataset_id(used.dataset)
        datasets[dataset_id] = used.dataset
        tables.add("inputs", [(*own, dataset_id, _json(used.tags))])
    tables.add("model_inputs", ((*own, model_id) for model_id in run.model_inputs))
    tables.add("model_outputs", ((*own, made.model_id, *step_columns(made.step)) for made in run.model_outputs))


def _run_fields(run: Run) -> tuple[Any, ...]:
    return (
        run.experiment_id,
        run.name,
        run.status,
        run.lifecycle_stage,
        run.start_time,
        run.end_time,
        run.user,
        run.source_name,
        run.source_type,
        run.artifacts.uri,
        str(run.artifacts.root) if run.artifacts.root else None,
    )


def _metric_fields(history: MetricHistory) -> tuple[Any, ...]:
    found = summarise(history)
    if found is None:
        return (history.key, None, None, None, None, None, None, None, None, 0, 0, -1)
    return (
        history.key,
        found.last,
        *step_columns(found.last_step),
        found.last_time,
        found.first,
        found.min,
        found.max,
        found.mean,
        found.count,
        found.bad,
        history.last,
    )


def _dataset_id(dataset: Dataset) -> str:
    """An id that equal datasets share: MLflow has none that holds in every store."""
    content = json.dumps(_dataset_fields(dataset))
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _dataset_fields(dataset: Dataset) -> tuple[str | None, ...]:
    return (dataset.name, dataset.digest, dataset.source_type, dataset.source, dataset.schema, dataset.profile)


# What is not of a run -----------------------------------------------------------------------------------------------


def _write_catalog(catalog: Catalog, tables: _Tables) -> None:
    tables.add(
        "experiments",
        (
            (
                e.experiment_id,
                e.name,
                e.lifecycle_stage,
                e.artifact_location,
                e.creation_time,
                e.last_update_time,
                _json(e.tags),
            )
            for e in catalog.experiments
        ),
    )
    for registered in catalog.registered_models:
        _write_registered_model(registered, tables)
    for logged in catalog.logged_models:
        _write_logged_model(logged, tables)


def _write_registered_model(model: RegisteredModel, tables: _Tables) -> None:
    times = (model.creation_time, model.last_update_time)
    tables.add("registered_models", [(model.name, model.description, *times, _json(model.tags), _json(model.aliases))])
    tables.add(
        "model_versions",
        (
            (
                v.name,
                v.version,
                v.stage,
                v.description,
                v.source,
                v.run_id,
                v.run_link,
                v.status,
                v.status_message,
                v.user,
                v.model_id,
                v.creation_time,
                v.last_update_time,
                _json(v.tags),
                _json(v.aliases),
            )
            for v in model.versions
        ),
    )


def _write_logged_model(model: LoggedModel, tables: _Tables) -> None:
    row = (
        model.model_id,
        model.experiment_id,
        model.name,
        model.status,
        model.status_message,
        model.model_type,
        model.source_run_id,
        model.lifecycle_stage,
        model.creation_time,
        model.last_update_time,
        _json(model.tags),
        _json(model.params),
        model.artifacts.uri,
        str(model.artifacts.root) if model.artifacts.root else None,
    )
    tables.add("logged_models", [row])
    tables.add(
        "logged_model_metrics",
        (
            (
                model.model_id,
                m.key,
                m.value,
                *step_columns(m.step),
                m.timestamp,
                m.run_id,
                m.dataset_name,
                m.dataset_digest,
            )
            for m in model.metrics
        ),
    )
    tables.add("logged_model_artifacts", ((model.model_id, file.path, file.size) for file in model.artifacts.files))


# Traces -------------------------------------------------------------------------------------------------------------


def _traced(store: Store, catalog: Catalog) -> HasTraces:
    found = with_traces(store)
    if found is None:
        raise UsageError(f"Traces are not in this {catalog.kind}; export without --traces.")
    return found


def _write_traces(store: HasTraces, catalog: Catalog, tables: _Tables, progress: Progress) -> list[Problem]:
    """Write the traces of each experiment; what could not be read of them."""
    problems: list[Problem] = []
    for done, experiment in enumerate(catalog.experiments, 1):
        for trace in store.traces(experiment.experiment_id, problems):
            _write_trace(trace, tables)
            tables.end_of_trace()
        progress("Traces", done, len(catalog.experiments))
    tables.finish()
    return problems


def _write_trace(trace: Trace, tables: _Tables) -> None:
    own = (trace.experiment_id, trace.trace_id)
    row = (
        trace.request_time,
        trace.duration,
        trace.state,
        trace.request_preview,
        trace.response_preview,
        _json(trace.tags),
        _json(trace.metadata),
        json.dumps([asdict(assessment) for assessment in trace.assessments], ensure_ascii=False),
    )
    tables.add("traces", [(*own, *row)])
    tables.add(
        "spans",
        (
            (
                *own,
                span.span_id,
                span.parent_id,
                span.name,
                span.start_time_ns,
                span.end_time_ns,
                span.status,
                _json(span.attributes),
                span.events,
            )
            for span in trace.spans
        ),
    )
