"""Rows of the table `metrics` to `MetricHistory` values, many runs at once.

MLflow stores NaN as 0 with a flag, and the infinities as the largest doubles. Which point is the latest is
in the table `latest_metrics`, or, where MLflow is older than that, found as MLflow's SQL does: NaN counts as 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sitegen.model import MetricHistory
from sitegen.stores.history import SECONDS, cut, restored
from sitegen.stores.sql.schema import Row


class Points:
    """Points of several runs, gathered part by part as columns; `bad` counts by run the rows that are not points."""

    def __init__(self) -> None:
        self.bad: dict[int, int] = {}
        self._series: dict[tuple[int, str], int] = {}
        self._codes: list[NDArray[np.int32]] = []
        self._steps: list[NDArray[np.int64]] = []
        self._times: list[NDArray[np.int64]] = []
        self._values: list[NDArray[np.float64]] = []

    def add(self, run: int, rows: Sequence[Row]) -> None:
        """Add points of the run numbered `run`, as `Tables.points` gives them."""
        try:
            self._add(run, rows)
        except (TypeError, ValueError, OverflowError):
            good = list(filter(_is_point, rows))
            self.bad[run] = self.bad.get(run, 0) + len(rows) - len(good)
            self._add(run, good)

    def _add(self, run: int, rows: Sequence[Row]) -> None:
        if not rows:
            return
        keys, steps, times, values, is_nan = zip(*rows, strict=True)
        columns = _whole(steps), _whole(times), _values(np.fromiter(values, np.float64, len(rows)), is_nan)
        names = set(keys)
        if not all(isinstance(name, str) for name in names):
            raise TypeError("a metric's key is not text")
        codes = {key: self._series.setdefault((run, key), len(self._series)) for key in names}
        self._codes.append(np.fromiter(map(codes.__getitem__, keys), np.int32, len(keys)))
        self._steps.append(columns[0])
        self._times.append(columns[1])
        self._values.append(columns[2])

    def histories(self) -> dict[tuple[int, str], MetricHistory]:
        """The history of each metric, by number of the run and key."""
        if not self._series:
            return {}
        codes = np.concatenate(self._codes)
        # Sorting small numbers is several times as fast as sorting large ones.
        order = np.argsort(codes.astype(np.int16) if len(self._series) < 1 << 15 else codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(self._series)))
        columns = (
            np.concatenate(self._steps)[order],
            milliseconds(np.concatenate(self._times))[order],
            np.concatenate(self._values)[order],
        )
        found = cut([key for _, key in self._series], ends, columns)
        return dict(zip(self._series, found, strict=True))


def _whole(cells: Sequence[int]) -> NDArray[np.int64]:
    return np.fromiter(cells, np.int64, len(cells))


def _values(values: NDArray[np.float64], is_nan: Sequence[int]) -> NDArray[np.float64]:
    if any(is_nan):
        values[np.fromiter(is_nan, np.bool_, len(is_nan))] = math.nan
    return values


def milliseconds(times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Timestamps with those before MLflow 1.0, which are seconds, as milliseconds."""
    is_seconds = (times > 0) & (times < SECONDS)
    return np.where(is_seconds, times * 1000, times) if is_seconds.any() else times


def _is_point(row: Row) -> bool:
    """Whether a row can be a point; in SQLite any column may hold any type."""
    key, step, time, value, is_nan = row
    return (
        isinstance(key, str)
        and all(isinstance(whole, int) and -(1 << 63) <= whole < 1 << 63 for whole in (step, time))
        and isinstance(value, int | float)
        and isinstance(is_nan, int)
    )


def with_latest(found: Mapping[str, MetricHistory], latest: Iterable[Row] | None) -> dict[str, MetricHistory]:
    """A run's metrics by key, each with the latest point as recorded by MLflow.

    `latest` holds rows of `latest_metrics` in the order of `METRICS`, None if there is no such table. A metric that
    is only in `latest` has that one point.
    """
    if latest is None:
        return {key: _computed(found[key]) for key in sorted(found)}
    named = {}
    for row in latest:
        with suppress(TypeError, ValueError, OverflowError):
            if isinstance(row[0], str):
                named[row[0]] = _point(row)
    return {key: _joined(key, found.get(key), named.get(key)) for key in sorted({*found, *named})}


def _point(row: Row) -> tuple[int, int, float]:
    """Step, timestamp and value of one row. Raises TypeError or a similar error if it is not a point."""
    _, step, time, value, is_nan = row
    value = math.nan if is_nan else restored(float(value))
    return int(step), int(time) * 1000 if 0 < time < SECONDS else int(time), value


def _joined(key: str, history: MetricHistory | None, latest: tuple[int, int, float] | None) -> MetricHistory:
    """The history with its latest point; if only one of the two exists, that one."""
    if latest is None:
        assert history is not None, "one of the two is there"
        return _computed(history)
    if history is None:
        step, time, value = latest
        return MetricHistory(key, np.array([step]), np.array([time]), np.array([value], dtype=np.float64), 0)
    step, time, value = latest
    at = history.last
    if history.values.item(at) == value and history.timestamps.item(at) == time and history.steps.item(at) == step:
        return history
    last = _index_of(history, step, time, value)
    return replace(history, last=last) if last >= 0 else _computed(history)


def _index_of(history: MetricHistory, step: int, time: int, value: float) -> int:
    """The index of the last such point, -1 if there is none; it nearly always is at the end."""
    for index in range(len(history) - 1, -1, -1):
        if history.steps[index] == step and history.timestamps[index] == time:
            there = history.values[index]
            if there == value or (there != there and value != value):
                return index
        elif history.steps[index] < step:
            break
    return -1


def _computed(history: MetricHistory) -> MetricHistory:
    """The history with the latest point as MLflow's SQL finds it: the first of the largest, NaN counting as 0."""
    steps, times, values = history.steps, history.timestamps, history.values
    if len(history) < 2 or steps[-2] != steps[-1] or times[-2] != times[-1]:
        return history
    tied = (steps == steps[-1]) & (times == times[-1])
    counted = np.where(tied, np.nan_to_num(values, nan=0.0, posinf=math.inf, neginf=-math.inf), -math.inf)
    best = int(np.argmax(counted))
    return replace(history, last=best if tied[best] else len(history) - 1)
