"""Which runs of an experiment are the trials of one search over params, by which tool, and how they ended.

docs/sweeps.md explains the same to users. A tool is recognised by what it alone logs; nested runs with different params
are a sweep of no named tool. The best value so far is that of the trials that have a rank or a place behind one, in the
order in which the trials began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sitegen.analysis.best import is_finite
from sitegen.analysis.objective import Objective
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.sweeps.trials import (
    State,
    is_callback_trial,
    is_storage_trial,
    number_of_trial,
    state_of,
)

FEWEST_TRIALS = 4
"""Fewer runs are not called a sweep."""
_SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
_REPEATED = ("seed", "fold", "random_state", "split", "repeat")
"""Ends of params whose values make repeats of a configuration, not configurations."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The trials of a search in the order in which they began, and how many ended in which way.

    `tool` is `Optuna`, `Ray Tune`, one of scikit-learn's searches, or empty for nested runs of no known tool.
    `parents` is the number of runs under which the trials are nested, 0 for flat ones.
    """

    tool: str
    trials: tuple[RunRow, ...]
    states: Mapping[State, int]
    parents: int


@dataclass(frozen=True, slots=True)
class Improvement:
    """A trial that was better than all before it. `number` is that of the tool, else its place from 1 on."""

    number: int
    value: float
    row: RunRow


def sweep_of(rows: Sequence[RunRow]) -> Sweep | None:
    """The sweep that most of the runs of an experiment belong to; None if there is none, or if it is too small."""
    rows = [row for row in rows if row.lifecycle_stage != "deleted"]
    if len(rows) < FEWEST_TRIALS:
        return None
    for tool, is_trial in _TOOLS:
        trials = [row for row in rows if is_trial(row)]
        if _are_most(trials, rows):
            return _sweep(tool, trials)
    return _nested(rows)


def best_so_far(sweep: Sweep, objective: Objective) -> tuple[Improvement, ...]:
    """The trials at which the best value of the finished trials changed, in their order.

    Pruned and failed trials never change it. A trial that only equals the best so far does not change it either. Empty
    where the order of the trials was not recorded.
    """
    if not _is_order_known(sweep):
        return ()
    sign = objective.target.sign
    found: list[Improvement] = []
    for place, row in enumerate(sweep.trials, 1):
        value = objective.value_of(row)
        if state_of(row) != "finished" or value is None or not is_finite(value):
            continue
        if not found or sign * value < sign * found[-1].value:
            number = number_of_trial(row)
            found.append(Improvement(place if number is None else number, value, row))
    return tuple(found)


def _is_order_known(sweep: Sweep) -> bool:
    """Whether numbers or starts tell the order: scikit-learn's autologger gives all candidates one start."""
    starts = {row.start_time for row in sweep.trials}
    return 2 * len(starts) > len(sweep.trials) or all(number_of_trial(row) is not None for row in sweep.trials)


def _is_ray(row: RunRow) -> bool:
    """Ray Tune's `MLflowLoggerCallback` logs every number of a result, its own counters too."""
    return "trial_name" in row.tags and ("training_iteration" in row.metrics or "time_this_iter_s" in row.metrics)


_TOOLS: tuple[tuple[str, Callable[[RunRow], bool]], ...] = (
    ("Optuna", lambda row: is_callback_trial(row) or is_storage_trial(row)),
    ("Ray Tune", _is_ray),
)


def _are_most(trials: Sequence[RunRow], rows: Sequence[RunRow]) -> bool:
    return len(trials) >= FEWEST_TRIALS and 2 * len(trials) > len(rows)


def _nested(rows: Sequence[RunRow]) -> Sweep | None:
    """Nested runs with different params, if they are most runs: scikit-learn's candidates, or a loop of the user's."""
    by_id = {row.run_id: row for row in rows}
    trials = [row for row in rows if row.parent_id in by_id and row.parent_id != row.run_id]
    if not _are_most(trials, rows) or 2 * len({_configuration(row) for row in trials}) <= len(trials):
        return None
    tools = Counter(by_id[str(row.parent_id)].tags.get("estimator_name", "") for row in trials)
    tool, count = max(tools.items(), key=lambda pair: (pair[1], pair[0]))
    return _sweep(tool if tool in _SEARCHES and count == len(trials) else "", trials)


def _configuration(row: RunRow) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, value) for key, value in row.params.items() if not key.lower().endswith(_REPEATED)))


def _sweep(tool: str, trials: Sequence[RunRow]) -> Sweep:
    ordered = sorted(trials, key=_in_time)
    parents = {row.parent_id for row in trials if row.parent_id}
    return Sweep(tool, tuple(ordered), Counter(map(state_of, ordered)), len(parents))


def _in_time(row: RunRow) -> tuple[int, bool, int, str]:
    """By the tool's number, then by start; runs without a start come last."""
    number = number_of_trial(row)
    return -1 if number is None else number, row.start_time is None, row.start_time or 0, row.run_id
