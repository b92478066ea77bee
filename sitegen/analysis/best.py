"""The order of an experiment's runs by its objective.

Runs are compared as a practitioner would: where a finished run has a value, only finished runs are ranked, and a run
that failed, was killed or is still running is listed separately with its value; otherwise all runs count. NaN and
infinite values never win, deleted runs, runs that the filter leaves out and runs that break a constraint are not
ranked; nor is a trial that its search pruned, nor a run whose value is so far beyond all others that it diverged.
Repeats of one configuration compete as one (`competitors.py`). Runs with one value share a rank and keep the table's
order, unless the objective breaks ties.

With several metrics at once a run is on the Pareto front where no other is at least as good in all of them and better
in one. The front shares rank 1; the runs behind it share the rank after it, since there is no order among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.competitors import Competitor, Usable, competitors
from sitegen.analysis.goals import Objective, Target, TieBreak
from sitegen.analysis.ranking import UNFINISHED, RankedRun, Ranking, UnrankedRun
from sitegen.analysis.repeats import FoundGroups
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.sweeps.trials import is_pruned
from sitegen.analysis.verdict import verdict_on
from sitegen.analysis.why import why
from sitegen.analysis.words import number, shortened

__all__ = ["RankedRun", "Ranking", "UnrankedRun", "pareto_front", "rank"]


Predicate = Callable[[RunRow], bool]


def rank(
    table: ExperimentTable,
    objective: Objective,
    filter_of: Callable[[str], Predicate] | None = None,
    repeats: FoundGroups | None = None,
) -> Ranking:
    """The runs of `table` in the order of `objective`, the verdict, and the sentences that say which is best and why.

    `filter_of` parses the objective's `where`, which is in the search language (`sitegen.query`, which this room may
    not import); it is required if there is one. Raises what `filter_of` raises. `repeats` compete as one each.
    """
    assert filter_of or not objective.where, "an objective with a filter needs what reads it"
    keeps = filter_of(objective.where) if filter_of else lambda row: True
    usable, reasons = _split_rankable(table.rows, objective, keeps)
    by_id = {row.run_id: row for row in table.rows}
    competing, parents = competitors(usable, objective, repeats, by_id)
    ranked = _rank_pareto(competing, objective) if objective.also else _rank_single(competing, objective)
    reasons |= {run.row.run_id: run for run in parents}
    shown = {run_id for run in ranked for run_id in (run.row.run_id, *run.run_ids)}
    unranked = [run for row in table.rows if row.run_id not in shown and (run := reasons.get(row.run_id))]
    return in_words(Ranking(objective, ranked, tuple(unranked)))


def in_words(ranking: Ranking) -> Ranking:
    """`ranking` with the verdict on it and its sentences."""
    found = replace(ranking, verdict=verdict_on(ranking))
    return replace(found, why=why(found))


# Which runs count


def _split_rankable(
    rows: Sequence[RunRow], objective: Objective, keeps: Predicate
) -> tuple[list[Usable], dict[str, UnrankedRun]]:
    """The runs that count, with their values, and by id those that do not, with the reason."""
    reasons = {row.run_id: reason for row in rows if (reason := _unusable(row, objective, keeps))}
    valued = [row for row in rows if row.run_id not in reasons]
    if any(row.status == "FINISHED" for row in valued):
        for row in valued:
            if row.status != "FINISHED":
                reasons[row.run_id] = UnrankedRun(row, _unfinished(row, objective), "unfinished")
    usable = [(row, values_of(row, objective)) for row in valued if row.run_id not in reasons]
    if not objective.also:
        reasons |= {
            row.run_id: UnrankedRun(row, _far_off(row, objective), "diverged") for row in _diverged(usable, objective)
        }
    return [pair for pair in usable if pair[0].run_id not in reasons], reasons


FAR_OFF = 1000.0
"""A value has diverged if its distance from the median is this many times the median's distance from 0 and the middle
half's width."""
FEWEST_OTHERS = 3
LEAST_FAR_OFF = 100.0
"""No value below this has diverged: values between 0 and 1, or 0 and 100, may be small for all runs but one."""


