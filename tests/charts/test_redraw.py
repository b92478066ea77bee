"""The drawing of a chart in another size shows the same."""

from __future__ import annotations

import re

import pytest

from sitegen.charts import (
    BEST_COLOUR,
    Chart,
    Mark,
    Measure,
    Point,
    Series,
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.charts.redraw import drawn_at

X, Y = Measure("param:lr", "lr", log=True), Measure("metric:loss:last", "loss")
POINTS = [Point(0.1 * (at + 1), at * 2.0, f"r{at}", f"run {at}") for at in range(5)]
MARKS = [Mark(at * 1.0, f"r{at}", f"run {at}", category="ab"[at % 2]) for at in range(8)]
CHARTS = [
    curves_chart("a", "loss", "", [Series("run", 1, [0, 1, 2], [3.0, 2.0, 1.0])], runs=["r"], metrics=["loss"]),
    scatter_chart("b", "loss", "", POINTS, x=X, y=Y, experiment="1"),
    strip_chart("c", "loss", "", MARKS, x=Y, y=Measure("param:model", "model"), experiment="1"),
    histogram_chart("d", "loss", "", MARKS, x=Y, experiment="1"),
]


def size(svg: str) -> tuple[int, int]:
    return tuple(map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0]))


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_at_its_own_size_it_is_its_drawing(chart: Chart) -> None:
    assert drawn_at(chart, *size(chart.svg)) == chart.svg


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_another_width_is_another_drawing_with_the_same_name(chart: Chart) -> None:
    svg = drawn_at(chart, 900, 300)
    assert size(svg)[0] == 900
    assert re.findall('aria-label="[^"]*"', svg) == re.findall('aria-label="[^"]*"', chart.svg)


def test_a_pareto_front_is_not_lost() -> None:
    front = [point._replace(colour=BEST_COLOUR) for point in POINTS]
    chart = scatter_chart("e", "loss", "", front, x=X, y=Y, experiment="1", front=("max", "min"))
    assert drawn_at(chart, 900, 300) == chart.svg
