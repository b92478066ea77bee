"""The one way from the runs of an experiment to which is best: pages, `sitegen best`, Python and best.json take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sitegen.analysis.best import Predicate, rank
from sitegen.analysis.groups import Grouping, grouping_of
from sitegen.analysis.metric_order import judged_rows
from sitegen.analysis.objective import Objective, choose_objective
from sitegen.analysis.ranking import NOT_JUDGED, Ranking, Verdict
from sitegen.analysis.repeats import find_repeats
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.analysis.spread import folds_as_steps


@dataclass(frozen=True, slots=True)
class Judged:
    """The order of an experiment's runs, None where no metric decides, and its groups, None where there are none."""

    ranking: Ranking | None
    grouping: Grouping | None

    @property
    def verdict(self) -> Verdict:
        """How sure it is which run is best, also where no metric decides."""
        return self.ranking.verdict if self.ranking else NOT_JUDGED


def judge(
    table: ExperimentTable,
    asked: Objective | None = None,
    filter_of: Callable[[str], Predicate] | None = None,
    keys: Sequence[str] = (),
    group_by: str = "",
) -> Judged:
    """Rank the runs of `table` by the objective that was `asked` for, else by the one that is chosen for it.

    `keys` and `group_by` are those of `find_repeats`, `filter_of` that of `rank`. Raises what `rank` does.
    """
    repeats = find_repeats(table, keys, group_by)
    objective = choose_objective(table, asked)
    objective = by_mean_of_folds(objective, table) if objective else None
    ranking = rank(table, objective, filter_of, repeats) if objective else None
    return Judged(ranking, grouping_of(repeats, ranking, table) if repeats else None)


def by_mean_of_folds(objective: Objective, table: ExperimentTable) -> Objective:
    """The objective by the mean where the points of its metric are folds, not a curve whose last value counts."""
    if objective.source == "set" or objective.also or objective.reducer != "last":
        return objective
    folds = folds_as_steps(judged_rows(table), objective.metric)
    if not folds:
        return objective
    because = f"{objective.because} Its {folds} points are folds, as many as the runs' params say; their mean counts."
    return replace(objective, reducer="mean", because=because)
