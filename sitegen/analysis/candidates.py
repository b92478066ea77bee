"""By which other metrics an experiment's runs could be judged: those that readers may switch to on its page.

Each is judged by the rule of `judge.py`, both ways, when the site is built; scripts only choose what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sitegen.analysis.best import Predicate
from sitegen.analysis.curve_choice import is_counter
from sitegen.analysis.direction import Better
from sitegen.analysis.evidence import direction_in
from sitegen.analysis.goals import Objective
from sitegen.analysis.judge import judge_each
from sitegen.analysis.metric_order import finite_counts, in_order, is_constant, judged_rows
from sitegen.analysis.ranking import Ranking
from sitegen.analysis.runs_table import ExperimentTable

MAX_CANDIDATES = 8
MAX_JUDGED = 10_000
"""Number of runs that are judged for the candidates of an experiment, each as often as there are rankings: one of
10,000 runs has no other candidate than its objective."""
WAYS: tuple[Better, Better] = ("min", "max")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A metric that runs can be judged by: which way it is better, and the ranking by each way."""

    metric: str
    better: Better
    rankings: tuple[tuple[Better, Ranking], ...]


def candidates_of(
    table: ExperimentTable,
    ranking: Ranking,
    filter_of: Callable[[str], Predicate] | None = None,
    keys: Sequence[str] = (),
    group_by: str = "",
) -> list[Candidate]:
    """The objective of `ranking` first, then the soundest other metrics; only the objective where one metric does not
    decide alone or there are too many runs.

    The other arguments are those of `judge`, with which the rankings by the other metrics are made.
    """
    chosen = ranking.objective
    if chosen.also:
        return []
    wanted = _targets(table, chosen)[: min(MAX_CANDIDATES, MAX_JUDGED // max(1, 2 * len(table.rows)))]
    pairs = [(metric, way) for metric, _ in wanted for way in WAYS]
    chosen_pair = (chosen.metric, chosen.direction)
    others = [pair for pair in pairs if pair != chosen_pair]
    judged = judge_each(table, [_objective(chosen, *pair) for pair in others], filter_of, keys, group_by)
    by_pair = {chosen_pair: ranking} | {pair: one.ranking for pair, one in zip(others, judged, strict=True)}
    found = []
    for metric, better in wanted:
        rankings = tuple((way, one) for way in WAYS if (one := by_pair[metric, way]) and one.ranked)
        if len(rankings) == len(WAYS):
            found.append(Candidate(metric, better, rankings))
    return found if found and found[0].metric == chosen.metric else []


def _targets(table: ExperimentTable, chosen: Objective) -> list[tuple[str, Better]]:
    """Metric and better direction, the objective first; those whose direction is not known come last."""
    rows = judged_rows(table)
    counts = {
        key: count
        for key, count in finite_counts(table, rows).items()
        if count > 1 and key != chosen.metric and not key.startswith("system/") and not is_counter(key)
        if not is_constant(key, rows)
    }
    known: list[tuple[str, Better]] = []
    unknown: list[tuple[str, Better]] = []
    for key in in_order(counts, rows)[: 4 * MAX_CANDIDATES]:
        evidence = direction_in(key, rows)
        (known if evidence else unknown).append((key, evidence.direction if evidence else "max"))
    return [(chosen.metric, chosen.direction), *known, *unknown]


def _objective(chosen: Objective, metric: str, way: Better) -> Objective:
    """The objective as asked for by name: `min val_loss`, with the constraints and the filter of the chosen one."""
    reducer = chosen.reducer if metric == chosen.metric else "last"
    because = f"{'Lower' if way == 'min' else 'Higher'} is better, as chosen on this page."
    return replace(chosen, metric=metric, direction=way, reducer=reducer, because=because, source="set")
