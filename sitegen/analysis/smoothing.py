"""Smoothed curves: `smoothed` of themes/default/assets/js/curve-data.js does the same for live charts; change both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def smoothed(places: Sequence[float], values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """The de-biased exponential moving average of `values`, of which `weight` (0 to below 1) holds over a mean step.

    `places` are where the values lie on the axis, in order. What is not finite stays as it is, and counts for nothing.
    """
    if not weight or len(values) < 2:
        return values
    mean = (places[-1] - places[0]) / (len(places) - 1) or 1.0
    total, count, last = 0.0, 0.0, places[0]
    found = values.copy()
    for at in np.flatnonzero(np.isfinite(values)).tolist():
        keep = weight ** ((places[at] - last) / mean)
        total, count, last = total * keep + values[at], count * keep + 1, places[at]
        found[at] = total / count
    return found
