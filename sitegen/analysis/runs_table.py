"""The run table: one row for every run, which is all that the parent process keeps of a run.

A worker reduces each run to a `RunRow`; the parent gathers the rows of an experiment into an `ExperimentTable`, whose
columns the analysis and the pages read. A row holds summaries, never histories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sitegen.analysis.curves import MetricSummary, summarise
from sitegen.analysis.reducers import Wanted, reduce_all
from sitegen.analysis.versions import commit_of, data_versions_of
from sitegen.model import Experiment, Run, span

_DIGITS = re.compile("([0-9]+)")
MLFLOW_RECORDS = frozenset(
    "mlflow.log-model.history mlflow.loggedArtifacts mlflow.loggedImages mlflow.datasets".split()
)
"""Tags in which MLflow keeps JSON for its own use."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """What is kept of a run. Texts are as logged; `tags` leaves out MLflow's own (`mlflow.*`), which `mlflow_tags` has.

    `datasets` are (name, digest); `dataset_contexts` has what each of them was used for, None if not recorded.
    """

    run_id: str
    experiment_id: str
    name: str
    status: str
    lifecycle_stage: str
    start_time: int | None
    end_time: int | None
    user: str
    source_name: str
    git_commit: str
    parent_id: str | None
    note: str
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, MetricSummary]
    datasets: tuple[tuple[str, str], ...]
    artifact_count: int
    reduced: Mapping[Wanted, float] = field(default_factory=dict)
    """What objectives ask for beyond the summaries, by metric and reducer."""
    artifact_uri: str = ""
    dataset_contexts: tuple[str | None, ...] = ()
    mlflow_tags: Mapping[str, str] = field(default_factory=dict)
    sketches: Mapping[str, str] = field(default_factory=dict)
    """The letters of a small curve (`sketch.py`) of each metric with several points, but for `system/` metrics."""
    has_model: bool = False
    """Whether the run logged a model."""
    folds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """The points of each metric that has as many as the run's params say folds (`fold_count`)."""
    checkpoint: tuple[str, str] | None = None
    """The metric and the mode (`min`, `max`) named by a record beside its checkpoints; None if there is none."""
    data_versions: tuple[tuple[str, str], ...] = ()
    """Name and version of its data, as tags, params, sources of datasets and files of DVC say (`versions.py`)."""

    @property
    def duration(self) -> int | None:
        """Milliseconds, None while the run has not ended or where its times cannot be right."""
        return span(self.start_time, self.end_time)


@dataclass(frozen=True, slots=True)
class ExperimentTable:
    """The runs of one experiment in MLflow's default order: newest start first, then run id; no start time last."""

    experiment: Experiment
    rows: Sequence[RunRow]


def row_of(
    run: Run,
    artifact_count: int,
    wanted: Iterable[Wanted] = (),
    checkpoint: tuple[str, str] | None = None,
    sketches: Mapping[str, str] | None = None,
) -> RunRow:
    """The row of `run`: its histories summarised, its datasets as (name, digest); empty metrics are left out.

    `wanted` are the reducers that need the history itself (see `reducers.py`), `checkpoint` is what a record beside its
    checkpoints names, `sketches` are its small curves, where they are needed (`sketches_of_runs`).
    """
    summaries = ((key, summarise(history)) for key, history in run.metrics.items())
    # Kinds of stores give the inputs of a run in different orders.
    inputs = sorted(run.inputs, key=lambda used: (used.dataset.name, used.dataset.digest, used.context))
    return RunRow(
        run_id=run.run_id,
        experiment_id=run.experiment_id,
        name=run.name,
        status=run.status,
        lifecycle_stage=run.lifecycle_stage,
        start_time=run.start_time,
        end_time=run.end_time,
        user=run.user,
        source_name=run.source_name,
        git_commit=commit_of(run),
        parent_id=run.parent_id,
        note=run.note,
        params=run.params,
        tags={key: value for key, value in run.tags.items() if not key.startswith("mlflow.")},
        metrics={key: summary for key, summary in summaries if summary is not None},
        datasets=tuple((used.dataset.name, used.dataset.digest) for used in inputs),
        artifact_count=artifact_count,
        reduced=reduce_all(run.metrics, wanted) if wanted else {},
        artifact_uri=run.artifacts.uri,
        dataset_contexts=tuple(used.tags.get("mlflow.data.context") for used in inputs),
        mlflow_tags={key: value for key, value in run.tags.items() if key.startswith("mlflow.")},
        sketches=sketches or {},
        has_model=bool(run.model_outputs) or "mlflow.log-model.history" in run.tags,
        folds=_folds(run),
        checkpoint=checkpoint,
        data_versions=data_versions_of(run),
    )


