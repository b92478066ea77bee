"""Why the best run is the best, in plain words: the sentences below its name on the experiment's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from sitegen.analysis.goals import Objective, Target, TieBreak
from sitegen.analysis.labels import short_ids, value_labels
from sitegen.analysis.ranking import RankedRun, Ranking, Reason, UnrankedRun
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import duration, listed, number, percent, plural, shortened, when

MAX_DIFFERENCES = 4
"""With more differing params than this, none is named: which of them made the difference cannot be told."""

MAX_NAMES = 3


def why(ranking: Ranking) -> str:
    """The sentences on `ranking`: who is first and by how much, what differs, and what was left out.

    Further caveats are in the notes of the verdict.
    """
    ranked, unranked, objective = ranking.ranked, ranking.unranked, ranking.objective
    if not ranked:
        return _nothing(unranked, objective)
    if len(ranked) == 1:
        sentences = [_only(ranked[0], unranked, objective)]
    elif objective.also:
        sentences = _several(ranking)
    else:
        sentences = _one_metric(ranking)
    if len(ranked) > 1:
        sentences.append(_left_out(ranking))
    return " ".join(filter(None, sentences))


def beside_headline(ranking: Ranking) -> str:
    """The sentences of `why` that the headline of the verdict does not say already."""
    ranked = ranking.ranked
    if len(ranked) < 2 or ranking.objective.also or ranked[0].value == ranked[1].value:
        return why(ranking)
    return " ".join(filter(None, [differences(ranked[0], ranked[1]), _left_out(ranking)]))


def _one_metric(ranking: Ranking) -> list[str]:
    ranked, objective = ranking.ranked, ranking.objective
    ties = [run for run in ranked if run.rank == 1]
    same = [run for run in ranked if run.value == ranked[0].value]
    if len(ties) > 1:
        return [_tied(ties, ranked, objective)]
    if len(same) > 1:
        return [_tied(same, ranked, objective), _broken(same, objective)]
    return [_first(ranking), differences(ranked[0], ranked[1])]


def _nothing(unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    if not unranked:
        return "No runs to compare."
    reasons = Counter(run.why for run in unranked).most_common(MAX_NAMES)
    counted = listed([f"{why} ({plural(count, 'run')})" for why, count in reasons])
    return f"No run has a {_labels(objective)} that can be compared: {counted}."


def _labels(objective: Objective) -> str:
    return listed([target.label for target in objective.targets])


def _only(best: RankedRun, unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    name = best.described
    if not unranked:
        return f"{name} is the only run; its {_labelled(best, objective, ' is ')}."
    if objective.also:
        return f"{name} is the only one of {plural(1 + len(unranked), 'run')} that can be compared: " + (
            f"{_labelled(best, objective, ' ')}."
        )
    return (
        f"{name} is the only one of {plural(1 + len(unranked), 'run')} with a {objective.label} "
        f"that can be compared: {number(best.value)}."
    )


def _labelled(run: RankedRun, objective: Objective, between: str) -> str:
    """Each metric with the run's value: `accuracy is 0.93 and latency_ms is 12`."""
    pairs = zip(objective.targets, run.values, strict=True)
    return listed([f"{target.label}{between}{number(value)}" for target, value in pairs])


# Ties


def _tied(ties: Sequence[RankedRun], ranked: Sequence[RankedRun], objective: Objective) -> str:
    value = number(ties[0].value)
    if len(ties) == len(ranked):
        all_of_them = "Both runs" if len(ties) == 2 else f"All {plural(len(ties), 'run')}"
        return f"{all_of_them} that can be compared have the same {objective.label}: {value}."
    ahead = distance(ties[0].value, ranked[len(ties)].value, objective)
    superlative = objective.target.superlative
    return f"{named_runs(ties)} share the {superlative} {objective.label}: {value}, {ahead} the next."


