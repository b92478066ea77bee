"""Charts as values: hooks, tables, captions that say what is left out."""

from __future__ import annotations

import json
import math

import pytest

from sitegen.charts import (
    BEST_COLOUR,
    OTHER_COLOUR,
    Mark,
    Measure,
    Point,
    Series,
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.charts.makers import MAX_CATEGORIES, MAX_POINTS, _stairs

ACC = Measure("metric:acc:last", "accuracy")
LR = Measure("param:lr", "learning rate", log=True)
OPT = Measure("param:opt", "optimizer")


def test_a_curves_chart_names_its_runs_and_sums_up_its_curves() -> None:
    chart = curves_chart(
        "c", "loss", "All runs", [Series("a", 1, [0, 1, 2], [3.0, math.nan, 1.0])], runs=["r1", "r2"], metrics=["loss"]
    )
    assert chart.attributes == {"data-kind": "curves", "data-runs": "r1 r2", "data-metric": "loss"}
    assert chart.columns == ("Curve", "First", "Min", "Max", "Last")
    assert chart.rows == (("a", 3.0, 1.0, 3.0, 1.0),)
    assert chart.caption == "All runs · 1 value is NaN and not drawn."


def test_several_metrics_are_a_json_list() -> None:
    chart = curves_chart("c", "t", "", [], runs=["r"], metrics=["a b", 'c"d'], log_y=True)
    assert json.loads(chart.attributes["data-metrics"]) == ["a b", 'c"d']
    assert chart.attributes["data-log"] == "y"


def test_a_log_axis_says_how_many_values_it_drops() -> None:
    chart = curves_chart(
        "c", "t", "", [Series("a", 1, range(3), [0.0, -1.0, 2.0])], runs=["r"], metrics=["m"], log_y=True
    )
    assert "2 values of 0 or less: not drawn on a log axis." in chart.caption


def test_a_scatter_chart_has_hooks_rows_and_notes() -> None:
    points = [
        Point(0.1, 0.9, "r1", "one"),
        Point(0.0, 0.8, "r2", "two"),
        Point(0.2, math.nan, "r3", "three"),
        Point(0.3, 0.7, "r4", "four", "FAILED"),
    ]
    chart = scatter_chart("s", "t", "Caption.", points, x=LR, y=ACC, experiment="exp", best="r1")
    assert chart.attributes["data-experiment"] == "exp"
    assert chart.attributes["data-x"] == "param:lr" and chart.attributes["data-y"] == "metric:acc:last"
    assert chart.attributes["data-log"] == "x"
    assert chart.row_runs == ("r1", "r2", "r3", "r4") and chart.rows_total == 4
    assert "1 run has no finite value here." in chart.caption
    assert "1 value of 0 or less" in chart.caption and "Rings" in chart.caption
    assert [row["id"] for row in chart.vega_lite()["data"]["values"]] == ["r1", "r4"]
    assert [row["colour"] for row in chart.vega_lite()["data"]["values"]] == [BEST_COLOUR, OTHER_COLOUR]


def test_a_large_scatter_is_capped_and_says_so() -> None:
    points = [Point(n % 173, n % 197, f"r{n}", "x") for n in range(3 * MAX_POINTS)]
    chart = scatter_chart("s", "t", "", points, x=ACC, y=ACC, experiment="e")
    assert len(chart.data) <= MAX_POINTS
    assert f"{len(chart.data):,} of 15,000 runs are drawn" in chart.caption
    assert len(chart.rows) == 200 and chart.rows_total == 15_000
    assert len(chart.svg) < 20_000


def test_a_strip_keeps_its_most_used_categories_numbers_by_size() -> None:
    marks = [Mark(float(n), f"r{n}", "x", category=str(c)) for c in (1, 2, 10, "auto") for n in range(3)]
    chart = strip_chart("s", "t", "", marks, x=ACC, y=OPT, experiment="e")
    assert [row[0] for row in chart.rows] == ["1", "2", "10", "auto"]
    assert chart.rows[0] == ("1", 3, 0.0, 1.0, 2.0)
    many = [Mark(1.0, category=f"c{n}") for n in range(20)]
    crowded = strip_chart("s", "t", "", many, x=ACC, y=OPT, experiment="e")
    assert len(crowded.rows) == MAX_CATEGORIES and "8 rarer values are not drawn." in crowded.caption


def test_a_histogram_chart_lists_its_bins() -> None:
    chart = histogram_chart("h", "t", "", [Mark(float(n)) for n in range(10)], x=ACC, experiment="e")
    assert sum(row[2] for row in chart.rows if isinstance(row[2], int)) == 10
    assert "data-y" not in chart.attributes


def test_a_chart_is_the_same_bytes_twice() -> None:
    def make() -> str:
        points = [Point(n / 7, n / 3, f"r{n}", f"n{n}") for n in range(1000)]
        chart = scatter_chart("s", "t", "", points, x=ACC, y=ACC, experiment="e")
        return chart.svg + json.dumps(chart.vega_lite())

    assert make() == make()


def test_a_band_is_in_the_published_spec_and_its_gaps_are_no_fault() -> None:
    band = Series("g", 1, [0, 1], [1.0, math.nan], [0.5, math.nan], [1.5, math.nan])
    chart = curves_chart("c", "loss", "1 group", [band], runs=["a", "b"], metrics=["loss"])
    assert chart.caption == "1 group"
    spec = chart.vega_lite()
    assert spec["data"]["values"] == [
        {"x": 0.0, "y": 1.0, "low": 0.5, "high": 1.5, "label": "g", "id": ""},
        {"x": 1.0, "y": None, "low": None, "high": None, "label": "g", "id": ""},
    ]
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["area", "line"]


@pytest.mark.parametrize(
    ("ways", "corners"),
    [
        (("min", "min"), [(0, 2), (1, 2), (1, 0)]),
        (("max", "max"), [(0, 2), (0, 0), (1, 0)]),
    ],
)
def test_the_front_encloses_what_runs_have_reached(ways: tuple[str, str], corners: list[tuple[int, int]]) -> None:
    """With less of both better, all right of (0, 2) is reached at y = 2 until (1, 0) does better; else the mirror."""
    points = [Point(1, 0, "a", colour=BEST_COLOUR), Point(5, 5, "x"), Point(0, 2, "b", colour=BEST_COLOUR)]
    assert _stairs(points, ways) == corners
    chart = scatter_chart("s", "t", "", points, x=ACC, y=ACC, experiment="e", front=ways)
    assert chart.svg.count('class="line c1"') == 1
    assert 'class="line' not in scatter_chart("s", "t", "", points, x=ACC, y=ACC, experiment="e").svg


def test_runs_far_outside_are_counted_and_do_not_stretch_a_chart() -> None:
    points = [Point((n + 1) / 10, 1 + n / 100, f"r{n}", f"run {n}") for n in range(20)] + [
        Point(1.0, 1e9, "far", "far")
    ]
    chart = scatter_chart("s", "t", "", points, x=LR, y=ACC, experiment="e", best="r3")
    assert chart.caption == "1 run is far outside and not drawn."
    assert len(chart.data) == 20 and chart.rows_total == 21
    whole = scatter_chart("s", "t", "", points, x=LR, y=ACC, experiment="e", best="far")
    assert len(whole.data) == 21 and whole.caption == ""


def test_a_histogram_leaves_out_what_is_far_outside() -> None:
    marks = [Mark(n / 10, f"r{n}", f"run {n}") for n in range(20)] + [Mark(-1e9, "far", "far")]
    chart = histogram_chart("h", "t", "", marks, x=ACC, experiment="e")
    assert chart.caption == "1 run is far outside and not drawn." and sum(row[2] for row in chart.rows) == 20
