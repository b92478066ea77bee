"""What the rest of the site shows of an experiment changes with what it shows, and survives the cache."""

from __future__ import annotations

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.summary import summarise_experiment
from sitegen.build.facts import ExperimentRuns, Facts, facts_of, families_of
from sitegen.build.indexed import run_entries
from sitegen.build.packing import decode, encode
from sitegen.build.task import PackedRow
from sitegen.model import Experiment
from sitegen.pages.home_experiment import home_experiment
from tests.analysis.builders import row, table


def report(*rows: RunRow) -> Report:
    runs = table(rows)
    return Report(runs, summarise_experiment(runs), rank(runs, parse_objective("min loss")))


def facts(*rows: RunRow, now: int | None = None) -> Facts:
    return facts_of(report(*rows), {one.run_id: one.run_id for one in rows}, now, 1)


def test_facts_come_back_from_the_cache_as_they_were() -> None:
    found = facts(row("a", {"loss": 0.5}), row("b", {"loss": 1.0}, params={"lr": "1"}, parent_id="a"))
    assert decode(encode(found), Facts) == found


def test_a_metric_changes_the_home_page_and_no_search_entry() -> None:
    one, other = row("a", {"loss": 0.5}, params={"lr": "1"}), row("a", {"loss": 0.25}, params={"lr": "1"})
    assert home_experiment(report(one)).line.value != home_experiment(report(other)).line.value
    assert list(run_entries(table([one]))) == list(run_entries(table([other])))
    assert facts(one).indexed == facts(other).indexed
    assert facts(one).indexed != facts(row("a", {"loss": 0.5}, params={"lr": "2"})).indexed


def test_only_a_run_that_still_runs_depends_on_the_time() -> None:
    assert facts(row("a", {"loss": 0.5}), now=7).now is None
    assert facts(row("a", {"loss": 0.5}, status="RUNNING"), now=7).now == 7


def test_a_packed_row_is_a_row() -> None:
    fresh, packed = row("a", {"loss": 0.5}), row("b", {"loss": 1.0})
    runs = ExperimentRuns(Experiment("1", "demo"), [fresh], [PackedRow("b", "1", encode(packed))])
    assert runs.run_ids == ["a", "b"]
    assert runs.row("b") == packed
    assert {one.run_id: one for one in runs.table.rows} == {"a": fresh, "b": packed}


def test_a_family_is_known_by_the_parent_and_by_the_child() -> None:
    found = families_of([row("child", parent_id="top"), row("top"), row("lost", parent_id="gone")], None)
    assert found.parents == {"child": "top", "lost": "gone"}
    assert list(found.children) == ["top"]


def test_a_run_is_found_by_its_metrics_datasets_and_commit() -> None:
    one = row("a", {"val_f1": 0.5}, git_commit="cbd49a2f00", datasets=(("wine-2024", "d1g"),))
    [(*_, fields)] = run_entries(table([one]))
    assert {"val_f1", "wine-2024", "cbd49a2f"} <= {text for text, _ in fields}
