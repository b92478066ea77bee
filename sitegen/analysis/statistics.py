"""The mean of few values, their scatter, and the confidence interval of the mean; the statistics of groups of runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

EXACT_UP_TO = 100
"""Degrees of freedom up to which the quantile is found from the distribution itself."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of `n` finite values. `std` is the sample's (divided by n - 1); `low` and `high` bound the 95%
    confidence interval of the mean, mean ± t * std / sqrt(n); all three are None below two values."""

    n: int
    mean: float
    std: float | None = None
    low: float | None = None
    high: float | None = None


def mean_of(values: Sequence[float]) -> Mean | None:
    """The mean of the finite ones among `values`, None if there is none."""
    finite = [value for value in values if math.isfinite(value)]
    n = len(finite)
    if not n:
        return None
    largest = max(abs(value) for value in finite)
    # Squares of huge numbers overflow; a power of two changes no digit.
    scale = 2.0 ** (math.frexp(largest)[1] - 1) if largest > 1e140 else 1.0
    scaled = [value / scale for value in finite]
    mean = math.fsum(scaled) / n
    # Rounding must not put a mean outside of its values: of equal ones it is the value itself.
    mean = min(max(mean, min(scaled)), max(scaled))
    if n == 1:
        return Mean(1, mean * scale)
    std = math.sqrt(math.fsum((value - mean) ** 2 for value in scaled) / (n - 1))
    reach = t_quantile(n - 1) * std / math.sqrt(n)
    return Mean(n, mean * scale, std * scale, (mean - reach) * scale, (mean + reach) * scale)


@lru_cache(maxsize=4096)
def t_quantile(freedom: int, confidence: float = 0.95) -> float:
    """How far Student's t with `freedom` (1 or more) degrees of freedom stays from 0 with probability `confidence`.

    For 95%: 12.71 with 1 degree of freedom, 4.303 with 2, 1.960 with very many.

    Up to `EXACT_UP_TO` by bisection of the distribution's closed form for whole degrees of freedom, beyond by its
    expansion about the normal quantile; Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3,
    26.7.4 and 26.7.5.
    """
    if freedom > EXACT_UP_TO:
        return _expansion(freedom, NormalDist().inv_cdf((1 + confidence) / 2))
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _inside(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return math.tan((low + high) / 2) * math.sqrt(freedom)


def _inside(angle: float, freedom: int) -> float:
    """The probability of |t| <= tan(angle) * sqrt(freedom)."""
    sine, cosine = math.sin(angle), math.cos(angle)
    # The sum's terms are products of (k - 1) / k * cos² over even k, or over odd k from 3 on.
    odd = freedom % 2
    term = total = (cosine if odd else 1.0) if freedom > 1 else 0.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= (k - 1) / k * cosine**2
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def _expansion(n: int, x: float) -> float:
    return (
        x
        + (x**3 + x) / (4 * n)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * n**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * n**3)
        + (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / (92160 * n**4)
    )
