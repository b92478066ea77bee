"""Time axes: ticks at whole days, hours and minutes of UTC, and their labels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from sitegen.charts.axes import Axis, drawable

_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_STEPS = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500),
    *(_SECOND * n for n in (1, 2, 5, 10, 15, 30)),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14)),
)
_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_MONTH = 30.44 * _DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_axis(values: Any, count: int = 4) -> tuple[Axis, str]:
    """The axis for `values`, milliseconds since 1970, with at most `count` steps between ticks; and the day in words
    if labels show the time of day alone, else an empty string."""
    numbers = drawable(values)
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return Axis(0.0, 1.0, (), ()), ""
    low, high = float(numbers.min()), float(numbers.max())
    if high <= low:
        return Axis(low - _SECOND, low + _SECOND, (low,), (_moment(low).isoformat(" ")[:19],)), ""
    step = next((step for step in _STEPS if high - low <= step * count), None)
    ticks = _even(low, high, step) if step else list(_months(low, high, count))
    one_day = low // _DAY == high // _DAY
    labels = tuple(_label(_moment(tick), step, one_day) for tick in ticks)
    return Axis(low, high, tuple(ticks), labels), _moment(low).isoformat()[:10] if one_day else ""


def _even(low: float, high: float, step: int) -> list[float]:
    return [float(k * step) for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _months(low: float, high: float, count: int) -> Iterator[float]:
    """The first days of every so many months."""
    step = next((n for n in _MONTHS if high - low <= n * _MONTH * count), _MONTHS[-1])
    first = _moment(low)
    at = (first.year * 12 + first.month - 1) // step * step
    while (moment := _first_day(at)) <= high:
        if moment >= low:
            yield moment
        at += step


def _first_day(months: int) -> float:
    if not 12 <= months < 9999 * 12:
        return math.inf
    return (datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC) - _EPOCH) / timedelta(milliseconds=1)


def _moment(milliseconds: float) -> datetime:
    return _EPOCH + timedelta(milliseconds=round(milliseconds))


def _label(moment: datetime, step: int | None, one_day: bool) -> str:
    text = moment.isoformat(" ", "milliseconds")
    if step is None:
        return text[:7]
    if step >= _DAY:
        return text[:10]
    time = text[11:16] if step >= _MINUTE else text[11:19] if step >= _SECOND else text[11:23]
    return time if one_day else f"{text[5:10]} {time}"
