"""The order of an experiment's runs by its objective, and in plain words why the first is first.

What counts is what a practitioner would compare: where a finished run has a value, only finished runs are ranked, and a
run that failed, was killed or is still running is named apart with its value; where none has, all count. NaN and
infinite values never win, deleted runs are not ranked. Runs with one value share a rank and keep the table's order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.analysis.objective import Objective
from sitegen.analysis.table import ExperimentTable, RunRow
from sitegen.analysis.words import listed, number, percent, plural, shortened

MOST_DIFFERENCES = 4
"""With more differing params than this, which of them made the difference is anybody's guess: none is named."""

MOST_NAMES = 3

_UNFINISHED = {"RUNNING": "is still running", "FAILED": "failed", "KILLED": "was killed"}


@dataclass(frozen=True, slots=True)
class RankedRun:
    """A run in the order: `rank` counts from 1, `margin` is its distance to the best value (0 or more), `lead` its
    distance to the next run in the order (0 in a tie, None for the last)."""

    row: RunRow
    value: float
    rank: int
    margin: float
    lead: float | None


@dataclass(frozen=True, slots=True)
class UnrankedRun:
    """A run out of the order; `why` completes "dashing-owl-12: ..." ("never logged val_loss")."""

    row: RunRow
    why: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """An experiment's runs by `objective`: best first, then what could not be ranked, in the table's order."""

    objective: Objective
    ranked: tuple[RankedRun, ...]
    unranked: tuple[UnrankedRun, ...]
    why: str

    @property
    def best(self) -> RankedRun | None:
        """The first of the ranked; in a tie the newest."""
        return self.ranked[0] if self.ranked else None


def rank(table: ExperimentTable, objective: Objective) -> Ranking:
    """The runs of `table` in the order of `objective`, and the sentences that say which is best and why."""
    usable, unranked = _sorted_out(table.rows, objective)
    ranked = _in_order(usable, objective)
    return Ranking(objective, ranked, unranked, _why(ranked, unranked, objective))


def _sorted_out(
    rows: Sequence[RunRow], objective: Objective
) -> tuple[list[tuple[RunRow, float]], tuple[UnrankedRun, ...]]:
    """The runs that count, with their values, and those that do not, with the reason."""
    reasons = {row.run_id: _unusable(row, objective) for row in rows}
    valued = [row for row in rows if not reasons[row.run_id]]
    finished_only = any(row.status == "FINISHED" for row in valued)
    for row in valued:
        if finished_only and row.status != "FINISHED":
            reasons[row.run_id] = _unfinished(row, objective)
    usable = [
        (row, value) for row in valued if not reasons[row.run_id] and (value := objective.value_of(row)) is not None
    ]
    return usable, tuple(UnrankedRun(row, why) for row in rows if (why := reasons[row.run_id]))


def _unusable(row: RunRow, objective: Objective) -> str:
    value = objective.value_of(row)
    if row.lifecycle_stage == "deleted":
        return "deleted"
    if value is None:
        return f"never logged {shortened(objective.metric)}"
    return "" if math.isfinite(value) else f"{objective.label} is {number(value)}"


def _unfinished(row: RunRow, objective: Objective) -> str:
    state = _UNFINISHED.get(row.status, "has not finished")
    return f"{state}; its {objective.label}, {number(objective.value_of(row))}, does not count beside finished runs"


def _in_order(usable: list[tuple[RunRow, float]], objective: Objective) -> tuple[RankedRun, ...]:
    sign = 1 if objective.direction == "min" else -1
    ordered = sorted(usable, key=lambda pair: sign * pair[1])
    ranked: list[RankedRun] = []
    for at, (row, value) in enumerate(ordered):
        shared = at > 0 and ordered[at - 1][1] == value
        lead = abs(ordered[at + 1][1] - value) if at + 1 < len(ordered) else None
        ranked.append(RankedRun(row, value, ranked[-1].rank if shared else at + 1, abs(value - ordered[0][1]), lead))
    return tuple(ranked)


# The words


