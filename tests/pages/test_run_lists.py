"""The plain lists of runs, by which every run is reached without scripts."""

from __future__ import annotations

from typing import Any

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.analysis.summary import summarise_experiment
from sitegen.pages.run_lists import LIST_METRICS, RunListPage, run_list_pages
from sitegen.pages.runs_table import LIST_ROWS, MAX_ROWS, runs_table_of
from tests.analysis.builders import row, table

START = 1_700_000_000_000


def runs(count: int, **fields: Any) -> ExperimentTable:
    return table(row(f"r{at:04}", {"loss": 0.5}, start_time=START - at, **fields) for at in range(count))


def lists(found: ExperimentTable, objective: str = "") -> list[RunListPage]:
    ranking = rank(found, parse_objective(objective)) if objective else None
    return run_list_pages(found, runs_table_of(found, summarise_experiment(found), ranking), ranking)


def test_a_table_that_holds_every_run_needs_no_list() -> None:
    assert lists(runs(MAX_ROWS)) == []
    assert run_list_pages(runs(3), None, None) == []


def test_every_run_is_in_one_list_and_each_list_leads_to_the_others() -> None:
    first, second, third = lists(runs(2 * LIST_ROWS + 1))
    assert [len(page.rows) for page in (first, second, third)] == [LIST_ROWS, LIST_ROWS, 1]
    assert (second.path, second.title) == ("experiments/1-runs-2.html", "demo: runs 1001–2000")
    assert (third.heading, third.crumb) == ("Runs 2001–2001 of 2001", "Runs 2001–2001")
    assert [(label, here) for _, label, here in second.pages] == [
        ("1–1000", False), ("1001–2000", True), ("2001–2001", False)
    ]  # fmt: skip
    assert second.rows[0].href == "runs/r1000.html" and third.rows[0].name == "r2000"
    assert second.experiment_href == "experiments/1.html"


def test_the_metric_that_decides_comes_first_and_columns_are_bounded() -> None:
    metrics = dict.fromkeys("abcdefgz", 0.25)
    many = table(row(f"r{at}", metrics if at else {}, start_time=START - at) for at in range(MAX_ROWS + 1))
    page = lists(many, "min z")[0]
    assert page.metrics == ("z", "a", "b", "c") and len(page.metrics) == LIST_METRICS
    assert page.rows[0].values == ("",) * 4 and page.rows[1].values == ("0.25",) * 4


def test_runs_of_one_name_are_told_apart_and_times_are_said() -> None:
    page = lists(runs(MAX_ROWS + 1, name="fit", end_time=START + 1_000))[0]
    assert len({one.name for one in page.rows}) == LIST_ROWS and page.rows[0].name.startswith("fit · ")
    assert (page.rows[0].start, page.rows[0].duration, page.rows[0].status) == ("2023-11-14 22:13", "1 s", "FINISHED")
