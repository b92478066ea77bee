"""The groups of an experiment as its page shows them: means with intervals, and what may be concluded."""

from __future__ import annotations

from dataclasses import dataclass

from sitegen.addresses import NOWHERE, Href, compare_page, run_page
from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.groups import Group, Grouping
from sitegen.analysis.statistics import Mean
from sitegen.analysis.words import number, plural
from sitegen.charts import interval_drawing

MAX_GROUPS = 30
MAX_COMPARED = 12


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group: its mean with what is known of it, the drawing of its interval, means of the other metrics."""

    rank: str
    """Its rank; empty if it has none."""
    label: str
    """What its runs have in common."""
    href: Href
    """Where the page of the parent run is, for nested runs; empty for other groups."""
    runs: str
    """How many runs it has, and how many of them count."""
    mean: str
    """The mean of the metric over its runs, rounded."""
    mean_full: str
    """The same mean in all its digits."""
    std: str
    """The sample standard deviation; empty for a single run."""
    interval: str
    """The 95% confidence interval of the mean: `0.8 to 0.9`; empty for a single run."""
    drawing: str
    """The interval as a finished SVG, on the same scale for all groups."""
    others: tuple[str, ...]
    """Mean and standard deviation of each further metric; empty if there is none."""
    compare: Href
    """Where its first 12 runs are compared."""


@dataclass(frozen=True, slots=True)
class GroupsView:
    """The section on groups. `metric` is the one they are ordered by, `others` further ones."""

    hint: str
    """What a group is, in words."""
    how: str
    """How the groups were found, in a sentence."""
    verdict: str
    """What may be concluded from them, in a sentence."""
    metric: str
    """The metric that they are ordered by."""
    others: tuple[str, ...]
    """Further metrics that have a column."""
    lines: tuple[GroupLine, ...]
    """The groups, the best first; at most 30."""
    notes: str
    """What the table leaves out, in sentences; else empty."""


def groups_view(grouping: Grouping) -> GroupsView:
    """The groups of a grouping, links as from a page one folder deep."""
    shown = grouping.groups[:MAX_GROUPS]
    ends = [end for group in shown if group.mean for end in _ends(group.mean)]
    span = (min(ends), max(ends)) if ends else (0.0, 0.0)
    means = digits_of([group.mean.mean for group in shown if group.mean])
    stds = digits_of([group.mean.std for group in shown if group.mean])
    return GroupsView(
        hint="runs that belong together, by the mean of their results",
        how=grouping.how,
        verdict=grouping.verdict,
        metric=grouping.targets[0].label,
        others=tuple(target.label for target in grouping.targets[1:]),
        lines=tuple(_line(group, span, means, stds) for group in shown),
        notes=_notes(grouping),
    )


def _ends(mean: Mean) -> tuple[float, ...]:
    return (mean.mean,) if mean.low is None or mean.high is None else (mean.low, mean.high)


def _line(group: Group, span: tuple[float, float], means: Digits, stds: Digits) -> GroupLine:
    mean = group.mean
    counted = mean.n if mean else 0
    total = len(group.rows)
    return GroupLine(
        rank=str(group.rank) if group.rank is not None else "",
        label=group.label,
        href=run_page(group.run.run_id) if group.run else NOWHERE,
        runs=plural(total, "run") if counted == total else f"{counted} of {plural(total, 'run')}",
        mean=means.text(mean.mean) if mean else "",
        mean_full=repr(mean.mean) if mean else "",
        std=stds.text(mean.std) if mean and mean.std is not None else "",
        interval=f"{number(mean.low)} to {number(mean.high)}" if mean and mean.low is not None else "",
        drawing=interval_drawing(mean.mean, mean.low, mean.high, span) if mean else "",
        others=tuple(_short(other) for other in group.means[1:]),
        compare=compare_page([row.run_id for row in group.rows[:MAX_COMPARED]]),
    )


def _short(mean: Mean | None) -> str:
    if mean is None:
        return ""
    return number(mean.mean) + (f" ± {number(mean.std)}" if mean.std is not None else "")


def _notes(grouping: Grouping) -> str:
    """What is not in the table."""
    notes = []
    hidden = len(grouping.groups) - MAX_GROUPS
    if hidden > 0:
        notes.append(f"{plural(hidden, 'more group')} not shown.")
    if grouping.alone:
        notes.append(f"{plural(grouping.alone, 'run')} without a group.")
    if grouping.left_out:
        one = grouping.left_out == 1
        notes.append(
            f"{plural(grouping.left_out, 'run')} of a group {'is' if one else 'are'} not counted: "
            f"{'it has' if one else 'they have'} no rank."
        )
    return " ".join(notes)