def named_runs(runs: Sequence[RankedRun]) -> str:
    """`a, b, c and 2 more`."""
    names = [label(run, runs) for run in runs[:MAX_NAMES]]
    return listed([*names, f"{len(runs) - MAX_NAMES} more"] if len(runs) > MAX_NAMES else names)


def _broken(same: Sequence[RankedRun], objective: Objective) -> str:
    """What ordered the first of several runs with equal values before the second."""
    first, second = same[0].row, same[1].row
    for tie in objective.tie_break:
        mine, theirs = _tie_text(first, tie), _tie_text(second, tie)
        if mine != theirs:
            return f"{label(same[0], same)} comes first because {_tie_words(tie)}: {mine} against {theirs}."
    return f"{label(same[0], same)} comes first by {_tie_words(objective.tie_break[-1])}."


def _tie_text(row: RunRow, tie: TieBreak) -> str:
    if isinstance(tie, Target):
        return number(tie.value_of(row))
    return duration(row.duration) if tie == "fastest" else when(row.start_time)


def _tie_words(tie: TieBreak) -> str:
    if isinstance(tie, Target):
        return f"its {tie.label} is {'lower' if tie.direction == 'min' else 'higher'}"
    return {"fastest": "it was the fastest", "newest": "it is the newest", "oldest": "it is the oldest"}[tie]


# Margins


def _first(ranking: Ranking) -> str:
    ranked, objective = ranking.ranked, ranking.objective
    best, runner_up = ranked[0], ranked[1]
    return (
        f"{label(best, ranked[:2])} has the {objective.target.superlative} {objective.label}: "
        f"{ranking.digits[0].text(best.value)}, {distance(best.value, runner_up.value, objective)} the next, "
        f"{label(runner_up, ranked[:2])}."
    )


def label(run: RankedRun, among: Sequence[RankedRun]) -> str:
    """The run's name, with the start of its id where another of `among` has the same name."""
    ids = [other.row.run_id for other in among if other.name == run.name]
    return f"{run.described} ({short_ids(ids)[run.row.run_id]})" if len(ids) > 1 else run.described


def distance(value: float, other: float, objective: Objective) -> str:
    """How far `value` is from `other`, in its unit and as a share of `other`: `0.0031 (7.0%) below`."""
    return f"{gap_text(value, other)} {'below' if objective.direction == 'min' else 'above'}"


def gap_text(value: float, other: float) -> str:
    """The distance of two values, and its share of `other` if that is informative: `0.0031 (7.0%)`."""
    gap = abs(value - other)
    # The share of a tiny or an infinite number is meaningless.
    share = f" ({percent(gap / abs(other))})" if other and gap / 1e3 < abs(other) < float("inf") else ""
    return f"{number(gap)}{share}"


def differences(best: RankedRun, other: RankedRun) -> str:
    """In what the best differs from `other`: params, code, data, source, environment.

    More than `MAX_DIFFERENCES` params are only counted.
    """
    mine, theirs = best.params, other.params
    keys = [key for key in sorted(mine.keys() | theirs.keys()) if mine.get(key) != theirs.get(key)]
    found = [_change(shortened(key), theirs.get(key), mine.get(key)) for key in keys]
    parts = found if len(found) <= MAX_DIFFERENCES else [plural(len(found), "param")]
    parts += [_change(what, before, after) for what, before, after in _around(best.row, other.row) if before != after]
    return f"Differences: {', '.join(parts)}." if parts else ""


def _change(what: str, before: str | None, after: str | None) -> str:
    looks = _apart(before, after)
    return f"{what} {looks(before)} → {looks(after)}"


ENVIRONMENT = ("mlflow.project.env", "mlflow.docker.image.name", "mlflow.docker.image.id")
"""Tags in which MLflow records the source and environment of a run."""


