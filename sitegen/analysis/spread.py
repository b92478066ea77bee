"""How far results scatter, from folds, seeds, repeats or a logged standard deviation.

Folds are also recognised without nested runs, as the points of one metric: a param gives the number of folds, and the
metric has as many points without a trend.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from sitegen.analysis.direction import words_of
from sitegen.analysis.runs_table import RunRow, fold_count
from sitegen.analysis.statistics import Mean, mean_of

Kind = Literal["seeds", "folds", "repeats", "runs"]
"""What a value is the mean of: seeds, folds, repeats of one configuration, or runs that the settings put together."""

USUAL_FOLDS = 5
"""The number of values assumed behind a logged standard deviation if no param gives it: scikit-learn's default."""
TREND = 2.576
"""How many standard deviations a Mann-Kendall sum must be from 0 to be a trend (1%)."""
FEWEST_STEADY = 5
"""A single series of this many points that only rises, or only falls, is a trend too: 1 in 60 would by chance."""

AVERAGES = frozenset(["avg", "average", "mean", "cv"])
DEVIATIONS = frozenset(["std", "stdev", "stddev", "sd"])


@dataclass(frozen=True, slots=True)
class Spread:
    """`std` is the sample's standard deviation (divided by n - 1) of the `n` values that a result is the mean of."""

    std: float
    n: int
    kind: Kind
    logged: bool = False
    """Whether the run logged the deviation itself; `n` is then what its params say, else `USUAL_FOLDS`."""


def spread_of(mean: Mean | None, kind: Kind) -> Spread | None:
    """The spread of the values of `mean`, None below two. None too for equal repeats of one configuration, which count
    once."""
    if mean is None or mean.std is None or (kind == "repeats" and mean.std == 0):
        return None
    return Spread(mean.std, mean.n, kind)


# Logged deviations --------------------------------------------------------------------------------------------------


def deviation_keys(keys: Iterable[str], metric: str) -> tuple[str, ...]:
    """Which of `keys` hold the standard deviation of `metric`: `std_test_score` that of `mean_test_score`."""
    wanted = _plain_words(metric)
    return tuple(sorted(key for key in keys if DEVIATIONS & set(words_of(key)) and _plain_words(key) == wanted))


@lru_cache(4096)
def _plain_words(key: str) -> tuple[str, ...]:
    return tuple(sorted(word for word in words_of(key) if word not in AVERAGES | DEVIATIONS))


def logged_spread(row: RunRow, keys: Sequence[str], parent: RunRow | None) -> Spread | None:
    """The spread that `row` logged under one of `keys`, as a metric or a param; None if it did not.

    Where the number of values is known the deviation is taken to be numpy's, divided by n, as scikit-learn logs it.
    """
    for key in keys:
        std = row.metrics[key].last if key in row.metrics else _number(row.params.get(key))
        if std is not None and math.isfinite(std) and std > 0:
            n = fold_count(row.params) or (fold_count(parent.params) if parent else 0)
            return Spread(std * math.sqrt(n / (n - 1)) if n else std, n or USUAL_FOLDS, "folds", logged=True)
    return None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


# Folds as steps -----------------------------------------------------------------------------------------------------


def folds_as_steps(rows: Sequence[RunRow], metric: str) -> int:
    """How many folds the points of `metric` are, 0 if they are not folds.

    They are folds if every run with several points has as many as its params say folds, and there is no trend.
    """
    several = [row for row in rows if metric in row.metrics and row.metrics[metric].count > 1]
    if not several or any(metric not in row.folds for row in several) or has_trend([r.folds[metric] for r in several]):
        return 0
    return Counter(len(row.folds[metric]) for row in several).most_common(1)[0][0]


def has_trend(series: Sequence[Sequence[float]]) -> bool:
    """Whether the series, taken together, rise or fall: the Mann-Kendall test, its sums added over all series.

    H. B. Mann, Econometrica 13 (1945); R. M. Hirsch and others, Water Resources Research 18 (1982), for the addition.
    """
    by_length: dict[int, list[Sequence[float]]] = {}
    for one in series:
        by_length.setdefault(len(one), []).append(one)
    total, variance, largest = 0.0, 0.0, 0
    for n, found in by_length.items():
        table = np.array(found, dtype=np.float64)
        later, earlier = np.tril_indices(n, -1)
        with np.errstate(invalid="ignore"):
            total += float(np.nansum(np.sign(table[:, later] - table[:, earlier])))
        largest += len(found) * n * (n - 1) // 2
        variance += len(found) * n * (n - 1) * (2 * n + 5) / 18
    steady = abs(total) == largest and max(by_length) >= FEWEST_STEADY
    return steady or abs(total) - 1 > TREND * math.sqrt(variance)


def steps_spread(row: RunRow, metric: str) -> Spread | None:
    """The spread of a run's folds that were logged as steps."""
    return spread_of(mean_of(row.folds.get(metric, ())), "folds")


# All together -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noise:
    """The scatter that repeats of one configuration have on average: `std` with `freedom` degrees of freedom."""

    std: float
    freedom: int


MAX_UNLIKE = 16.0
"""A variance this many times the median one (a seed that diverged) is left out of the average."""


def pooled(spreads: Sequence[Spread]) -> Noise | None:
    """The square root of the mean of the variances, weighted by their degrees of freedom; None if nothing scatters.

    As in analysis of variance, it assumes that configurations scatter alike, so that few repeats of each are enough.
    """
    variances = sorted(spread.std**2 for spread in spreads)
    if not variances or not math.isfinite(variances[-1]):
        return None
    typical = variances[len(variances) // 2]
    alike = [spread for spread in spreads if is_alike(spread, typical)]
    freedom = sum(spread.n - 1 for spread in alike)
    total = math.fsum((spread.n - 1) * spread.std**2 for spread in alike)
    return Noise(math.sqrt(total / freedom), freedom) if total > 0 else None


def is_alike(spread: Spread, variance: float) -> bool:
    """Whether a spread is near enough to `variance` to be averaged with others."""
    return spread.std**2 <= MAX_UNLIKE * variance
