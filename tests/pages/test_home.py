"""The first page: names, numbers and days that can be told apart at a glance."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.report import Report
from sitegen.analysis.summary import summarise_experiment
from sitegen.analysis.words import dates
from sitegen.build import build
from sitegen.charts.result_dots import result_dots
from sitegen.config import Config
from sitegen.pages.home_results import Results, last_week, results_of
from sitegen.stores.locations import name_of
from tests import html
from tests.analysis.builders import row, table
from tests.stores.mlruns_builder import START, experiment, run

DAY = 24 * 3600 * 1000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> html.Element:
    """Two runs of one name whose values differ in the seventh digit, and one with a name of 300 characters."""
    folder = tmp_path_factory.mktemp("home")
    sweep = experiment(folder / "mlruns", "1", name="sweep")
    for at, (name, value) in enumerate((("same", "0.9999912"), ("same", "0.9999914"), ("x" * 299 + "y", "0.5"))):
        start = START + at * 40 * DAY
        metrics = {"accuracy": f"{START} {value} 0\n"}
        run(sweep, f"{at}abc" * 8, run_name=name, metrics=metrics, start_time=start, end_time=start + 5000)
    build(Config(store=str(folder / "mlruns"), output=folder / "site"))
    return html.read(folder / "site" / "index.html")


def test_runs_of_one_name_are_told_apart_by_their_ids(home: html.Element) -> None:
    names = [row["Run"] for row in html.cells(html.section(home, "recent"))]
    assert names[1:] == ["same · 1abc1a", "same · 0abc0a"]
    assert len(names[0]) <= 60
    (line,) = html.cells(html.section(home, "experiments"))
    assert line["Best run"] == "same · 1abc1a"


def test_values_that_differ_never_look_the_same(home: html.Element) -> None:
    results = [row["Result"] for row in html.cells(html.section(home, "recent"))]
    assert results == ["0.5000000 accuracy", "0.9999914 accuracy", "0.9999912 accuracy"]
    (line,) = html.cells(html.section(home, "experiments"))
    assert line["Best value"].startswith("0.9999914")


def test_the_days_of_the_runs_stand_on_top(home: html.Element) -> None:
    lede = next(one for one in home.iter("p") if one.get("class") == "lede")
    assert html.text(lede) == "3 runs in 1 experiment · 14 Nov 2023 to 2 Feb 2024"


def week(*runs: tuple[int, float], direction: str = "min") -> Results:
    """The results of runs that ended on these days with these values."""
    rows = [
        row(f"r{at}", {"loss": value}, start_time=START + day * DAY, end_time=START + day * DAY)
        for at, (day, value) in enumerate(runs)
    ]
    found = table(rows)
    ranking = rank(found, parse_objective(f"{direction} loss"))
    return results_of(Report(found, summarise_experiment(found), ranking))


def test_the_last_week_is_that_before_the_newest_time_of_the_store() -> None:
    now, cifar = START + 30 * DAY, week((1, 0.9), (20, 0.7585), (24, 0.6), (30, 0.5429))
    old = week((2, 1.0), (3, 0.5))
    words = "In the 7 days to 14 Dec 2023: 2 new runs; best of cifar improved from 0.7585 to 0.5429."
    assert last_week([("cifar", cifar), ("old", old)], now) == words
    assert last_week([("old", old)], now) == "", "nothing new"
    worse = week((20, 0.5), (29, 0.6))
    assert last_week([("cifar", worse)], now) == "In the 7 days to 14 Dec 2023: 1 new run."
    assert "from 0.5 to 0.6" in last_week([("up", week((20, 0.5), (29, 0.6), direction="max"))], now)
    assert last_week([("cifar", week((29, 0.6), (30, 0.5)))], now) == "", "all there is came in that week"
    later = START + 31 * DAY
    assert "1 new run;" in last_week([("cifar", cifar)], later), "the days count from the store's newest time"


def test_the_newest_result_is_not_the_newest_run() -> None:
    failed = row("z", {}, start_time=START + 90 * DAY, end_time=START + 90 * DAY, status="FAILED")
    found = table([failed, row("a", {"loss": 0.5}, start_time=START, end_time=START + 5)])
    results = results_of(Report(found, summarise_experiment(found), rank(found, parse_objective("min loss"))))
    assert results.newest == START + 5


def test_the_best_so_far_is_a_step_line_through_the_dots() -> None:
    chart = result_dots([3.0, 1.0, 2.0], [3.0, 1.0, 1.0])
    assert "Result by run, oldest to newest" in chart
    assert chart.count("<circle") == 3
    assert 'd="M3.0 3.0H60.0V25.0H117.0V25.0"' in chart
    assert "nan" not in result_dots([-1.7e308, 1.7e308], [-1.7e308, -1.7e308])


def test_the_site_is_named_after_its_only_experiment_and_dated(home: html.Element) -> None:
    (title,) = home.iter("title")
    assert html.text(title) == "sweep"
    (footer,) = home.iter("footer")
    assert "Data as of 2 Feb 2024" in html.text(footer)


@pytest.mark.parametrize("path", ["wine/mlruns", "wine/notebooks/mlruns", "wine/outputs/mlflow.db", "wine/runs.db"])
def test_a_folder_with_a_generic_name_gives_no_title(path: str, tmp_path: Path) -> None:
    assert name_of(str(tmp_path / path)) == "wine"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "14 Nov 2023"), (3, "14 to 17 Nov 2023"), (20, "14 Nov to 4 Dec 2023"), (60, "14 Nov 2023 to 13 Jan 2024")],
)
def test_each_part_of_a_range_of_days_is_said_once(days: int, words: str) -> None:
    assert dates(START, START + days * DAY) == words
