"""A metric's history as a few letters: how high it stood along its points, for the small curves in the runs table."""

from __future__ import annotations

import numpy as np

from sitegen.model import MetricHistory

LEVELS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""The letters, lowest first."""
GAP = "."
"""The letter of a part without a finite value."""
PARTS = 16


def sketch(history: MetricHistory) -> str:
    """At most `PARTS` letters, one for each of as many equal parts of the history's points: the mean of its finite
    values between the smallest and the largest of these means. A flat curve is drawn in the middle."""
    values = np.asarray(history.values, dtype=np.float64)
    count = min(PARTS, len(values))
    if not count:
        return ""
    starts = np.arange(count) * len(values) // count
    finite = np.isfinite(values)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        # Halved, so that neither a sum of two large values nor the distance of the extremes overflows by itself.
        sums = np.add.reduceat(np.where(finite, values / 2, 0.0), starts)
        means = sums / np.add.reduceat(finite.astype(np.float64), starts)
        known = np.isfinite(means)
        if not known.any():
            return GAP * count
        low, high = means[known].min(), means[known].max()
        parts = np.where(known, (means - low) / (high - low), 0.0) if high > low else np.full(count, 0.5)
    levels = np.rint(parts * (len(LEVELS) - 1)).astype(int)
    return "".join(LEVELS[level] if ok else GAP for level, ok in zip(levels.tolist(), known.tolist(), strict=True))
