"""The summary of all runs of an experiment on its page: counts, times, params, metrics, tags.

Ten thousand runs take about a third of a second: each text is counted once, each metric becomes one numpy column.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.runs_table import ExperimentTable, RunRow, natural, number_of
from sitegen.model import STATUSES, is_possible

MAX_VALUES = 12
"""Maximum number of values of a param that a page lists."""

BINS = 12

Counts = tuple[tuple[str, int], ...]
"""Texts with how often they occur, commonest first, then in natural order."""


@dataclass(frozen=True, slots=True)
class ParamSummary:
    """The values of one param (or tag) over the runs.

    It is a "number" where every value is one; `low` and `high` are then its finite extremes (None if there is
    none) and `log_scale` says that they are positive and at least a factor of 100 apart. `distinct` counts strings,
    `values` holds the commonest `MAX_VALUES` of them, `missing` counts the runs without it.
    """

    key: str
    kind: Literal["number", "text"]
    distinct: int
    values: Counts
    missing: int
    low: float | None = None
    high: float | None = None
    log_scale: bool = False


@dataclass(frozen=True, slots=True)
class MetricDistribution:
    """The last values of one metric over the runs: `n` finite ones, `bad` NaN or infinite, `missing` runs without it.

    Quartiles interpolate linearly (numpy's and pandas' default); `std` is the sample's (divided by n - 1), None below
    two values; everything else is None or empty if `n` is 0. `counts[i]` values are in `edges[i]` (included) to
    `edges[i + 1]` (excluded but for the last); there is one bin where all values are equal, else `BINS`.
    """

    key: str
    n: int
    missing: int
    bad: int
    min: float | None = None
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    max: float | None = None
    mean: float | None = None
    std: float | None = None
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ExperimentSummary:
    """All runs of an experiment in numbers; times in milliseconds, None if no run has one.

    `statuses` comes in MLflow's order without those that no run has. `parents` have children among the runs, which
    `children` counts. `last_activity` is the latest start or end. `total_duration` and `median_duration` are over runs
    that ended and have no nested runs, so that nested time is not counted twice. `constant` params have one value in
    every run that has params at all; all others are `varying`, in natural order, as `metrics` and `tags` are; `tags`
    holds those that differ between runs.
    """

    runs: int
    statuses: Counts
    parents: int
    children: int
    first_start: int | None
    last_start: int | None
    last_activity: int | None
    total_duration: int | None
    median_duration: int | None
    users: Counts
    sources: Counts
    git_commits: int
    varying: tuple[ParamSummary, ...]
    constant: tuple[tuple[str, str], ...]
    metrics: tuple[MetricDistribution, ...]
    tags: tuple[ParamSummary, ...]
    datasets: Counts


def summarise_experiment(table: ExperimentTable) -> ExperimentSummary:
    """The summary of `table`, which may be empty."""
    rows = table.rows
    ids = {row.run_id for row in rows}
    parents = {row.parent_id for row in rows if row.parent_id in ids}
    starts = [row.start_time for row in rows if row.start_time is not None and is_possible(row.start_time)]
    ends = [row.end_time for row in rows if row.end_time is not None and is_possible(row.end_time)]
    durations = sorted(row.duration for row in rows if row.duration is not None and row.run_id not in parents)
    varying, constant = _params(rows)
    return ExperimentSummary(
        runs=len(rows),
        statuses=_statuses(rows),
        parents=len(parents),
        children=sum(row.parent_id in ids for row in rows),
        first_start=min(starts, default=None),
        last_start=max(starts, default=None),
        last_activity=max(starts + ends, default=None),
        total_duration=sum(durations) if durations else None,
        median_duration=_median(durations),
        users=_counted(row.user for row in rows if row.user),
        sources=_counted(row.source_name for row in rows if row.source_name),
        git_commits=len({row.git_commit for row in rows if row.git_commit}),
        varying=varying,
        constant=constant,
        metrics=_metrics(rows),
        tags=_varying_tags(rows),
        datasets=_counted(name for row in rows for name in {name for name, _ in row.datasets}),
    )


def _statuses(rows: Sequence[RunRow]) -> Counts:
    counts = Counter(row.status for row in rows)
    order = [*STATUSES, *sorted(counts.keys() - set(STATUSES))]
    return tuple((status, counts[status]) for status in order if counts[status])


def _median(ordered: Sequence[int]) -> int | None:
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def _counted(texts: Iterable[str]) -> Counts:
    return _by_count(Counter(texts))


def _by_count(counts: Counter[str], most: int | None = None) -> Counts:
    if most is not None and len(counts) > 50 * most:
        # Natural order is dear: only those that can be among the first need it.
        least = sorted(counts.values(), reverse=True)[most - 1]
        if least > 1:
            counts = Counter({text: count for text, count in counts.items() if count >= least})
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], natural(item[0]))))[:most]


# Params and tags


def _params(rows: Sequence[RunRow]) -> tuple[tuple[ParamSummary, ...], tuple[tuple[str, str], ...]]:
    columns = _columns(row.params for row in rows)
    with_params = sum(bool(row.params) for row in rows)
    constant, varying = [], []
    for key in sorted(columns, key=natural):
        counts = columns[key]
        if len(counts) == 1 and counts.total() == with_params:
            constant.append((key, next(iter(counts))))
        else:
            varying.append(_column_summary(key, counts, len(rows)))
    return tuple(varying), tuple(constant)


def _varying_tags(rows: Sequence[RunRow]) -> tuple[ParamSummary, ...]:
    columns = _columns(row.tags for row in rows)
    differing = [key for key, counts in columns.items() if len(counts) > 1 or counts.total() < len(rows)]
    return tuple(_column_summary(key, columns[key], len(rows)) for key in sorted(differing, key=natural))


def _columns(mappings: Iterable[Mapping[str, str]]) -> dict[str, Counter[str]]:
    texts: dict[str, list[str]] = {}
    for mapping in mappings:
        for key, text in mapping.items():
            if key in texts:
                texts[key].append(text)
            else:
                texts[key] = [text]
    return {key: Counter(column) for key, column in texts.items()}


def _column_summary(key: str, counts: Counter[str], rows: int) -> ParamSummary:
    values, missing = _by_count(counts, MAX_VALUES), rows - counts.total()
    numbers = _numbers(counts)
    if numbers is None:
        return ParamSummary(key, "text", len(counts), values, missing)
    finite = [number for number in numbers if math.isfinite(number)]
    low, high = min(finite, default=None), max(finite, default=None)
    log_scale = low is not None and high is not None and low > 0 and high / 100 >= low
    return ParamSummary(key, "number", len(counts), values, missing, low, high, log_scale)


def _numbers(texts: Iterable[str]) -> list[float] | None:
    """The strings as numbers, or None if any of them is not one."""
    numbers = []
    for text in texts:
        number = number_of(text)
        if number is None:
            return None
        numbers.append(number)
    return numbers


# Metrics


def _metrics(rows: Sequence[RunRow]) -> tuple[MetricDistribution, ...]:
    columns: dict[str, list[float]] = {}
    for row in rows:
        for key, summary in row.metrics.items():
            if key in columns:
                columns[key].append(summary.last)
            else:
                columns[key] = [summary.last]
    return tuple(distribution(key, columns[key], len(rows)) for key in sorted(columns, key=natural))


def distribution(key: str, values: Sequence[float], rows: int) -> MetricDistribution:
    """The distribution of `values`, the last values of a metric in those of `rows` runs that logged it."""
    logged = np.asarray(values, dtype=np.float64)
    finite = np.sort(logged[np.isfinite(logged)])
    n, missing, bad = len(finite), rows - len(logged), len(logged) - len(finite)
    if not n:
        return MetricDistribution(key, n, missing, bad)
    low, high = float(finite[0]), float(finite[-1])
    scale = _scale(max(-low, high))
    scaled = finite / scale
    # What is tiny beside a huge number is rounded by the scale; never let that push a quartile out of the range.
    q1, median, q3 = (min(max(scale * float(q), low), high) for q in np.quantile(scaled, (0.25, 0.5, 0.75)))
    std = scale * float(scaled.std(ddof=1)) if n > 1 else None
    mean = min(max(scale * float(scaled.mean()), low), high)
    return MetricDistribution(key, n, missing, bad, low, q1, median, q3, high, mean, std, *_histogram(finite))


def _scale(largest: float) -> float:
    """A divisor that keeps squares and sums from overflowing; a power of two, so that digits are kept."""
    return 2.0 ** (math.frexp(largest)[1] - 1) if largest > 1e140 else 1.0


def _histogram(ordered: NDArray[np.float64]) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Edges and counts of `BINS` equal bins from the first to the last value of an ordered column."""
    low, high = float(ordered[0]), float(ordered[-1])
    # Weights instead of a width: high - low may be infinite.
    shares = [at / BINS for at in range(BINS + 1)]
    edges = (low, *(low * (1 - share) + high * share for share in shares[1:-1]), high)
    if any(left >= right for left, right in zip(edges, edges[1:], strict=False)):
        return (low, high), (len(ordered),)
    places = np.searchsorted(ordered, edges[1:-1], side="left")
    counts = np.diff(np.concatenate(([0], places, [len(ordered)])))
    return edges, tuple(counts.tolist())
