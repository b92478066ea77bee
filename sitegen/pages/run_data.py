"""The data files of runs: what the compare page and live charts need of each.

The format is in docs/architecture.md, "Data files"; `SG.run` of `decode.js` reads it, curves are in `curve_data.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sitegen.addresses import file_name
from sitegen.analysis.curves import Curve, MetricSummary
from sitegen.analysis.runs_table import RunRow
from sitegen.pages.curve_data import CurveOf, Json, curve_records


def json_number(value: float) -> float | int | str:
    """A metric value for JSON: NaN and infinities are strings, as in MLflow's REST API."""
    if math.isfinite(value):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def run_records(runs: Sequence[tuple[RunRow, Mapping[str, Curve]]]) -> list[Json]:
    """Runs, from their rows and thinned histories, as the compare page and live charts need them."""
    coded = iter(
        curve_records(
            [CurveOf(key, row.metrics[key].count, curve) for row, curves in runs for key, curve in curves.items()]
        )
    )
    return [_facts(row) | {"curves": [next(coded) for _ in curves]} for row, curves in runs]


def _facts(row: RunRow) -> Json:
    return {
        "id": row.run_id,
        "exp": file_name(row.experiment_id),
        "name": row.name,
        "status": row.status,
        "start": row.start_time,
        "end": row.end_time,
        "user": row.user,
        "source": row.source_name,
        "commit": row.git_commit,
        "parent": row.parent_id,
        "file": file_name(row.run_id),
        "params": [[k, v] for k, v in row.params.items()],
        "tags": [[k, v] for k, v in row.tags.items()],
        "metrics": [_metric(key, summary) for key, summary in row.metrics.items()],
    }


def _metric(key: str, s: MetricSummary) -> list[object]:
    """A metric with one point is its key, value and step; `decode.js` makes the rest of these."""
    n = json_number
    if s.count == 1:
        return [key, n(s.last), s.last_step]
    return [
        key,
        n(s.last),
        n(s.first),
        n(s.min),
        s.min_step,
        n(s.max),
        s.max_step,
        n(s.mean),
        s.count,
        s.last_step,
        s.bad,
    ]
