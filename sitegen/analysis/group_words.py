"""What the means of groups allow a reader to conclude, in plain words; what they do not allow is said too."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.analysis.goals import Target
from sitegen.analysis.statistics import Mean, welch_interval
from sitegen.analysis.words import listed, number, plural, shortened

Labelled = tuple[str, Mean]
"""A group's name and its mean, of two values or more."""

_MEANING = (
    "The interval (95 % confidence, Student's t) says where the mean of many such runs would probably lie, if runs "
    "differ by chance alone."
)
_FOLDS = "Folds of one data set share most of their training data, so the true intervals are wider than these."


def conclusions(groups: Sequence[Labelled], target: Target, folds: bool) -> str:
    """The sentences on `groups`, the best first; `folds` says that their runs may share training data."""
    if not groups:
        return "No group has two runs with a value, so nothing can be said about their scatter."
    label, mean = groups[0]
    if len(groups) == 1:
        sentences = [f"{shortened(label, 80)} has on average a {target.label} of {_with_reach(mean)}."]
    else:
        first = f"{shortened(label, 80)} has on average the {target.superlative} {target.label}: {_with_reach(mean)}."
        sentences = [first, _against_others(mean, groups[1:])]
    return " ".join([*sentences, _MEANING, *([_FOLDS] if folds else [])])


def _with_reach(mean: Mean) -> str:
    if mean.low is None or mean.high is None:
        return number(mean.mean)
    return f"{number(mean.mean)} over {plural(mean.n, 'run')}, 95 % interval {number(mean.low)} to {number(mean.high)}"


def _against_others(best: Mean, others: Sequence[Labelled]) -> str:
    """How the best group compares with the others, by the interval of each difference."""
    pairs = (len(others) + 1) * len(others) // 2
    unsure = [label for label, mean in others if not is_apart(best, mean, pairs)]
    if not unsure:
        every = "the other group" if len(others) == 1 else f"each of the {len(others)} other groups"
        return f"It differs from {every} by more than the scatter between runs explains."
    if len(unsure) == len(others) > 2:
        names = "the others"
    else:
        names = listed([shortened(label, 60) for label in unsure[:2]])
        names += f" and {len(unsure) - 2} more" if len(unsure) > 2 else ""
    return (
        f"From {names} it differs by no more than the scatter between runs can explain: these runs do not show "
        "which is better. That does not make them equal; more runs of each would narrow the intervals."
    )


def is_apart(best: Mean, other: Mean, pairs: int) -> bool:
    """Whether the interval of the difference of two means leaves out 0, as one of all `pairs` of groups.

    All pairs, because the best group was picked after looking. That the intervals of two means overlap does not say
    that the means are alike: the difference has an interval of its own.
    """
    interval = welch_interval(best, other, pairs)
    return interval is not None and (interval[0] > 0 or interval[1] < 0)
