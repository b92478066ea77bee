"""What a curve is drawn over: steps, or time, or the order of logging where all points are at one step.

`themes/default/assets/js/curve-axes.js` does the same for live charts; change both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sitegen.analysis.curves import Curve

Kind = Literal["step", "time", "relative", "order"]

EARLIEST, LATEST = 100_000_000_000, 4_102_444_800_000
"""Milliseconds since 1970 between which a number can be a logged time: from March 1973 to the end of 2099."""
EXACT = 2**53
"""Whole numbers beyond this are not exact as floats."""
LARGE = 10**9
NARROW = 1e-4
"""Steps of at least `LARGE` that span less than this fraction of their size are drawn relative to the first."""
DAY = 86_400_000
STEP_UNITS = (10**6, 10**3, 1)
"""Nanoseconds, microseconds and milliseconds: how many of the unit make a millisecond."""
SPANS = ((2 * DAY, DAY, "d"), (2 * 3_600_000, 3_600_000, "h"), (2 * 60_000, 60_000, "min"), (0, 1_000, "s"))
"""The unit for a time since the start, by the smallest length (milliseconds) for which it is used."""


@dataclass(frozen=True, slots=True)
class CurveAxis:
    """The horizontal axis that some curves share.

    `place` gives the position of each point of a curve: milliseconds since 1970 where `dates`, else a number in the
    unit that `title` names. `note` says what is unusual, for the caption; it may be empty.
    """

    kind: Kind
    title: str
    note: str
    dates: bool
    place: Callable[[Curve], Any]


def axis_of(curves: Sequence[Curve]) -> CurveAxis:
    """The axis on which `curves` can be read: steps, unless each has one step alone."""
    steps = [(int(curve.steps.min()), int(curve.steps.max())) for curve in curves if len(curve.steps)]
    if any(low != high for low, high in steps) or not steps:
        return _step_axis(curves, steps)
    same = f" {steps[0][0]:,}" if len({low for low, _ in steps}) == 1 else ""
    return _axis_of_one_step(curves, f"all points are at {'step' + same if same else 'one step'}")


def axis_asked_for(kind: str, curves: Sequence[Curve]) -> CurveAxis:
    """The axis `step`, `time` or `relative`; the one that the curves need where their times cannot be right."""
    spans = [(int(curve.timestamps.min()), int(curve.timestamps.max())) for curve in curves if len(curve.timestamps)]
    longest = max((high - low for low, high in spans), default=0)
    if kind == "step" or not longest:
        return axis_of(curves)
    if kind == "time":
        return CurveAxis("time", "time (UTC)", "", True, lambda curve: curve.timestamps)
    size, unit = unit_of(longest)
    return CurveAxis(
        "relative",
        f"time since the first point ({unit})",
        "",
        False,
        lambda curve: (curve.timestamps - curve.timestamps.min()) / size,
    )


# All points at one step ---------------------------------------------------------------------------------------------


def _axis_of_one_step(curves: Sequence[Curve], why: str) -> CurveAxis:
    spans = [(int(curve.timestamps.min()), int(curve.timestamps.max())) for curve in curves]
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    longest = max(high - low for low, high in spans)
    if not longest or not EARLIEST <= low <= high <= LATEST:
        return CurveAxis("order", "order of logging", f"{why}: drawn in the order of logging", False, _orders)
    if high - low <= 2 * longest:
        return CurveAxis("time", "time (UTC)", f"{why}: drawn over time", True, lambda curve: curve.timestamps)
    size, unit = unit_of(longest)
    title, note = f"time since the first point ({unit})", f"{why}: drawn over the time since the first point"
    return CurveAxis("relative", title, note, False, lambda curve: (curve.timestamps - curve.timestamps.min()) / size)


def unit_of(span: int) -> tuple[int, str]:
    """The unit for times within `span` milliseconds: its length in milliseconds, and its name."""
    return next((size, unit) for least, size, unit in SPANS if span >= least)


def _orders(curve: Curve) -> NDArray[np.int64]:
    return curve.order if curve.order is not None else np.arange(len(curve.values))


# Steps --------------------------------------------------------------------------------------------------------------


def _step_axis(curves: Sequence[Curve], steps: Sequence[tuple[int, int]]) -> CurveAxis:
    low = min((low for low, _ in steps), default=0)
    high = max((high for _, high in steps), default=0)
    if unit := _step_unit(low, high):
        return CurveAxis(
            "step",
            "step, read as a time (UTC)",
            "",
            True,
            lambda curve: np.array([int(step) / unit for step in curve.steps.tolist()]),
        )
    large = max(abs(low), abs(high))
    if large > EXACT or (large >= LARGE and high - low < large * NARROW):
        return CurveAxis(
            "step", f"step after {low:,}", "", False, lambda c: [int(step) - low for step in c.steps.tolist()]
        )
    return CurveAxis("step", "step", "", False, lambda curve: curve.steps)


def _step_unit(low: int, high: int) -> int:
    """How many of a step make a millisecond where steps are times since 1970 (after 2001); 0 if they are not."""
    return next((unit for unit in STEP_UNITS if 10**12 * unit <= low and high <= LATEST * unit), 0)
