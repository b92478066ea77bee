"""SQLite stores for tests: those that real MLflow versions wrote (`fixtures`), and small ones made by hand."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sitegen.model import Catalog, Problem, Run
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions, Store

FIXTURES = Path(__file__).parent / "fixtures"
VERSIONS = ("1.30.1", "2.9.2", "2.22.5", "3.1.4", "3.17.2")
DELETED = ReadOptions(deleted=True)
RUN = "a" * 32
START = 1_700_000_000_000

SCHEMA = """
CREATE TABLE experiments(experiment_id integer primary key, name text, artifact_location text, lifecycle_stage text);
CREATE TABLE runs(run_uuid text primary key, name text, source_type text, source_name text, entry_point_name text,
  user_id text, status text, start_time bigint, end_time bigint, source_version text, lifecycle_stage text,
  artifact_uri text, experiment_id integer);
CREATE TABLE metrics("key" text, value float, timestamp bigint, run_uuid text {metrics});
CREATE TABLE params("key" text, value text, run_uuid text);
CREATE TABLE tags("key" text, value text, run_uuid text);
INSERT INTO experiments VALUES (1, 'old', '/gone/mlruns/1', 'active');
"""
STEP = ", step bigint default 0 not null"
STEP_AND_NAN = f"{STEP}, is_nan boolean default 0 not null"


@contextmanager
def database(path: Path, metrics: str = STEP_AND_NAN) -> Iterator[sqlite3.Connection]:
    """A new store with one experiment; `metrics` are the columns of that table that MLflow 0.9 did not have."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(SCHEMA.format(metrics=metrics))
        yield connection
    finally:
        connection.close()


def add_run(
    connection: sqlite3.Connection, run_id: str = RUN, experiment: object = 1, uri: str = "", **columns: Any
) -> None:
    values = {
        "status": "FINISHED",
        "start_time": START,
        "end_time": START + 5000,
        "lifecycle_stage": "active",
        **columns,
    }
    values |= {"run_uuid": run_id, "experiment_id": experiment, "artifact_uri": uri}
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO runs ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def read(location: Path | str, options: ReadOptions = ReadOptions()) -> tuple[Catalog, list[Run], list[Problem]]:
    store = open_store(str(location), options)
    catalog = store.catalog()
    batch = store.read_runs(catalog.runs)
    return catalog, batch.runs, [*catalog.problems, *batch.problems]


def points(run: Run, key: str) -> list[tuple[int, int, float]]:
    history = run.metrics[key]
    return list(zip(history.steps.tolist(), history.timestamps.tolist(), history.values.tolist(), strict=True))


def as_mlflow_says(store: Store) -> dict[str, Any]:
    """The content of a store in the form of the golden answers (`make_databases.py`)."""
    catalog = store.catalog()
    runs = store.read_runs(catalog.runs).runs
    return {
        "experiments": {
            e.experiment_id: [e.name, e.lifecycle_stage, e.artifact_location, dict(e.tags)] for e in catalog.experiments
        },
        "runs": {run.run_id: _run(run) for run in runs},
        "models": {
            model.name: [[v.version, v.stage, v.source, v.description, dict(v.tags)] for v in model.versions]
            for model in catalog.registered_models
        },
    }


def golden(version: str) -> Any:
    return json.loads((FIXTURES / f"mlflow-{version}.json").read_text("utf-8"))


def _run(run: Run) -> dict[str, Any]:
    info = [run.experiment_id, run.name, run.status, run.lifecycle_stage, run.start_time, run.end_time]
    return {
        "info": info,
        "params": dict(run.params),
        "tags": dict(run.tags),
        "last": {key: _number(float(h.values[h.last])) for key, h in run.metrics.items()},
        "history": {key: sorted((_point(p) for p in points(run, key)), key=str) for key in run.metrics},
        "inputs": sorted([i.dataset.name, i.dataset.digest, dict(i.tags)] for i in run.inputs),
    }


def _point(point: tuple[int, int, float]) -> list[Any]:
    step, timestamp, value = point
    return [step, timestamp, _number(value)]


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)
