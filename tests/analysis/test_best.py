"""The order of runs and the sentences that say why one is best."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.best import Ranking, rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row, table

NAN, INF = float("nan"), float("inf")


def ranking(*rows: RunRow, objective: str = "min val_loss") -> Ranking:
    return rank(table(rows), parse_objective(objective))


def order(found: Ranking) -> list[tuple[str, int]]:
    return [(run.row.run_id, run.rank) for run in found.ranked]


def reasons(found: Ranking) -> dict[str, str]:
    return {run.row.run_id: run.why for run in found.unranked}


def test_the_lowest_is_first_when_lower_is_better() -> None:
    found = ranking(row("a", {"val_loss": 3.0}), row("b", {"val_loss": 1.0}), row("c", {"val_loss": 1.5}))
    assert order(found) == [("b", 1), ("c", 2), ("a", 3)]
    assert [(run.margin, run.lead) for run in found.ranked] == [(0.0, 0.5), (0.5, 1.5), (2.0, None)]
    assert found.best is not None and found.best.row.run_id == "b"


def test_the_highest_is_first_when_higher_is_better() -> None:
    found = ranking(row("a", {"acc": 0.5}), row("b", {"acc": 0.75}), objective="max acc")
    assert order(found) == [("b", 1), ("a", 2)]
    assert found.why == "b has the highest acc: 0.75, 0.25 (50%) above the next, a."


def test_the_reducer_decides_by_the_best_point() -> None:
    rows = [row("a", {"val_loss": (1.0, 9.0)}), row("b", {"val_loss": (5.0, 2.0)})]
    assert order(ranking(*rows)) == [("b", 1), ("a", 2)]
    found = ranking(*rows, objective="min val_loss min")
    assert order(found) == [("a", 1), ("b", 2)]
    assert found.why.startswith("a has the lowest minimum of val_loss: 1,")


def test_a_winner_is_explained_with_margin_and_params() -> None:
    best = row("1", {"val_loss": 0.0412}, name="dashing-owl-12", params={"lr": "0.01", "depth": "4", "seed": "1"})
    other = row("2", {"val_loss": 0.0443}, name="quiet-fox-3", params={"lr": "0.1", "seed": "1", "drop": ""})
    found = ranking(best, other, row("3", name="silent"))
    assert found.why == (
        "dashing-owl-12 has the lowest val_loss: 0.0412, 0.0031 (7.0%) below the next, quiet-fox-3. "
        "Differences: depth not set → 4, drop (empty) → not set, lr 0.1 → 0.01. "
        "2 of 3 runs are ranked; 1 without a value."
    )
    assert reasons(found) == {"3": "never logged val_loss"}


def test_many_differing_params_are_counted() -> None:
    params = [{f"p{at}": side for at in range(5)} for side in ("x", "y")]
    found = ranking(*(row(str(at), {"val_loss": at}, params=params[at]) for at in range(2)))
    assert "Differences: 5 params." in found.why


def test_nan_and_infinity_never_win() -> None:
    found = ranking(
        row("a", {"val_loss": NAN}),
        row("b", {"val_loss": -INF}),
        row("c", {"val_loss": INF}),
        row("d", {"val_loss": 5}),
    )
    assert order(found) == [("d", 1)]
    assert reasons(found) == {"a": "val_loss is NaN", "b": "val_loss is −∞", "c": "val_loss is ∞"}
    assert found.why == "d is the only one of 4 runs with a val_loss that can be compared: 5."


@pytest.mark.parametrize(("status", "state"), [("FAILED", "failed"), ("KILLED", "was killed"), ("RUNNING", "is still")])
def test_unfinished_runs_do_not_count_beside_finished_ones(status: str, state: str) -> None:
    found = ranking(
        row("a", {"val_loss": 2.0}), row("b", {"val_loss": 3.0}), row("crash", {"val_loss": 1.0}, status=status)
    )
    assert order(found) == [("a", 1), ("b", 2)]
    assert reasons(found)["crash"].startswith(state)
    assert found.verdict.notes[0].startswith("crash reached 1 but " + state)


def test_an_unfinished_run_that_would_not_have_won_is_not_mentioned() -> None:
    found = ranking(
        row("a", {"val_loss": 2.0}), row("b", {"val_loss": 3.0}), row("crash", {"val_loss": 9.0}, status="FAILED")
    )
    assert found.verdict.notes == ()


def test_where_no_finished_run_has_a_value_all_count() -> None:
    found = ranking(
        row("a"), row("b", {"val_loss": 2.0}, status="FAILED"), row("c", {"val_loss": 1.0}, status="RUNNING")
    )
    assert order(found) == [("c", 1), ("b", 2)]


def test_deleted_runs_are_not_ranked() -> None:
    found = ranking(row("a", {"val_loss": 2.0}), row("gone", {"val_loss": 1.0}, lifecycle_stage="deleted"))
    assert order(found) == [("a", 1)]
    assert reasons(found) == {"gone": "deleted"}


def test_ties_share_a_rank_and_keep_the_tables_order() -> None:
    found = ranking(
        row("old", {"val_loss": 1.0}, start_time=1),
        row("new", {"val_loss": 1.0}, start_time=2),
        row("x", {"val_loss": 2}),
    )
    assert order(found) == [("new", 1), ("old", 1), ("x", 3)]
    assert found.ranked[0].lead == 0
    assert found.why == "new and old share the lowest val_loss: 1, 1 (50%) below the next."


def test_many_ties_are_counted() -> None:
    found = ranking(*(row(name, {"val_loss": 1.0}) for name in "abcde"), row("x", {"val_loss": 2}))
    assert found.why.startswith("a, b, c and 2 more share the lowest val_loss: 1,")


def test_only_ties_are_said_as_such() -> None:
    found = ranking(row("a", {"val_loss": 1.0}), row("b", {"val_loss": 1.0}))
    assert found.why == "Both runs that can be compared have the same val_loss: 1."


def test_a_single_run_is_said_plainly() -> None:
    assert ranking(row("a", {"val_loss": 1.0})).why == "a is the only run; its val_loss is 1."


def test_no_run_with_a_value_is_said_with_the_reasons() -> None:
    found = ranking(row("a"), row("b"), row("c", {"val_loss": NAN}))
    assert found.best is None
    assert found.why == (
        "No run has a val_loss that can be compared: never logged val_loss (2 runs) and val_loss is NaN (1 run)."
    )
    assert ranking().why == "No runs to compare."


def test_runs_of_one_name_are_told_apart_by_id() -> None:
    found = ranking(row("aaaaaaaaaa", {"val_loss": 1.0}, name="owl"), row("bbbbbbbbbb", {"val_loss": 2.0}, name="owl"))
    assert found.why.startswith("owl (aaaaaa) has the lowest val_loss: 1, 1 (50%) below the next, owl (bbbbbb).")


def test_no_share_is_given_next_to_zero() -> None:
    found = ranking(row("a", {"gain": 1.0}), row("b", {"gain": 0.0}), objective="max gain")
    assert found.why == "a has the highest gain: 1, 1 above the next, b."


def test_a_parent_ranks_as_any_run() -> None:
    found = ranking(row("child", {"acc": 0.5}, parent_id="parent"), row("parent", {"acc": 0.9}), objective="max acc")
    assert order(found) == [("parent", 1), ("child", 2)]


@given(st.lists(st.one_of(st.floats(), st.integers(-3, 3).map(float)), max_size=12), st.sampled_from(["min", "max"]))
def test_every_run_is_ranked_or_told_why_not(values: list[float], direction: str) -> None:
    found = ranking(*(row(f"{at:02}", {"m": value}) for at, value in enumerate(values)), objective=f"{direction} m")
    ids = [run.row.run_id for run in found.ranked] + [run.row.run_id for run in found.unranked]
    assert sorted(ids) == sorted({f"{at:02}" for at in range(len(values))})
    ordered = [run.value for run in found.ranked]
    assert ordered == sorted(ordered, reverse=direction == "max")
    assert all(run.rank == 1 + ordered.index(run.value) for run in found.ranked)
    assert found.why.endswith(".")
