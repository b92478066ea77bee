"""In plain words why the best run is the best: what an experiment's page says below the name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sitegen.analysis.goals import Objective, Target, TieBreak
from sitegen.analysis.ranking import UNFINISHED, RankedRun, Ranking, UnrankedRun
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import duration, listed, number, percent, plural, shortened, when

MAX_DIFFERENCES = 4
"""With more differing params than this, which of them made the difference is anybody's guess: none is named."""

MAX_NAMES = 3


def why(ranking: Ranking) -> str:
    """The sentences on `ranking`: who is first and by how much, what was left out, and who would have been better."""
    ranked, unranked, objective = ranking.ranked, ranking.unranked, ranking.objective
    if not ranked:
        return _nothing(unranked, objective)
    if len(ranked) == 1:
        sentences = [_only(ranked[0], unranked, objective)]
    elif objective.also:
        sentences = _several(ranking)
    else:
        sentences = _one_metric(ranked, objective)
    if len(ranked) > 1:
        sentences.append(_left_out(ranked, unranked, objective))
    if not objective.also:
        sentences.append(_would_have_won(ranked[0], unranked, objective))
    return " ".join(filter(None, sentences))


def _one_metric(ranked: Sequence[RankedRun], objective: Objective) -> list[str]:
    ties = [run for run in ranked if run.rank == 1]
    same = [run for run in ranked if run.value == ranked[0].value]
    if len(ties) > 1:
        return [_tied(ties, ranked, objective)]
    if len(same) > 1:
        return [_tied(same, ranked, objective), _broken(same, objective)]
    return [_first(ranked, objective), _differences(ranked[0], ranked[1])]


