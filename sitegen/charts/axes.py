"""Axes: the ticks beside a drawing, their labels, and the position of a value between them.

`themes/default/assets/js/curve-ticks.js` does the same for live charts; change both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_DRAWN = 1e300
"""Values beyond this are drawn like infinities: differences of larger ones overflow, and stores write 1.797e308 for
infinity."""
NOISE = 1e-12
"""A range narrower than this fraction of its values is rounding error."""
MINUS = "\N{MINUS SIGN}"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values, and the ticks inside it with their strings. On a log axis `lo` is above 0."""

    lo: float
    hi: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def place(self, values: Floats | Sequence[float], start: float, end: float) -> Floats:
        """Where `values` fall when `lo` is drawn at `start` and `hi` at `end`; NaN where they cannot be drawn."""
        numbers = drawable(values, log=self.log)
        lo, hi = (math.log10(self.lo), math.log10(self.hi)) if self.log else (self.lo, self.hi)
        placed: Floats = ((np.log10(numbers) if self.log else numbers) - lo) * ((end - start) / (hi - lo)) + start
        return placed


def floats(values: Any) -> Floats:
    """`values` as float64; whole numbers too large for that become infinite."""
    try:
        return np.asarray(values, dtype=np.float64)
    except OverflowError:
        return np.array([_float(value) for value in values], dtype=np.float64)


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def is_drawn(value: float) -> bool:
    """Whether an axis may hold `value`: neither NaN nor infinite nor too large."""
    return abs(value) <= MAX_DRAWN


def drawable(values: Any, *, log: bool = False) -> Floats:
    """`values` with NaN for those that an axis cannot show: infinite or too large ones, and on a log axis those not
    above 0."""
    numbers = floats(values)
    # Nearly always there is nothing to do; NaN fails the comparison.
    if not log and numbers.size and np.abs(numbers).max() <= MAX_DRAWN:
        return numbers
    keep = np.abs(numbers) <= MAX_DRAWN
    if log:
        keep &= numbers > 0
    return np.where(keep, numbers, np.nan)


def make_axis(
    values: Any, *, log: bool = False, count: int = 4, widen: bool = True, whole: bool = False, zero: bool = False
) -> Axis:
    """The axis that shows all drawable `values` with at most `count` steps between ticks.

    `widen` lets it begin and end at a tick, `whole` keeps ticks at whole numbers, `zero` makes it hold 0. A single
    value is in the middle with one tick; no value gives 0 to 1 (1 to 10 on a log axis).
    """
    numbers = drawable(values, log=log)
    numbers = numbers[~np.isnan(numbers)]
    if zero:
        numbers = np.append(numbers, 0.0)
    if not len(numbers):
        return axis_between(math.nan, math.nan, log=log)
    return axis_between(float(numbers.min()), float(numbers.max()), log=log, count=count, widen=widen, whole=whole)


def axis_between(
    lo: float, hi: float, *, log: bool = False, count: int = 4, widen: bool = True, whole: bool = False
) -> Axis:
    """The axis that shows values from `lo` to `hi`, as `make_axis` does; both NaN where there is no value."""
    if math.isnan(lo):
        return Axis(1.0, 10.0, (), (), True) if log else Axis(0.0, 1.0, (), ())
    if hi - lo <= max(abs(lo), abs(hi)) * NOISE or hi - lo < 1 / MAX_DRAWN:
        return _single(lo, log)
    if log and hi / lo >= 2:
        return _log_axis(lo, hi, count, widen)
    m, exponent, start, stop = _tick_range(lo, hi, count, widen=widen, whole=whole)
    return _linear_axis(m, exponent, start, stop, None if widen else (lo, hi), log)


@lru_cache(maxsize=1024)
def _linear_axis(
    m: int, exponent: int, start: int, stop: int, ends: tuple[float, float] | None, log: bool = False
) -> Axis:
    """Ticks at start * m * 10**exponent and so on; axes of many curves are the same."""
    ticks = [scaled(k * m, exponent) for k in range(start, stop + 1)]
    # A tick may still lie outside of `ends`, by rounding.
    inside = [*(ends or ()), *ticks]
    return Axis(min(inside), max(inside), tuple(ticks), tick_labels(ticks, exponent), log)


