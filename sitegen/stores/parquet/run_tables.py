"""Run tables as `mlflow.search_runs` gives them, in Parquet or CSV: a row a run, a column for each param, metric, tag.

A run table has less than a store: a metric has one point, its last value, at step 0 and the run's end; an experiment
is named after its id; NaN cannot be distinguished from missing, nor, in CSV, an empty string from a missing one. A
folder may hold several tables, also with Hive partitions (`experiment_id=1/part-0.parquet`).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np

from sitegen.errors import StoreError
from sitegen.model import STATUSES, Catalog, Experiment, MetricHistory, Problem, Run, RunRef, id_order
from sitegen.stores.contract import RunBatch
from sitegen.stores.history import restored
from sitegen.stores.parquet.files import find_artifacts, finder_for, milliseconds, open_parquet, signature_of
from sitegen.stores.parquet.places import Place

if TYPE_CHECKING:
    from sitegen.stores.artifacts import UriFinder
    from sitegen.stores.contract import ReadOptions

KIND = "MLflow run table"
NO_EXPERIMENT = "0"
"""The experiment of runs whose table does not say which."""

Columns = dict[str, Any]
"""The columns of a table, as Arrow arrays."""
Row = dict[str, Any]

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_MAX_HEADER = 1 << 20
_TIMES = ("start_time", "end_time")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RunTableStore:
    """The run tables `paths` below `place` ('' is the place itself); `stamp` is their signature when opened."""

    place: Place
    location: str
    options: ReadOptions
    paths: tuple[str, ...]
    stamp: str

    @property
    def name(self) -> str:
        """The name of its folder or file."""
        return self.place.name

    def catalog(self) -> Catalog:
        """The runs, and an experiment for each id among them. Raises StoreError when no table can be read."""
        problems: list[Problem] = []
        errors: list[StoreError] = []
        found: dict[str, RunRef] = {}
        for path in self.paths:
            try:
                refs = {ref.run_id: ref for ref in self._refs(path, problems)}
            except StoreError as error:
                errors.append(error)
                problems.append(Problem(path, f"{error} It is left out.", left_out=True))
                continue
            repeated = len(found.keys() & refs.keys())
            if repeated:
                problems.append(
                    Problem(path, f"has {repeated} runs that other files have too; they are read from here")
                )
            found |= refs
        if len(errors) == len(self.paths):
            raise errors[0]
        return self._catalog(found.values(), problems)

    def _catalog(self, refs: Iterable[RunRef], problems: Sequence[Problem]) -> Catalog:
        runs = sorted(refs, key=lambda ref: (id_order(ref.experiment_id), ref.run_id))
        ids = dict.fromkeys(ref.experiment_id for ref in runs)
        experiments = tuple(Experiment(experiment_id, experiment_id) for experiment_id in ids)
        return Catalog(KIND, self.location, experiments, tuple(runs), problems=tuple(problems))

    def _refs(self, path: str, problems: list[Problem]) -> Iterator[RunRef]:
        for group in range(_group_count(self.place, path, self.stamp)):
            table = _read_ids(self.place, path, group, self.stamp)
            run_ids, experiment_ids = _texts(table["run_id"]), _texts(table["experiment_id"])
            if None in run_ids:
                problems.append(
                    Problem(path, f"has {run_ids.count(None)} rows without a run_id; left out", left_out=True)
                )
            for run_id, experiment_id in zip(run_ids, experiment_ids, strict=True):
                if run_id:
                    yield RunRef(run_id, experiment_id or NO_EXPERIMENT, f"{group}:{path}")

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, in order; only the row groups that hold them are read."""
        finder = finder_for(self.place, self.options)
        places: dict[str, list[RunRef]] = {}
        for ref in refs:
            places.setdefault(ref.where, []).append(ref)
        found: dict[str, Run] = {}
        problems: list[Problem] = []
        for where, wanted in places.items():
            group, _, path = where.partition(":")
            try:
                rows = _rows(_read(self.place, path, int(group), self.stamp), wanted)
            except StoreError as error:
                problems += [Problem(ref.run_id, f"{error} The run is left out.", left_out=True) for ref in wanted]
                continue
            found |= {ref.run_id: _run(ref, row, finder) for ref, row in rows}
        return RunBatch([found[ref.run_id] for ref in refs if ref.run_id in found], problems + finder.log.problems)

    def signature(self) -> str:
        """Changes with the size or time of any of the files."""
        return signature_of(self.place)

    def bytes_on_disk(self) -> int | None:
        """See `Store`."""
        return self.place.bytes_on_disk()


# Tables -------------------------------------------------------------------------------------------------------------


def _is_csv(place: Place, path: str) -> bool:
    return (path or place.root).lower().endswith(".csv")


def _group_count(place: Place, path: str, stamp: str) -> int:
    return 1 if _is_csv(place, path) else int(open_parquet(place, path, stamp).num_row_groups)


def _read_ids(place: Place, path: str, group: int, stamp: str) -> Columns:
    """The columns run_id and experiment_id of a row group; the latter empty if there is none."""
    import pyarrow

    if _is_csv(place, path):
        columns = _read(place, path, group, stamp)
    else:
        columns = _read_group(place, path, group, stamp, ("run_id", "experiment_id"))
    if "run_id" not in columns:
        raise StoreError(
            f"{place.shown_file(path)} has no column run_id; "
            "sitegen reads what mlflow.search_runs gives, and its own exports."
        )
    return {"experiment_id": pyarrow.nulls(len(columns["run_id"]))} | columns


