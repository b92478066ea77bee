"""Which metric an experiment is judged by, which way it is better, and how that is known.

docs/objectives.md tells users the same in their words. The choice depends on the run table alone, so that the same
store gives the same objective. The default reducer is `last`, the value that MLflow shows; a run that should be judged
by the best point of its curve logs that as `best_...`, which is preferred, or is asked for with `min val_loss min`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

from sitegen.analysis.direction import Better, direction_of, is_cost, matches, words_of
from sitegen.analysis.goals import Objective
from sitegen.analysis.objective_text import Written, parse_objective, read_objective
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys
from sitegen.analysis.vocabulary import LOSS, PARTIAL
from sitegen.analysis.words import plural, shortened

__all__ = ["Objective", "choose_objective", "parse_objective", "read_objective"]

VALIDATION_WORDS = frozenset(["val", "valid", "validation", "eval", "evaluation", "dev", "cv", "oof", "metrics"])
"""`metrics/` is where Ultralytics (YOLO) puts what it measures on validation data."""

TEST_WORDS = frozenset(["test", "testing", "holdout"])
TRAINING_WORDS = frozenset(["train", "training"])
VARIANT_WORDS = frozenset(["class", "label", "fold", "split", "group"])
DATA_NAMES = ("validation data", "test data", "", "training data")

_VARIANT = re.compile(r"(?:class|label|fold|split|group)\d+")


def choose_objective(table: ExperimentTable, configured: Objective | Written | None = None) -> Objective | None:
    """The objective of an experiment: as configured, as MLflow or the runs recorded it, else the soundest by its name.

    None where nothing was logged whose direction is known. Raises UsageError as `read_objective` does.
    """
    if configured is not None:
        return configured if isinstance(configured, Objective) else read_objective(configured)
    return _from_experiment_tags(table) or _from_run_records(table) or _from_names(table)


def _comparative(direction: Better) -> str:
    return "lower" if direction == "min" else "higher"


# What MLflow and the runs recorded


def _from_experiment_tags(table: ExperimentTable) -> Objective | None:
    tags = table.experiment.tags
    metric = tags.get("mlflow.experiment.primaryMetric.name", "")
    if not any(metric in row.metrics for row in table.rows):
        return None
    direction = {"true": "max", "false": "min"}.get(
        tags.get("mlflow.experiment.primaryMetric.greaterIsBetter", "").lower()
    )
    return _recorded(metric, direction, "The experiment's MLflow tags name {} as its primary metric")


def _recorded(metric: str, direction: str | None, sentence: str) -> Objective | None:
    """The objective for a recorded metric; `direction` is the recorded one, None to take it from the name."""
    start = sentence.format(shortened(metric))
    if direction is not None:
        better = cast(Better, direction)
        because = f"{start}, and that {_comparative(better)} is better."
        return Objective(metric, better, "last", because, source="recorded")
    known = direction_of(metric)
    if known is None:
        return None
    because = f"{start}; {_comparative(known.value)} is better {known.reason}."
    return Objective(metric, known.value, "last", because, source="recorded")


def _from_run_records(table: ExperimentTable) -> Objective | None:
    """The first kind of record that at least half of the runs with metrics have; where they differ, the commonest."""
    rows = [row for row in table.rows if row.metrics]
    for record, sentence in _RECORDS:
        votes = Counter(vote for row in rows if (vote := record(row)) is not None)
        if votes and 2 * votes.total() >= len(rows):
            (metric, direction), _ = min(votes.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or ""))
            objective = _recorded(metric, direction, sentence)
            if objective is not None:
                return objective
    return None


def _trainer_record(row: RunRow) -> tuple[str, str | None] | None:
    """Hugging Face's Trainer: it adds `eval_` to the name where that is missing."""
    name = row.params.get("metric_for_best_model", "")
    direction = {"true": "max", "false": "min"}.get(row.params.get("greater_is_better", "").lower())
    for metric in (name, f"eval_{name}"):
        if metric in row.metrics:
            return metric, direction
    return None


def _monitor_record(row: RunRow) -> tuple[str, str | None] | None:
    """Callbacks of Lightning and Keras, as autologging writes them; mode `auto` leaves it to the name."""
    metric, mode = row.params.get("monitor", ""), row.params.get("mode", "")
    return (metric, mode if mode in ("min", "max") else None) if metric in row.metrics else None


