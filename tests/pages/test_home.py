"""The first page: names, numbers and days that can be told apart at a glance."""

from __future__ import annotations

import pytest

from sitegen.analysis.words import dates
from sitegen.build import build
from sitegen.config import Config
from tests import html
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


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "14 Nov 2023"), (3, "14 to 17 Nov 2023"), (20, "14 Nov to 4 Dec 2023"), (60, "14 Nov 2023 to 13 Jan 2024")],
)
def test_each_part_of_a_range_of_days_is_said_once(days: int, words: str) -> None:
    assert dates(START, START + days * DAY) == words
