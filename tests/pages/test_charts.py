"""Which charts an experiment has, of which runs, and what each is called."""

from __future__ import annotations

import json

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.curves import thin
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.summary import summarise_experiment
from sitegen.pages.charts import (
    BARS,
    BEST_CURVES,
    FEWEST_FOR_HISTOGRAM,
    MAX_WORDS,
    chart_files,
    chart_groups,
    chart_pages,
    curve_rows,
)
from sitegen.pages.figures import ChartGroup, FigureView
from sitegen.pages.page import Site
from tests.analysis.builders import history, row, table

SITE = Site("T", "1", "assets/", "", 0)


def report(*rows: RunRow, objective: str = "min loss") -> Report:
    runs = table(rows)
    ranking = rank(runs, parse_objective(objective)) if objective else None
    return Report(runs, summarise_experiment(runs), ranking)


def groups(found: Report) -> list[ChartGroup]:
    curves = {
        one.run_id: {key: thin(history(3.0, 2.5, key=key)) for key, s in one.metrics.items() if s.curved}
        for one in curve_rows(found)
    }
    return chart_groups(found, curves, SITE)


def charts(found: Report, id: str) -> list[FigureView]:
    return [chart for group in groups(found) if group.id == id for chart in group.charts]


def runs(count: int) -> list[RunRow]:
    return [row(f"r{at:02}", {"loss": at + 0.5}, params={"p": str(at)}) for at in range(count)]


def test_the_curves_are_those_of_the_best_runs_with_the_objective_first() -> None:
    keys = ("a", "loss", "system/cpu", "epoch")
    rows = [row(f"r{at}", dict.fromkeys(keys, (9.0, at + 1.0))) for at in range(BEST_CURVES + 1)]
    flat = row("flat", {"loss": 0.5})
    assert [one.run_id for one in curve_rows(report(flat, *rows))] == ["r0", "r1", "r2", "r3", "r4"]
    found = charts(report(flat, *rows), "curves")
    assert [(chart.title, chart.caption) for chart in found] == [("loss", "5 runs"), ("a", "5 runs")]
    assert found[0].legend[0].href == "runs/r0.html" and found[0].id == "1-curve-loss"


def test_bars_show_the_best_runs_and_two_runs_need_none() -> None:
    (bars, _) = charts(report(*runs(BARS + 1)), "results")
    assert (bars.caption, bars.title) == ("the best 15 of 16 runs", "loss of the best runs")
    assert charts(report(*runs(BARS)), "results")[0].caption == "15 runs"
    assert len(charts(report(*runs(3)), "results")) == 2
    assert charts(report(*runs(2)), "results") == [], "the verdict compares two runs in words"


def test_a_param_is_a_scatter_of_numbers_or_strips_of_words() -> None:
    assert [chart.chart.kind for chart in charts(report(*runs(3)), "results")] == ["bar", "scatter"]
    two = [row(f"r{at}", {"loss": at + 0.5}, params={"p": str(at % 2)}) for at in range(4)]
    assert [chart.chart.kind for chart in charts(report(*two), "results")] == ["bar", "strip"]

    def words(count: int) -> list[str]:
        rows = [row(f"r{at}", {"loss": at + 0.5}, params={"p": f"w{at}"}) for at in range(count)]
        return [chart.chart.kind for chart in charts(report(*rows), "results")]

    assert (words(MAX_WORDS), words(MAX_WORDS + 1)) == (["bar", "strip"], ["bar"])


@pytest.mark.parametrize(
    ("texts", "kind"), [(("1.9", "1.1", "1.10"), "strip"), (("0.001", "1e-3", "1", "1.0"), "scatter")]
)
def test_versions_that_are_equal_as_numbers_are_told_apart(texts: tuple[str, ...], kind: str) -> None:
    rows = [row(f"r{at}", {"loss": at + 0.5}, params={"p": text}) for at, text in enumerate(texts)]
    assert [chart.chart.kind for chart in charts(report(*rows), "results")][1:] == [kind]


def test_two_metrics_are_drawn_against_each_other_with_their_front() -> None:
    rows = [row("a", {"x": 1.0, "y": 2.0}), row("b", {"x": 2.0, "y": 1.0}), row("c", {"x": 3.0, "y": 3.0})]
    (chart,) = charts(report(*rows, objective="min x, min y"), "results")
    assert (chart.title, chart.caption) == ("x against y", "3 runs; coloured: the Pareto front, 2 runs")
    assert chart.attributes["data-marked"].split() == ["a", "b"]


def test_a_distribution_takes_some_runs_that_differ() -> None:
    metrics = [{"loss": at + 0.5, "same": 1.0, "epoch": float(at), "system/cpu": float(at)} for at in range(9)]
    rows = [row(f"r{at}", one) for at, one in enumerate(metrics)]
    assert [chart.title for chart in charts(report(*rows[:FEWEST_FOR_HISTOGRAM]), "distributions")] == ["loss"]
    assert charts(report(*rows[: FEWEST_FOR_HISTOGRAM - 1]), "distributions") == []


def test_each_chart_has_a_page_and_two_files() -> None:
    found = report(*runs(3))
    made = groups(found)
    pages, files = list(chart_pages(made, found.table)), dict(chart_files(made))
    assert [page.path for page in pages] == [f"{chart.stem}.html" for group in made for chart in group.charts]
    assert len(files) == 2 * len(pages) and pages[0].source == "demo" and pages[0].source_href == "experiments/1.html"
    stem = pages[0].path.removesuffix(".html")
    assert files[f"{stem}.svg"].lstrip().startswith("<") and "$schema" in json.loads(files[f"{stem}.vl.json"])


def test_without_a_metric_that_decides_nothing_is_drawn_against_params() -> None:
    assert charts(report(*runs(5), objective=""), "results") == []
