"""Points of metrics, as any reader finds them, to `MetricHistory` values.

MLflow's databases store infinity as the largest double, and so do the tables, exports and migrated stores made from
them. A point that was logged twice, as MLflow 3.1 to 3.5 do in file
stores where a model or dataset is active, counts once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sitegen.model import MetricHistory

Columns = tuple[NDArray[Any], NDArray[np.int64], NDArray[np.float64]]
"""Steps, timestamps and values, of one length."""

SECONDS = 100_000_000_000
"""A positive timestamp below this is in seconds, as before MLflow 1.0, not in milliseconds."""

INT64 = 2**63

INFINITE = 1.797e308
"""Values from here on stand for infinity in databases, even if their last digits were cut."""


def restored(value: float) -> float:
    """The value as it was logged: infinite if it is the largest double."""
    return math.copysign(math.inf, value) if abs(value) >= INFINITE else value


def restored_all(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values as they were logged, see `restored`."""
    is_infinite = np.abs(values) >= INFINITE
    return np.where(is_infinite, np.copysign(np.inf, values), values) if is_infinite.any() else values


def history_of(key: str, points: Sequence[tuple[int, int, float]]) -> MetricHistory:
    """The history of points (step, timestamp, value) that are in the order of logging."""
    return in_order(key, columns_of(points))


def columns_of(points: Sequence[tuple[int, int, float]]) -> Columns:
    """Points as columns; steps beyond 64 bits are Python's own numbers."""
    steps, timestamps, values = zip(*points, strict=True) if points else ((), (), ())
    is_huge = any(not -INT64 <= step < INT64 for step in steps)
    return (
        np.array(steps, dtype=object if is_huge else np.int64),
        np.array(timestamps, dtype=np.int64),
        restored_all(np.array(values, dtype=np.float64)),
    )


def in_order(key: str, columns: Columns) -> MetricHistory:
    """The history of points that are in the order of logging."""
    steps, timestamps, values = columns
    if steps.dtype == object:
        places = list(zip(steps.tolist(), timestamps.tolist(), strict=True))
        order: Any = sorted(range(len(places)), key=places.__getitem__)
    else:
        order = np.lexsort((timestamps, steps))
    once = _once((steps[order], timestamps[order], values[order]))
    return MetricHistory(key, *once, _last(*once))


def _once(columns: Columns) -> Columns:
    """Sorted points without those that were logged before with the same step, timestamp and value."""
    steps, timestamps, values = columns
    tied = _tied(steps, timestamps)
    if not tied.any():
        return columns
    kept = np.ones(len(values), dtype=np.bool_)
    seen: set[float | None] = set()
    is_tied = [False, *tied.tolist()]
    for index, value in enumerate(values.tolist()):
        if not is_tied[index]:
            seen = set()
        marked = None if value != value else value
        kept[index] = marked not in seen
        seen.add(marked)
    return steps[kept], timestamps[kept], values[kept]


def _tied(steps: NDArray[Any], timestamps: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each point but the first whether it shares step and timestamp with the one before."""
    return np.asarray((steps[1:] == steps[:-1]) & (timestamps[1:] == timestamps[:-1]), dtype=np.bool_)


def _last(steps: NDArray[Any], timestamps: NDArray[np.int64], values: NDArray[np.float64]) -> int:
    """The index of the latest point as MLflow's FileStore picks it: the first of the largest (step, timestamp, value).

    It compares Python tuples, so among points with equal step and timestamp, NaN wins only if it was logged
    first.
    """
    last = len(values) - 1
    if last < 1:
        return last
    first = last
    while first > 0 and steps[first - 1] == steps[last] and timestamps[first - 1] == timestamps[last]:
        first -= 1
    best = first
    for index in range(first + 1, last + 1):
        if values[index] > values[best]:
            best = index
    return best


def cut(keys: Sequence[str], ends: NDArray[Any], columns: Columns) -> list[MetricHistory]:
    """One history per key out of the columns of all of them, which end before `ends`; each in the order of logging."""
    steps, timestamps, values = columns
    values = restored_all(values)
    disordered = _disordered(steps, timestamps, ends)
    histories = []
    start = 0
    for key, end, is_disordered in zip(keys, ends.tolist(), disordered.tolist(), strict=True):
        if is_disordered:
            history = in_order(key, (steps[start:end], timestamps[start:end], values[start:end]))
        else:
            history = MetricHistory(key, steps[start:end], timestamps[start:end], values[start:end], end - start - 1)
        histories.append(history)
        start = end
    return histories


def _disordered(steps: NDArray[Any], timestamps: NDArray[np.int64], ends: NDArray[Any]) -> NDArray[np.bool_]:
    """For each metric whether its points are out of order, or some of them share step and timestamp."""
    same_step = steps[1:] == steps[:-1]
    unusual = (steps[1:] < steps[:-1]) | (same_step & (timestamps[1:] <= timestamps[:-1]))
    unusual[ends[:-1] - 1] = False
    disordered = np.zeros(len(ends), dtype=np.bool_)
    disordered[np.searchsorted(ends - 1, np.flatnonzero(unusual), side="right")] = True
    return disordered
