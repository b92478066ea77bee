"""What training did, from one curve of a run: converged, still improving, diverged, overfitted, or too little to tell.

docs/training.md explains the same rule to users. The curve is the thinned one of the run's page: up to `CURVE_POINTS`
points it has all of them, beyond that the smallest and the largest of each bucket. It is cut into at most
`MAX_BLOCKS` parts of as many points each, and the rule looks at their means, so that single points decide nothing.
A verdict is a function of the run's own curves alone. Plain Python on a few dozen numbers: numpy would cost more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from statistics import median
from typing import Literal

from sitegen.analysis.curves import Curve
from sitegen.analysis.direction import Better, direction_of, is_cost, words_of
from sitegen.analysis.metric_order import TEST_WORDS, TRAINING_WORDS, VALIDATION_WORDS, data_of, in_order
from sitegen.analysis.records import find_records
from sitegen.analysis.runs_table import RunRow
from sitegen.model import Experiment

Verdict = Literal["converged", "improving", "worse", "diverged", "overfits", "unchanged", "unclear", "short"]

MIN_POINTS = 8
"""Points below which nothing is said of a curve but that it is too short."""
MAX_BLOCKS = 36
"""Number of parts into which a curve is cut."""
END = 4
"""The end of a curve is its last 1 / `END`."""
FLAT = 0.035
"""How much of its whole improvement a curve may still gain in its end and be called converged."""
RISE = 0.07
"""How much of its whole improvement a curve must have lost again to be called worse, if that is more than noise."""
SURE = 2.5
"""Standard errors from which on a change is no longer taken for noise."""
WIDE = 30.0
"""Largest over smallest value from which on a positive metric where lower is better is judged by its logarithm."""
MAX_METRICS = 1_000
"""Metrics of a run that are put in order to find the curve."""
_FOLDS = frozenset(("fold", "folds", "split", "splits"))
_HUGE = 1e200
"""Values beyond this are not computed with."""


@dataclass(frozen=True, slots=True)
class Training:
    """What a curve did. Steps are those of points; `best_at` is the step of its best value.

    `since` is the step from which it was flat (`converged`), the last before it diverged or grew worse (`diverged`,
    `worse`, `overfits`), else 0. `ended_in` is the value that is not a number where it diverged to one.
    """

    verdict: Verdict
    best_at: int = 0
    since: int = 0
    ended_in: float | None = None


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The means of the parts of a curve, turned so that lower is better, and the first step of each."""

    means: Sequence[float]
    steps: Sequence[int]

    @property
    def end(self) -> int:
        """How many blocks are the end of the curve."""
        return max(3, len(self.means) // END)

    @property
    def noise(self) -> float:
        """The standard deviation of a block about the trend, from its distance to the middle of its neighbours."""
        m = self.means
        bends = [abs(a - 2 * b + c) for a, b, c in zip(m, m[1:], m[2:], strict=False)]
        return median(bends) / 0.6745 / math.sqrt(6)

    @property
    def smooth(self) -> list[float]:
        """The median of each block and its neighbours; of the first and the last block the mean of two."""
        m = self.means
        inner = [sorted(m[at - 1 : at + 2])[1] for at in range(1, len(m) - 1)]
        return [(m[0] + min(m[0], m[1])) / 2 if m[0] > m[1] else m[0], *inner, (m[-2] + m[-1]) / 2]


def training_of(curve: Curve, better: Better, training: Curve | None = None) -> Training:
    """What the curve of a metric did, of which `better` is the direction; `training` is that of the same metric on
    training data, without which a curve that grew worse is not said to overfit."""
    steps, values = _final(curve)
    sign = 1 if better == "min" else -1
    signed = values if sign == 1 else [-value for value in values]
    if len(values) >= MIN_POINTS and _are_usable(values):  # nearly all curves: no need to leave points out
        return _judged(steps, signed, steps[signed.index(min(signed))], better, training)
    finite = [at for at, value in enumerate(values) if _is_usable(value)]
    if not finite:
        return Training("diverged", ended_in=values[-1]) if len(values) >= MIN_POINTS else Training("short")
    best_at = steps[min(finite, key=signed.__getitem__)]
    last = finite[-1]
    if last < len(values) - 1:
        return Training("diverged", best_at, steps[last], values[-1])
    if len(finite) < MIN_POINTS:
        return Training("short", best_at)
    return _judged([steps[at] for at in finite], [signed[at] for at in finite], best_at, better, training)


def _is_usable(value: float) -> bool:
    return -_HUGE < value < _HUGE


def _are_usable(values: list[float]) -> bool:
    """Whether all are; the sum tells of NaN, which neither `min` nor `max` finds for certain."""
    return not math.isnan(sum(values)) and min(values) > -_HUGE and max(values) < _HUGE


def _judged(
    steps: Sequence[int], signed: list[float], best_at: int, better: Better, training: Curve | None
) -> Training:
    """What a curve did of which all values can be computed with and, in `signed`, lower is better."""
    verdict, since = _judge(_blocks(steps, _scaled(signed, better)))
    if verdict in ("worse", "diverged") and training is not None:
        sign = 1 if better == "min" else -1
        verdict = "overfits" if _improved_since(training, since, sign) else verdict
    return Training(verdict, best_at, since)


def _final(curve: Curve) -> tuple[list[int], list[float]]:
    """Steps and values of the final curve, in order: what a resumed run logged again counts once."""
    values: list[float] = curve.standing().tolist()
    if not curve.starts:
        return curve.steps.tolist(), values
    parts = curve.attempts()
    kept = [part.steps[part.steps < later.steps[0]] for part, later in zip(parts[:-1], parts[1:], strict=True)]
    return [int(step) for part in (*kept, parts[-1].steps) for step in part], values


def _scaled(values: list[float], better: Better) -> list[float]:
    """`values`, or their logarithms where they are positive, lower is better, and they span orders of magnitude.

    A loss that falls from 1000 to 1 and on to 0.1 is still falling, although by a thousandth of its range.
    """
    if better == "min" and min(values) > 0 and max(values) > WIDE * min(values):
        return [math.log10(value) for value in values]
    return values


def _blocks(steps: Sequence[int], values: Sequence[float]) -> _Blocks:
    pairs = _parts(len(values))
    return _Blocks([math.fsum(values[a:b]) / (b - a) for a, b in pairs], [steps[a] for a, _ in pairs])


@lru_cache(maxsize=512)
def _parts(length: int) -> tuple[tuple[int, int], ...]:
    """The start and the end of each part of a curve of `length` points; runs of an experiment share them."""
    count = min(length, MAX_BLOCKS)
    cuts = [at * length // count for at in range(count + 1)]
    return tuple(zip(cuts, cuts[1:], strict=False))


def _judge(blocks: _Blocks) -> tuple[Verdict, int]:
    """What the blocks did, and the step that belongs to it (see `Training.since`)."""
    smooth, noise, n = blocks.smooth, blocks.noise, blocks.end
    end = blocks.means[-n:]
    level = median(end)
    low_at = min(range(len(smooth)), key=smooth.__getitem__)
    gain, loss = smooth[0] - smooth[low_at], smooth[-1] - smooth[low_at]
    if low_at < len(smooth) - n:  # so that one low block at the very end does not hide a rise
        loss = max(loss, median(end[-3:]) - smooth[low_at])
    sure = SURE * noise * math.sqrt(1 / n + 1 / 3) + 1e-9 * max(map(abs, blocks.means))
    if loss > 2.5 * sure and loss > RISE * gain:
        fell_back = loss > max(gain, 6 * noise)
        return ("diverged" if fell_back else "worse"), blocks.steps[low_at]
    gained, unsure = _slope(blocks.means, noise)
    if smooth[0] - min(level, smooth[-1]) <= 2 * sure and -gained <= 2 * unsure:
        return "unchanged", 0
    change, error = _slope(end, noise)
    if -change > max(SURE * error, FLAT * gain):
        return "improving", 0
    if abs(change) <= max(FLAT * gain, SURE * error) and SURE * error <= gain / 2:
        return "converged", blocks.steps[_flat_from(blocks, level, max(FLAT * gain, 3 * noise))]
    return "unclear", 0


def _slope(end: Sequence[float], noise: float) -> tuple[float, float]:
    """By how much the straight line through the end of a curve changes over it, and the standard error of that."""
    n = len(end)
    distances, spread = _distances(n)
    slope = sum(map(mul, distances, end)) / spread
    return slope * (n - 1), noise * (n - 1) / math.sqrt(spread)


@lru_cache(maxsize=MAX_BLOCKS)
def _distances(n: int) -> tuple[tuple[float, ...], float]:
    """The distances of `n` blocks from their middle, and the sum of their squares."""
    middle = (n - 1) / 2
    distances = tuple(at - middle for at in range(n))
    return distances, sum(distance**2 for distance in distances)


def _flat_from(blocks: _Blocks, level: float, tolerance: float) -> int:
    """The first block from which on all are within `tolerance` of the level at the end."""
    at = len(blocks.means)
    while at and abs(blocks.means[at - 1] - level) <= tolerance:
        at -= 1
    return min(at, len(blocks.means) - blocks.end)


def _improved_since(training: Curve, since: int, sign: int) -> bool:
    """Whether the metric on training data went on to improve after step `since`."""
    steps, values = _final(training)
    before = [sign * value for step, value in zip(steps, values, strict=True) if step <= since and math.isfinite(value)]
    after = [sign * value for step, value in zip(steps, values, strict=True) if step > since and math.isfinite(value)]
    if len(before) < 2 or len(after) < 2:
        return False
    end = after[-max(2, len(after) // END) :]
    return median(end) < min(median(before[-3:]), before[0])


# Which curve -------------------------------------------------------------------------------------------------------


def judged_curve(
    row: RunRow, curves: Mapping[str, Curve], experiment: Experiment, judged: tuple[str, Better] | None = None
) -> tuple[str, Better] | None:
    """The metric whose curve tells what training did, and its direction; None if there is none.

    That of the objective as it was set, `judged`, or recorded in the experiment's tags or the run; else of the run's
    metrics with a known direction the soundest (`metric_order.in_order`) that has a curve. Where a metric keeps the
    best of another (`best_val_loss`), it is that one (`val_loss`). Points of folds are not a curve of training.
    """
    judged = judged or _recorded(row, experiment)
    if judged is not None and (found := _curve_of(judged[0], curves)) and found not in row.folds:
        return found, judged[1]
    for metric in _ordered(tuple(row.metrics)):
        found = _curve_of(metric, curves)
        direction = direction_of(metric)
        if found and direction and found not in row.folds:
            return found, direction.value
    return None


def _recorded(row: RunRow, experiment: Experiment) -> tuple[str, Better] | None:
    """What MLflow's tags of the experiment name as its primary metric, else what the run's own records name."""
    metric = experiment.tags.get("mlflow.experiment.primaryMetric.name", "")
    higher = experiment.tags.get("mlflow.experiment.primaryMetric.greaterIsBetter", "").lower()
    way: Better | None = "max" if higher == "true" else "min" if higher == "false" else None
    if not metric:
        record = next(find_records([row]), None)
        metric, way = (record.metric, record.direction) if record else ("", None)
    if metric and way is None and (known := direction_of(metric)):
        way = known.value
    return (metric, way) if metric and way else None


def _curve_of(metric: str, curves: Mapping[str, Curve]) -> str:
    return next((key for key in (_without_best(metric), metric) if key in curves), "")


@lru_cache(maxsize=256)
def _ordered(metrics: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a run's metrics that have a direction and are not costs, the soundest first."""
    known = [key for key in metrics if direction_of(key) and not is_cost(key) and _FOLDS.isdisjoint(words_of(key))]
    return tuple(in_order(dict.fromkeys(known[:MAX_METRICS], 1), ()))


def _without_best(metric: str) -> str:
    for start in ("best_", "best/", "best-", "best."):
        if metric.startswith(start):
            return metric.removeprefix(start)
    return metric.removesuffix("_best")


def training_curve(metric: str, curves: Mapping[str, Curve]) -> str | None:
    """The metric that is `metric` on training data, by its name: `train_loss` or `loss` for `val_loss`."""
    if data_of(metric) > 1:
        return None
    bare = _bare(metric)
    found = [key for key in curves if key != metric and data_of(key) >= 2 and _bare(key) == bare]
    return max(found, key=lambda key: (data_of(key), key)) if found else None


def _bare(metric: str) -> list[str]:
    return [word for word in words_of(metric) if word not in TRAINING_WORDS | VALIDATION_WORDS | TEST_WORDS]
