"""All params and metrics of an experiment, on its page: their values and distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sitegen.analysis.digits import digits_of
from sitegen.analysis.labels import value_labels
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.analysis.summary import ExperimentSummary, MetricDistribution, ParamSummary
from sitegen.analysis.words import number, plural
from sitegen.pages.leaderboard import short

CHIPS = 8
MAX_METRICS = 500
"""Metrics whose distribution a page shows; browsers take seconds for the table of ten thousand."""


@dataclass(frozen=True, slots=True)
class ParamLine:
    """A param that differs between runs."""

    key: str
    """The param's key."""
    range: str
    """Lowest and highest value, where the values are many and numbers; else empty."""
    chips: tuple[tuple[str, int], ...]
    """The most frequent values, with the number of runs that have each; at most 8."""
    more: str
    """How many more values there are: `and 3 more`; empty if all are shown."""
    distinct: str
    """How many values there are."""
    missing: str
    """In how many runs it is not set: `2 runs`; empty if all have it."""


@dataclass(frozen=True, slots=True)
class MetricStats:
    """How the last values of a metric are distributed over the runs of an experiment."""

    key: str
    """The metric's key."""
    cells: tuple[str, ...]
    """Number of runs, min, lower quartile, median, upper quartile, max, mean, standard deviation, NaN or infinite
    values.
    """


def differing(summary: ExperimentSummary) -> list[ParamSummary]:
    """Params with several values; missing values, such as those of a grid search's parent, do not count."""
    return [p for p in summary.varying if p.distinct > 1]


def one_valued(table: ExperimentTable, summary: ExperimentSummary) -> tuple[tuple[str, str], ...]:
    """Params with one value, and in how many runs where that is not all of them."""
    runs = len(table.rows)
    partly = [
        (p.key, f"{short(p.values[0][0])} (in {runs - p.missing} of {runs} runs)")
        for p in summary.varying
        if p.distinct == 1
    ]
    return (*summary.constant, *partly)


def params_hint_of(summary: ExperimentSummary) -> str:
    count = len(differing(summary))
    return f"{plural(count, 'param')} that {'differs' if count == 1 else 'differ'} between runs" if count else ""


def param_line(p: ParamSummary) -> ParamLine:
    few = p.distinct <= CHIPS
    labels = value_labels(value for value, _ in p.values[:CHIPS])
    span = f"{number(p.low)} to {number(p.high)}" if p.kind == "number" and not few and p.low is not None else ""
    more = p.distinct - min(len(p.values), CHIPS)
    return ParamLine(
        key=p.key,
        range=span,
        chips=tuple((labels[value], count) for value, count in p.values[:CHIPS]),
        more=f"and {more} more" if more > 0 else "",
        distinct=str(p.distinct),
        missing=plural(p.missing, "run") if p.missing else "",
    )


def metrics_hint_of(summary: ExperimentSummary) -> str:
    """What the numbers are, and how many metrics are shown where that is not all of them."""
    count = len(summary.metrics)
    cut = f"; the first {MAX_METRICS} of {count:,} metrics" if count > MAX_METRICS else ""
    return f"last values over all runs{cut}"


def metric_stats(m: MetricDistribution) -> MetricStats:
    values = [m.min, m.q1, m.median, m.q3, m.max, m.mean]
    digits = digits_of(values)
    known = [v is not None and not math.isnan(v) for v in (*values, m.std)]
    texts = [*map(digits.text, values), number(m.std)]  # a spread is far smaller than what spreads
    cells = [text if there else "" for text, there in zip(texts, known, strict=True)]
    return MetricStats(m.key, (str(m.n), *cells, str(m.bad) if m.bad else ""))
