"""How strongly two columns of numbers are associated: ranks, shares of variance, and how likely chance is.

Numpy only; docs/what-mattered.md tells readers what these numbers mean. All of it works on ranks, so that one diverged
run or a log scale changes nothing. Every share of variance here is an R², whether of a straight line (Spearman's
correlation squared) or of group means (eta squared), so one correction and one test serve both:

- corrected for the number of groups k: 1 - (1 - R²) (n - 1) / (n - k), Ezekiel's adjusted R² (1930), which for groups
  is Kelley's epsilon squared (1935). A straight line has k = 2.
- tested by F = (R² / (k - 1)) / ((1 - R²) / (n - k)) with k - 1 and n - k degrees of freedom. For k = 2 this is the
  usual t test of Spearman's correlation; for groups it is Conover and Iman's rank form (The American Statistician 35,
  1981) of the test of Kruskal and Wallis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
"""For each row the number of its group, 0 to k - 1; no group is empty."""

_TINY = 1e-300
_MAX_STEPS = 20_000


def average_ranks(values: NDArray[Any]) -> Floats:
    """Ranks from 1 on, equal values sharing the mean of theirs; `values` holds no NaN, infinities are the extremes."""
    order = values.argsort(kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(values) else order
    counts = np.diff(np.append(starts, len(values)))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(starts + (counts + 1) / 2, counts)
    return ranks


def correlation(left: Floats, right: Floats) -> float | None:
    """Pearson's correlation, -1 to 1 (of ranks: Spearman's); None if a column does not vary."""
    a, b = left - left.mean(), right - right.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return min(1.0, max(-1.0, float(a @ b) / scale)) if scale else None


def share_of_groups(values: Floats, codes: Codes) -> float | None:
    """Eta squared: the share of the variance of `values` that lies between groups, 0 to 1; None without variance."""
    centred = values - values.mean()
    total = float(centred @ centred)
    if not total:
        return None
    sums = np.bincount(codes, weights=centred)
    return min(1.0, float((sums * sums / np.bincount(codes)).sum()) / total)


def corrected(share: float, n: int, groups: int) -> float:
    """`share` without what `groups` groups explain by chance in `n` rows, 0 to 1; 0 if every row is a group."""
    return max(0.0, 1 - (1 - share) * (n - 1) / (n - groups)) if n > groups else 0.0


def chance(share: float, n: int, groups: int) -> float:
    """The probability of a share at least this large where nothing is going on (the F test), 1 where it is not
    defined."""
    if n <= groups or groups < 2:
        return 1.0
    return chance_of(share, groups - 1, n - groups)


def chance_of(share: float, freedom: int, left: int) -> float:
    """The probability that `freedom` columns explain `share` of what is there where nothing is going on (F test).

    `left` are the degrees of freedom that remain; both are 1 or more.
    """
    return _incomplete_beta(1 - share, left / 2, freedom / 2)


def holm(chances: Sequence[float]) -> list[float]:
    """The same probabilities, corrected for how many there are (Holm, Scandinavian Journal of Statistics 6, 1979)."""
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    out, largest = [0.0] * len(chances), 0.0
    for place, at in enumerate(order):
        largest = max(largest, min(1.0, (len(chances) - place) * chances[at]))
        out[at] = largest
    return out


def cramers_v(left: Codes, right: Codes) -> float:
    """How closely two groupings of the same rows agree, 0 to 1: Cramér's V with Bergsma's correction.

    Bergsma, Journal of the Korean Statistical Society 42 (2013): without it many small groups look related. Groups that
    are only in one of the columns may be empty.
    """
    a, b = (np.unique(codes, return_inverse=True)[1] for codes in (left, right))
    n, rows, columns = len(a), int(a.max(initial=0)) + 1, int(b.max(initial=0)) + 1
    if n < 2 or min(rows, columns) < 2:
        return 0.0
    # Only cells that are not empty add to the sum of count² / (row total * column total), which is chi² / n + 1.
    cells, counts = np.unique(a * columns + b, return_counts=True)
    expected = np.bincount(a)[cells // columns] * np.bincount(b)[cells % columns]
    squared = float((counts * counts / expected).sum()) - 1 - (rows - 1) * (columns - 1) / (n - 1)
    free = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return math.sqrt(min(1.0, max(0.0, squared) / free)) if free > 0 else 0.0


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b): NIST DLMF 8.17.22, a continued fraction by Lentz's method."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    # The fraction converges fast below the mean of the distribution; above it the other tail is worked out.
    if x > (a + 1) / (a + b + 2):
        return 1.0 - min(1.0, math.exp(log_front) * _beta_fraction(1 - x, b, a) / b)
    return min(1.0, math.exp(log_front) * _beta_fraction(x, a, b) / a)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, without its first term 1 over it."""
    upper, lower = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = lower
    for m in range(1, _MAX_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            lower = 1 / _not_zero(1 + term * lower)
            upper = _not_zero(1 + term / upper)
            value *= lower * upper
        if abs(lower * upper - 1) < 1e-13:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
