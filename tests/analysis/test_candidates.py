"""The metrics that a page can be switched to: which they are, and that each is judged as if it had been asked for."""

from __future__ import annotations

import pytest

from sitegen.analysis.candidates import MAX_CANDIDATES, MAX_JUDGED, candidates_of
from sitegen.analysis.judge import judge
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.ranking import Ranking
from sitegen.analysis.runs_table import ExperimentTable
from tests.analysis.builders import row, table


def judged(runs: ExperimentTable, objective: str = "min loss") -> Ranking:
    found = judge(runs, parse_objective(objective)).ranking
    assert found
    return found


def runs(count: int = 4) -> ExperimentTable:
    return table(
        row(
            f"r{at}",
            {"loss": at + 0.5, "acc": 1 / (at + 1), "epoch": float(at), "same": 1.0, "odd": float(at % 3)}
            | {"system/cpu": float(at)},
            params={"lr": str(at)},
        )
        for at in range(count)
    )


def test_the_objective_comes_first_and_counters_and_constants_are_no_candidates() -> None:
    found = candidates_of(runs(), judged(runs()))
    assert [(one.metric, one.better) for one in found] == [("loss", "min"), ("acc", "max"), ("odd", "max")]


def test_each_way_is_judged_as_if_it_had_been_asked_for() -> None:
    for candidate in candidates_of(runs(), judged(runs())):
        for way, ranking in candidate.rankings:
            asked = judged(runs(), f"{way} {candidate.metric}")
            assert [(r.row.run_id, r.rank, r.value) for r in ranking.ranked] == [
                (r.row.run_id, r.rank, r.value) for r in asked.ranked
            ]
            assert (ranking.verdict.lead, ranking.verdict.headline) == (asked.verdict.lead, asked.verdict.headline)


def test_constraints_hold_for_every_metric() -> None:
    chosen = judged(runs(), "min loss with acc >= 0.4")
    found = {one.metric: dict(one.rankings) for one in candidates_of(runs(), chosen)}
    assert {len(ranking.ranked) for ways in found.values() for ranking in ways.values()} == {2}


@pytest.mark.parametrize(("count", "candidates"), [(4, 3), (MAX_JUDGED // 4, 2), (MAX_JUDGED // 4 + 1, 1)])
def test_the_more_runs_the_fewer_metrics(count: int, candidates: int) -> None:
    made = runs(count)
    assert len(candidates_of(made, judged(made))) == candidates


def test_there_are_at_most_eight() -> None:
    made = table(row(f"r{at}", {f"m{n}_loss": at + n / 7 for n in range(12)}) for at in range(3))
    assert len(candidates_of(made, judged(made, "min m1_loss"))) == MAX_CANDIDATES


def test_several_metrics_at_once_have_no_candidates() -> None:
    assert candidates_of(runs(), judged(runs(), "min loss, max acc")) == []
