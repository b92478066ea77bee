"""Which curves are drawn by default: informative ones, not epochs, counters and constants.

`themes/default/assets/js/counters.js` knows the same names; change both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection

import numpy as np

from sitegen.analysis.curves import Curve

COUNTER = re.compile(
    r"(^|[/.])((best|current|global|total|train|trainer|env|num)[_-]?)*"
    r"(epochs?|steps?|iterations?|iters?|timesteps?|batch(_idx|_index)?|batches|episodes?|time_elapsed|n_updates)$",
    re.IGNORECASE,
)
"""Names of metrics that count the progress of a run."""
SUMMARY = re.compile(r"^(best|min|max|final|last|mean|avg)[_/.-]|[_/.-](best|min|max|final|last|mean|avg)$")
"""What is added to the name of a curve to name one value of it."""
FEWEST_COUNTED = 5
"""The least number of values for which even steps between whole numbers are a count."""


def is_counter(key: str) -> bool:
    """Whether a metric of this name counts how far a run is: `epoch`, `trainer/global_step`."""
    return COUNTER.search(key) is not None


def curve_of_objective(metric: str, keys: Collection[str]) -> str | None:
    """Which of the curves `keys` shows how `metric` came about: its own, or the one of which it is the best value.

    `best_val_loss`, `val_loss_best` and `best/val_loss` are taken from `val_loss`. None if there is no such curve.
    """
    if metric in keys:
        return metric
    plain = SUMMARY.sub("", metric, count=1)
    return plain if plain in keys else None


def is_informative(key: str, curve: Curve) -> bool:
    """Whether the curve of metric `key` is drawn without being asked for."""
    if is_counter(key):
        return False
    first, last = float(curve.values[0]), float(curve.values[-1])
    if not (math.isfinite(first) and math.isfinite(last) and first != last):
        values = curve.values[np.isfinite(curve.values)]
        if len(values) < 2:
            return True
        if values.min() == values.max():
            return False
    return not _counts_up(curve)


def _counts_up(curve: Curve) -> bool:
    """Whether whole numbers grow evenly with the steps."""
    values = curve.values
    if len(values) < FEWEST_COUNTED or curve.starts or curve.steps.dtype == object:
        return False
    if not float(values[0]).is_integer() or not float(values[1]).is_integer():
        return False  # as most curves, without a look at all values
    if not (np.isfinite(values).all() and (values == np.rint(values)).all() and values[0] < values[-1]):
        return False
    steps = curve.steps.astype(np.float64)  # differences of whole numbers may be too large for those
    with np.errstate(over="ignore", invalid="ignore"):
        run, rise = steps - steps[0], values - values[0]
        return bool(run[-1]) and bool(np.allclose(rise * run[-1], run * rise[-1], rtol=1e-9, atol=0))
