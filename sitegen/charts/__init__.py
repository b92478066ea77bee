"""Charts as pages use them: a `Chart` with its first drawing, its data as a table, and its published spec on demand."""

from __future__ import annotations

from sitegen.charts.chart import Chart, Measure
from sitegen.charts.makers import (
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.charts.notebook import altair_curves
from sitegen.charts.runs_svg import Mark, Point, interval_drawing
from sitegen.charts.series import Series
from sitegen.charts.sparklines import sparkline
from sitegen.charts.style import BEST_COLOUR, HUES, OTHER_COLOUR

__all__ = [
    "BEST_COLOUR",
    "HUES",
    "OTHER_COLOUR",
    "Chart",
    "Mark",
    "Measure",
    "Point",
    "Series",
    "altair_curves",
    "curves_chart",
    "histogram_chart",
    "interval_drawing",
    "scatter_chart",
    "sparkline",
    "strip_chart",
]
