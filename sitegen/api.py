"""Runs in Python and pandas: `sitegen.load(store)`, `catalog.to_frame()`, `run.history("loss")` (`docs/python-api.md`).

Reads what `sitegen build` reads, without MLflow. `to_frame()` gives the table of `mlflow.search_runs`, so that a
notebook keeps working when that one line is replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitegen import model
from sitegen.errors import UsageError
from sitegen.model import Experiment, LoggedModel, Problem, RegisteredModel, RunRef, Trace
from sitegen.stores import HasTraces, ReadOptions, Store, open_store, with_traces

if TYPE_CHECKING:
    import pandas

RUNS_A_CHUNK = 64
"""Runs that are read, and held, at a time."""

_INFO = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")


def load(uri: str | Path, *, deleted: bool = False, artifact_roots: Sequence[str | Path] = ()) -> Catalog:
    """The runs of a store, as `sitegen build` would read them.

    `uri` is what `sitegen build` takes: an mlruns folder, a Parquet file, an export, an address. With `deleted` also
    deleted runs and experiments. `artifact_roots` are further folders to look for artifacts in. Reads no run yet.
    Raises StoreError when there is no readable store.
    """
    store = open_store(str(uri), ReadOptions(deleted, tuple(map(Path, artifact_roots))))
    return Catalog(store, store.catalog())


@dataclass(frozen=True, slots=True)
class Run(model.Run):
    """A run with its params, tags, metrics and artifacts; see `sitegen.model.Run` for its fields."""

    def history(self, key: str) -> pandas.DataFrame:
        """The logged points of the metric `key`: columns step, timestamp (UTC) and value, in order of steps.

        Raises KeyError when the run has no such metric.
        """
        import pandas as pd

        if key not in self.metrics:
            raise KeyError(f"run {self.run_id} has no metric {key!r}; it has: {', '.join(self.metrics) or 'none'}")
        found = self.metrics[key]
        timestamps = pd.DatetimeIndex(found.timestamps.view("M8[ms]"), tz="UTC")
        return pd.DataFrame({"step": found.steps, "timestamp": timestamps, "value": found.values})


class Runs(Collection[Run]):
    """The runs of a catalog, ordered by experiment and id. Read anew, a few at a time, by each loop over them."""

    def __init__(self, store: Store, refs: Sequence[RunRef]) -> None:
        self._store = store
        self._refs = refs

    def __len__(self) -> int:
        return len(self._refs)

    def __contains__(self, run_id: object) -> bool:
        return any(ref.run_id == run_id for ref in self._refs)

    def __iter__(self) -> Iterator[Run]:
        for start in range(0, len(self._refs), RUNS_A_CHUNK):
            yield from map(_with_methods, self._store.read_runs(self._refs[start : start + RUNS_A_CHUNK]).runs)


def _with_methods(run: model.Run) -> Run:
    return Run(**{field.name: getattr(run, field.name) for field in fields(run)})


class Traces(Iterable[Trace]):
    """The traces of an experiment, ordered by id. Read anew, a few at a time, by each loop over them."""

    def __init__(self, store: HasTraces, experiment_id: str) -> None:
        self._store = store
        self._experiment_id = experiment_id
        self.problems: list[Problem] = []
        """What could not be read as it should be, as far as the last loop has come."""

    def __iter__(self) -> Iterator[Trace]:
        self.problems = []
        return self._store.traces(self._experiment_id, self.problems)


class Catalog:
    """What a store holds. Its runs are read when they are asked for."""

    def __init__(self, store: Store, found: model.Catalog) -> None:
        self._store = store
        self._found = found

    def __repr__(self) -> str:
        return f"<{self.kind} {self._found.location}: {len(self._found.runs)} runs>"

    @property
    def kind(self) -> str:
        """What kind of store it is, in words."""
        return self._found.kind

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        return self._found.experiments

    @property
    def registered_models(self) -> tuple[RegisteredModel, ...]:
        return self._found.registered_models

    @property
    def logged_models(self) -> tuple[LoggedModel, ...]:
        return self._found.logged_models

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read as it should be, as far as that shows without reading the runs."""
        return self._found.problems

    @property
    def runs(self) -> Runs:
        """All runs, read a few at a time while they are looped over."""
        return Runs(self._store, self._found.runs)

    def run(self, run_id: str) -> Run:
        """The run with this id. Raises KeyError when there is none, or it cannot be read."""
        refs = [ref for ref in self._found.runs if ref.run_id == run_id]
        for run in Runs(self._store, refs):
            return run
        raise KeyError(f"no run {run_id} in {self._found.location}")

    def traces(self, experiment_id: str) -> Traces:
        """The traces of an experiment, read only when asked for: they hold what users wrote.

        Raises UsageError when there is no such experiment, or the store is of a kind whose traces are not read.
        """
        self._experiment_ids(None, [experiment_id])
        store = with_traces(self._store)
        if store is None:
            raise UsageError(f"Traces are read from mlruns folders and MLflow's databases, not from this {self.kind}.")
        return Traces(store, experiment_id)

    def to_frame(
        self, experiment_names: Collection[str] | None = None, *, experiment_ids: Collection[str] | None = None
    ) -> pandas.DataFrame:
        """The runs as `mlflow.search_runs` gives them: one row a run, newest start first.

        Columns run_id, experiment_id, status, artifact_uri, start_time, end_time, then `metrics.*` (last values),
        `params.*` and `tags.*` in the order in which the rows bring them, sorted within a row. Of all experiments, or
        of those named. Raises UsageError when there is no experiment of such a name or id.
        """
        wanted = self._experiment_ids(experiment_names, experiment_ids)
        rows = [
            _row(run) for run in Runs(self._store, [ref for ref in self._found.runs if ref.experiment_id in wanted])
        ]
        rows.sort(key=lambda row: (row.start_time is None, -(row.start_time or 0), row.run_id))
        return _frame(rows)

    def _experiment_ids(self, names: Collection[str] | None, ids: Collection[str] | None) -> set[str]:
        if names is not None and ids is not None:
            raise UsageError("Give experiment_names or experiment_ids, not both.")
        if names is None and ids is None:
            return {experiment.experiment_id for experiment in self.experiments}
        field, wanted = ("experiment_id", ids or ()) if names is None else ("name", names)
        missing = sorted(set(wanted) - {getattr(experiment, field) for experiment in self.experiments})
        if missing:
            raise UsageError(f"There is no experiment with the {field.replace('_', ' ')} {missing[0]!r} in the store.")
        return {experiment.experiment_id for experiment in self.experiments if getattr(experiment, field) in wanted}


@dataclass(frozen=True, slots=True)
class _Row:
    """What the table needs of a run: no history."""

    run_id: str
    experiment_id: str
    status: str
    artifact_uri: str
    start_time: int | None
    end_time: int | None
    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]


def _row(run: model.Run) -> _Row:
    return _Row(
        run.run_id,
        run.experiment_id,
        run.status,
        run.artifacts.uri,
        run.start_time,
        run.end_time,
        {key: found.values.item(found.last) for key, found in run.metrics.items() if len(found)},
        dict(run.params),
        dict(run.tags),
    )


def _frame(rows: Sequence[_Row]) -> pandas.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _INFO}
    for name in ("start_time", "end_time"):
        # MLflow makes each value by itself, and lets pandas find the type of the column.
        columns[name] = [pd.to_datetime(time, unit="ms", utc=True) for time in columns[name]]
    for group, missing in (("metrics", float("nan")), ("params", None), ("tags", None)):
        found = [getattr(row, group) for row in rows]
        for key in dict.fromkeys(key for own in found for key in sorted(own)):
            columns[f"{group}.{key}"] = [own.get(key, missing) for own in found]
    return pd.DataFrame(columns)