def _around(best: RunRow, other: RunRow) -> list[tuple[str, str, str]]:
    """Differences other than params: (name, the other's value, the best's value), only where both have one."""
    pairs = [
        ("commit", other.git_commit[:7], best.git_commit[:7]),
        ("data", _data(other, best), _data(best, other)),
        ("source", other.source_name, best.source_name),
    ]
    for key in ENVIRONMENT:
        pairs.append((key.removeprefix("mlflow."), other.mlflow_tags.get(key, ""), best.mlflow_tags.get(key, "")))
    return [(what, before, after) for what, before, after in pairs if before and after]


def _data(row: RunRow, other: RunRow) -> str:
    """The datasets that only `row` has, or all of its datasets if `other` has them too."""
    own = [pair for pair in row.datasets if pair not in other.datasets] or list(row.datasets)
    return listed([f"{shortened(name, 30)} ({digest[:8]})" for name, digest in own[:MAX_NAMES]])


def _apart(*values: str | None) -> Callable[[str | None], str]:
    """The label of each of `values` of a param, cut so that they can be told apart."""
    labels = value_labels([value for value in values if value is not None], 30)
    return lambda value: "not set" if value is None else labels[value]


# Several metrics


def _several(ranking: Ranking) -> list[str]:
    """The run that dominates, or the runs on the front and how many are behind it."""
    front, objective = ranking.front, ranking.objective
    behind = len(ranking.ranked) - len(front)
    metrics = listed([target.label for target in objective.targets])
    every = "both" if len(objective.targets) == 2 else f"all {len(objective.targets)}"
    if ranking.best is not None and len(front) == 1:
        name = label(front[0], ranking.ranked)
        first = f"{name} is best in {every} metrics at once: {_labelled(front[0], objective, ' ')}."
        return [first, f"No other of the {plural(len(ranking.ranked), 'run')} is better in any of them."]
    if ranking.best is not None:
        values = _labelled(front[0], objective, " ")
        return [f"{named_runs(front)} are equal, and best in {every} metrics at once: {values}."]
    tops = [_top(front, n, target) for n, target in enumerate(objective.targets)]
    sentences = [f"No single run is best in {metrics} at once: {listed(tops)}."]
    sentences.append(
        f"{plural(len(front), 'run')} are on the Pareto front: to gain in one metric from there is to lose in another."
    )
    if behind:
        they = "1 run is" if behind == 1 else f"{behind:,} runs are"
        sentences.append(f"{they} dominated: some run on the front is nowhere worse and somewhere better.")
    return sentences


def _top(front: Sequence[RankedRun], n: int, target: Target) -> str:
    """Which run on the front has the best value of the n-th metric."""
    top = min(front, key=lambda run: target.sign * run.values[n])
    return f"{label(top, front)} has the {target.superlative} {target.label} ({number(top.values[n])})"


# What was left out


def _left_out(ranking: Ranking) -> str:
    """How many runs are ranked, why others are not, and how many the settings left out."""
    unranked, objective = ranking.unranked, ranking.objective
    if not unranked:
        return ""
    counted = {run.row.run_id for run in ranking.ranked} | {run_id for run in ranking.ranked for run_id in run.run_ids}
    line = f"{len(counted):,} of {plural(len(counted) + len(unranked), 'run')} are ranked"
    counts = Counter(run.reason for run in unranked)
    reasons = [f"{counts[reason]:,} {words}" for reason, words in _LEFT_OUT.items() if counts[reason]]
    if counts["filter"]:
        reasons.append(f"{counts['filter']:,} left out by the filter {shortened(objective.where, 120)}")
    if counts["constraint"]:
        limits = listed([constraint.label for constraint in objective.constraints])
        reasons.append(f"{counts['constraint']:,} not within {limits}")
    return f"{line}; {', '.join(reasons)}." if reasons else f"{line}."


_LEFT_OUT: Mapping[Reason, str] = {
    "unfinished": "did not finish",
    "pruned": "pruned",
    "missing": "without a value",
    "parent": "repeat the result of a nested run",
    "diverged": "diverged",
    "study": "in other studies",
    "deleted": "deleted",
}
"""Why runs are not ranked, by reason, as the end of `3 ...`."""
