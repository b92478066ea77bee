"""What competes for the ranks: single runs, and repeats of one configuration as one, by the mean of their values.

A fold or a seed is never the best run beside its siblings or its parent. A parent that repeats the result of one of its
nested runs, as a search that logs the best of its trials does, or the mean of them, does not compete beside them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.analysis.direction import words_of
from sitegen.analysis.goals import Objective
from sitegen.analysis.ranking import Group, UnrankedRun
from sitegen.analysis.repeats import FoundGroups, Repeats
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.spread import AVERAGES, Spread, deviation_keys, logged_spread, spread_of, steps_spread
from sitegen.analysis.statistics import mean_of
from sitegen.analysis.words import shortened

Usable = tuple[RunRow, tuple[float, ...]]
"""A run that counts and its values, all finite."""


@dataclass(frozen=True, slots=True)
class Competitor:
    """What has a place in the order; see `RankedRun`."""

    row: RunRow
    values: tuple[float, ...]
    group: Group | None
    spread: Spread | None


def competitors(
    usable: Sequence[Usable], objective: Objective, repeats: FoundGroups | None, rows: Mapping[str, RunRow]
) -> tuple[list[Competitor], list[UnrankedRun]]:
    """The competitors among the runs that count, and the parents that do not compete; `rows` are all runs of the
    experiment."""
    values = {row.run_id: found for row, found in usable}
    made, taken, borrowed = [], set[str](), dict[str, Spread]()
    for group in repeats.groups if repeats else ():
        members = [row for row in group.rows if row.run_id in values]
        taken.update(row.run_id for row in members)
        if members:
            made.append(_of_group(group, members, objective, values))
            taken.update([group.parent.run_id] if group.parent else [])
        elif group.parent and (spread := _spread_of_like(group, objective.metric)):
            borrowed[group.parent.run_id] = spread
    parents, left_out = _repeating_parents([row for row, _ in usable if row.run_id not in taken], values, objective)
    keys = deviation_keys(_all_keys(rows), objective.metric)
    for row, own in usable:
        if row.run_id not in taken and row.run_id not in parents:
            spread = borrowed.get(row.run_id) or _own_spread(row, objective, keys, rows)
            made.append(Competitor(row, own, None, spread))
    return made, left_out


def _all_keys(rows: Mapping[str, RunRow]) -> set[str]:
    """The names of all metrics and params that a deviation may have been logged under."""
    return set().union(*(row.metrics for row in rows.values()), *(row.params for row in rows.values()))


def _of_group(
    group: Repeats, members: Sequence[RunRow], objective: Objective, values: Mapping[str, tuple[float, ...]]
) -> Competitor:
    means = [mean_of(column) for column in zip(*(values[row.run_id] for row in members), strict=True)]
    own = Group(group.label, tuple(members), group.kind, group.parent)
    row = representative(own, objective, values)
    return Competitor(row, tuple(m.mean for m in means if m), own, spread_of(means[0], group.kind))


def representative(group: Group, objective: Objective, values: Mapping[str, tuple[float, ...]]) -> RunRow:
    """The run that stands for a group: its parent where that has the metric and a model, else the best member.

    Where no run of the group has a model, it is also the parent, since a single fold is of no use.
    """
    parent = group.parent
    if parent is not None and (not any(row.has_model for row in group.members) or _is_complete(parent, objective)):
        return parent
    sign = objective.target.sign
    return min(group.members, key=lambda row: (sign * values[row.run_id][0], row.run_id))


def _is_complete(row: RunRow, objective: Objective) -> bool:
    value = objective.value_of(row)
    return row.has_model and value is not None and math.isfinite(value)


# Spreads ------------------------------------------------------------------------------------------------------------


def _own_spread(row: RunRow, objective: Objective, keys: Sequence[str], rows: Mapping[str, RunRow]) -> Spread | None:
    found = logged_spread(row, keys, rows.get(row.parent_id or "")) if keys else None
    return found or (steps_spread(row, objective.metric) if objective.reducer == "mean" and row.folds else None)


def _spread_of_like(group: Repeats, metric: str) -> Spread | None:
    """The spread of the metric that `metric` is the average of: `roc_auc` for `avg_roc_auc`."""
    wanted = [word for word in words_of(metric) if word not in AVERAGES]
    keys = sorted({key for row in group.rows for key in row.metrics if words_of(key) == wanted})
    found = [row.metrics[keys[0]].last for row in group.rows if keys[0] in row.metrics] if keys else []
    return spread_of(mean_of(found), group.kind)


# Parents ------------------------------------------------------------------------------------------------------------


def _repeating_parents(
    rows: Sequence[RunRow], values: Mapping[str, tuple[float, ...]], objective: Objective
) -> tuple[set[str], list[UnrankedRun]]:
    """The ids of parents whose value is that of one of their nested runs, or the mean of them all, and why."""
    nested: dict[str, list[RunRow]] = {}
    for row in rows:
        if row.parent_id in values and row.parent_id != row.run_id:
            nested.setdefault(str(row.parent_id), []).append(row)
    by_id = {row.run_id: row for row in rows}
    left_out = []
    for row in rows:
        reason = _repeats(row, nested.get(row.run_id, ()), values, objective)
        if reason and not _is_own_ancestor(row, by_id):
            left_out.append(UnrankedRun(row, reason, "parent"))
    return {run.row.run_id for run in left_out}, left_out


def _repeats(
    row: RunRow, nested: Sequence[RunRow], values: Mapping[str, tuple[float, ...]], objective: Objective
) -> str:
    if not nested:
        return ""
    value = values[row.run_id][0]
    best = min(nested, key=lambda child: (objective.target.sign * values[child.run_id][0], child.run_id))
    if math.isclose(value, values[best.run_id][0], rel_tol=1e-9):
        return f"its {objective.label} is that of its nested run {shortened(best.name)}"
    mean = mean_of([values[child.run_id][0] for child in nested])
    if len(nested) > 1 and mean and math.isclose(value, mean.mean, rel_tol=1e-9):
        return f"its {objective.label} is the mean of its nested runs"
    return ""


def _is_own_ancestor(row: RunRow, by_id: Mapping[str, RunRow]) -> bool:
    """Whether a run is nested, over any number of others, in itself, as in some damaged stores."""
    seen, at = {row.run_id}, by_id.get(row.parent_id or "")
    while at is not None and at.run_id not in seen:
        seen.add(at.run_id)
        at = by_id.get(at.parent_id or "")
    return at is not None
