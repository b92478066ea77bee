"""Charts as pages use them: a `Chart` with its first drawing, its data as a table, and its published spec on demand."""

from __future__ import annotations

from sitegen.charts.chart import (
    Chart,
    Measure,
    bar_chart,
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.charts.svg import Mark, Point, Series, sparkline

__all__ = [
    "Chart",
    "Mark",
    "Measure",
    "Point",
    "Series",
    "bar_chart",
    "curves_chart",
    "histogram_chart",
    "scatter_chart",
    "sparkline",
    "strip_chart",
]
