"""A store in Python: its experiments, models and runs, searched, ranked, drawn and as tables."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen import model
from sitegen.analysis.judge import judge
from sitegen.analysis.objective import read_objective
from sitegen.analysis.runs_table import RunRow, gather, row_of
from sitegen.analysis.words import plural
from sitegen.api.curves import X, curves_of, no_metric
from sitegen.api.frames import leaderboard, run_frame, run_row
from sitegen.api.html import catalog_html
from sitegen.api.runs import Readable, Run, Runs, Traces
from sitegen.errors import UsageError, did_you_mean
from sitegen.model import Experiment, LoggedModel, Problem, RegisteredModel, RunRef
from sitegen.query import filter_of, matcher, missing_keys, ordered, parse, parse_order
from sitegen.stores import open_stores
from sitegen.stores.checkpoints import read_checkpoint
from sitegen.stores.contract import ReadOptions, Store, with_traces

if TYPE_CHECKING:
    import altair
    import pandas

Objective = str | Sequence[str] | Mapping[str, object]
"""An objective in any form that `sitegen.toml` takes (docs/objectives.md)."""
Order = str | Sequence[str]
"""What runs are sorted by, as in MLflow: `"metrics.loss DESC"`, or a list of such rules."""


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


class Catalog:
    """What a store holds. Its runs are read when they are asked for."""

    def __init__(self, store: Store, found: model.Catalog) -> None:
        self._store = store
        self._found = found
        self._readable = Readable(store, found.runs)

    def __repr__(self) -> str:
        return f"<{self.kind} {self._found.location}: {plural(len(self.experiments), 'experiment')}>"

    def _repr_html_(self) -> str:
        small = self._readable.is_small
        counts = Counter(ref.experiment_id for ref in self._readable.first()) if small else None
        return catalog_html(repr(self)[1:-1], self.experiments, counts)

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
        return Runs(self._readable)

    def run(self, run_id: str) -> Run:
        """The run with this id. Raises KeyError when there is none, or it cannot be read."""
        refs = [ref for ref in self._found.runs if ref.run_id == run_id]
        for run in self._runs(refs):
            return run
        hint = did_you_mean(run_id, () if refs else (ref.run_id for ref in self._found.runs))
        raise KeyError(f"There is no run {run_id} in {self._found.location}.{hint}")

    def traces(self, experiment_id: str) -> Traces:
        """The traces of an experiment, read only when asked for, since they hold what users wrote.

        Raises UsageError if the experiment does not exist or traces cannot be read from this kind of store.
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
        order_by: Order = (),
        max_results: int | None = None,
        experiment_names: Collection[str] | None = None,
        experiment_ids: Collection[str] | None = None,
    ) -> Runs:
        """The runs that match, as `MlflowClient.search_runs` orders them: by `order_by`, newest start first, run id.

        `filter_string` and `order_by` take MLflow's syntax and more (`docs/search-language.md`). Reads all runs of the
        experiments once to find the matches, and the matches again in each loop over them. Raises QueryError, which
        names the place, and UsageError when there is no experiment of such a name or id. Warns of a metric, param or
        tag that no run has, with the nearest.
        """
        query = parse(filter_string)
        order = [rule for clause in _rules(order_by) for rule in parse_order(clause)]
        wanted = self._experiment_ids(experiment_names, experiment_ids)
        refs = {ref.run_id: ref for ref in self._found.runs if ref.experiment_id in wanted}
        names: dict[str, set[str]] = {"metric": set(), "param": set(), "tag": set()}
        rows = (_noted(row_of(run, 0), names) for run in self._runs(list(refs.values())))
        found = ordered(filter(matcher(query), rows), order)
        for sentence in missing_keys(query, order, names):
            warnings.warn(sentence, stacklevel=2)
        matching = [refs[row.run_id] for row in found[:max_results]]
        return Runs(Readable(self._store, matching, matching))

    def to_frame(
        self,
        experiment_names: Collection[str] | None = None,
        *,
        experiment_ids: Collection[str] | None = None,
        filter_string: str = "",
        order_by: Order = (),
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
            return found.to_frame()
        wanted = self._experiment_ids(experiment_names, experiment_ids)
        rows = [run_row(run) for run in self._runs([ref for ref in self._found.runs if ref.experiment_id in wanted])]
        rows.sort(key=lambda row: (row.start_time is None, -(row.start_time or 0), row.run_id))
        return run_frame(rows)

    def best(self, experiment: str, objective: Objective | None = None) -> pandas.DataFrame:
        """The runs of an experiment (its name or id) that have a rank, best first: the leaderboard of its page.

        `objective` is a string, a list of strings, or a table as a dict (docs/objectives.md); without one, it is
        chosen. Columns rank, run_id, name, status, one for each metric that decides (`metrics.val_loss`), behind,
        the distance to the best (0 if several metrics decide; then all runs on the Pareto front have rank 1).
        Repeats of one configuration are one row, with the mean of their values and the id of the run that stands for
        them. `attrs` holds `objective` and `why`, strings, and `verdict`, a dict (docs/best.md). Empty where no metric
        decides. Raises UsageError for an unknown experiment or an objective that cannot be read.
        """
        found = self._experiment(experiment)
        asked = read_objective(objective) if objective is not None else None
        wanted = asked.wanted if asked else ()
        refs = [ref for ref in self._found.runs if ref.experiment_id == found.experiment_id]
        rows = (row_of(run, 0, wanted, read_checkpoint(run.artifacts)) for run in self._runs(refs))
        (table,) = gather(rows, [found])
        metrics = {key for row in table.rows for key in row.metrics}
        for target in asked.targets if asked and table.rows else ():
            if target.metric not in metrics:
                raise UsageError(no_metric(target.metric, metrics, f"of experiment {found.name!r}"))
        return leaderboard(judge(table, asked, filter_of))

    def chart(
        self,
        metric: str,
        runs: Iterable[Run | str] | None = None,
        *,
        experiment: str | None = None,
        x: X = "step",
        log: bool = False,
    ) -> altair.Chart:
        """The curves of a metric as an Altair chart, one a run: a notebook draws it, and `chart.save` writes it.

        `runs` are runs or their ids (such as `catalog.best(...)["run_id"][:5]`); without them, all runs of the store,
        or of one `experiment` (its name or id), that have the metric. At most 100 curves, those of the newest runs; the
        title then says so. `x` is "step" or "time", minutes since the run's first point; with `log` the values are on
        a log axis. Long curves are thinned, with their extremes kept. Raises UsageError when no run has the metric
        (it names the nearest), KeyError for an unknown run.
        """
        chosen: Iterable[model.Run]
        if runs is not None:
            chosen = [one if isinstance(one, Run) else self.run(one) for one in runs]
        elif experiment is not None:
            inside = self._experiment(experiment).experiment_id
            chosen = self._runs([ref for ref in self._found.runs if ref.experiment_id == inside])
        else:
            chosen = self.runs
        return curves_of(metric, chosen, x, log)

    def _runs(self, refs: Sequence[RunRef]) -> Runs:
        return Runs(Readable(self._store, refs))

    def _experiment(self, wanted: str) -> Experiment:
        found = next((e for e in self.experiments if wanted in (e.experiment_id, e.name)), None)
        if found is None:
            hint = did_you_mean(wanted, (e.name for e in self.experiments))
            raise UsageError(f"The store has no experiment with the name or id {wanted!r}.{hint}")
        return found

    def _experiment_ids(self, names: Collection[str] | None, ids: Collection[str] | None) -> set[str]:
        if names is not None and ids is not None:
            raise UsageError("Give experiment_names or experiment_ids, not both.")
        if names is None and ids is None:
            return {experiment.experiment_id for experiment in self.experiments}
        field, wanted = ("experiment_id", ids or ()) if names is None else ("name", names)
        missing = sorted(set(wanted) - {getattr(experiment, field) for experiment in self.experiments})
        if missing:
            hint = did_you_mean(missing[0], (getattr(experiment, field) for experiment in self.experiments))
            raise UsageError(f"The store has no experiment with the {field.replace('_', ' ')} {missing[0]!r}.{hint}")
        return {experiment.experiment_id for experiment in self.experiments if getattr(experiment, field) in wanted}


def _rules(order_by: Order) -> Sequence[str]:
    return [order_by] if isinstance(order_by, str) else order_by


def _noted(row: RunRow, names: Mapping[str, set[str]]) -> RunRow:
    """The row, once the names of its metrics, params and tags are in `names`."""
    names["metric"].update(row.metrics)
    names["param"].update(row.params)
    names["tag"].update(row.tags)
    return row
