"""The small chart of an experiment's results on the home page: a dot for each run, the best so far as a step line."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT, EDGE = 120, 28, 3
RADIUS = 2


def result_dots(values: Sequence[float], best: Sequence[float]) -> str:
    """The chart as a finished SVG. `values` are finite, the oldest first; `best` is as long: the best up to each."""
    low, high = min(*values, *best), max(*values, *best)
    # Halves, so that the distance of two very large numbers is still a number.
    span = high / 2 - low / 2

    def height(value: float) -> str:
        share = (value / 2 - low / 2) / span if span and math.isfinite(span) else 0.5
        return f"{HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE):.1f}"

    gap = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    across = [f"{EDGE + at * gap:.1f}" for at in range(len(values))]
    steps = "".join(f"H{x}V{height(value)}" for x, value in zip(across[1:], best[1:], strict=True))
    line = f"M{across[0]} {height(best[0])}{steps}"
    dots = "".join(
        f'<circle cx="{x}" cy="{height(value)}" r="{RADIUS}"/>' for x, value in zip(across, values, strict=True)
    )
    return (
        f'<svg class="spark results" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">'
        f'<title>Result by run, oldest to newest</title><path d="{line}"/>{dots}</svg>'
    )
