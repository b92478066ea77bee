"""The metrics that an experiment's page can be switched to: their names, and the file of what they change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from sitegen.addresses import placed
from sitegen.analysis.candidates import Candidate
from sitegen.analysis.curve_choice import curve_of_objective
from sitegen.analysis.ranking import Ranking
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import shortened
from sitegen.markup.data_js import data_script
from sitegen.pages.leaderboard import leaderboard_of

MAX_SWITCHED = 16
"""Runs that the leaderboard of a metric shows that the reader has chosen."""
MAX_CURVES = 5


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """A metric that the page can be switched to."""

    key: str
    """The metric's key."""
    label: str
    """The same, shortened."""
    better: str
    """Which way it is better: `min` or `max`."""


@dataclass(frozen=True, slots=True)
class MetricSwitch:
    """The metrics that the page can be switched to; the first is the one that it shows."""

    file: str
    """The name of the file with what they change, below `data/objectives/`."""
    choices: tuple[MetricChoice, ...]
    """The metrics, at most 8."""


def metric_switch(file: str, candidates: Sequence[Candidate]) -> MetricSwitch | None:
    """The choices on the page of the experiment with the file name `file`; None if there is nothing to choose."""
    choices = tuple(MetricChoice(one.metric, shortened(one.metric), one.better) for one in candidates)
    return MetricSwitch(file, choices) if len(choices) > 1 else None


def switch_file(
    switch: MetricSwitch, candidates: Sequence[Candidate], experiment_id: str, baseline: RunRow | None, *, packed: bool
) -> tuple[str, str]:
    """The path and the content of the data file (docs/architecture.md)."""
    found = [
        {
            "metric": one.metric,
            "better": one.better,
            "views": {way: _view(ranking, experiment_id, baseline, packed) for way, ranking in one.rankings},
        }
        for one in candidates
    ]
    key = f"objectives/{switch.file}"
    return f"data/{key}.js", data_script(key, {"candidates": found})


def _view(ranking: Ranking, experiment_id: str, baseline: RunRow | None, packed: bool) -> dict[str, object]:
    board: dict[str, Any] = _plain(leaderboard_of(ranking, experiment_id, baseline, most=MAX_SWITCHED))
    for key in ("title", "value", "permanent"):
        del board[key]
    board["href"] = placed(board["href"], packed)
    for line in (*board["leaders"], *board["more"], *board["left_out"], *board["studies"]):
        line["href"] = placed(line["href"], packed)
    rows = [entry.row for entry in ranking.ranked]
    curved = [row for row in rows[: 10 * MAX_CURVES] if any(s.curved for s in row.metrics.values())][:MAX_CURVES]
    objective = ranking.objective
    return board | {
        "metric": objective.metric,
        "reducer": objective.reducer,
        "best": ranking.best.row.run_id if ranking.best else "",
        "runs": [row.run_id for row in curved],
        "curve": curve_of_objective(objective.metric, _curve_keys(curved)) or "",
    }


def _plain(value: Any) -> Any:
    """`value` with dicts in place of its dataclasses: `dataclasses.asdict` without its copies."""
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    kind: object = type(value)  # mypy does not take a `type[Any]` for hashable
    names = _field_names(kind)
    return {name: _plain(getattr(value, name)) for name in names} if names else value


@cache
def _field_names(kind: object) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if isinstance(kind, type) and is_dataclass(kind) else ()


def _curve_keys(rows: Sequence[RunRow]) -> Collection[str]:
    return {key for row in rows for key, summary in row.metrics.items() if summary.curved}
