"""Which metric an experiment is judged by, which way it is better, and how that is known.

docs/objectives.md explains the same to users. The choice depends on the run table alone, so that the same
store gives the same objective. The default reducer is `last`, the value that MLflow shows; to judge runs by the best
point of their curves, log it as `best_...`, which is preferred, or write `min val_loss min`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.analysis.direction import Better, direction_of, is_cost
from sitegen.analysis.evidence import Evidence, direction_in
from sitegen.analysis.goals import Objective
from sitegen.analysis.metric_order import DATA_NAMES, data_of, finite_counts, in_order, is_constant, judged_rows
from sitegen.analysis.note import find_noted
from sitegen.analysis.objective_text import Written, parse_objective, read_objective
from sitegen.analysis.records import find_records
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.scores import layout_of
from sitegen.analysis.words import plural, shortened

__all__ = ["Objective", "choose_objective", "parse_objective", "read_objective"]

MAX_UNNAMED = 50
"""Maximum number of metrics of unknown direction whose values are looked at."""

_WAYS: dict[str, Better] = {"true": "max", "false": "min"}


def choose_objective(table: ExperimentTable, configured: Objective | Written | None = None) -> Objective | None:
    """The objective of an experiment: as configured, as MLflow or the runs recorded it, else the soundest by its name.

    None if nothing was logged whose direction is known. Raises UsageError as `read_objective` does.
    """
    if configured is not None:
        return configured if isinstance(configured, Objective) else read_objective(configured)
    return _from_experiment_tags(table) or _from_run_records(table) or _from_note(table) or _from_metrics(table)


def _comparative(direction: Better) -> str:
    return "lower" if direction == "min" else "higher"


# What MLflow, the runs and the note recorded


def _from_experiment_tags(table: ExperimentTable) -> Objective | None:
    tags = table.experiment.tags
    metric = tags.get("mlflow.experiment.primaryMetric.name", "")
    if not any(metric in row.metrics for row in table.rows):
        return None
    direction = _WAYS.get(tags.get("mlflow.experiment.primaryMetric.greaterIsBetter", "").lower())
    sentence = "The experiment's MLflow tags name {} as its primary metric"
    return _recorded(table, metric, direction, sentence)


def _from_run_records(table: ExperimentTable) -> Objective | None:
    found = (_recorded(table, *record) for record in find_records(table.rows))
    return next((objective for objective in found if objective is not None), None)


def _from_note(table: ExperimentTable) -> Objective | None:
    noted = find_noted(table.experiment.note, finite_counts(table, judged_rows(table)))
    return _recorded(table, *noted, "The experiment's note names {}") if noted else None


def _recorded(table: ExperimentTable, metric: str, direction: Better | None, sentence: str) -> Objective | None:
    """The objective for a recorded metric; `direction` is the recorded one, None to take it from name and values."""
    start = sentence.format(shortened(metric))
    if direction is not None:
        named = direction_of(metric)
        doubt = ", against what its name says" if named and named.value != direction else ""
        because = f"{start}; {_comparative(direction)} is recorded as better{doubt}."
        return Objective(metric, direction, "last", because, source="recorded")
    known = direction_in(metric, judged_rows(table))
    if known is None:
        return None
    because = f"{start}; {_comparative(known.direction)} is better {known.reason}."
    return Objective(metric, known.direction, "last", because, source="recorded")


# What names and values of the metrics tell


def _from_metrics(table: ExperimentTable) -> Objective | None:
    rows = judged_rows(table)
    counts = finite_counts(table, rows)
    of_classes = layout_of(tuple(counts)).of_classes
    named = {key: n for key, n in counts.items() if key not in of_classes and direction_of(key) is not None}
    metric = _soundest(named, rows)
    if metric is None or is_cost(metric) or is_constant(metric, rows):
        # Better than a time or a constant is a metric whose direction only the values tell.
        others = (key for key in counts if key not in named and key not in of_classes)
        unnamed = {key: counts[key] for key in others if not is_constant(key, rows)}
        looked_at = in_order(unnamed, rows)[:MAX_UNNAMED]
        metric = _soundest({key: unnamed[key] for key in looked_at if direction_in(key, rows)}, rows) or metric
    known = direction_in(metric, rows) if metric else None
    return _guessed(metric, known, counts[metric], rows) if metric and known else None


def _soundest(counts: dict[str, int], rows: Sequence[RunRow]) -> str | None:
    """The first in order of the metrics that most of the runs have, or as many as the commonest of them reaches."""
    if not counts:
        return None
    enough = min(len(rows) // 2 + 1, max(counts.values()))
    eligible = {key: n for key, n in counts.items() if n >= enough}
    metric = in_order(eligible, rows)[0]
    return next((best for best in (f"best_{metric}", f"best/{metric}") if best in eligible), metric)


def _guessed(metric: str, known: Evidence, count: int, rows: Sequence[RunRow]) -> Objective:
    measured = DATA_NAMES[data_of(metric)]
    finished = "finished " if rows[0].status == "FINISHED" else ""
    runs = plural(len(rows), f"{finished}run")
    every = {1: f"the only {finished}run", 2: f"both {finished}runs"}.get(len(rows), f"all {runs}")
    share = f"{every} logged it" if count == len(rows) else f"{count:,} of {runs} logged it"
    where = f" and it is measured on {measured}" if measured else ""
    because = f"{shortened(metric)} was chosen because {share}{where}; "
    because += f"{_comparative(known.direction)} is better {known.reason}.{_caveat(metric, rows)}"
    return Objective(metric, known.direction, "last", because, source="guessed")


def _caveat(metric: str, rows: Sequence[RunRow]) -> str:
    if is_cost(metric):
        return " No other metric than costs, times and counts has a known direction."
    return " It has the same value in every run." if is_constant(metric, rows) else ""
