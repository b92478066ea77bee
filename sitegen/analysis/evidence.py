"""Which way a metric is better, as far as the runs' values show: signs, agreement, and the trend in training.

- Sign: an error, a rate or a distance is never below 0. Where all its values are, its negative was logged.
- Agreement: a metric of unknown direction that orders the runs as one of known direction does (Spearman's rank
  correlation of at least 0.8 over 8 runs or more, and no metric of known direction that contradicts).
- Trend: what falls in the training of every run is meant to fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from sitegen.analysis.association import average_ranks, correlation
from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.direction import Better, direction_of, is_cost, is_unknown
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.vocabulary import NEVER_NEGATIVE
from sitegen.analysis.words import number, shortened

MIN_RUNS = 8
"""Fewest runs over which an agreement counts."""
MIN_AGREEMENT = 0.8
MIN_HINT = 0.5
"""From this correlation on, a metric that contradicts makes the agreement doubtful."""
MIN_DISTINCT = 5
MIN_CURVES = 3
"""Fewest runs whose training shows a trend."""
MIN_POINTS = 5
MAX_ROWS = 2_000
"""Maximum number of runs whose agreement and trend are looked at, the newest."""
MAX_KEYS = 500
MAX_COMPARED = 20
"""Maximum number of metrics of known direction that one is compared with, found among the first `MAX_KEYS`."""


class Evidence(NamedTuple):
    """Which way is better, and how that is known, as the end of a sentence: `because of the word “loss” ...`."""

    direction: Better
    reason: str


def direction_in(metric: str, rows: Sequence[RunRow]) -> Evidence | None:
    """Which way `metric` is better by its name and the values of `rows`; None if neither tells."""
    known = direction_of(metric)
    if known is None:
        few = rows[:MAX_ROWS]
        return _by_agreement(metric, few) or _by_trend(metric, few) if is_unknown(metric) else None
    if known.token in NEVER_NEGATIVE and (sign := _sign(metric, rows)):
        if sign < 0 and known.value == "min":
            return Evidence("max", f"because its values are negative: of “{known.token}” the negative was logged")
        if sign > 0 and known.turned_by:
            return Evidence("min", f"because its values are positive: “{known.token}” was logged as it is")
    return Evidence(known.value, known.reason)


def _sign(metric: str, rows: Sequence[RunRow]) -> int:
    """1 where no finite last value of `metric` is negative and one is positive, -1 the other way round, else 0."""
    values = [row.metrics[metric].last for row in rows if metric in row.metrics]
    finite = [value for value in values if value - value == 0]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return (low >= 0 and high > 0) - (high <= 0 and low < 0)


def _by_agreement(metric: str, rows: Sequence[RunRow]) -> Evidence | None:
    keys = sorted({key for row in rows if metric in row.metrics for key in row.metrics if key != metric})
    judged = ((key, direction_of(key)) for key in keys[:MAX_KEYS] if not is_cost(key))
    known = islice(((key, found) for key, found in judged if found is not None), MAX_COMPARED)
    seen: list[tuple[float, str, Better, str]] = []
    for key, found in known:
        together = _agreement(metric, key, rows)
        if together is not None and abs(together) >= MIN_HINT:
            way: Better = found.value if together > 0 else ("max" if found.value == "min" else "min")
            seen.append((abs(together), key, way, "as" if together > 0 else "in reverse to how"))
    best = max(seen, default=None)
    if best is None or best[0] < MIN_AGREEMENT or len({way for _, _, way, _ in seen}) > 1:
        return None
    strength, key, way, how = best
    return Evidence(
        way, f"because it orders the runs {how} {shortened(key)} does (rank correlation {number(strength)})"
    )


def _agreement(left: str, right: str, rows: Sequence[RunRow]) -> float | None:
    """Spearman's rank correlation of two metrics' last values; None if too few runs have both, or too few values."""
    pairs = [(row.metrics[left].last, row.metrics[right].last) for row in rows if {left, right} <= row.metrics.keys()]
    values = np.array([pair for pair in pairs if pair[0] - pair[0] == 0 and pair[1] - pair[1] == 0])
    if len(values) < MIN_RUNS or min(len(np.unique(column)) for column in values.T) < MIN_DISTINCT:
        return None
    return correlation(average_ranks(values[:, 0]), average_ranks(values[:, 1]))


def _by_trend(metric: str, rows: Sequence[RunRow]) -> Evidence | None:
    """The direction in which `metric` moves in every run, by at least half of its range; counters have none."""
    logged = (row.metrics[metric] for row in rows if metric in row.metrics)
    curves = [curve for curve in logged if curve.count >= MIN_POINTS and not curve.bad]
    ways = {_way(curve) for curve in curves}
    if len(curves) < MIN_CURVES or len(ways) != 1 or all(map(_is_schedule, curves)):
        return None
    (way,) = ways
    every = f"in the training of all {len(curves)} runs"
    return Evidence(way, f"because it {'falls' if way == 'min' else 'rises'} {every}") if way else None


def _way(curve: MetricSummary) -> Better | None:
    change = curve.last - curve.first
    if not 2 * abs(change) >= curve.max - curve.min > 0:
        return None
    return "min" if change < 0 else "max"


def _is_schedule(curve: MetricSummary) -> bool:
    """Whether a curve may be a counter or a schedule: whole numbers, or from one extreme to the other, no bend seen."""
    ends = {curve.first, curve.last}
    return all(value.is_integer() for value in ends) or ends == {curve.min, curve.max}
