"""The tables of a sitegen export: their names, columns and types, which writer and reader share.

`docs/export.md` explains them to people. A change that an older reader would misread raises `FORMAT`.
"""

from __future__ import annotations

from typing import Any

FORMAT = 1
DESCRIPTION = "sitegen-export.json"
"""The file that makes a folder an export: format, versions, counts, problems. It is written last."""

INT64 = 2**63

_STEP = {"step": "int", "step_text": "text"}
_RUN = {"shard": "int", "run_id": "text"}
_MODEL = {
    "creation_time": "time",
    "last_update_time": "time",
    "tags": "json",
}

TABLES: dict[str, dict[str, str]] = {
    "experiments": {
        "experiment_id": "text",
        "name": "text",
        "lifecycle_stage": "text",
        "artifact_location": "text",
        **_MODEL,
    },
    "runs": {
        **_RUN,
        "experiment_id": "text",
        "name": "text",
        "status": "text",
        "lifecycle_stage": "text",
        "start_time": "time",
        "end_time": "time",
        "user": "text",
        "source_name": "text",
        "source_type": "text",
        "artifact_uri": "text",
        "artifact_root": "text",
    },
    "params": {**_RUN, "key": "text", "value": "text"},
    "tags": {**_RUN, "key": "text", "value": "text"},
    "metrics": {
        **_RUN,
        "key": "text",
        "value": "float",
        **_STEP,
        "timestamp": "time",
        "first": "float",
        "min": "float",
        "max": "float",
        "mean": "float",
        "count": "int",
        "not_finite": "int",
        "last_point": "int",
    },
    "metric_history": {**_RUN, "key": "text", **_STEP, "timestamp": "time", "value": "float"},
    "artifacts": {**_RUN, "path": "text", "size": "int"},
    "inputs": {**_RUN, "dataset_id": "text", "tags": "json"},
    "model_inputs": {**_RUN, "model_id": "text"},
    "model_outputs": {**_RUN, "model_id": "text", **_STEP},
    "datasets": {
        "dataset_id": "text",
        "name": "text",
        "digest": "text",
        "source_type": "text",
        "source": "text",
        "schema": "text",
        "profile": "text",
    },
    "registered_models": {"name": "text", "description": "text", **_MODEL, "aliases": "json"},
    "model_versions": {
        "name": "text",
        "version": "text",
        "stage": "text",
        "description": "text",
        "source": "text",
        "run_id": "text",
        "run_link": "text",
        "status": "text",
        "status_message": "text",
        "user": "text",
        "model_id": "text",
        **_MODEL,
        "aliases": "json",
    },
    "logged_models": {
        "model_id": "text",
        "experiment_id": "text",
        "name": "text",
        "status": "text",
        "status_message": "text",
        "model_type": "text",
        "source_run_id": "text",
        "lifecycle_stage": "text",
        **_MODEL,
        "params": "json",
        "artifact_uri": "text",
        "artifact_root": "text",
    },
    "logged_model_metrics": {
        "model_id": "text",
        "key": "text",
        "value": "float",
        **_STEP,
        "timestamp": "time",
        "run_id": "text",
        "dataset_name": "text",
        "dataset_digest": "text",
    },
    "logged_model_artifacts": {"model_id": "text", "path": "text", "size": "int"},
}
"""Column names to types: `text`, `json` (text), `int` (64 bits), `float` (64 bits), `time` (milliseconds, UTC)."""

TRACE_TABLES: dict[str, dict[str, str]] = {
    "traces": {
        "experiment_id": "text",
        "trace_id": "text",
        "request_time": "time",
        "duration": "int",
        "state": "text",
        "request_preview": "text",
        "response_preview": "text",
        "tags": "json",
        "metadata": "json",
        "assessments": "json",
    },
    "spans": {
        "experiment_id": "text",
        "trace_id": "text",
        "span_id": "text",
        "parent_id": "text",
        "name": "text",
        "start_time_ns": "int",
        "end_time_ns": "int",
        "status": "text",
        "attributes": "json",
        "events": "text",
    },
}
"""The tables that an export has only when traces were asked for; both in the same order of traces."""

COLUMNS = {**TABLES, **TRACE_TABLES}


def arrow_schema(table: str) -> Any:
    """The columns of a table as a pyarrow schema."""
    import pyarrow

    types = {
        "text": pyarrow.string(),
        "json": pyarrow.string(),
        "int": pyarrow.int64(),
        "float": pyarrow.float64(),
        "time": pyarrow.timestamp("ms", "UTC"),
    }
    return pyarrow.schema([(name, types[kind]) for name, kind in COLUMNS[table].items()])


def step_columns(step: int) -> tuple[int | None, str | None]:
    """A step as the columns `step` and `step_text`: as text only where 64 bits do not hold it."""
    return (step, None) if -INT64 <= step < INT64 else (None, str(step))