def _single(value: float, log: bool) -> Axis:
    if log:
        return Axis(value / 2, value * 2, (value,), (short(value),), True)
    room = abs(value) / 2 if abs(value) > 1 / MAX_DRAWN else 1.0
    return Axis(value - room, value + room, (value,), (short(value),))


def nice_step(span: float, count: int) -> tuple[int, int]:
    """The smallest step m * 10**e, m one of 1, 2, 5, of which at most `count` fit into `span`: (m, e)."""
    exponent = math.floor(math.log10(span / count))
    for more in (0, 1):
        for m in (1, 2, 5):
            if span <= count * (1 + NOISE) * scaled(m, exponent + more):
                return m, exponent + more
    return 1, exponent + 2


def scaled(whole: int, exponent: int) -> float:
    """whole * 10**exponent, rounded once."""
    return float(whole * 10**exponent) if exponent >= 0 else whole / 10**-exponent


def nice_ticks(
    lo: float, hi: float, count: int, *, widen: bool = False, whole: bool = False
) -> tuple[list[float], int]:
    """Ticks at whole multiples of a round step, inside [lo, hi] or (`widen`) around it, and the step's power of ten."""
    m, exponent, start, stop = _tick_range(lo, hi, count, widen=widen, whole=whole)
    return [scaled(k * m, exponent) for k in range(start, stop + 1)], exponent


def _tick_range(lo: float, hi: float, count: int, *, widen: bool, whole: bool) -> tuple[int, int, int, int]:
    """The step m * 10**e of ticks as (m, e), and which multiples of it are the first and the last tick."""
    m, exponent = nice_step(hi - lo, count)
    if whole and exponent < 0:
        m, exponent = 1, 0
    step = scaled(m, exponent)
    first, last = (math.floor, math.ceil) if widen else (math.ceil, math.floor)
    slack = NOISE if widen else -NOISE
    return m, exponent, first(lo / step + slack), last(hi / step - slack)


def _log_axis(lo: float, hi: float, count: int, widen: bool) -> Axis:
    """Ticks at powers of ten from two decades on, at 1, 2 and 5 of each below that."""
    mantissas = (1,) if hi / lo >= 100 else (1, 2, 5)
    first, last = math.floor(math.log10(lo)), math.ceil(math.log10(hi))
    marks = [scaled(m, e) for e in range(first, last + 1) for m in mantissas]
    inside = [mark for mark in marks if lo * (1 - NOISE) <= mark <= hi * (1 + NOISE)]
    if widen:
        below, above = max(mark for mark in marks if mark <= lo), min(mark for mark in marks if mark >= hi)
        inside = sorted({below, *inside, above})
        lo, hi = min(lo, below), max(hi, above)
    ticks = tuple(inside[:: math.ceil(len(inside) / (count + 1))])
    return Axis(lo, hi, ticks, tuple(short(tick) for tick in ticks), True)


UNITS = ((3, "k"), (6, "M"), (9, "G"), (12, "T"))


def tick_labels(ticks: Sequence[float], exponent: int) -> tuple[str, ...]:
    """Labels that tell the ticks of a step near 10**exponent apart: 0.25, 1500, 250k, 2e-5."""
    largest = max((abs(tick) for tick in ticks), default=0.0)
    if largest and (largest < 1e-3 or largest >= 1e15):
        digits = max(0, math.floor(math.log10(largest)) - exponent)
        return tuple(_scientific(tick, digits) for tick in ticks)
    power, unit = max(((p, u) for p, u in UNITS if largest >= 10**p), default=(0, "")) if largest >= 1e5 else (0, "")
    if power - exponent > 4:
        power, unit = 0, ""
    decimals = max(0, power - exponent)
    return tuple(_plain(tick / 10**power, decimals) + (unit if tick else "") for tick in ticks)


def _plain(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", MINUS) if value else "0"


def _scientific(value: float, digits: int) -> str:
    if not value:
        return "0"
    mantissa, exponent = f"{value:.{min(digits, 15)}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def short(value: float) -> str:
    """A value in 4 significant digits for a label; whole numbers below ten million keep all of theirs."""
    if not math.isfinite(value):
        return str(value)
    if value and not 1e-4 <= abs(value) < 1e7:
        return _scientific(value, 3)
    text = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return text.replace("-", MINUS)
