"""Tables of pandas: runs as `mlflow.search_runs` gives them, and leaderboards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sitegen import model
from sitegen.analysis.judge import Judged

if TYPE_CHECKING:
    import pandas

_INFO = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")


def leaderboard(judged: Judged) -> pandas.DataFrame:
    """The ranked runs, best first; see `Catalog.best` for its columns and `attrs`."""
    import pandas as pd

    ranking = judged.ranking
    ranked = ranking.ranked if ranking else ()
    columns: dict[str, Any] = {
        "rank": [entry.rank for entry in ranked],
        "run_id": [entry.row.run_id for entry in ranked],
        "name": [entry.name for entry in ranked],
        "status": [entry.row.status for entry in ranked],
    }
    for n, target in enumerate(ranking.objective.targets if ranking else ()):
        key = f"metrics.{target.metric}" + (f" {target.reducer}" if target.reducer != "last" else "")
        columns[key] = [entry.values[n] for entry in ranked]
    columns["behind"] = [entry.margin for entry in ranked]
    frame = pd.DataFrame(columns)
    frame.attrs = {
        "objective": ranking.objective.text if ranking else "",
        "why": ranking.why if ranking else "",
        "verdict": judged.verdict.record,
    }
    return frame


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of a run that the table needs: no history."""

    run_id: str
    experiment_id: str
    status: str
    artifact_uri: str
    start_time: int | None
    end_time: int | None
    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]


def run_row(run: model.Run) -> Row:
    """The row of a run: the last value of each metric."""
    return Row(
        run.run_id,
        run.experiment_id,
        run.status,
        run.artifacts.uri,
        run.start_time,
        run.end_time,
        {key: found.values.item(found.last) for key, found in run.metrics.items() if len(found)},
        dict(run.params),
        dict(run.tags),
    )


def run_frame(rows: Sequence[Row]) -> pandas.DataFrame:
    """One row a run, in this order; see `Catalog.to_frame` for its columns."""
    import pandas as pd

    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _INFO}
    for name in ("start_time", "end_time"):
        # MLflow makes each value by itself, and lets pandas find the type of the column.
        columns[name] = [pd.to_datetime(time, unit="ms", utc=True) for time in columns[name]]
    for group, missing in (("metrics", float("nan")), ("params", None), ("tags", None)):
        found = [getattr(row, group) for row in rows]
        for key in dict.fromkeys(key for own in found for key in sorted(own)):
            columns[f"{group}.{key}"] = [own.get(key, missing) for own in found]
    return pd.DataFrame(columns)
