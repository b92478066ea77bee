"""Whether metrics that should agree do: the best run by accuracy may be the sixth by AUC, or a tie that of guessing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sitegen.analysis.direction import direction_of, is_cost
from sitegen.analysis.goals import Target
from sitegen.analysis.metric_order import data_of, find_variants, kind_of
from sitegen.analysis.ranking import RankedRun, Ranking
from sitegen.analysis.runs_table import natural
from sitegen.analysis.words import listed, number, shortened

FEWEST_RUNS = 5
FAR_BEHIND = 4
"""From this rank on, if it is in the second half too, the best run counts as behind by another metric."""
MAX_METRICS = 2
CHANCE_LEVELS = {"f1": 0.0, "mcc": 0.0, "kappa": 0.0, "auc": 0.5, "auroc": 0.5}
"""The score of a classifier that always gives the same answer, by the last entry of a metric's name."""


def disagreement(ranking: Ranking) -> str:
    """By which metrics of the same kind and data the best run is far behind: `It is 6th of 8 by auc.`, '' for none."""
    best = ranking.best
    if best is None or ranking.objective.also or len(ranking.ranked) < FEWEST_RUNS:
        return ""
    said = []
    for target in _alike(ranking):
        values = [_value(run, target) for run in ranking.ranked]
        known = [value for value in values if value is not None]
        own = values[0]
        if own is None or len(known) < len(values):
            continue
        place = 1 + sum(target.sign * value < target.sign * own for value in known)
        if place >= FAR_BEHIND and 2 * place > len(known):
            said.append(f"{_ordinal(place)} of {len(known)} by {target.label}")
    return f"It is only {listed(said[:MAX_METRICS])}." if said else ""


def of_tie(ranking: Ranking) -> str:
    """What other metrics show about tied runs: that one is ahead, or that none may be better than guessing."""
    tied = ranking.tied
    if not tied:
        return ""
    for target in _alike(ranking):
        values = [value for run in tied if (value := _value(run, target)) is not None]
        if len(values) < len(tied):
            continue
        level = CHANCE_LEVELS.get(target.metric.lower().replace("/", "_").rpartition("_")[2])
        if level is not None and all(value == level for value in values):
            return f"They may all give one answer only: their {target.label} is {number(level)}."
        if len(set(values)) > 1:
            first = min(tied, key=lambda run: target.sign * (_value(run, target) or 0.0))
            return f"By {target.label} {shortened(first.name)} is ahead: {number(_value(first, target))}."
    return ""


def _alike(ranking: Ranking) -> Sequence[Target]:
    """The other metrics that measure the same thing: for the whole task, on the same data, with a known direction."""
    metric = ranking.objective.metric
    keys = {key for run in ranking.ranked for key in run.row.metrics}
    variants = find_variants(keys)
    found = []
    for key in sorted(keys - {metric} - variants, key=natural):
        known = direction_of(key)
        if known and not is_cost(key) and kind_of(key) == 0 == kind_of(metric) and data_of(key) == data_of(metric):
            found.append(Target(key, known.value, ranking.objective.reducer))
    return found


def _value(run: RankedRun, target: Target) -> float | None:
    """The run's value; for a group, the mean."""
    rows = run.group.members if run.group else (run.row,)
    values = [value for row in rows if (value := target.value_of(row)) is not None and math.isfinite(value)]
    return math.fsum(values) / len(values) if values else None


def _ordinal(place: int) -> str:
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"
