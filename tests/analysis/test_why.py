"""Why the best run is the best, in plain words."""

from __future__ import annotations

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.goals import Objective
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.ranking import Ranking
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.why import MAX_DIFFERENCES, differences, distance, gap_text, label, named_runs, why
from tests.analysis.builders import row, table


def ranked(objective: str, *rows: RunRow) -> Ranking:
    return rank(table(rows), parse_objective(objective))


@pytest.mark.parametrize(
    ("value", "other", "text"),
    [
        (0.9, 1.0, "0.1 (10%)"),
        (1.0, 0.0, "1"),
        (1001.0, 1.0, "1000"),
        (1000.5, 1.0, "999.5 (99950%)"),
        (-1.0, -2.0, "1 (50%)"),
    ],
)
def test_a_gap_has_a_share_where_that_tells_something(value: float, other: float, text: str) -> None:
    assert gap_text(value, other) == text


def test_a_distance_says_on_which_side() -> None:
    assert distance(0.9, 1.0, Objective("loss", "min", "last", "")).endswith(" below")
    assert distance(1.0, 0.9, Objective("acc", "max", "last", "")).endswith(" above")


def test_the_first_is_named_with_its_lead_and_its_differences() -> None:
    found = ranked(
        "min loss", row("a", {"loss": 1.0}, params={"lr": "1"}), row("b", {"loss": 2.0}, params={"lr": "2", "m": "x"})
    )
    said = why(found)
    assert said.startswith("a has the lowest loss: 1, 1 (50%) below the next, b.")
    assert "Differences: lr 2 → 1, m x → not set." in said


def test_many_params_that_differ_are_counted() -> None:
    def pair(count: int) -> str:
        best, other = ({f"p{n}": side for n in range(count)} for side in "ab")
        found = ranked("min loss", row("a", {"loss": 1.0}, params=best), row("b", {"loss": 2.0}, params=other))
        return differences(*found.ranked)

    assert pair(MAX_DIFFERENCES).count("→") == MAX_DIFFERENCES
    assert pair(MAX_DIFFERENCES + 1) == "Differences: 5 params."
    assert pair(0) == ""


def test_code_and_data_are_compared_where_both_are_known() -> None:
    best = row("a", {"loss": 1.0}, git_commit="1111111aaa", datasets=(("d", "x"),))
    other = row("b", {"loss": 2.0}, git_commit="2222222bbb", datasets=(("d", "y"),))
    said = differences(*ranked("min loss", best, other).ranked)
    assert said == "Differences: commit 2222222 → 1111111, data d (y) → d (x)."
    unknown = row("c", {"loss": 3.0})
    assert differences(*ranked("min loss", best, unknown).ranked) == ""


def test_ties_are_named_or_counted() -> None:
    both = ranked("min loss", row("a", {"loss": 1.0}), row("b", {"loss": 1.0}))
    assert why(both) == "Both runs that can be compared have the same loss: 1."
    every = ranked("min loss", *[row(name, {"loss": 1.0}) for name in "abc"])
    assert why(every) == "All 3 runs that can be compared have the same loss: 1."
    some = ranked("min loss", row("a", {"loss": 1.0}), row("b", {"loss": 1.0}), row("c", {"loss": 2.0}))
    assert why(some) == "a and b share the lowest loss: 1, 1 (50%) below the next."
    many = ranked("min loss", *[row(name, {"loss": 1.0}) for name in "abcde"])
    assert named_runs(many.ranked) == "a, b, c and 2 more"


def test_runs_of_one_name_are_told_apart_by_their_ids() -> None:
    found = ranked("min loss", row("1234567890", {"loss": 1.0}, name="x"), row("abcdef0123", {"loss": 2.0}, name="x"))
    labels = [label(run, found.ranked) for run in found.ranked]
    assert len(set(labels)) == 2 and all(one.startswith("x (") for one in labels)
    assert label(found.ranked[0], found.ranked[:1]) == "x"


def test_an_only_run_and_none_are_said_to_be_so() -> None:
    assert why(ranked("min loss", row("a", {"loss": 1.0}))) == "a is the only run; its loss is 1."
    one = ranked("min loss", row("a", {"loss": 1.0}), row("b", {}))
    assert why(one) == "a is the only one of 2 runs with a loss that can be compared: 1."
    assert why(ranked("min loss")) == "No runs to compare."
    assert why(ranked("min loss", row("a", {}))).startswith("No run has a loss that can be compared: ")


def test_runs_without_a_rank_are_counted_by_reason() -> None:
    found = ranked(
        "min loss",
        row("a", {"loss": 1.0}),
        row("b", {"loss": 2.0}),
        row("c", {}),
        row("d", {"loss": 3.0}, status="FAILED"),
    )
    assert why(found).endswith("2 of 4 runs are ranked; 1 did not finish, 1 without a value.")


def test_a_front_says_who_leads_by_which_metric() -> None:
    rows = [row("a", {"acc": 0.9, "ms": 9.0}), row("b", {"acc": 0.8, "ms": 5.0}), row("c", {"acc": 0.7, "ms": 9.0})]
    said = why(ranked("max acc, min ms", *rows))
    assert said.startswith(
        "No single run is best in acc and ms at once: a has the highest acc (0.9) and b has the lowest ms (5)."
    )
    assert "2 runs are on the Pareto front" in said and "1 run is dominated" in said
    only = why(ranked("max acc, min ms", rows[0], row("z", {"acc": 0.1, "ms": 10.0})))
    assert only.startswith("a is best in both metrics at once: acc 0.9 and ms 9.")