_FOLD_COUNTS = frozenset(
    "cv nsplits cvfolds nfolds kfolds numfolds nfold kfold cvsplits ncvfolds numsplits folds cvfold ncv".split()
)
_SPLITTER = re.compile(r"n_splits=([0-9]{1,3})\b")
MAX_FOLDS = 50
MAX_COMPARED = 1_000
"""Characters of a string in which numbers count when it is sorted."""
MAX_KEYS_KEPT = 200
"""Number of keys of a run up to which their order is remembered for runs with the same ones."""


def fold_count(params: Mapping[str, str]) -> int:
    """How many folds a run's params say it has (`cv`, `n_splits`, `cv_folds`, ...), 0 if they do not say."""
    for key in params:
        if _is_fold_count(key):
            text = params[key].strip()
            splitter = _SPLITTER.search(text)
            found = splitter[1] if splitter else text
            count = int(found) if found.isascii() and found.isdecimal() and len(found) < 4 else 0
            if 2 <= count <= MAX_FOLDS:
                return count
    return 0


@lru_cache(maxsize=8192)
def _is_fold_count(key: str) -> bool:
    last = re.split(r"[./]|__", key.lower())[-1]
    return last.replace("_", "").replace("-", "").replace(" ", "") in _FOLD_COUNTS


def _folds(run: Run) -> dict[str, tuple[float, ...]]:
    count = fold_count(run.params)
    if not count:
        return {}
    return {key: tuple(found.values.tolist()) for key, found in run.metrics.items() if len(found.values) == count}


def without_records(row: RunRow) -> RunRow:
    """`row` without the tags in which MLflow keeps records for itself, which can be long and mean nothing to a
    reader."""
    return replace(row, mlflow_tags={key: v for key, v in row.mlflow_tags.items() if key not in MLFLOW_RECORDS})


def gather(rows: Iterable[RunRow], experiments: Iterable[Experiment]) -> tuple[ExperimentTable, ...]:
    """One table for each of `experiments`, in their order, empty ones too; rows of other experiments are left out."""
    known = {experiment.experiment_id: experiment for experiment in experiments}
    rows_of: dict[str, list[RunRow]] = {experiment_id: [] for experiment_id in known}
    for row in rows:
        if row.experiment_id in rows_of:
            rows_of[row.experiment_id].append(row)
    return tuple(ExperimentTable(one, sorted(rows_of[key], key=_default_order)) for key, one in known.items())


def _default_order(row: RunRow) -> tuple[bool, int, str]:
    start = row.start_time
    return start is None, -(start or 0), row.run_id


def param_keys(table: ExperimentTable) -> list[str]:
    """The keys of all params that any run has, in natural order."""
    return sorted({key for row in table.rows for key in row.params}, key=natural)


def metric_keys(table: ExperimentTable) -> list[str]:
    """The keys of all metrics that any run has, in natural order."""
    return sorted({key for row in table.rows for key in row.metrics}, key=natural)


def tag_keys(table: ExperimentTable) -> list[str]:
    """The keys of all tags (MLflow's own left out) that any run has, in natural order."""
    return sorted({key for row in table.rows for key in row.tags}, key=natural)


def natural(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A sort key that puts `layer 2` before `layer 10` and lets case decide only between equals.

    Strings that are equal up to `MAX_COMPARED` characters are compared as they are.
    """
    return _natural(text) if len(text) <= MAX_COMPARED else (_natural(text[:MAX_COMPARED])[0], text)


@lru_cache(maxsize=16_384)  # the runs of a store have the same keys
def _natural(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    # Digits are compared by length and text, for int() refuses more than 4,300 of them.
    parts = (part.lstrip("0") if part[0].isdecimal() else part for part in _DIGITS.split(text.casefold()) if part)
    return tuple((0, len(part), part) if part[:1].isdecimal() or not part else (1, 0, part) for part in parts), text


def in_natural_order(keys: Iterable[str]) -> Sequence[str]:
    """The keys of params or metrics of a run in natural order."""
    given = tuple(keys)
    return _ordered(given) if len(given) <= MAX_KEYS_KEPT else sorted(given, key=natural)


@lru_cache(maxsize=256)  # as above
def _ordered(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(keys, key=natural))


def number_of(text: str) -> float | None:
    """The number that a param's string stands for, or None if it is not one.

    NaN and infinities are numbers; `1_000`, `True`, `None` and digits of other scripts are strings.
    """
    if "_" in text or not text.isascii():
        return None
    try:
        return float(text)
    except ValueError:
        return None
