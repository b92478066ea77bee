"""How exactly the numbers of a metric are in data files: enough to tell them apart and to write them as pages do.

Queries in the browser cut the number that they compare with in the same way (`js/query-view.js`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.digits import MAX_WHOLE, MIN_DIGITS, Digits, digits_of

_Values = NDArray[np.float64]

DIGITS = (9, 10, 12)
"""Significant digits of a column: the first that are enough, else all."""
FULL = 17


@dataclass(frozen=True, slots=True)
class Kept:
    """Significant `digits` of the numbers of a column.

    A number that would be rounded differently from there to the decimals that pages show (`shown`) is cut to its
    neighbour.
    """

    digits: int
    shown: int | None = None
    significant: int = MIN_DIGITS
    """With how many digits pages show the numbers where `shown` is None."""

    def named(self) -> dict[str, object]:
        """What a column says of it: `p` where it is not nine; `d` or `c`, so that browsers need not find them again."""
        digits: dict[str, object] = {} if self.digits == DIGITS[0] else {"p": self.digits}
        return {**digits, "c": self.significant} if self.shown is None else {**digits, "d": self.shown}

    def cut(self, values: _Values) -> _Values:
        """Finite `values` as they are in the data file."""
        kept = (value if _is_whole(value) else float(f"{value:.{self.digits}g}") for value in values.tolist())
        short = np.fromiter(kept, np.float64, len(values))
        if self.shown is not None:
            for at in self.doubtful(values):
                before, after = float(values[at]), float(short[at])
                if f"{before:.{self.shown}f}" != f"{after:.{self.shown}f}":
                    short[at] = self._neighbour(before, before > after)
        return short

    def _neighbour(self, value: float, is_above: bool) -> float:
        """The number with as many digits that is next to the nearest."""
        mantissa, _, power = f"{value:.{self.digits - 1}e}".partition("e")
        whole = int(mantissa.replace(".", "")) + (1 if is_above else -1)
        return float(f"{whole}e{int(power) - self.digits + 1}")

    def doubtful(self, values: _Values) -> list[int]:
        """Which of `values` may be written differently once they are cut: those halfway between two that are shown."""
        if self.shown is None:
            return list(range(len(values)))
        moved = values * 10.0**self.shown
        off = np.abs(moved - np.floor(moved) - 0.5)
        return np.flatnonzero(off <= np.abs(moved) * 10.0 ** (1 - self.digits) + 1e-9).tolist()


def kept_of(values: Iterable[float | None]) -> Kept:
    """How the finite ones of `values` are kept."""
    finite = np.unique([value for value in values if value is not None and math.isfinite(value)])
    digits = digits_of(finite.tolist())
    every = (Kept(kept, digits.decimals, digits.significant) for kept in (*DIGITS, FULL))
    return next(kept for kept in every if kept.digits == FULL or _is_enough(kept, finite, digits))


def _is_enough(kept: Kept, finite: _Values, digits: Digits) -> bool:
    """Whether the numbers stay apart, and a browser that knows only what is kept writes them as pages do."""
    short = kept.cut(finite)
    if digits_of(short.tolist()) != digits:
        return False
    return all(digits.text(float(short[at])) == digits.text(float(finite[at])) for at in kept.doubtful(finite))


def as_whole(value: float) -> float | int:
    """A whole number as such, which is shorter in JSON."""
    return int(value) if _is_whole(value) else value


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) <= MAX_WHOLE
