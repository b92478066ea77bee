"""The files of an experiment's columns: one file for a small experiment, one file per column for a large one.

The letters of the metrics' small curves, unless they are few, are in files of their own, loaded when they are shown.
The formats are in docs/architecture.md, "Data files".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sitegen.addresses import file_name
from sitegen.analysis.best import Ranking
from sitegen.analysis.direction import direction_of
from sitegen.analysis.runs_table import ExperimentTable, metric_keys
from sitegen.pages.data import Json, experiment_data
from sitegen.pages.packing import packed, texts_column
from sitegen.pages.searchable import searchable

TOGETHER = 5000
"""Above this number of runs each column is in a file of its own: a page loads only those that it shows."""
FEW_SKETCHES = 100
"""Up to this many small curves all columns are in the experiment's own file: a further one is not worth it."""
ALWAYS = {("run", "run_id"), ("run", "name"), ("run", "status"), ("run", "parent"), ("run", "rank")}
"""Columns that every view of the table needs."""
_STUB = ("g", "n", "r", "t", "better")
"""What the experiment's file says of a column that is elsewhere."""

_Place = Callable[[dict[str, Any]], str | None]
"""A name for the file that a column is in, None for the experiment's own."""


def experiment_files(table: ExperimentTable, ranking: Ranking | None) -> dict[str, Json]:
    """The data files of an experiment by their key: `experiments/<file>` and, where there are any, `columns/...`."""
    head: dict[str, Any] = searchable(experiment_data(table, ranking), table)
    stem, sketches = file_name(table.experiment.experiment_id), list(_sketches(table))
    _say_better([*head["columns"], *head.get("more", ())], ranking)
    place = _place(len(table.rows), len(sketches), ranking)
    files: dict[str, list[Json]] = {}
    keys: dict[str, str] = {}

    def put(column: dict[str, Any], name: str | None) -> Json:
        """What the experiment's file has of the column: all, or where it is."""
        if name is None:
            return packed(column)
        key = keys.setdefault(name, f"columns/{stem}-{len(keys)}")
        files.setdefault(key, []).append(packed(column))
        return {word: column[word] for word in _STUB if word in column} | {"at": key}

    stubs = [put(column, place(column)) for column in sketches]
    head["columns"] = [*(put(column, place(column)) for column in head["columns"]), *stubs]
    if "more" in head:
        head["more"] = [put(column, place(column)) for column in head["more"]]
    return {f"experiments/{stem}": head, **{key: {"columns": columns} for key, columns in files.items()}}


def _place(runs: int, sketches: int, ranking: Ranking | None) -> _Place:
    """Where the columns of an experiment are: those that tables show at first in its own file."""
    if runs > TOGETHER:
        return lambda c: None if (c["g"], c["n"]) in ALWAYS else f"{c['g']}:{c['n']}:{c.get('r')}"
    if runs * sketches <= FEW_SKETCHES:
        return lambda _: None
    judged = {(target.metric, target.reducer) for target in ranking.objective.targets} if ranking else set()

    def place(column: dict[str, Any]) -> str | None:
        if column["g"] == "metric" and column["r"] != "last" and (column["n"], column["r"]) not in judged:
            return "small curves" if column["r"] == "spark" else "others"
        return "others" if column["g"] == "tag" and column["n"].startswith("mlflow.") else None

    return place


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
            yield {"g": "metric", "n": key, "r": "spark", **texts_column(letters)}
