"""The permanent address of the best run, and `data/best.json`, which says the same to programs."""

from __future__ import annotations

import json
from typing import Any

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.summary import summarise_experiment
from sitegen.pages.best import MAX_PARAMS, SCHEMA, best_entry, best_json, best_page_of
from sitegen.pages.page import Site
from tests.analysis.builders import row, table

START = 1_700_000_000_000
SITE = Site("T", "1", "assets/", "", 0)


def report(*rows: RunRow, objective: str = "min loss", baseline: RunRow | None = None) -> Report:
    runs = table(rows)
    ranking = rank(runs, parse_objective(objective)) if objective else None
    return Report(runs, summarise_experiment(runs), ranking, baseline=baseline)


def entry(found: Report) -> dict[str, Any]:
    content = json.loads(best_json([best_entry(found)], SITE))
    assert (content["schema"], content["title"]) == (SCHEMA, "T")
    (only,) = content["experiments"]
    return dict(only)


def test_the_page_shows_the_best_run_with_its_params() -> None:
    params = {f"p{at:02}": "v" * 50 for at in range(MAX_PARAMS + 3)}
    best = row("a", {"loss": 0.5}, params=params, start_time=START, end_time=START + 450, git_commit="c" * 40)
    page = best_page_of(report(row("b", {"loss": 1.0}), best), "None.", SITE)
    assert (page.path, page.title, page.no_best) == ("best/1.html", "Best run of demo", "")
    assert [fact.value for fact in page.facts] == ["2023-11-14 22:13 UTC", "450 ms", "c" * 12, "a"]
    assert (len(page.params), page.params_more, page.params[0]) == (MAX_PARAMS, "and 3 more", ("p00", "v" * 39 + "…"))
    assert page.best is not None and page.best.name == "a" and page.canonical == "best/1.html"


def test_a_fact_that_is_not_known_is_left_out_and_few_params_are_all_shown() -> None:
    page = best_page_of(report(row("a", {"loss": 0.5}, params={"p": "1"})), "", SITE)
    assert [fact.label for fact in page.facts] == ["Run id"] and (page.params, page.params_more) == ((("p", "1"),), "")


def test_the_address_is_absolute_where_that_of_the_site_is_known() -> None:
    site = Site("T", "1", "assets/", "", 0, site_url="https://example.org/runs/")
    assert best_page_of(report(row("a")), "", site).canonical == "https://example.org/runs/best/1.html"


def test_a_page_without_a_best_run_says_why_and_ties_have_several() -> None:
    none = best_page_of(report(row("a"), objective=""), "No metric.", SITE)
    assert (none.best, none.no_best, none.facts, none.title) == (None, "No metric.", (), "Best run of demo")
    tied = best_page_of(report(row("a", {"loss": 0.5}), row("b", {"loss": 0.5})), "No metric.", SITE)
    assert (tied.title, tied.no_best, tied.facts, tied.params) == ("Best runs of demo", "", (), ())
    assert tied.best is not None


def test_programs_get_the_best_run_the_next_one_and_the_distance() -> None:
    found = entry(report(row("a", {"loss": 0.5}), row("b", {"loss": 0.75}), row("c", {"loss": 2.0}), row("d")))
    assert (found["best"]["run_id"], found["best"]["value"], found["best"]["page"]) == ("a", 0.5, "runs/a.html")
    assert (found["runner_up"]["run_id"], found["margin"], found["ranked"], found["runs"]) == ("b", 0.25, 3, 4)
    assert found["objective"]["metrics"] == [{"metric": "loss", "direction": "min", "reducer": "last"}]
    assert found["objective"]["source"] == "set" and found["address"] == "best/1.html"
    assert (found["tied"], found["front"], found["studies"], found["baseline"]) == ([], [], [], None)


def test_a_tie_has_no_best_and_no_runner_up() -> None:
    found = entry(report(row("a", {"loss": 0.5}), row("b", {"loss": 0.5}), row("c", {"loss": 1.0})))
    assert (found["best"], found["runner_up"], found["margin"]) == (None, None, None)
    assert [one["run_id"] for one in found["tied"]] == ["a", "b"] and found["verdict"]["lead"] == "tie"


def test_without_a_metric_there_is_an_entry_all_the_same() -> None:
    found = entry(report(row("a"), objective="", baseline=row("a")))
    assert (found["objective"], found["best"], found["ranked"], found["baseline"]) == (None, None, 0, None)
    assert found["verdict"]["lead"] == "no verdict"


def test_a_baseline_that_is_not_a_number_has_no_value() -> None:
    good, bad = row("b", {"loss": 2.0}), row("b", {"loss": float("inf")})
    assert entry(report(row("a", {"loss": 1.0}), good, baseline=good))["baseline"]["value"] == 2.0
    assert entry(report(row("a", {"loss": 1.0}), bad, baseline=bad))["baseline"] == {
        "run_id": "b", "name": "b", "value": None, "page": "runs/b.html"
    }  # fmt: skip
