"""How the numbers of one column are written: with as many digits as it takes to tell its values apart.

A column is everything that a reader compares at a glance: a column of a table, the values of a leaderboard, the ticks
of an axis. `digits.js` is the twin of this module (`SG.digits`); both are tested with `tests/analysis/labels.json`.

- Whole numbers up to 2**53 are written whole: `16777217`.
- Values of like magnitude share one number of decimals, zeros kept, so that their points line up: `0.50`, `0.25`. It is
  at least four where a value is below 1, so that a score or a loss reads on the experiment's page as on its run's,
  where it is on its own (`words.number`); elsewhere one of the two is the other, rounded.
- Values too far apart for that are written like `%g`, with one number of significant digits: `2.303`, `1.2e-09`.

Four significant digits are the least, unless fewer give the exact values; twelve are the most, unless two values differ
only beyond them: those columns are written in full. So two values that differ never look the same, and no value looks
like 1 or 100, where metrics end, unless it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.words import MISSING

MAX_DIGITS = 12
"""Significant digits, unless values differ only beyond them."""
MIN_DIGITS = 4
MIN_DIGITS_OF_SMALLEST = 3
MIN_DECIMALS = 4
"""Of a column with a value below 1: as many as such a value has on its own (`words.number`), as on its run's page."""
MAX_WHOLE = 2**53
"""Above this, not every whole number is exact as a double."""
_FIXED_FROM, _FIXED_TO, _FIXED_SPAN = -5, 8, 5
"""Powers of ten that are written with a fixed number of decimals: least, most, and how far apart in one column."""
_BOUNDS = (1.0, 100.0)
"""Where metrics end: a value near one of these must not look like it."""
_Values = NDArray[np.float64]
_FULL = 17
"""Significant digits that tell any two doubles apart."""


@dataclass(frozen=True, slots=True)
class Digits:
    """How to write the numbers of a column: with `decimals`, or, where that is None, with `significant` digits.

    A mean of whole numbers, which the column does not hold, has decimals of its own.
    """

    decimals: int | None = None
    significant: int = MIN_DIGITS

    def text(self, value: float | None) -> str:
        """`value` for a reader; a dash when missing."""
        if value is None:
            return MISSING
        if value != value:
            return "NaN"
        if math.isinf(value):
            return "∞" if value > 0 else "−∞"
        value += 0.0  # no negative zero
        if self.decimals is not None:
            return f"{value:.{self.decimals}f}"
        return _general(value, self.significant)


def digits_of(values: Iterable[float | None]) -> Digits:
    """How to write a column of `values`; missing values, NaN, infinities, order and repeats make no difference."""
    finite = np.unique([value for value in values if value is not None and math.isfinite(value)])
    if not finite.size or (np.all(finite == np.trunc(finite)) and np.abs(finite).max() <= MAX_WHOLE):
        return Digits()
    bounds = [bound for bound in _BOUNDS if finite[0] - 1 < bound < finite[-1] + 1]
    told_apart = np.unique([*finite, *bounds])
    return _fixed(finite, told_apart) or _significant(told_apart)


def _fixed(finite: _Values, told_apart: _Values) -> Digits | None:
    """With the fewest decimals that do; None if the values are too far apart, or too close."""
    sizes = np.abs(finite[finite != 0])
    top, bottom = _power(float(sizes.max())), _power(float(sizes.min()))
    if bottom < _FIXED_FROM or top > _FIXED_TO or top - bottom > _FIXED_SPAN:
        return None
    wanted = max(0, MIN_DIGITS - 1 - top, MIN_DIGITS_OF_SMALLEST - 1 - bottom, MIN_DECIMALS * (bottom < 0))
    least = _exact_decimals(finite, wanted)
    most = MAX_DIGITS - 1 - max(top, 0)
    units = ((d, np.full(told_apart.size - 1, 10.0**-d)) for d in range(least, most + 1))
    return next((Digits(decimals=d) for d, unit in units if _differ(told_apart, Digits(d), unit)), None)


def _significant(told_apart: _Values) -> Digits:
    """With the fewest significant digits that do; in full where twelve do not."""
    sizes = np.abs(told_apart)
    larger = np.maximum(sizes[1:], sizes[:-1])
    for digits in range(MIN_DIGITS, MAX_DIGITS + 1):
        if _differ(told_apart, Digits(significant=digits), larger * 10.0 ** (1 - digits)):
            return Digits(significant=digits)
    return Digits(significant=_FULL)


def _differ(values: _Values, digits: Digits, unit: _Values) -> bool:
    """Whether sorted `values` are read as different numbers; neighbours further apart than `unit` surely are."""
    with np.errstate(over="ignore"):
        close = np.flatnonzero(np.diff(values) <= unit)
    pairs = ((float(values[at]), float(values[at + 1])) for at in close)
    return all(float(digits.text(a)) != float(digits.text(b)) for a, b in pairs)


def _exact_decimals(values: _Values, most: int) -> int:
    """How many decimals give all values exactly, at most `most`; digits beyond the twelfth are noise: 0.4 - 0.3 is
    0.1."""
    least = 0
    for value in values:
        exact = float(f"{value:.{MAX_DIGITS}g}")
        while least < most and float(f"{value:.{least}f}") != exact:
            least += 1
        if least == most:
            break
    return least


def _power(size: float) -> int:
    """The power of ten of a positive number's first digit."""
    return int(f"{size:.16e}".partition("e")[2])


def _general(value: float, digits: int) -> str:
    if value == int(value) and abs(value) <= MAX_WHOLE:
        return str(int(value))
    if digits < _FULL:
        return f"{value:.{digits}g}"
    texts = (f"{value:.{enough}g}" for enough in range(MAX_DIGITS + 1, _FULL + 1))
    return next(text for text in texts if float(text) == value)
