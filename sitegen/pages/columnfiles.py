"""The files in which an experiment's columns lie: one for a small experiment, one a column for a large one.

What few readers ask for (the first value and the mean of a metric, the letters of its small curve) lies beside, and is
loaded when it is shown. The formats are in docs/architecture.md, "Data files".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sitegen.analysis.best import Ranking
from sitegen.analysis.direction import direction_of
from sitegen.analysis.table import ExperimentTable, metric_keys
from sitegen.pages.addresses import file_name
from sitegen.pages.data import Json, _numbers, _texts, experiment_data

TOGETHER = 5000
"""Up to this many runs all columns are in one file; from here on a reader loads those that they look at."""
ALWAYS = {("run", "run_id"), ("run", "name"), ("run", "status"), ("run", "parent"), ("run", "rank")}
"""Columns that every view of the table needs."""


def experiment_files(table: ExperimentTable, ranking: Ranking | None) -> dict[str, Json]:
    """The data files of an experiment by their key: `experiments/<file>` and, where there are any, `columns/...`."""
    file = file_name(table.experiment.experiment_id)
    head = experiment_data(table, ranking)
    columns: list[dict[str, Any]] = head["columns"]  # type: ignore[assignment]
    _say_better(columns, ranking)
    beside = list(_more_columns(table))
    files: dict[str, Json] = {}
    if len(table.rows) > TOGETHER:
        stay = [c for c in columns if (c["g"], c["n"]) in ALWAYS]
        apart = [[c] for c in columns if (c["g"], c["n"]) not in ALWAYS] + [[c] for c in beside]
        head["columns"] = columns = stay
    else:
        apart = [beside] if beside else []
    for at, part in enumerate(apart):
        key = f"columns/{file}-{at}"
        files[key] = {"columns": part}
        columns += [{name: c[name] for name in ("g", "n", "r", "t", "better") if name in c} | {"at": key} for c in part]
    return {f"experiments/{file}": head, **files}


def _say_better(columns: list[dict[str, Any]], ranking: Ranking | None) -> None:
    """Tell of each metric which way it is better: by the objective, else by its name."""
    for column in columns:
        if column["g"] == "metric":
            if ranking and column["n"] == ranking.objective.metric:
                column["better"] = ranking.objective.direction
            elif found := direction_of(column["n"]):
                column["better"] = found.value


def _more_columns(table: ExperimentTable) -> Iterator[Json]:
    """First, mean and letters of each metric that has a curve in some run; MLflow's system metrics are left out."""
    for key in metric_keys(table):
        found = [row.metrics.get(key) for row in table.rows]
        if key.startswith("system/") or not any(s is not None and s.count > 1 for s in found):
            continue
        for reducer in ("first", "mean"):
            values = [None if s is None else getattr(s, reducer) for s in found]
            yield {"g": "metric", "n": key, "r": reducer, **_numbers(values)}
        letters = [row.sketches.get(key) for row in table.rows]
        yield {"g": "metric", "n": key, "r": "spark", **_texts(letters)}