def _why(ranked: Sequence[RankedRun], unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    if not ranked:
        return _nothing(unranked, objective)
    ties = [run for run in ranked if run.rank == 1]
    if len(ranked) == 1:
        sentences = [_only(ranked[0], unranked, objective)]
    elif len(ties) > 1:
        sentences = [_tied(ties, ranked, objective)]
    else:
        sentences = [_first(ranked, objective), _differences(ranked[0], ranked[1])]
    if unranked and len(ranked) > 1:
        sentences.append(f"{len(ranked)} of {plural(len(ranked) + len(unranked), 'run')} could be compared.")
    sentences.append(_better_unfinished(ranked[0], unranked, objective))
    return " ".join(filter(None, sentences))


def _nothing(unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    if not unranked:
        return "There is no run to compare."
    reasons = Counter(run.why for run in unranked).most_common(MOST_NAMES)
    said = listed([f"{why} ({plural(count, 'run')})" for why, count in reasons])
    return f"No run has a {objective.label} that can be compared: {said}."


def _only(best: RankedRun, unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    name = shortened(best.row.name)
    if not unranked:
        return f"{name} is the only run; its {objective.label} is {number(best.value)}."
    return (
        f"{name} is the only one of {plural(1 + len(unranked), 'run')} with a {objective.label} "
        f"that can be compared: {number(best.value)}."
    )


def _tied(ties: Sequence[RankedRun], ranked: Sequence[RankedRun], objective: Objective) -> str:
    value = number(ties[0].value)
    if len(ties) == len(ranked):
        all_of_them = "Both runs" if len(ties) == 2 else f"All {plural(len(ties), 'run')}"
        return f"{all_of_them} that can be compared have the same {objective.label}: {value}."
    names = [_label(run.row, ties) for run in ties[:MOST_NAMES]]
    if len(ties) > MOST_NAMES:
        names.append(f"{len(ties) - MOST_NAMES} more")
    distance = _distance(ties[0].value, ranked[len(ties)].value, objective)
    return f"{listed(names)} share the {_superlative(objective)} {objective.label}: {value}, {distance} the next."


def _first(ranked: Sequence[RankedRun], objective: Objective) -> str:
    best, runner_up = ranked[0], ranked[1]
    return (
        f"{_label(best.row, ranked[:2])} has the {_superlative(objective)} {objective.label}: {number(best.value)}, "
        f"{_distance(best.value, runner_up.value, objective)} the next, {_label(runner_up.row, ranked[:2])}."
    )


def _label(row: RunRow, among: Sequence[RankedRun]) -> str:
    """The run's name, with the start of its id where another of `among` has the same name."""
    same = sum(other.row.name == row.name for other in among) > 1
    return f"{shortened(row.name)} ({row.run_id[:8]})" if same else shortened(row.name)


def _superlative(objective: Objective) -> str:
    return "lowest" if objective.direction == "min" else "highest"


def _distance(value: float, other: float, objective: Objective) -> str:
    """How far `value` is from `other`, in its unit and as a share of `other`: `0.0031 (7.0 %) below`."""
    gap = abs(value - other)
    # The share of a tiny or an infinite number tells nobody anything.
    share = f" ({percent(gap / abs(other))})" if other and gap / 1e3 < abs(other) < math.inf else ""
    return f"{number(gap)}{share} {'below' if objective.direction == 'min' else 'above'}"


def _differences(best: RankedRun, other: RankedRun) -> str:
    """The params in which two runs differ, where they are few enough to tell something."""
    keys = sorted(best.row.params.keys() | other.row.params.keys())
    pairs = [(key, best.row.params.get(key), other.row.params.get(key)) for key in keys]
    differing = [(key, mine, theirs) for key, mine, theirs in pairs if mine != theirs]
    if not 0 < len(differing) <= MOST_DIFFERENCES:
        return ""
    said = [f"{shortened(key)} ({_param(mine)} instead of {_param(theirs)})" for key, mine, theirs in differing]
    return f"They differ in {listed(said)}."


def _param(value: str | None) -> str:
    if value is None:
        return "not set"
    return shortened(value, 30) or "empty"


def _better_unfinished(best: RankedRun, unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    """A word on the unfinished run that would have won."""
    sign = 1 if objective.direction == "min" else -1
    rivals = [
        (sign * value, run.row)
        for run in unranked
        if run.row.lifecycle_stage != "deleted"
        and (value := objective.value_of(run.row)) is not None
        and math.isfinite(value)
        and sign * value < sign * best.value
    ]
    if not rivals:
        return ""
    value, row = min(rivals, key=lambda rival: rival[0])
    state = _UNFINISHED.get(row.status, "has not finished")
    return f"{shortened(row.name)} reached {number(sign * value)} but {state}, so it does not count."
