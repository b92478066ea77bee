"""The files of an experiment's columns: one file for a small experiment, one file per column for a large one.

The letters of the metrics' small curves, unless they are few, are in files of their own, loaded when they are shown.
The formats are in docs/architecture.md, "Data files".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sitegen.addresses import file_name
from sitegen.analysis.best import Ranking
from sitegen.analysis.direction import direction_of
from sitegen.analysis.runs_table import ExperimentTable, metric_keys
from sitegen.pages.data import Json, _texts, experiment_data
from sitegen.pages.searchable import searchable

TOGETHER = 5000
"""Up to this many runs all columns are in one file; above it, a page loads only the columns that it shows."""
FEW_SKETCHES = 100
"""Up to this many small curves are in the experiment's own file: together they are smaller than most files."""
ALWAYS = {("run", "run_id"), ("run", "name"), ("run", "status"), ("run", "parent"), ("run", "rank")}
"""Columns that every view of the table needs."""


def experiment_files(table: ExperimentTable, ranking: Ranking | None) -> dict[str, Json]:
    """The data files of an experiment by their key: `experiments/<file>` and, where there are any, `columns/...`."""
    file = file_name(table.experiment.experiment_id)
    head: dict[str, Any] = searchable(experiment_data(table, ranking), table)
    _say_better([*head["columns"], *head.get("more", ())], ranking)
    beside = list(_sketches(table))
    files: dict[str, Json] = {}

    def moved(columns: list[Any]) -> list[Any]:
        """Move `columns` into a file of their own; returns what stays of them in the experiment's file."""
        key = f"columns/{file}-{len(files)}"
        files[key] = {"columns": columns}
        return [{name: c[name] for name in ("g", "n", "r", "t", "better") if name in c} | {"at": key} for c in columns]

    if len(table.rows) > TOGETHER:
        for group in ("columns", "more"):
            if group in head:
                head[group] = [s for c in head[group] for s in ([c] if (c["g"], c["n"]) in ALWAYS else moved([c]))]
        head["columns"] += [stub for column in beside for stub in moved([column])]
    elif len(beside) * len(table.rows) > FEW_SKETCHES:
        head["columns"] += moved(beside)
    else:
        head["columns"] += beside
    return {f"experiments/{file}": head, **files}


def _say_better(columns: list[dict[str, Any]], ranking: Ranking | None) -> None:
    """Set for each metric which way it is better: by the objective, else by its name."""
    for column in columns:
        if column["g"] == "metric":
            if ranking and column["n"] == ranking.objective.metric:
                column["better"] = ranking.objective.direction
            elif found := direction_of(column["n"]):
                column["better"] = found.value


def _sketches(table: ExperimentTable) -> Iterator[Json]:
    """The letters of a small curve of each metric that has a curve in some run; system metrics are left out."""
    for key in metric_keys(table):
        letters = [row.sketches.get(key) for row in table.rows]
        if any(letters):
            yield {"g": "metric", "n": key, "r": "spark", **_texts(letters)}
