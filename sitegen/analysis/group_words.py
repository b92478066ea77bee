"""What the means of groups allow a reader to conclude, and what they do not, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.analysis.goals import Target
from sitegen.analysis.ranking import Verdict
from sitegen.analysis.statistics import Mean
from sitegen.analysis.words import number, plural, shortened

Labelled = tuple[str, Mean]
"""A group's name and its mean, of two values or more."""

_MEANING = (
    "The interval (95% confidence, Student's t) says where the mean of many such runs would probably lie, if runs "
    "differ by chance alone."
)
_FOLDS = "Folds of one data set share most of their training data, so the true intervals are wider than these."


def conclusions(groups: Sequence[Labelled], target: Target, folds: bool, verdict: Verdict) -> str:
    """The sentences on `groups`, best first; `folds` means that their runs may share training data, `verdict` compares
    the groups with each other."""
    if not groups:
        return "No group has two runs with a value, so nothing can be said about their scatter."
    label, mean = groups[0]
    if len(groups) == 1:
        sentences = [f"{shortened(label, 80)} has on average a {target.label} of {_with_reach(mean)}."]
    else:
        first = f"{shortened(label, 80)} has on average the {target.superlative} {target.label}: {_with_reach(mean)}."
        sentences = [first, verdict.evidence]
    return " ".join([*sentences, _MEANING, *([_FOLDS] if folds else [])])


def _with_reach(mean: Mean) -> str:
    if mean.low is None or mean.high is None:
        return number(mean.mean)
    return f"{number(mean.mean)} over {plural(mean.n, 'run')}, 95% interval {number(mean.low)} to {number(mean.high)}"