@lru_cache(maxsize=1)
def _read(place: Place, path: str, group: int, stamp: str) -> Columns:
    """A row group, whole. The last one is cached: a table is often one row group, of which each call needs a few
    rows."""
    return _read_csv(place, path) if _is_csv(place, path) else _read_group(place, path, group, stamp, None)


def _read_group(place: Place, path: str, group: int, stamp: str, names: Sequence[str] | None) -> Columns:
    import pyarrow

    file = open_parquet(place, path, stamp)
    kept = [name for name in file.schema_arrow.names if names is None or name in names]
    try:
        table = file.read_row_group(group, columns=kept, use_threads=False)
    except (pyarrow.ArrowException, OSError) as error:
        raise StoreError(
            f"{place.shown_file(path)} is damaged ({type(error).__name__}); copy or export it again."
        ) from None
    columns = {name: table.column(at) for at, name in enumerate(table.schema.names)}
    given = {name: text for name, text in _partition(path).items() if names is None or name in names}
    return {name: pyarrow.array([text] * len(table), pyarrow.string()) for name, text in given.items()} | columns


def _partition(path: str) -> dict[str, str | None]:
    """The columns given by a path with Hive partitions: `a=1/b=x%20y/part-0.parquet`."""
    pairs = [part.partition("=") for part in path.split("/")[:-1] if "=" in part]
    return {unquote(name): None if text == _NO_VALUE else unquote(text) for name, _, text in pairs}


def _read_csv(place: Place, path: str) -> Columns:
    """A CSV file: every column as text, what is empty as missing."""
    import pyarrow
    import pyarrow.csv

    with place.open(path) as file:
        data = file.read()
    header = next(csv.reader(io.StringIO(data[:_MAX_HEADER].decode("utf-8-sig", "replace"))), [])
    try:
        table = pyarrow.csv.read_csv(
            pyarrow.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=max(len(data), 1)),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(header, pyarrow.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except (pyarrow.ArrowException, OSError):
        raise StoreError(f"{place.shown_file(path)} cannot be read as CSV; export it again.") from None
    return {name: table.column(at) for at, name in enumerate(table.schema.names)}


# Rows ---------------------------------------------------------------------------------------------------------------


def _rows(columns: Columns, refs: Sequence[RunRef]) -> list[tuple[RunRef, Row]]:
    """The last row of each of the runs, by column, without what is missing; times in milliseconds."""
    import pyarrow

    places = {run_id: place for place, run_id in enumerate(_texts(columns["run_id"]))}
    at = pyarrow.array([places[ref.run_id] for ref in refs], pyarrow.int64())
    rows: list[Row] = [{} for _ in refs]
    for name, column in columns.items():
        taken = column.take(at)
        values = _times(taken) if name in _TIMES else taken.to_pylist()
        for row, value in zip(rows, values, strict=True):
            if value is not None:
                row[name] = value
    return list(zip(refs, rows, strict=True))


def _texts(column: Any) -> list[str | None]:
    return [None if value is None else str(value) for value in column.to_pylist()]


def _times(column: Any) -> list[int | None]:
    """Times as milliseconds: with or without a zone, in any unit, as whole milliseconds, or as text."""
    import pyarrow

    if pyarrow.types.is_timestamp(column.type):
        return list(milliseconds(column).to_pylist())
    if pyarrow.types.is_integer(column.type):
        return list(column.to_pylist())
    return [_time_of(value) for value in column.to_pylist()]


def _time_of(value: object) -> int | None:
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


def _run(ref: RunRef, row: Row, finder: UriFinder) -> Run:
    parts: dict[str, dict[str, Any]] = {"params": {}, "metrics": {}, "tags": {}}
    for name, value in row.items():
        group, dot, key = name.partition(".")
        if dot and group in parts:
            parts[group][key] = value
    tags = {key: str(value) for key, value in parts["tags"].items()}
    start, end = row.get("start_time"), row.get("end_time")
    status = str(row.get("status", ""))
    return Run(
        run_id=ref.run_id,
        experiment_id=ref.experiment_id,
        name=tags.get("mlflow.runName") or ref.run_id[:8],
        status=status if status in STATUSES else "UNKNOWN",
        lifecycle_stage="active",
        start_time=start,
        end_time=end,
        user=tags.get("mlflow.user", ""),
        source_name=tags.get("mlflow.source.name", ""),
        source_type=tags.get("mlflow.source.type", ""),
        artifacts=find_artifacts(finder, str(row.get("artifact_uri", "")), ref.run_id),
        params={key: str(value) for key, value in parts["params"].items()},
        tags=tags,
        metrics=_metrics(parts["metrics"], end or start or 0),
    )


def _metrics(values: Mapping[str, object], timestamp: int) -> dict[str, MetricHistory]:
    found = ((key, _number(value)) for key, value in values.items())
    return {key: _one_point(key, value, timestamp) for key, value in found if value is not None}


def _number(value: object) -> float | None:
    """A metric's value; None for NaN, which is pandas' missing value, and for anything that is not a number."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None
    return None if math.isnan(number) else restored(number)


def _one_point(key: str, value: float, timestamp: int) -> MetricHistory:
    return MetricHistory(key, np.zeros(1, np.int64), np.array([timestamp], np.int64), np.array([value]), 0)
