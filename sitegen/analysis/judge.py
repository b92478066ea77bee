"""The one place that decides which run of an experiment is best, for pages, `sitegen best`, Python and best.json."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sitegen.analysis.best import Predicate, in_words, rank
from sitegen.analysis.groups import Grouping, grouping_of
from sitegen.analysis.metric_order import judged_rows
from sitegen.analysis.objective import Objective, choose_objective
from sitegen.analysis.ranking import NOT_JUDGED, Ranking, Study, UnrankedRun, Verdict
from sitegen.analysis.repeats import FoundGroups, find_repeats
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.spread import folds_as_steps
from sitegen.analysis.studies import studies_of


@dataclass(frozen=True, slots=True)
class Judged:
    """The order of an experiment's runs, None if no metric decides, and its groups, None if there are none."""

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
    """Rank the runs of `table` by the objective `asked` for, or else by the one chosen for it.

    `keys` and `group_by` are those of `find_repeats`, `filter_of` that of `rank`. Raises what `rank` does.
    """
    return judge_each(table, [asked], filter_of, keys, group_by)[0]


def judge_each(
    table: ExperimentTable,
    objectives: Sequence[Objective | None],
    filter_of: Callable[[str], Predicate] | None = None,
    keys: Sequence[str] = (),
    group_by: str = "",
) -> list[Judged]:
    """What `judge` says by each of several objectives; which runs belong together is found once."""
    repeats = find_repeats(table, keys, group_by)
    return [_judge_by(table, asked, filter_of, repeats) for asked in objectives]


def _judge_by(
    table: ExperimentTable,
    asked: Objective | None,
    filter_of: Callable[[str], Predicate] | None,
    repeats: FoundGroups | None,
) -> Judged:
    def ranked(rows: Sequence[RunRow]) -> Ranking | None:
        own = ExperimentTable(table.experiment, rows)
        objective = choose_objective(own, asked)
        objective = by_mean_of_folds(objective, own) if objective else None
        return rank(own, objective, filter_of, repeats) if objective else None

    ranking = ranked(table.rows)
    if ranking and not ranking.objective.where:
        ranking = _apart(table.rows, ranking, repeats, ranked, chosen=asked is None)
    if ranking and repeats and ranking.studies:
        repeats = _of_study(repeats, ranking)
    return Judged(ranking, grouping_of(repeats, ranking, table) if repeats else None)


def _of_study(repeats: FoundGroups, ranking: Ranking) -> FoundGroups | None:
    """The groups without those of studies that are ranked apart; None if none is left."""
    apart = {run_id for study in ranking.studies for run_id in study.ranking.ranks}
    kept = tuple(group for group in repeats.groups if apart.isdisjoint(row.run_id for row in group.rows))
    return replace(repeats, groups=kept) if kept else None


Ranked = Callable[[Sequence[RunRow]], Ranking | None]


def _apart(
    rows: Sequence[RunRow], ranking: Ranking, repeats: FoundGroups | None, ranked: Ranked, *, chosen: bool
) -> Ranking:
    """The ranking of the largest study, with the others beside it; `ranking` as it is where there is but one."""
    counted = set(ranking.ranks)
    split = studies_of([row for row in rows if row.run_id in counted], repeats)
    if not split:
        return _with_other_metrics(rows, ranking, ranked) if chosen else ranking
    found = [Study(label, own) for label, members in split.items() if (own := ranked(members)) and own.ranked]
    largest = max(found, key=lambda study: len(study.ranking.ranks))
    others = tuple(study for study in found if study is not largest)
    labels = {row.run_id: label for label, members in split.items() for row in members}
    missed = {run.row.run_id: run for run in (*ranking.unranked, *largest.ranking.unranked)}
    for row in rows:
        if labels.get(row.run_id, largest.label) != largest.label:
            missed[row.run_id] = UnrankedRun(row, f"belongs to another study: {labels[row.run_id]}", "study")
    unranked = tuple(missed[row.run_id] for row in rows if row.run_id in missed)
    return in_words(replace(largest.ranking, unranked=unranked, study=largest.label, studies=others))


def _with_other_metrics(rows: Sequence[RunRow], ranking: Ranking, ranked: Ranked) -> Ranking:
    """The ranking, with the runs that measured something else altogether as a study of their own."""
    known = {run.row.run_id for run in ranking.ranked} | set(ranking.ranks)
    parents = {row.parent_id for row in rows if row.run_id in known}
    metrics = {key for run in ranking.ranked for key in run.row.metrics}
    others = [
        run.row
        for run in ranking.unranked
        if run.reason == "missing" and run.row.parent_id not in known and run.row.run_id not in parents
        if run.row.metrics and metrics.isdisjoint(run.row.metrics)
    ]
    own = ranked(others) if len(others) > 1 else None
    if own is None or len(own.ranked) < 2:
        return ranking
    return in_words(replace(ranking, studies=(Study(f"runs with {own.objective.label}", own),)))


def by_mean_of_folds(objective: Objective, table: ExperimentTable) -> Objective:
    """The objective by the mean where the points of its metric are folds, not a curve whose last value counts."""
    if objective.source == "set" or objective.also or objective.reducer != "last":
        return objective
    folds = folds_as_steps(judged_rows(table), objective.metric)
    if not folds:
        return objective
    because = f"{objective.because} Its {folds} points are folds, as many as the runs' params say; their mean counts."
    return replace(objective, reducer="mean", because=because)
