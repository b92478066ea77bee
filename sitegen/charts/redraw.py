"""The drawing of a chart in another size: for the chart's own page, and for pictures."""

from __future__ import annotations

from itertools import groupby

from sitegen.charts.chart import Chart
from sitegen.charts.curves_svg import curves_svg
from sitegen.charts.runs_svg import histogram_svg, scatter_svg, strip_svg

FRONT = '<path class="line'
"""What a scatter drawing has only where it shows a Pareto front, which is not in the chart's data."""


def drawn_at(chart: Chart, width: int, height: int, *, names: bool = True) -> str:
    """The drawing of `chart` for a width, and for a height where its kind has none of its own; as safe as `svg`.

    Without `names`, several curves have none at their ends.
    """
    if chart.kind == "curves":
        return curves_svg(
            chart.data,
            width=width,
            height=height,
            x_title=chart.x.title,
            title=chart.y.title,
            log_y=chart.y.log,
            dates=chart.dates,
            names=names,
        )
    if chart.kind == "scatter" and FRONT not in chart.svg:
        return scatter_svg(
            chart.data,
            width=width,
            height=height,
            x_title=chart.x.title,
            y_title=chart.y.title,
            log_x=chart.x.log,
            log_y=chart.y.log,
        )
    if chart.kind == "strip":
        rows = [(name, list(marks)) for name, marks in groupby(chart.data, key=lambda mark: str(mark.category))]
        return strip_svg(rows, width=width, x_title=chart.x.title, log_x=chart.x.log)
    if chart.kind == "histogram":
        values = [mark.x for mark in chart.data]
        return histogram_svg(values, width=width, height=height, x_title=chart.x.title, y_title=chart.y.title)
    return chart.svg
