"""Sweeps: recognised by what their tools log, pruned trials never ranked, the best so far as the tool itself has it.

`tests/analysis/optuna.json` holds what a real study of 31 trials logged, 13 of them pruned, and `study.best_value`
after each. The pruned trials with a number divisible by 7 less 1 had a last value far below any result.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.sweeps.found import best_so_far, sweep_of
from sitegen.analysis.sweeps.trials import is_pruned, number_of_trial, state_of
from sitegen.build import build
from sitegen.config import Config
from sitegen.pages.sweeps import best_so_far_line, sweep_line
from tests import html
from tests.analysis.builders import row, table

STUDY = json.loads((Path(__file__).parents[1] / "optuna.json").read_text("utf-8"))
OBJECTIVE = parse_objective("min loss")
SAMPLE = Path(__file__).parents[3] / "sample_runs" / "mlflow3" / "mlruns"


@pytest.fixture
def trials() -> list[RunRow]:
    return [
        row(
            f"{n:032x}",
            {"loss": one["loss"]},
            name=one["name"],
            status=one["status"],
            params=one["params"],
            tags=one["tags"],
            start_time=one["start"],
        )
        for n, one in enumerate(STUDY["trials"])
    ]


def test_an_optuna_study_is_recognised_and_its_pruned_trials_are_counted(trials: list[RunRow]) -> None:
    sweep = sweep_of(trials[::-1])
    assert sweep and sweep.tool == "Optuna" and [number_of_trial(one) for one in sweep.trials] == list(range(31))
    assert sweep_line(sweep) == "Optuna sweep: 31 trials, 18 finished, 13 pruned"


def test_no_pruned_trial_is_ranked_however_low_its_last_value_is(trials: list[RunRow]) -> None:
    pruned = [one for one in trials if is_pruned(one)]
    assert min(trials, key=lambda one: one.metrics["loss"].last) in pruned, "else this tests nothing"
    ranking = rank(table(trials), OBJECTIVE)
    assert ranking.best and ranking.best.name == "30" and ranking.best.value == STUDY["best"][-1]
    assert "13 pruned" in ranking.why and {one.reason for one in ranking.unranked} == {"pruned"}
    assert all("is not a result" in one.why for one in ranking.unranked)


def test_the_best_so_far_is_that_of_the_tool_after_each_trial(trials: list[RunRow]) -> None:
    sweep = sweep_of(trials)
    assert sweep
    changes = {one.number: one.value for one in best_so_far(sweep, OBJECTIVE)}
    now, found = None, []
    for number in range(31):
        now = changes.get(number, now)
        found.append(now)
    assert found == STUDY["best"]
    line = best_so_far_line(sweep, rank(table(trials), OBJECTIVE))
    assert line.startswith(("loss −0.04634 (trial 0)", "loss -0.04634 (trial 0)"))
    assert line.endswith("(trial 30)")


def test_nested_runs_of_other_params_are_a_sweep_and_seeds_are_none() -> None:
    def nested(key: str) -> list[RunRow]:
        parent = row("p", tags={"estimator_name": "GridSearchCV"})
        return [parent, *(row(f"c{n}", {"loss": n}, parent_id="p", params={key: str(n)}) for n in range(5))]

    sweep = sweep_of(nested("C"))
    assert sweep and sweep_line(sweep) == "GridSearchCV sweep: 5 trials under 1 parent, 5 finished"
    assert sweep_of(nested("random_state")) is None and sweep_of(nested("C")[:3]) is None
    assert sweep_line(None) == "" and best_so_far_line(None, None) == ""


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"tags": {"number": "3", "state": "TrialState.PRUNED", "direction": "MINIMIZE"}}, "pruned"),
        ({"tags": {"number": "3", "state": "FAIL", "direction": "MINIMIZE"}}, "failed"),
        ({"tags": {"state": "PRUNED"}}, "finished"),
        ({"tags": {"number": "3", "state": "odd", "direction": "x"}}, "finished"),
        ({"status": "KILLED"}, "failed"),
        ({"status": "RUNNING"}, "running"),
    ],
)
def test_the_state_is_that_of_the_search_only_where_a_search_wrote_it(fields: dict[str, Any], state: str) -> None:
    assert state_of(row("a", **fields)) == state


def test_the_page_of_an_experiment_says_which_sweep_it_is(tmp_path: Path) -> None:
    build(Config(store=str(SAMPLE), output=tmp_path / "site", no_cache=True))
    pages = {html.text(html.read(file)) for file in (tmp_path / "site" / "experiments").glob("*.html")}
    searches = [page for page in pages if "GridSearchCV sweep:" in page]
    assert searches and "Best so far" not in searches[0], "its candidates have one start, so no order is known"
    assert any("sweep:" not in page for page in pages)
