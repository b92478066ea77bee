"""The groups of an experiment: which runs belong together (`repeats.py`), and how they compare by their means.

A group is judged by the mean of its runs, with a 95% confidence interval (`statistics.py`). Only runs that the ranking
counts go into a mean: the others are counted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sitegen.analysis.best import Ranking, rank
from sitegen.analysis.direction import words_of
from sitegen.analysis.goals import Objective, Target
from sitegen.analysis.group_words import conclusions
from sitegen.analysis.metric_order import judged_rows
from sitegen.analysis.objective import choose_objective
from sitegen.analysis.repeats import FoundGroups, find_repeats
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys, natural
from sitegen.analysis.spread import AVERAGES
from sitegen.analysis.statistics import Mean, mean_of
from sitegen.model import Experiment

MAX_METRICS = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that belong together, `counted` those among them that go into the means.

    `label` says what they share as against the other groups; `means` are of the metrics of the grouping, None if no
    run has a value; `rank` is None if the first metric has fewer than two values.
    """

    label: str
    rows: tuple[RunRow, ...]
    counted: tuple[RunRow, ...]
    means: tuple[Mean | None, ...]
    rank: int | None
    run: RunRow | None = None
    """The parent, where the group is its children."""

    @property
    def mean(self) -> Mean | None:
        return self.means[0]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of an experiment, best mean first. `how` says what was grouped and why, `verdict` what a reader may
    conclude; `alone` counts runs without a group, `left_out` those of a group that the ranking does not count."""

    how: str
    verdict: str
    targets: tuple[Target, ...]
    groups: tuple[Group, ...]
    alone: int
    left_out: int


def find_groups(
    table: ExperimentTable, ranking: Ranking | None, keys: Sequence[str] = (), group_by: str = ""
) -> Grouping | None:
    """The groups of `table` (see `find_repeats`) with their means, None if there are none."""
    found = find_repeats(table, keys, group_by)
    return grouping_of(found, ranking, table) if found else None


def grouping_of(found: FoundGroups, ranking: Ranking | None, table: ExperimentTable) -> Grouping | None:
    """The means of the groups and what they allow to conclude; None if no run has a metric."""
    how = found.how
    members = [row for group in found.groups for row in group.rows]
    counted = {run_id for run in ranking.ranked for run_id in run.run_ids} if ranking else set()
    if ranking and counted.isdisjoint(row.run_id for row in members):
        missing, ranking = ranking.objective.label, _own_ranking(members, ranking.objective, table)
        how += f" They are compared by {ranking.objective.label}: they did not log {missing}." if ranking else ""
    targets = _targets(ExperimentTable(table.experiment, members), ranking)
    if not targets:
        return None
    counted = {row.run_id for row in judged_rows(table)}
    if ranking:
        counted = {run_id for run in ranking.ranked for run_id in run.run_ids}
    groups = []
    for group in found.groups:
        used = tuple(row for row in group.rows if row.run_id in counted)
        means = tuple(_mean(used, target) for target in targets)
        groups.append(Group(group.label, group.rows, used, means, None, group.parent))
    ranked = _ranked(groups, targets[0]) if ranking else sorted(groups, key=lambda group: natural(group.label))
    pairs = [(group.label, group.mean) for group in ranked if group.rank is not None and group.mean]
    verdict = ""
    if ranking:
        # By the rule of every verdict, on the groups among themselves.
        used_rows = [row for row in members if row.run_id in counted]
        among = rank(ExperimentTable(table.experiment, used_rows), replace(ranking.objective, where=""), repeats=found)
        verdict = conclusions(pairs, targets[0], found.folds, among.verdict)
    left_out = sum(row.run_id not in counted for row in members)
    return Grouping(how, verdict, targets, tuple(ranked), found.alone, left_out)


def _own_ranking(members: Sequence[RunRow], objective: Objective, table: ExperimentTable) -> Ranking | None:
    """The ranking of runs that lack the experiment's metric, such as folds whose parent logs `avg_roc_auc`.

    They are judged by the metric that it is the average of, else by what would be chosen for them alone.
    """
    experiment = Experiment(table.experiment.experiment_id, table.experiment.name)
    own = ExperimentTable(experiment, members)
    wanted = [word for word in words_of(objective.metric) if word not in AVERAGES]
    same = [key for key in metric_keys(own) if words_of(key) == wanted]
    found = (
        Objective(same[0], objective.direction, "last", "", source=objective.source) if same else choose_objective(own)
    )
    return rank(own, found) if found else None


def _mean(rows: Sequence[RunRow], target: Target) -> Mean | None:
    return mean_of([value for row in rows if (value := target.value_of(row)) is not None])


def _targets(table: ExperimentTable, ranking: Ranking | None) -> tuple[Target, ...]:
    """The metrics of the objective, then the commonest others, `MAX_METRICS` in all."""
    targets = list(ranking.objective.targets) if ranking else []
    taken = {target.metric for target in targets}
    counts = Counter(key for row in table.rows for key in row.metrics if not key.startswith("system/"))
    others = sorted((key for key in counts if key not in taken), key=lambda key: (-counts[key], natural(key)))
    return tuple([*targets, *(Target(key, "max") for key in others)][:MAX_METRICS])


def _ranked(groups: Sequence[Group], target: Target) -> list[Group]:
    """Groups with at least two values by their mean, groups of one mean sharing a rank, then the others by label."""
    usable = [(target.sign * group.mean.mean, group) for group in groups if group.mean and group.mean.n > 1]
    usable.sort(key=lambda pair: (pair[0], natural(pair[1].label)))
    ranked: list[Group] = []
    for at, (cost, group) in enumerate(usable):
        tied = at > 0 and usable[at - 1][0] == cost
        ranked.append(replace(group, rank=ranked[-1].rank if tied else at + 1))
    others = [group for group in groups if not (group.mean and group.mean.n > 1)]
    return ranked + sorted(others, key=lambda group: natural(group.label))
