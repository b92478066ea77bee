"""Charts as pages use them: a `Chart` with its first drawing, its data as a table, and its published spec on demand."""

from __future__ import annotations

from sitegen.charts.chart import (
    BEST_COLOUR,
    Chart,
    Measure,
    bar_chart,
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.charts.svg import Mark, Point, Series, interval_drawing, sparkline

__all__ = [
    "BEST_COLOUR",
    "Chart",
    "Mark",
    "Measure",
    "Point",
    "Series",
    "bar_chart",
    "curves_chart",
    "histogram_chart",
    "interval_drawing",
    "scatter_chart",
    "sparkline",
    "strip_chart",
]
