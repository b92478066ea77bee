"""Charts of `sitegen.toml`: their addresses, their runs, and what is said of one that cannot be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sitegen.analysis.curves import thin
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.config import ChartConfig, load_config
from sitegen.errors import UsageError
from sitegen.pages.chart_files import PICTURES, files_of_chart
from sitegen.pages.chart_recipes import MAX_RUNS, figure_of_recipe, rows_of
from sitegen.pages.declared_charts import read_charts, recipe_of
from sitegen.pages.figures import FigureView
from sitegen.pages.page import Site
from tests.analysis.builders import history, row, table

SITE = Site("T", "1", "assets/", "", 0)


def runs(count: int = 3) -> list[RunRow]:
    models = ("vit", "mlp")
    return [
        row(
            f"run{at:03}",
            {"loss": (3.0, 2.0, float(at)), "acc": 0.1 * at},
            name="baseline",
            params={"lr": str(0.1 * at), "model": models[at % 2]},
        )
        for at in range(count)
    ]


def figure(rows: Sequence[RunRow], **fields: object) -> FigureView:
    made: ExperimentTable = table(rows)
    (chart,) = read_charts([ChartConfig("My chart", "demo", **{"metrics": ("loss",), **fields})])  # type: ignore[arg-type]
    recipe = recipe_of(chart, made)
    shown = rows_of(recipe, made)
    curves = {one.run_id: {"loss": thin(history(3.0, 2.0, one.metrics["loss"].last))} for one in shown}
    return figure_of_recipe(recipe, ExperimentTable(made.experiment, shown), shown, curves, SITE)


def test_a_chart_has_the_address_of_its_name_and_the_runs_of_its_filter() -> None:
    found = figure(runs(4), filter="params.model = 'vit'")
    assert found.href == "charts/my-chart.html"
    assert found.attributes["data-runs"].split() == ["run000", "run002"]
    assert (found.title, found.caption) == ("My chart", "2 runs")


def test_it_stays_the_same_while_its_runs_do_whatever_else_is_added() -> None:
    def files(rows: Sequence[RunRow]) -> list[tuple[str, str | bytes]]:
        return list(
            files_of_chart(replace(figure(rows, filter="params.model = 'vit'"), pictures=PICTURES), "demo", SITE)
        )

    better = row("better", {"loss": (0.1, -9.0, -9.0)}, params={"model": "mlp"})
    assert files([*runs(4), better]) == files(runs(4))
    assert files([*runs(4), row("also", {"loss": (3.0, 2.0, 1.0)}, params={"model": "vit"})]) != files(runs(4))


def test_runs_of_one_name_are_lines_of_their_own_in_the_published_data() -> None:
    spec = figure(runs()).chart.vega_lite()
    assert {point["id"] for point in spec["data"]["values"]} == {"run000", "run001", "run002"}
    assert len({point["label"] for point in spec["data"]["values"]}) == 3
    assert spec["encoding"]["detail"]["field"] == "id"
    assert (spec["title"], spec["encoding"]["y"]["title"], spec["encoding"]["x"]["title"]) == (
        "My chart",
        "loss",
        "step",
    )


def test_ids_may_be_given_by_their_first_characters_and_make_the_order() -> None:
    assert figure(runs(), runs=("run002", "run000")).attributes["data-runs"] == "run002 run000"
    with pytest.raises(UsageError, match='names the run "run00", which the experiment does not have'):
        figure(runs(), runs=("run00",))
    with pytest.raises(UsageError, match="begin"):
        figure([row("abcdef1", {"loss": (1.0, 2.0)}), row("abcdef2", {"loss": (1.0, 2.0)})], runs=("abcdef",))


def test_over_a_param_each_run_is_a_dot_and_over_words_a_mark_in_a_row() -> None:
    dots = figure(runs(), metrics=("metrics.loss.min",), x="params.lr", log=("x",))
    assert (dots.attributes["data-kind"], dots.attributes["data-x"]) == ("scatter", "param:lr")
    assert dots.attributes["data-y"] == "metric:loss:min"
    assert dots.attributes["data-log"] == "x"
    assert figure(runs(), x="params.model").attributes["data-kind"] == "strip"


def test_groups_are_drawn_as_mean_and_band() -> None:
    found = figure(runs(4), group="params.model")
    assert [entry.label for entry in found.legend] == ["mlp (2 runs)", "vit (2 runs)"]
    assert 'class="band' in found.svg


def test_smoothing_keeps_what_was_logged_faint_behind_it() -> None:
    found = figure(runs(1), smoothing=0.9)
    assert found.attributes["data-smooth"] == "0.9"
    assert "faint" in found.svg and "faint" not in figure(runs(1)).svg
    last = [row for row in found.rows if "as logged" not in row[0]][0][-1]
    assert 0.0 < float(last) < 3.0


def test_a_chart_of_many_runs_says_how_many_it_leaves_out() -> None:
    found = figure(runs(MAX_RUNS + 5))
    assert f"{MAX_RUNS} of {MAX_RUNS + 5} runs" in found.caption


def test_no_run_yet_is_an_empty_chart() -> None:
    assert "nothing to draw" in figure(runs(), filter="params.model = 'resnet'").svg


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"metrics": ("los",)}, r'shows the metric "los", which no run has \(the nearest is loss\)'),
        ({"group": "params.modle"}, r'shows the param "modle", which no run has \(the nearest is model\)'),
        ({"x": "params.lrr"}, 'shows the param "lrr", which no run has'),
        ({"x": "params.lr", "metrics": ("loss", "acc")}, "has an x axis of its own: then it has one metric"),
        ({"log": ("x",)}, "of which only the y axis can be logarithmic"),
        ({"filter": "metrics.loss <"}, 'The chart "My chart" cannot be read'),
    ],
)
def test_what_cannot_be_drawn_is_told(fields: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        figure(runs(), **fields)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("metric = 'loss'", 'has an unknown key "metric"; did you mean metrics?'),
        ("metrics = 'loss'\nsmoothing = 1", '"smoothing" of [charts."a"] must be from 0 to 0.99'),
        ("metrics = 'loss'\nwidth = 10", '"width" of [charts."a"] must be from 240 to 2000'),
        ("metrics = 'loss'\nlog = 'z'", 'may hold "x" and "y"'),
        ("metrics = []", "must not be an empty list"),
        ("metrics = 'loss'\nruns = 'abcdef'\nfilter = 'a'", 'has both "runs" and "filter"'),
    ],
)
def test_a_misspelt_key_or_value_of_the_file_is_told(tmp_path: Path, lines: str, message: str) -> None:
    file = tmp_path / "sitegen.toml"
    file.write_text(f"[charts.'a']\nexperiment = 'demo'\n{lines}\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        load_config(file)
    assert message in str(caught.value)


def test_addresses_do_not_meet_those_of_other_charts() -> None:
    charts = read_charts([ChartConfig(name, "demo", ("loss",)) for name in ("A b", "a-b", "1 curve", "Curve")])
    ids = [chart.id for chart in charts]
    assert ids[0] == "a-b" and ids[2] == "chart-1-curve"
    assert len(set(ids)) == 4 and "curve" not in ids
