"""Charts as pages use them: a `Chart` with its first drawing, its data as a table, and its published spec on demand."""

from __future__ import annotations

from sitegen.charts.chart import Chart, Measure
from sitegen.charts.makers import (
    BEST_COLOUR,
    bar_chart,
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.charts.runs_svg import Mark, Point, interval_drawing
from sitegen.charts.series import Series
from sitegen.charts.sparklines import sparkline

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
