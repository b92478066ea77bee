"""Runs in Python and pandas: `sitegen.load(store)`, `catalog.to_frame()`, `run.history("loss")` (`docs/python-api.md`).

Reads what `sitegen build` reads, without MLflow. `to_frame()` gives the table of `mlflow.search_runs`, so that a
notebook keeps working when that one line is replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitegen import model
from sitegen.analysis.judge import Judged, judge
from sitegen.analysis.objective import read_objective
from sitegen.analysis.runs_table import gather, row_of
from sitegen.errors import UsageError
from sitegen.model import Experiment, LoggedModel, Problem, RegisteredModel, RunRef, Trace
from sitegen.query import filter_of, matcher, ordered, parse, parse_order
from sitegen.stores import open_stores
from sitegen.stores.checkpoints import read_checkpoint
from sitegen.stores.contract import HasTraces, ReadOptions, Store, read_in_chunks, with_traces

if TYPE_CHECKING:
    import pandas

Objective = str | Sequence[str] | Mapping[str, object]
"""An objective in any form that `sitegen.toml` takes (docs/objectives.md)."""


_INFO = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")


def load(
    uri: str | Path,
    *more: str | Path,
    deleted: bool = False,
    artifact_roots: Sequence[str | Path] = (),
    artifact_map: Mapping[str, str | Path] | None = None,
) -> Catalog:
    """The runs of a store, or of several together, as `sitegen build` would read them.

    `uri` is what `sitegen build` takes: an mlruns folder, a Parquet file, an export, an address. With `deleted` also
    deleted runs and experiments. `artifact_roots` are further folders to look for artifacts in, `artifact_map` maps
    beginnings of artifact addresses to folders. Reads no run yet. Raises StoreError when there is no
    readable store, UsageError when one is given twice.
    """
    places = tuple((start, Path(folder)) for start, folder in (artifact_map or {}).items())
    options = ReadOptions(deleted, tuple(map(Path, artifact_roots)), artifact_map=places)
    store = open_stores([str(uri), *map(str, more)], options)
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
    """Runs of a catalog: all, by experiment and id, or those of a search. Each loop reads them again, a few at a
    time."""

    def __init__(self, store: Store, refs: Sequence[RunRef]) -> None:
        self._store = store
        self._refs = refs

    def __len__(self) -> int:
        return len(self._refs)

    def __contains__(self, run_id: object) -> bool:
        return any(ref.run_id == run_id for ref in self._refs)

    def __iter__(self) -> Iterator[Run]:
        for batch in read_in_chunks(self._store, self._refs):
            yield from map(_with_methods, batch.runs)


def _with_methods(run: model.Run) -> Run:
    return Run(**{field.name: getattr(run, field.name) for field in fields(run)})


class Traces(Iterable[Trace]):
    """The traces of an experiment, ordered by id. Each loop reads them again, a few at a time."""

    def __init__(self, store: HasTraces, experiment_id: str) -> None:
        self._store = store
        self._experiment_id = experiment_id
        self.problems: list[Problem] = []
        """What the last loop could not read properly."""

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
        """What could not be read properly, as far as is known without reading the runs."""
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
        """The traces of an experiment, read only when asked for, since they hold what users

        wrote. Raises UsageError if the experiment does not exist or traces cannot be read from this kind of store.
        """
        self._experiment_ids(None, [experiment_id])
        store = with_traces(self._store)
        if store is None:
            raise UsageError(
                f"Traces are read from MLflow's stores and from exports with --traces, not from this {self.kind}."
            )
        return Traces(store, experiment_id)

    def search(
        self,
        filter_string: str = "",
        *,
        order_by: Sequence[str] = (),
        max_results: int | None = None,
        experiment_names: Collection[str] | None = None,
        experiment_ids: Collection[str] | None = None,
    ) -> Runs:
        """The runs that match, as `MlflowClient.search_runs` orders them: by `order_by`, newest start first, run id.

        `filter_string` and `order_by` take MLflow's syntax and more (`docs/search-language.md`). Reads all runs of the
        experiments once to find the matches, and the matches again in each loop over them. Raises QueryError, which
        names the place, and UsageError when there is no experiment of such a name or id.
        """
        matches = matcher(parse(filter_string))
        order = [rule for clause in order_by for rule in parse_order(clause)]
        wanted = self._experiment_ids(experiment_names, experiment_ids)
        refs = {ref.run_id: ref for ref in self._found.runs if ref.experiment_id in wanted}
        rows = (row_of(run, 0) for run in Runs(self._store, list(refs.values())))
        found = ordered(filter(matches, rows), order)
        return Runs(self._store, [refs[row.run_id] for row in found[:max_results]])

    def to_frame(
        self,
        experiment_names: Collection[str] | None = None,
        *,
        experiment_ids: Collection[str] | None = None,
        filter_string: str = "",
        order_by: Sequence[str] = (),
    ) -> pandas.DataFrame:
        """The runs as `mlflow.search_runs` gives them: one row a run, newest start first.

        Columns run_id, experiment_id, status, artifact_uri, start_time, end_time, then `metrics.*` (last values),
        `params.*` and `tags.*` in the order in which they first appear in the rows, sorted within a row. Of all
        experiments, or of those named. `filter_string` and `order_by` as for `search`. Raises UsageError when there is
        no experiment of such a name or id, QueryError for a filter or order that cannot be read.
        """
        if filter_string or order_by:
            names, ids = experiment_names, experiment_ids
            found = self.search(filter_string, order_by=order_by, experiment_names=names, experiment_ids=ids)
            return _frame([_row(run) for run in found])
        wanted = self._experiment_ids(experiment_names, experiment_ids)
        rows = [
            _row(run) for run in Runs(self._store, [ref for ref in self._found.runs if ref.experiment_id in wanted])
        ]
        rows.sort(key=lambda row: (row.start_time is None, -(row.start_time or 0), row.run_id))
        return _frame(rows)

    def best(self, experiment: str, objective: Objective | None = None) -> pandas.DataFrame:
        """The runs of an experiment (its name or id) that have a rank, best first: the leaderboard of its page.

        `objective` is a string, a list of strings, or a table as a dict (docs/objectives.md); without one, it is
        chosen. Columns rank, run_id, name, status, one for each metric that decides (`metrics.val_loss`), behind,
        the distance to the best (0 if several metrics decide; then all runs on the Pareto front have rank 1).
        Repeats of one configuration are one row, with the mean of their values and the id of the run that stands for
        them. `attrs` holds `objective` and `why`, strings, and `verdict`, a dict (docs/best.md). Empty where no metric
        decides. Raises UsageError for an unknown experiment or an objective that cannot be read.
        """
        found = next((e for e in self.experiments if experiment in (e.experiment_id, e.name)), None)
        if found is None:
            raise UsageError(f"The store has no experiment with the name or id {experiment!r}.")
        asked = read_objective(objective) if objective is not None else None
        wanted = asked.wanted if asked else ()
        refs = [ref for ref in self._found.runs if ref.experiment_id == found.experiment_id]
        rows = (row_of(run, 0, wanted, read_checkpoint(run.artifacts)) for run in Runs(self._store, refs))
        (table,) = gather(rows, [found])
        return _leaderboard(judge(table, asked, filter_of))

    def _experiment_ids(self, names: Collection[str] | None, ids: Collection[str] | None) -> set[str]:
        if names is not None and ids is not None:
            raise UsageError("Give experiment_names or experiment_ids, not both.")
        if names is None and ids is None:
            return {experiment.experiment_id for experiment in self.experiments}
        field, wanted = ("experiment_id", ids or ()) if names is None else ("name", names)
        missing = sorted(set(wanted) - {getattr(experiment, field) for experiment in self.experiments})
        if missing:
            raise UsageError(f"The store has no experiment with the {field.replace('_', ' ')} {missing[0]!r}.")
        return {experiment.experiment_id for experiment in self.experiments if getattr(experiment, field) in wanted}


def _leaderboard(judged: Judged) -> pandas.DataFrame:
    import pandas as pd

    ranking = judged.ranking
    ranked = ranking.ranked if ranking else ()
    columns: dict[str, Any] = {
        "rank": [entry.rank for entry in ranked],
        "run_id": [entry.row.run_id for entry in ranked],
        "name": [entry.name for entry in ranked],
        "status": [entry.row.status for entry in ranked],
    }
    for n, target in enumerate(ranking.objective.targets if ranking else ()):
        key = f"metrics.{target.metric}" + (f" {target.reducer}" if target.reducer != "last" else "")
        columns[key] = [entry.values[n] for entry in ranked]
    columns["behind"] = [entry.margin for entry in ranked]
    frame = pd.DataFrame(columns)
    frame.attrs = {
        "objective": ranking.objective.text if ranking else "",
        "why": ranking.why if ranking else "",
        "verdict": judged.verdict.record,
    }
    return frame


@dataclass(frozen=True, slots=True)
class _Row:
    """The fields of a run that the table needs: no history."""

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