def _optuna_record(row: RunRow) -> tuple[str, str | None] | None:
    """Optuna's callback: a list of directions, for several values, is no record."""
    direction = {"MINIMIZE": "min", "MAXIMIZE": "max"}.get(row.tags.get("direction", "").upper().rpartition(".")[2])
    return ("value", direction) if direction and "value" in row.metrics else None


_RECORDS: tuple[tuple[Callable[[RunRow], tuple[str, str | None] | None], str], ...] = (
    (
        _trainer_record,
        "The runs' params metric_for_best_model and greater_is_better name {} as what they are judged by",
    ),
    (_monitor_record, "The runs' params monitor and mode name {} as what they are judged by"),
    (_optuna_record, "The runs' tag direction, set by Optuna, says that {} is what they are judged by"),
)


# The names


def _from_names(table: ExperimentTable) -> Objective | None:
    rows = judged_rows(table)
    counts = {key: n for key, n in _finite_counts(table, rows).items() if direction_of(key) is not None}
    if not counts:
        return None
    # Most of the runs, or as many as the commonest metric reaches where none reaches most.
    enough = min(len(rows) // 2 + 1, max(counts.values()))
    eligible = {key for key, n in counts.items() if n >= enough}
    metric = min(eligible, key=_preference)
    metric = next((best for best in (f"best_{metric}", f"best/{metric}") if best in eligible), metric)
    known = direction_of(metric)
    assert known is not None
    because = _why(metric, counts[metric], rows) + f"; {_better(metric)}."
    return Objective(metric, known.value, "last", because, source="guessed")


def judged_rows(table: ExperimentTable) -> list[RunRow]:
    """The runs that say what is usual in an experiment: the finished ones, all where none has finished."""
    alive = [row for row in table.rows if row.lifecycle_stage != "deleted"]
    return [row for row in alive if row.status == "FINISHED"] or alive


def _finite_counts(table: ExperimentTable, rows: Sequence[RunRow]) -> dict[str, int]:
    """How many of `rows` have a finite last value of each metric; metrics that none has are left out."""
    counts = Counter(key for row in rows for key, summary in row.metrics.items() if summary.last - summary.last == 0)
    return {key: counts[key] for key in metric_keys(table) if counts[key]}


def _preference(metric: str) -> tuple[bool, int, int, bool, int, str]:
    """The order of candidates, best first; see docs/objectives.md."""
    return is_cost(metric), data_of(metric), _kind(metric), _is_variant(metric), len(words_of(metric)), metric


def data_of(metric: str) -> int:
    """Which data a metric was measured on, by its name: 0 validation, 1 test, 2 not said, 3 training."""
    words = set(words_of(metric))
    if words & TRAINING_WORDS:
        return 3
    if words & VALIDATION_WORDS:
        return 0
    return 1 if words & TEST_WORDS else 2


def _kind(metric: str) -> int:
    """0 for what the task is about, 1 for half a story, 2 for a loss."""
    found = set(matches(metric))
    if found & LOSS:
        return 2
    return 1 if found & PARTIAL else 0


def _is_variant(metric: str) -> bool:
    """Whether a metric is of one class or fold only: it names one, or ends with a number of its own."""
    words = words_of(metric)
    return any(word in VARIANT_WORDS or _VARIANT.fullmatch(word) for word in words) or words[-1].isdecimal()


def _why(metric: str, count: int, rows: Sequence[RunRow]) -> str:
    measured = DATA_NAMES[data_of(metric)]
    finished = "finished " if rows[0].status == "FINISHED" else ""
    runs = plural(len(rows), f"{finished}run")
    every = {1: f"the only {finished}run", 2: f"both {finished}runs"}.get(len(rows), f"all {runs}")
    share = f"{every} logged it" if count == len(rows) else f"{count:,} of {runs} logged it"
    return f"{shortened(metric)} was chosen because {share}" + (
        f" and it is measured on {measured}" if measured else ""
    )


def _better(metric: str) -> str:
    known = direction_of(metric)
    return f"{_comparative(known.value)} is better {known.reason}" if known else ""
