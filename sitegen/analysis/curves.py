"""What is kept of a metric history once it has been read: its summary, and the curve a page draws.

Both run for every metric of every run, so they make as few numpy calls as possible, and none at all for one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sitegen.model import MetricHistory

CURVE_POINTS = 300
"""Maximum number of points that a curve in the site's data has."""
MAX_ATTEMPTS = 12
"""Maximum number of attempts of a resumed run; steps that go back more often were logged out of order."""

_SAFE = 1e300
"""Below this no sum of a history that fits into memory can overflow."""


class MetricSummary(NamedTuple):
    """One metric of one run in a dozen numbers.

    `last` follows MLflow's rule (see `MetricHistory.last`) and may be NaN or infinite; `first` is the first point by
    (step, timestamp). `min`, `max` and `mean` leave NaN out (NaN when nothing is left); `min_step` and `max_step` are
    the first steps at which they were reached (0 when there is none). `count` counts all points, `bad` those that are
    NaN or infinite, `bad_step` is the step of the first of these (None when there is none).
    """

    last: float
    last_step: int
    last_time: int
    first: float
    min: float
    min_step: int
    max: float
    max_step: int
    mean: float
    count: int  # type: ignore[assignment]  # hides tuple.count, which is not used here
    bad: int
    bad_step: int | None = None

    @property
    def curved(self) -> bool:
        """Whether there is a curve to draw (see `has_curve`); otherwise `last` is all there is."""
        if self.count < 2 or self.bad == self.count:
            return False
        return bool(self.bad) or self.min != self.max or self.min_step != self.last_step


class Curve(NamedTuple):
    """A thinned history: few points that keep the first, the last, every bucket's extremes and NaN gaps.

    A run that was resumed logged some steps again: its attempts follow each other, and `starts` are the indices at
    which the second and later ones begin. Within an attempt points are in order of (step, timestamp). `order` is the
    place of each point among all that were logged, None if no point was left out.
    """

    steps: NDArray[Any]
    timestamps: NDArray[np.int64]
    values: NDArray[np.float64]
    starts: tuple[int, ...] = ()
    order: NDArray[np.int64] | None = None

    def attempts(self) -> list[Curve]:
        """The curve of each attempt, the earliest first; the curve itself where there is one."""
        if not self.starts:
            return [self]
        ends = (0, *self.starts, len(self.values))
        return [
            Curve(self.steps[a:b], self.timestamps[a:b], self.values[a:b])
            for a, b in zip(ends[:-1], ends[1:], strict=True)
        ]

    def standing(self) -> NDArray[np.float64]:
        """The values of the final curve: of each attempt, the points that no later attempt logged again."""
        if not self.starts:
            return self.values
        parts = self.attempts()
        kept = [part.values[part.steps < later.steps[0]] for part, later in zip(parts[:-1], parts[1:], strict=True)]
        return np.concatenate([*kept, parts[-1].values])


def summarise(history: MetricHistory) -> MetricSummary | None:
    """The summary of `history`, or None when it has no point."""
    count = len(history.values)
    if count == 1:
        return _summary_of_one(history)
    if count == 0:
        return None
    values, steps, last = history.values, history.steps, history.last
    low_at, high_at, mean, bad = _extremes(values)
    low, high = values.item(low_at), values.item(high_at)
    return MetricSummary(
        last=values.item(last),
        last_step=steps.item(last),
        last_time=history.timestamps.item(last),
        first=values.item(0),
        min=low,
        min_step=steps.item(low_at) if low == low else 0,
        max=high,
        max_step=steps.item(high_at) if high == high else 0,
        mean=mean,
        count=count,
        bad=bad,
        bad_step=steps.item(int(np.isfinite(values).argmin())) if bad else None,
    )


def _summary_of_one(history: MetricHistory) -> MetricSummary:
    value, step = history.values.item(0), history.steps.item(0)
    if value - value == 0.0:
        return MetricSummary(value, step, history.timestamps.item(0), value, value, step, value, step, value, 1, 0)
    # NaN was reached nowhere; an infinity was.
    at = step if value == value else 0
    return MetricSummary(value, step, history.timestamps.item(0), value, value, at, value, at, value, 1, 1, step)


def _extremes(values: NDArray[np.float64]) -> tuple[int, int, float, int]:
    """Where the smallest and the largest value are (NaN left out), the mean, and how many are not finite."""
    low_at, high_at = int(values.argmin()), int(values.argmax())
    low, high = values.item(low_at), values.item(high_at)
    # argmin and argmax give NaN where there is one, so these comparisons hold only for finite, harmless values.
    if low > -_SAFE and high < _SAFE:
        return low_at, high_at, float(values.sum()) / len(values), 0
    return _extremes_of_odd(values)


