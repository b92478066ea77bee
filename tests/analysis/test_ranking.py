"""Rankings beyond one metric: constraints, filters, ties that are broken, the Pareto front."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.best import Ranking, pareto_front, rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from sitegen.query import filter_of
from tests.analysis.builders import row, table


def ranking(objective: str, *rows: RunRow) -> Ranking:
    return rank(table(rows), parse_objective(objective), filter_of)


def order(found: Ranking) -> list[tuple[str, int]]:
    return [(run.row.run_id, run.rank) for run in found.ranked]


def reasons(found: Ranking) -> dict[str, str]:
    return {run.row.run_id: run.why for run in found.unranked}


# Constraints and filters


def test_a_run_that_breaks_a_constraint_has_no_rank_and_the_page_says_why() -> None:
    found = ranking(
        "max acc with ms < 50",
        row("slow", {"acc": 0.99, "ms": 63}),
        row("a", {"acc": 0.8, "ms": 40}),
        row("b", {"acc": 0.7, "ms": 30}),
        row("unknown", {"acc": 0.9}),
    )
    assert order(found) == [("a", 1), ("b", 2)]
    assert reasons(found) == {
        "slow": "does not meet ms < 50: it is 63",
        "unknown": "does not meet ms < 50: it has none",
    }
    assert found.why == (
        "a has the highest acc: 0.8, 0.1 (14%) above the next, b. 2 of 4 runs are ranked; 2 not within ms < 50."
    )
    assert found.verdict.notes == ("slow reached 0.99 but does not meet ms < 50: it is 63.",)


def test_where_no_run_meets_the_constraints_none_is_best() -> None:
    found = ranking("max acc with ms < 5", row("a", {"acc": 0.8, "ms": 40}))
    assert (found.best, found.ranked) == (None, ())
    assert found.why == "No run has a acc that can be compared: does not meet ms < 5: it is 40 (1 run)."


def test_a_filter_leaves_runs_out_and_says_so() -> None:
    found = ranking(
        "max acc where params.model = 'cnn'",
        row("a", {"acc": 0.9}, params={"model": "mlp"}),
        row("b", {"acc": 0.8}, params={"model": "cnn"}),
        row("c", {"acc": 0.7}, params={"model": "cnn"}),
    )
    assert order(found) == [("b", 1), ("c", 2)]
    assert reasons(found) == {"a": "left out by the filter params.model = 'cnn'"}
    assert "2 of 3 runs are ranked; 1 left out by the filter params.model = 'cnn'." in found.why
    assert "reached" not in found.why


def test_another_language_may_read_the_filter() -> None:
    rows = [row("a", {"acc": 0.9}), row("b", {"acc": 0.8})]
    found = rank(table(rows), parse_objective("max acc where b"), lambda text: lambda run: run.run_id == text)
    assert order(found) == [("b", 1)]


def test_a_reduced_value_decides() -> None:
    rows = [
        row("a", {"acc": 0.9}, reduced={("acc", "mean of last 2"): 0.5}),
        row("b", {"acc": 0.8}, reduced={("acc", "mean of last 2"): 0.6}),
        row("c", {"acc": 0.8}, reduced={("acc", "mean of last 2"): math.nan}),
        row("d", {"acc": 0.8}),
    ]
    found = ranking("max acc mean of last 2", *rows)
    assert order(found) == [("b", 1), ("a", 2)]
    assert reasons(found) == {"c": "mean of the last 2 values of acc is NaN", "d": "never logged acc"}
    assert reasons(ranking("max acc at step 9", rows[0]))["a"] == "never logged acc at step 9"


# Ties

NOON = 1_700_000_000_000


def test_ties_share_a_rank_unless_they_are_broken() -> None:
    rows = [
        row("a", {"acc": 0.9, "loss": 2.0}, start_time=NOON + 1, end_time=NOON + 1001),
        row("b", {"acc": 0.9, "loss": 1.0}, start_time=NOON + 2, end_time=NOON + 3002),
        row("c", {"acc": 0.9}, start_time=NOON + 3, end_time=NOON + 1503),
        row("d", {"acc": 0.1, "loss": 0.0}, start_time=NOON + 4, end_time=NOON + 5),
    ]
    assert order(ranking("max acc", *rows)) == [("c", 1), ("b", 1), ("a", 1), ("d", 4)]
    assert order(ranking("max acc ties by min loss", *rows)) == [("b", 1), ("a", 2), ("c", 3), ("d", 4)]
    assert order(ranking("max acc ties by fastest", *rows)) == [("a", 1), ("c", 2), ("b", 3), ("d", 4)]
    assert order(ranking("max acc ties by oldest", *rows)) == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
    assert order(ranking("max acc ties by newest", *rows)) == [("c", 1), ("b", 2), ("a", 3), ("d", 4)]


def test_what_broke_a_tie_is_said() -> None:
    rows = [
        row("a", {"acc": 0.9}, start_time=NOON + 1, end_time=NOON + 12_001),
        row("b", {"acc": 0.9}, start_time=NOON + 2, end_time=NOON + 15_002),
        row("c", {"acc": 0.5}),
    ]
    assert ranking("max acc ties by fastest", *rows).why == (
        "a and b share the highest acc: 0.9, 0.4 (80%) above the next. "
        "a comes first because it was the fastest: 12 s against 15 s."
    )
    rows = [row("a", {"acc": 1, "loss": 2}), row("b", {"acc": 1, "loss": 1})]
    assert ranking("max acc ties by min loss", *rows).why == (
        "Both runs that can be compared have the same acc: 1. b comes first because its loss is lower: 1 against 2."
    )


def test_a_tie_that_the_tie_break_does_not_break_stays_one() -> None:
    rows = [row("a", {"acc": 1, "loss": 1}), row("b", {"acc": 1, "loss": 1})]
    found = ranking("max acc ties by min loss", *rows)
    assert [run.rank for run in found.ranked] == [1, 1]
    assert found.why == "Both runs that can be compared have the same acc: 1."


# Several metrics


def runs(*values: tuple[str, float, float]) -> list[RunRow]:
    return [row(name, {"acc": acc, "ms": ms}) for name, acc, ms in values]


def test_the_front_is_listed_and_nobody_wins() -> None:
    found = ranking(
        "max acc, min ms",
        *runs(("exact", 0.93, 40), ("fast", 0.8, 12), ("mean", 0.9, 20), ("x", 0.8, 20), ("y", 0.7, 50)),
    )
    assert order(found) == [("exact", 1), ("mean", 1), ("fast", 1), ("x", 4), ("y", 4)]
    assert found.best is None and [run.row.run_id for run in found.front] == ["exact", "mean", "fast"]
    assert found.why == (
        "No single run is best in acc and ms at once: exact has the highest acc (0.93) and fast has the lowest ms (12). "
        "3 runs are on the Pareto front: to gain in one metric from there is to lose in another. "
        "2 runs are dominated: some run on the front is nowhere worse and somewhere better."
    )


def test_a_winner_is_named_where_it_dominates_all() -> None:
    found = ranking("max acc, min ms", *runs(("a", 0.9, 12), ("b", 0.8, 12), ("c", 0.9, 13)))
    assert found.best is not None and found.best.row.run_id == "a"
    assert found.why == (
        "a is best in both metrics at once: acc 0.9 and ms 12. No other of the 3 runs is better in any of them."
    )


def test_equal_runs_share_the_front_and_a_tie_break_decides() -> None:
    found = ranking("max acc, min ms", *runs(("a", 0.9, 12), ("b", 0.9, 12), ("c", 0.9, 13)))
    assert order(found) == [("a", 1), ("b", 1), ("c", 3)]
    assert found.best is not None
    assert found.why == "a and b are equal, and best in both metrics at once: acc 0.9 and ms 12."
    rows = [row(n, {"acc": 1, "ms": 1}, start_time=t) for n, t in (("old", 1), ("new", 2))]
    assert order(ranking("max acc, min ms ties by oldest", *rows))[0] == ("old", 1)


def test_a_run_that_lacks_one_of_the_metrics_is_not_compared() -> None:
    found = ranking("max acc, min ms", *runs(("a", 0.9, 12), ("b", math.nan, 1)), row("c", {"acc": 1.0}))
    assert order(found) == [("a", 1)]
    assert reasons(found) == {"b": "acc is NaN", "c": "never logged ms"}
    assert found.why == "a is the only one of 3 runs that can be compared: acc 0.9 and ms 12."


points = st.lists(st.tuples(*[st.integers(0, 5).map(float)] * 3), max_size=25)


@given(points, st.integers(1, 3))
def test_the_front_is_what_its_definition_says(values: list[tuple[float, ...]], metrics: int) -> None:
    costs = np.array(values, dtype=np.float64).reshape(-1, 3)[:, :metrics]
    frame = pd.DataFrame(costs)
    expected = [not (((frame <= one).all(axis=1)) & ((frame < one).any(axis=1))).any() for _, one in frame.iterrows()]
    assert pareto_front(costs).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_the_best_of_several_metrics_dominates_every_run(values: list[tuple[int, int]]) -> None:
    found = ranking("max acc, min ms", *runs(*((str(n), a, b) for n, (a, b) in enumerate(values))))
    best = (max(a for a, _ in values), min(b for _, b in values))
    assert (found.best is not None) == (best in values)
    if found.best is not None:
        assert found.best.values == best