def _nothing(unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    if not unranked:
        return "There is no run to compare."
    reasons = Counter(run.why for run in unranked).most_common(MAX_NAMES)
    description = listed([f"{why} ({plural(count, 'run')})" for why, count in reasons])
    return f"No run has a {_labels(objective)} that can be compared: {description}."


def _labels(objective: Objective) -> str:
    return listed([target.label for target in objective.targets])


def _only(best: RankedRun, unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    name = shortened(best.row.name)
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
    names = [_label(run.row, ties) for run in ties[:MAX_NAMES]]
    if len(ties) > MAX_NAMES:
        names.append(f"{len(ties) - MAX_NAMES} more")
    distance = _distance(ties[0].value, ranked[len(ties)].value, objective)
    return f"{listed(names)} share the {objective.target.superlative} {objective.label}: {value}, {distance} the next."


def _broken(same: Sequence[RankedRun], objective: Objective) -> str:
    """What put the first of several runs with one value before the second."""
    first, second = same[0].row, same[1].row
    for tie in objective.tie_break:
        mine, theirs = _tie_text(first, tie), _tie_text(second, tie)
        if mine != theirs:
            return f"{_label(first, same)} comes first because {_tie_words(tie)}: {mine} against {theirs}."
    return f"{_label(first, same)} comes first by {_tie_words(objective.tie_break[-1])}."


def _tie_text(row: RunRow, tie: TieBreak) -> str:
    if isinstance(tie, Target):
        return number(tie.value_of(row))
    return duration(row.duration) if tie == "fastest" else when(row.start_time)


def _tie_words(tie: TieBreak) -> str:
    if isinstance(tie, Target):
        return f"its {tie.label} is {'lower' if tie.direction == 'min' else 'higher'}"
    return {"fastest": "it was the fastest", "newest": "it is the newest", "oldest": "it is the oldest"}[tie]


# Margins


def _first(ranked: Sequence[RankedRun], objective: Objective) -> str:
    best, runner_up = ranked[0], ranked[1]
    return (
        f"{_label(best.row, ranked[:2])} has the {objective.target.superlative} {objective.label}: "
        f"{number(best.value)}, {_distance(best.value, runner_up.value, objective)} the next, "
        f"{_label(runner_up.row, ranked[:2])}."
    )


def _label(row: RunRow, among: Sequence[RankedRun]) -> str:
    """The run's name, with the start of its id where another of `among` has the same name."""
    same = sum(other.row.name == row.name for other in among) > 1
    return f"{shortened(row.name)} ({row.run_id[:8]})" if same else shortened(row.name)


def _distance(value: float, other: float, objective: Objective) -> str:
    """How far `value` is from `other`, in its unit and as a share of `other`: `0.0031 (7.0 %) below`."""
    return f"{gap_text(value, other)} {'below' if objective.direction == 'min' else 'above'}"


def gap_text(value: float, other: float) -> str:
    """The distance of two values, and its share of `other` where that tells something: `0.0031 (7.0 %)`."""
    gap = abs(value - other)
    # The share of a tiny or an infinite number tells nobody anything.
    share = f" ({percent(gap / abs(other))})" if other and gap / 1e3 < abs(other) < float("inf") else ""
    return f"{number(gap)}{share}"


def _differences(best: RankedRun, other: RankedRun) -> str:
    """The params in which two runs differ, where they are few enough to tell something."""
    keys = sorted(best.row.params.keys() | other.row.params.keys())
    pairs = [(key, best.row.params.get(key), other.row.params.get(key)) for key in keys]
    differing = [(key, mine, theirs) for key, mine, theirs in pairs if mine != theirs]
    if not 0 < len(differing) <= MAX_DIFFERENCES:
        return ""
    description = [f"{shortened(key)} ({_param(mine)} instead of {_param(theirs)})" for key, mine, theirs in differing]
    return f"They differ in {listed(description)}."


def _param(value: str | None) -> str:
    if value is None:
        return "not set"
    return shortened(value, 30) or "empty"


# Several metrics


def _several(ranking: Ranking) -> list[str]:
    """Who dominates, or who is on the front and how many are behind it."""
    front, objective = ranking.front, ranking.objective
    behind = len(ranking.ranked) - len(front)
    metrics = listed([target.label for target in objective.targets])
    every = "both" if len(objective.targets) == 2 else f"all {len(objective.targets)}"
    if ranking.best is not None and len(front) == 1:
        name = _label(front[0].row, ranking.ranked)
        description = f"{name} is best in {every} metrics at once: {_labelled(front[0], objective, ' ')}."
        return [description, f"No other of the {plural(len(ranking.ranked), 'run')} is better in any of them."]
    if ranking.best is not None:
        names = listed([_label(run.row, front) for run in front[:MAX_NAMES]])
        more = f" and {len(front) - MAX_NAMES} more" if len(front) > MAX_NAMES else ""
        return [f"{names}{more} are equal, and best in {every} metrics at once: {_labelled(front[0], objective, ' ')}."]
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
    return f"{_label(top.row, front)} has the {target.superlative} {target.label} ({number(top.values[n])})"


# What was left out


def _left_out(ranked: Sequence[RankedRun], unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    """How many runs could be compared, and how many the settings left out."""
    if not unranked:
        return ""
    line = f"{len(ranked)} of {plural(len(ranked) + len(unranked), 'run')} could be compared"
    counts = Counter(run.reason for run in unranked)
    description = []
    if counts["filter"]:
        description.append(
            f"{plural(counts['filter'], 'run')} left out by the filter {shortened(objective.where, 120)}"
        )
    if counts["constraint"]:
        limits = listed([constraint.label for constraint in objective.constraints])
        description.append(f"{plural(counts['constraint'], 'run')} not within {limits}")
    return f"{line}; {listed(description)}." if description else f"{line}."


def _would_have_won(best: RankedRun, unranked: Sequence[UnrankedRun], objective: Objective) -> str:
    """A word on the unfinished run, or the one that breaks a constraint, that would have won."""
    sign = objective.target.sign
    rivals = [
        (sign * value, run)
        for run in unranked
        if run.reason in ("unfinished", "constraint")
        and (value := objective.value_of(run.row)) is not None
        and sign * value < sign * best.value
    ]
    if not rivals:
        return ""
    value, rival = min(rivals, key=lambda pair: pair[0])
    reached = f"{shortened(rival.row.name)} reached {number(sign * value)} but "
    if rival.reason == "constraint":
        return f"{reached}{rival.why}."
    return f"{reached}{UNFINISHED.get(rival.row.status, 'has not finished')}, so it does not count."
