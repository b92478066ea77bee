"""`vectors.json`: runs, and the queries on them with their answers. The browser's twin is held to the same file.

`runs` are as MLflow would log them (`tags` with MLflow's own; a metric is the list of its values, with steps from 0).
`filters` give the ids of the runs that match, in MLflow's order; `mlflow` says whether MLflow's client answers the same
(`test_against_mlflow.py` asks it). `orders` are lists of clauses. `errors` are refused, at the character `at`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sitegen.analysis.runs_table import RunRow, row_of
from sitegen.model import ArtifactFolder, Dataset, DatasetInput, MetricHistory, Run

FILE = Path(__file__).parent / "vectors.json"


@cache
def vectors() -> Any:
    return json.loads(FILE.read_text("utf-8"))


def rows() -> list[RunRow]:
    return rows_of(vectors()["runs"])


def rows_of(records: Iterable[Mapping[str, Any]]) -> list[RunRow]:
    return [row_of(run_of(record), 0) for record in records]


def run_of(record: Mapping[str, Any]) -> Run:
    inputs = tuple(
        DatasetInput(Dataset(name, digest, "local", ""), {"mlflow.data.context": context} if context else {})
        for name, digest, context in record["datasets"]
    )
    return Run(
        run_id=record["run_id"],
        experiment_id="1",
        name=record["name"],
        status=record["status"],
        lifecycle_stage=record["lifecycle_stage"],
        start_time=record["start_time"],
        end_time=record["end_time"],
        user=record["user"],
        source_name=record["source_name"],
        source_type="LOCAL",
        artifacts=ArtifactFolder(record["artifact_uri"]),
        params=record["params"],
        tags=record["tags"],
        metrics={key: history_of(key, values) for key, values in record["metrics"].items()},
        inputs=inputs,
    )


def history_of(key: str, values: list[Any]) -> MetricHistory:
    """A metric's points; what JSON has no number for is text there."""
    steps = np.arange(len(values), dtype=np.int64)
    return MetricHistory(key, steps, steps + 1000, np.array([float(v) for v in values]), len(values) - 1)
