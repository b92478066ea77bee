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
from sitegen.charts import BEST_COLOUR, OTHER_COLOUR
from sitegen.pages.chart_files import chart_pages, files_of_chart
from sitegen.pages.charts import (
    BEST_CURVES,
    FEWEST_FOR_HISTOGRAM,
    MAX_WORDS,
    OPEN_CURVES,
    chart_groups,
    curve_rows,
)
from sitegen.pages.figures import ChartGroup, FigureView, every_chart
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
    return [chart for group in groups(found) if group.id == id for chart in every_chart(group)]


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


def test_the_curve_that_the_objective_is_taken_from_comes_first_with_the_best_run_in_its_colour() -> None:
    rows = [row(f"r{at}", {"best_loss": at + 0.5, "acc": (1.0, 2.0), "loss": (2.0, 1.0)}) for at in range(3)]
    (group,) = [one for one in groups(report(*rows, objective="min best_loss")) if one.id == "curves"]
    assert group.wide and group.wide.title == "loss" and [chart.title for chart in group.charts] == ["acc"]
    assert "from which best_loss is taken" in group.hint
    assert group.wide.attributes["data-best"] == "r0"
    assert [entry.colour for entry in group.wide.legend] == [OTHER_COLOUR, OTHER_COLOUR, BEST_COLOUR]
    assert group.wide.attributes["data-runs"].split() == ["r1", "r2", "r0"], "the best is drawn over the others"


def test_more_than_six_small_curves_are_folded() -> None:
    keys = ["loss", *(f"m{n}" for n in range(OPEN_CURVES + 1))]
    found = groups(report(*(row(f"r{at}", dict.fromkeys(keys, (9.0, at + 1.0))) for at in range(2))))
    assert found[0].wide and (len(found[0].charts), len(found[0].more)) == (OPEN_CURVES, 1)
    assert found[0].more_line == "1 more curve"


def test_two_runs_are_compared_in_words() -> None:
    assert len(charts(report(*runs(3)), "results")) == 1
    assert charts(report(*runs(2)), "results") == [], "the verdict compares two runs in words"


def test_a_param_is_a_scatter_of_numbers_or_strips_of_words() -> None:
    assert [chart.chart.kind for chart in charts(report(*runs(3)), "results")] == ["scatter"]
    two = [row(f"r{at}", {"loss": at + 0.5}, params={"p": str(at % 2)}) for at in range(4)]
    assert [chart.chart.kind for chart in charts(report(*two), "results")] == ["strip"]

    def words(count: int) -> list[str]:
        rows = [row(f"r{at}", {"loss": at + 0.5}, params={"p": f"w{at}"}) for at in range(count)]
        return [chart.chart.kind for chart in charts(report(*rows), "results")]

    assert (words(MAX_WORDS), words(MAX_WORDS + 1)) == (["strip"], [])


@pytest.mark.parametrize(
    ("texts", "kind"), [(("1.9", "1.1", "1.10"), "strip"), (("0.001", "1e-3", "1", "1.0"), "scatter")]
)
def test_versions_that_are_equal_as_numbers_are_told_apart(texts: tuple[str, ...], kind: str) -> None:
    rows = [row(f"r{at}", {"loss": at + 0.5}, params={"p": text}) for at, text in enumerate(texts)]
    assert [chart.chart.kind for chart in charts(report(*rows), "results")] == [kind]


def test_two_metrics_are_drawn_against_each_other_with_their_front() -> None:
    rows = [row("a", {"x": 1.0, "y": 2.0}), row("b", {"x": 2.0, "y": 1.0}), row("c", {"x": 3.0, "y": 3.0})]
    (chart,) = charts(report(*rows, objective="min x, min y"), "results")
    assert (chart.title, chart.caption) == ("x against y", "3 runs; coloured: the Pareto front, 2 runs")
    assert chart.attributes["data-marked"].split() == ["a", "b"]


def test_a_distribution_takes_some_runs_that_differ() -> None:
    metrics = [
        {"loss": at + 0.5, "same": 1.0, "epoch": float(at), "system/cpu": float(at)}
        for at in range(FEWEST_FOR_HISTOGRAM)
    ]
    rows = [row(f"r{at}", one) for at, one in enumerate(metrics)]
    assert [chart.title for chart in charts(report(*rows[:FEWEST_FOR_HISTOGRAM]), "distributions")] == ["loss"]
    assert charts(report(*rows[: FEWEST_FOR_HISTOGRAM - 1]), "distributions") == []


def test_each_chart_has_a_page_and_two_files() -> None:
    found = report(*runs(3))
    made = [chart for group in groups(found) for chart in every_chart(group)]
    pages, files = (
        list(chart_pages(made, found.table)),
        dict(file for one in made for file in files_of_chart(one, "demo", SITE)),
    )
    assert [page.path for page in pages] == [f"{chart.stem}.html" for chart in made]
    # The first chart has four more pictures.
    assert (
        len(files) == 2 * len(pages) + 4 and pages[0].source == "demo" and pages[0].source_href == "experiments/1.html"
    )
    stem = pages[0].path.removesuffix(".html")
    assert files[f"{stem}.svg"].lstrip().startswith("<") and "$schema" in json.loads(files[f"{stem}.vl.json"])


def test_without_a_metric_that_decides_nothing_is_drawn_against_params() -> None:
    assert charts(report(*runs(5), objective=""), "results") == []


def test_the_first_chart_is_there_as_png_where_the_address_of_the_site_is_known() -> None:
    found = report(*runs(3))
    known = chart_groups(found, {}, Site("T", "1", "assets/", "", 0, site_url="https://example.org/"))
    unknown = chart_groups(found, {}, SITE)
    assert [every_chart(groups[0])[0].pictures.endswith(" png") for groups in (known, unknown)] == [True, False]
