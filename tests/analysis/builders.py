"""Short ways to write down the runs that the tests of the analysis are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sitegen.analysis.curves import MetricSummary, summarise
from sitegen.analysis.runs_table import ExperimentTable, RunRow, fold_count, gather
from sitegen.model import Experiment, MetricHistory


def history(*values: float, key: str = "loss", first_step: int = 0, last: int | None = None) -> MetricHistory:
    """A history with the steps `first_step`, `first_step` + 1, ... and a point every 10 ms from 1000 on."""
    count = len(values)
    return MetricHistory(
        key,
        np.arange(first_step, first_step + count, dtype=np.int64),
        np.arange(1000, 1000 + 10 * count, 10, dtype=np.int64),
        np.array(values, dtype=np.float64),
        count - 1 if last is None else last,
    )


def summary(*values: float) -> MetricSummary:
    found = summarise(history(*values))
    assert found is not None
    return found


def row(run_id: str, metrics: Mapping[str, float | tuple[float, ...]] | None = None, **fields: Any) -> RunRow:
    """A finished run named after its id; each metric is its only value or a tuple of its values."""
    points = {key: value if isinstance(value, tuple) else (value,) for key, value in (metrics or {}).items()}
    plain: dict[str, Any] = {
        "run_id": run_id,
        "experiment_id": "1",
        "name": run_id,
        "status": "FINISHED",
        "lifecycle_stage": "active",
        "start_time": None,
        "end_time": None,
        "user": "",
        "source_name": "",
        "git_commit": "",
        "parent_id": None,
        "note": "",
        "params": {},
        "tags": {},
        "metrics": {key: summary(*values) for key, values in points.items()},
        "datasets": (),
        "artifact_count": 0,
    }
    made = {**plain, **fields}
    folds = fold_count(made["params"])
    made.setdefault("folds", {key: values for key, values in points.items() if len(values) == folds})
    return RunRow(**made)


def table(rows: Iterable[RunRow], tags: Mapping[str, str] | None = None) -> ExperimentTable:
    (only,) = gather(rows, [Experiment("1", "demo", tags=tags or {})])
    return only