def _extremes_of_odd(values: NDArray[np.float64]) -> tuple[int, int, float, int]:
    """As `_extremes`, for values among which are NaN, infinities or numbers whose sum may overflow."""
    bad = len(values) - int(np.isfinite(values).sum())
    kept = np.flatnonzero(~np.isnan(values))
    if not len(kept):
        return 0, 0, float("nan"), bad
    numbers = values[kept]
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float((numbers / len(numbers)).sum()) if _is_huge(numbers) else float(numbers.sum()) / len(numbers)
    return int(kept[numbers.argmin()]), int(kept[numbers.argmax()]), mean, bad


def _is_huge(numbers: NDArray[np.float64]) -> bool:
    return bool((np.abs(numbers) >= _SAFE).any())


def has_curve(history: MetricHistory) -> bool:
    """Whether `history` is worth a chart: two points that differ in step or value, one of them finite."""
    values, steps = history.values, history.steps
    if len(values) < 2:
        return False
    if not (np.isfinite(values[0]) or np.isfinite(values[-1]) or np.isfinite(values).any()):
        return False
    # Steps are in order.
    return bool(steps[0] != steps[-1]) or not bool((values == values[0]).all())


def thin(history: MetricHistory, points: int = CURVE_POINTS) -> Curve:
    """About `points` points of `history` (2 or more), in order; all of them when there are no more than that.

    Kept are the first and the last point, and of each of many buckets of neighbouring points the smallest and the
    largest finite value and, where the bucket has any, one NaN, one infinity and one negative infinity. The attempts
    of a resumed run share `points` by their lengths.
    """
    attempts = _attempts(history)
    if attempts:
        return _thin_attempts(history, attempts, points)
    if len(history.values) <= points:
        return Curve(history.steps, history.timestamps, history.values)
    kept = _kept(history.values, points)
    return Curve(history.steps[kept], history.timestamps[kept], history.values[kept], order=kept)


def _attempts(history: MetricHistory) -> Sequence[NDArray[np.int64]]:
    """The indices of the points of each attempt, where steps went back and were logged again; nothing for one."""
    steps = history.steps
    if not (steps[1:] == steps[:-1]).any():
        return ()
    by_time = np.argsort(history.timestamps, kind="stable")
    in_time = steps[by_time]
    back = np.flatnonzero(in_time[1:] < in_time[:-1]) + 1
    if not 0 < len(back) < MAX_ATTEMPTS:
        return ()
    parts = np.split(by_time, back)
    return parts if min(map(len, parts)) > 1 else ()


def _thin_attempts(history: MetricHistory, attempts: Sequence[NDArray[np.int64]], points: int) -> Curve:
    total = len(history.values)
    kept = []
    for part in attempts:
        share = max(2, points * len(part) // total)
        kept.append(part if len(part) <= share or total <= points else part[_kept(history.values[part], share)])
    chosen = np.concatenate(kept)
    starts = np.cumsum([len(part) for part in kept[:-1]]).tolist()
    return Curve(history.steps[chosen], history.timestamps[chosen], history.values[chosen], tuple(starts))


def _kept(values: NDArray[np.float64], points: int) -> NDArray[np.int64]:
    inner = values[1:-1]
    odd = _odd_kinds(inner)
    buckets = (points - 2) // (2 + len(odd))
    ends = np.array([0, len(values) - 1])
    if not buckets:
        return ends
    # Buckets of two sizes that differ by one: the points are shared out evenly and each size is one rectangle.
    size, larger = divmod(len(inner), buckets)
    cut = larger * (size + 1)
    chosen = [ends]
    for start, part, width in ((1, inner[:cut], size + 1), (1 + cut, inner[cut:], size)):
        starts = start + np.arange(0, len(part), width)
        chosen += [starts + picks for picks in _picks(part.reshape(-1, width), odd)]
    return np.unique(np.concatenate(chosen))


def _odd_kinds(values: NDArray[np.float64]) -> list[Any]:
    """The tests for NaN and infinities that some of `values` pass."""
    if np.isfinite(values).all():
        return []
    return [test for test in (np.isnan, np.isposinf, np.isneginf) if test(values).any()]


def _picks(rows: NDArray[np.float64], odd: list[Any]) -> list[NDArray[np.int64]]:
    """The columns to keep of each row: its extremes, and the first of each odd kind (its first where it has none)."""
    if not odd:
        return [rows.argmin(axis=1), rows.argmax(axis=1)]
    finite = np.isfinite(rows)
    lows = np.where(finite, rows, np.inf).argmin(axis=1)
    highs = np.where(finite, rows, -np.inf).argmax(axis=1)
    return [lows, highs, *(test(rows).argmax(axis=1) for test in odd)]
