"""Columns of an experiment's data file that the search language uses and tables do not show.

The formats are in docs/architecture.md, "Data files"; `query.js` reads them. They are in a list of their own, `more`,
so that they are not offered as columns of a table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sitegen.analysis.runs_table import MLFLOW_RECORDS, ExperimentTable, RunRow, metric_keys
from sitegen.pages.data import Json, _numbers, _whole
from sitegen.pages.packing import dictionary_column, texts_column

RUN_ID = "{run_id}"
"""Replaces the run's id in artifact_uri, so that thousands of addresses become one dictionary entry."""

_MORE_REDUCERS = ("first", "mean")
_SYSTEM = "system/"


def searchable(data: Json, table: ExperimentTable) -> Json:
    """`data` (from `experiment_data` of `table`) with all further columns that a query may use."""
    there = {(column["g"], column["n"], column.get("r")) for column in data["columns"]}  # type: ignore[attr-defined]
    metrics = (column for column in _metric_columns(table) if (column["g"], column["n"], column["r"]) not in there)
    same, tags = _mlflow_tags(table.rows)
    more = [*_run_columns(table.rows), *metrics, *tags]
    return {**data, **({"more": more} if more else {}), **({"same": same} if same else {})}


def _run_columns(rows: Sequence[RunRow]) -> list[Json]:
    """Informative columns of the runs: no artifact_uri if all are hidden, no stage if none is deleted."""
    columns: list[Json] = []
    if any(row.artifact_uri for row in rows):
        uris = [row.artifact_uri.replace(row.run_id, RUN_ID) for row in rows]
        columns.append({"g": "run", "n": "artifact_uri", **texts_column(uris)})
    if any(row.lifecycle_stage != "active" for row in rows):
        columns.append({"g": "run", "n": "lifecycle_stage", **dictionary_column([row.lifecycle_stage for row in rows])})
    if any(row.datasets for row in rows):
        columns.append({"g": "run", "n": "datasets", **dictionary_column([_datasets(row) for row in rows])})
    return columns


def _datasets(row: RunRow) -> str | None:
    contexts = row.dataset_contexts or (None,) * len(row.datasets)
    used = [[name, digest, context] for (name, digest), context in zip(row.datasets, contexts, strict=True)]
    return json.dumps(used, ensure_ascii=False, separators=(",", ":")) if used else None


def _metric_columns(table: ExperimentTable) -> list[Json]:
    """First value, mean and number of points of the metrics with curves; for a single point, the last value is
    enough."""
    columns: list[Json] = []
    for key in metric_keys(table):
        found = [row.metrics.get(key) for row in table.rows]
        if key.startswith(_SYSTEM) or not any(s is not None and s.count > 1 for s in found):
            continue
        for reducer in _MORE_REDUCERS:
            values = [None if s is None else getattr(s, reducer) for s in found]
            columns.append({"g": "metric", "n": key, "r": reducer, **_numbers(values)})
        counts = [None if s is None else s.count for s in found]
        columns.append({"g": "metric", "n": key, "r": "count", **_whole(counts)})
    return columns


def _mlflow_tags(rows: Sequence[RunRow]) -> tuple[list[list[str]], list[Json]]:
    """MLflow's own tags: which of them only repeat a column of the run, and the columns of the others."""
    known = {
        "name": [row.name for row in rows],
        "user": [row.user or None for row in rows],
        "source": [row.source_name or None for row in rows],
        "parent": [row.parent_id for row in rows],
    }
    same: list[list[str]] = []
    columns: list[Json] = []
    for key in sorted({key for row in rows for key in row.mlflow_tags} - MLFLOW_RECORDS):
        values = [row.mlflow_tags.get(key) for row in rows]
        twin = next((name for name, own in known.items() if own == values), None)
        if twin:
            same.append([key, twin])
        else:
            columns.append({"g": "tag", "n": key, **texts_column(values)})
    return same, columns
