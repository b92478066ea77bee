"""The one way from the runs of an experiment to which is best: pages, `sitegen best`, Python and best.json take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sitegen.analysis.best import Predicate, rank
from sitegen.analysis.groups import Grouping, grouping_of
from sitegen.analysis.objective import Objective, choose_objective
from sitegen.analysis.ranking import Ranking
from sitegen.analysis.repeats import find_repeats
from sitegen.analysis.runs_table import ExperimentTable


@dataclass(frozen=True, slots=True)
class Judged:
    """The order of an experiment's runs, None where no metric decides, and its groups, None where there are none."""

    ranking: Ranking | None
    grouping: Grouping | None


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
    objective = choose_objective(table, asked)
    ranking = rank(table, objective, filter_of) if objective else None
    repeats = find_repeats(table, keys, group_by)
    return Judged(ranking, grouping_of(repeats, ranking, table) if repeats else None)
