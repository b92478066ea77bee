"""NaN and infinities, and metrics that some runs lack."""

from __future__ import annotations

import math

from sitegen.analysis.best import rank
from sitegen.analysis.health.finding import Case, HealthFinding
from sitegen.analysis.health.values import bad_values, lacking
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row, table

NAN, INF = math.nan, math.inf


def case(*rows: RunRow) -> Case:
    return Case(rows, rank(table(rows), parse_objective("min loss")), None)


def notes(finding: HealthFinding) -> dict[str, str]:
    return {run.run_id: run.note for run in finding.runs}


def test_a_run_that_ends_with_nan_is_a_problem_one_that_passed_it_a_hint() -> None:
    found = list(
        bad_values(case(row("end", {"loss": (1.0, NAN)}), row("way", {"loss": (INF, 1.0)}), row("well", {"loss": 1.0})))
    )
    assert [(one.kind, one.severity, one.count) for one in found] == [("values", "problem", 1), ("passing", "hint", 1)]
    assert found[0].sentence == "1 run ended with NaN or an infinite value: loss."
    assert notes(found[0]) == {"end": "loss, first at step 1"} and notes(found[1]) == {"way": "loss, first at step 0"}


def test_a_run_is_told_by_its_ending_where_it_has_both() -> None:
    (found,) = bad_values(case(row("a", {"acc": (NAN, 1.0), "loss": (1.0, 1.0, NAN)})))
    assert found.kind == "values" and notes(found) == {"a": "loss, first at step 2"}


def test_a_single_value_is_told_itself() -> None:
    (found,) = bad_values(case(row("a", {"loss": INF})))
    assert notes(found)["a"].startswith("loss is ")


def test_the_objective_is_named_first_then_what_most_runs_have() -> None:
    (found,) = bad_values(case(row("a", {"a": NAN, "b": NAN, "loss": NAN}), row("b", {"b": NAN})))
    assert found.sentence == "2 runs ended with NaN or an infinite value: loss, b and a."


def test_a_metric_that_more_than_half_have_is_lacking_in_the_rest() -> None:
    have = [row(f"h{at}", {"loss": 1.0, "acc": 0.5}) for at in range(2)]
    without = row("w", {"loss": 1.0})
    (found,) = lacking(case(*have, without))
    assert (found.kind, found.sentence) == ("metrics", "1 of 3 finished runs lack what most have: acc.")
    assert not list(lacking(case(*have, without, row("x", {"loss": 1.0}))))
    assert not list(lacking(case(*have)))


def test_runs_without_the_objective_are_a_problem() -> None:
    rows = [row("a", {"loss": 1.0}), row("b", {"loss": 1.0}), row("c", {"other": 1.0})]
    (found,) = lacking(case(*rows))
    assert (found.kind, found.severity) == ("objective", "problem")
    assert found.sentence == "1 of 3 finished runs never logged loss."
    assert list(notes(found)) == ["c"]


def test_unfinished_runs_and_figures_of_the_machine_are_not_missed() -> None:
    have = [row(f"h{at}", {"loss": 1.0, "system/cpu": 0.5}) for at in range(2)]
    assert not list(lacking(case(*have, row("w", {"loss": 1.0}))))
    assert not list(lacking(case(*have, row("f", {"x": 1.0}, status="FAILED"))))