def _diverged(usable: Sequence[Usable], objective: Objective) -> list[RunRow]:
    """The runs whose values are better than all others by orders of magnitude, at most a quarter of all."""
    sign = objective.target.sign
    ordered = sorted(((sign * values[0], row) for row, values in usable), key=lambda pair: pair[0])
    found = []
    for at, (cost, row) in enumerate(ordered[: len(ordered) // 4]):
        rest = np.array([other for other, _ in ordered[at + 1 :]])
        with np.errstate(over="ignore"):
            low, middle, high = np.quantile(rest, [0.25, 0.5, 0.75]).tolist()
        scale = max(abs(middle), high - low)
        if len(rest) < FEWEST_OTHERS or abs(cost) < LEAST_FAR_OFF or not 0 < FAR_OFF * scale < middle - cost:
            break
        found.append(row)
    return found


def _far_off(row: RunRow, objective: Objective) -> str:
    value = number(objective.value_of(row))
    return f"its {objective.label}, {value}, is more than {FAR_OFF:,.0f} times beyond the others; it probably diverged"


def values_of(row: RunRow, objective: Objective) -> tuple[float, ...]:
    """The values of all metrics of `objective`, NaN for those that are missing."""
    found = (target.value_of(row) for target in objective.targets)
    return tuple(math.nan if value is None else value for value in found)


def _unusable(row: RunRow, objective: Objective, keeps: Predicate) -> UnrankedRun | None:
    if row.lifecycle_stage == "deleted":
        return UnrankedRun(row, "deleted", "deleted")
    if not keeps(row):
        return UnrankedRun(row, f"left out by the filter {shortened(objective.where)}", "filter")
    if is_pruned(row):
        return UnrankedRun(row, _pruned(row, objective), "pruned")
    for target in objective.targets:
        value = target.value_of(row)
        if value is None:
            return UnrankedRun(row, f"never logged {_logged(target)}", "missing")
        if not is_finite(value):
            return UnrankedRun(row, f"{target.label} is {number(value)}", "missing")
    for constraint in objective.constraints:
        if problem := constraint.problem(row):
            return UnrankedRun(row, f"does not meet {constraint.label}: {problem}", "constraint")
    return None


def _pruned(row: RunRow, objective: Objective) -> str:
    value = objective.value_of(row)
    return "pruned" if value is None else f"pruned; its last value was {number(value)}, which is not a result"


def is_finite(value: float) -> bool:
    """Whether `value` is a number that can win; stores in databases hold ±1.797e308 in place of infinity."""
    return abs(value) < MAX_FINITE


MAX_FINITE = 1.797e308


def _logged(target: Target) -> str:
    return target.label if target.reducer.startswith("at step") else shortened(target.metric)


def _unfinished(row: RunRow, objective: Objective) -> str:
    state = UNFINISHED.get(row.status, "has not finished")
    return f"{state}; reached {number(objective.value_of(row))}, not ranked beside finished runs"


# One metric


def _rank_single(competing: Sequence[Competitor], objective: Objective) -> tuple[RankedRun, ...]:
    sign = objective.target.sign
    keyed = [((sign * one.values[0], *_tie_key(one.row, objective.tie_break)), one) for one in competing]
    keyed.sort(key=lambda entry: entry[0])
    ranked: list[RankedRun] = []
    for at, (key, one) in enumerate(keyed):
        value = one.values[0]
        shared = at > 0 and keyed[at - 1][0] == key
        lead = abs(keyed[at + 1][1].values[0] - value) if at + 1 < len(keyed) else None
        place = ranked[-1].rank if shared else at + 1
        margin = abs(value - keyed[0][1].values[0])
        ranked.append(RankedRun(one.row, value, place, margin, lead, (value,), one.group, one.spread))
    return tuple(ranked)


def _tie_key(row: RunRow, ties: Sequence[TieBreak]) -> tuple[float, ...]:
    """The sort key of runs with equal values: smaller is better, missing and non-finite values come last."""
    return tuple(_tie_value(row, tie) for tie in ties)


def _tie_value(row: RunRow, tie: TieBreak) -> float:
    if isinstance(tie, Target):
        value = tie.value_of(row)
        return tie.sign * value if value is not None and math.isfinite(value) else math.inf
    if tie == "fastest":
        return math.inf if row.duration is None else row.duration
    start = row.start_time
    return math.inf if start is None else -start if tie == "newest" else start


# Several metrics


def _rank_pareto(competing: Sequence[Competitor], objective: Objective) -> tuple[RankedRun, ...]:
    signs = np.array([target.sign for target in objective.targets], dtype=np.float64)
    costs = np.array([one.values for one in competing], dtype=np.float64).reshape(-1, len(signs)) * signs
    on_front = pareto_front(costs)
    behind = int(on_front.sum()) + 1
    order = sorted(
        range(len(competing)),
        key=lambda at: (not on_front[at], *costs[at].tolist(), *_tie_key(competing[at].row, objective.tie_break)),
    )
    return tuple(
        RankedRun(one.row, one.values[0], 1 if on_front[at] else behind, 0.0, None, one.values, one.group)
        for at in order
        for one in [competing[at]]
    )


def pareto_front(costs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows of `costs` (points by metrics, less is better, no NaN) no other row dominates.

    A row dominates another that is nowhere smaller and somewhere larger; equal rows do not dominate each other. In
    lexicographic order nothing behind a row can dominate it, so the first remaining row is on the front and removes
    the rows that it dominates: about n times the size of the front comparisons.
    """
    kept = np.zeros(len(costs), dtype=np.bool_)
    if not len(costs):
        return kept
    left = np.lexsort(costs.T[::-1])
    while len(left):
        first = costs[left[0]]
        others = costs[left]
        equal = (others == first).all(axis=1)
        kept[left[equal]] = True
        left = left[~(others >= first).all(axis=1)]
    return kept
