"""Sweeps as their tools recorded them: the kind, how the trials ended, and when the best value changed.

`recorded.json` has the trials of real stores, with the best values that the tools themselves reported (`own`): after
each trial, or at the end: Optuna 5.0 with a pruner by MLflow's `MlflowStorage`, Ray Tune 2.60 with ASHA, scikit-learn's
`GridSearchCV` by MLflow 3.17's autologger, and Hyperopt with nested runs. `test_found.py` has Optuna's callback.
"""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from sitegen.analysis.best import Ranking, rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.sweeps.found import Sweep, best_so_far, sweep_of
from sitegen.pages.sweeps import best_so_far_line, sweep_line
from tests.analysis.builders import row, table

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("recorded.json").read_text("utf-8"))


def rows_of(kind: str) -> list[RunRow]:
    made = []
    for one in RECORDED[kind]["rows"]:
        metrics = {key: float(one["value"]) for key in one["metrics"]}
        made.append(row(one["run_id"], metrics, **{key: one[key] for key in _FIELDS}))
    return made


_FIELDS = ("status", "start_time", "parent_id", "tags", "params")


def found(kind: str) -> tuple[Sweep, Ranking]:
    metric = RECORDED[kind]["metric"]
    rows = rows_of(kind)
    sweep = sweep_of(rows)
    assert sweep is not None
    return sweep, rank(table(rows), parse_objective(f"{'max' if metric.endswith('score') else 'min'} {metric}"))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("optuna-storage", "Optuna sweep: 14 trials under 1 parent, 9 finished, 5 pruned"),
        ("ray-tune", "Ray Tune sweep: 12 trials, 12 finished"),
        ("grid-search", "GridSearchCV sweep: 10 trials under 1 parent, 10 finished"),
        ("hyperopt", "Nested sweep: 15 trials under 1 parent, 15 finished"),
    ],
)
def test_a_sweep_is_named_by_its_tool_with_its_size_and_how_its_trials_ended(kind: str, line: str) -> None:
    assert sweep_line(found(kind)[0]) == line


@pytest.mark.parametrize("kind", ["optuna-storage", "hyperopt"])
def test_the_best_so_far_after_each_trial_is_that_of_the_tool(kind: str) -> None:
    sweep, ranking = found(kind)
    changed = {one.row.run_id: one.value for one in best_so_far(sweep, ranking.objective)}
    ours: list[float | None] = []
    for trial in sweep.trials:
        ours.append(changed.get(trial.run_id, ours[-1] if ours else None))
    for mine, own in zip_longest(ours, RECORDED[kind]["own"], fillvalue=None):
        assert mine == (own if own is None else pytest.approx(own, abs=1e-4))


@pytest.mark.parametrize("kind", ["optuna-storage", "ray-tune", "grid-search", "hyperopt"])
def test_the_best_of_a_sweep_is_that_of_the_tool(kind: str) -> None:
    own = RECORDED[kind]["own"]
    ranked = found(kind)[1].ranked
    assert ranked[0].value == pytest.approx(own[-1] if isinstance(own, list) else own, abs=1e-4)


def test_a_killed_trial_of_the_storage_is_pruned_and_has_no_rank() -> None:
    sweep, ranking = found("optuna-storage")
    pruned = [run for run in ranking.unranked if run.reason == "pruned"]
    assert len(pruned) == sweep.states["pruned"] == 5
    assert "5 pruned" in ranking.why


def test_the_page_names_the_trials_that_changed_the_best_value() -> None:
    line = best_so_far_line(*found("optuna-storage"))
    assert line == "value 1.389 (trial 0), 0.8507 (trial 9)"


def test_of_trials_whose_order_was_not_recorded_no_best_so_far_is_said() -> None:
    assert best_so_far_line(*found("grid-search")) == ""


def trial(number: int, state: str, **metrics: float) -> RunRow:
    tags = {"number": str(number), "state": state, "direction": "MINIMIZE"}
    return row(f"t{99 - number}", metrics, tags=tags, params={"lr": str(number)})


def test_failed_and_running_trials_are_counted_apart_and_change_nothing() -> None:
    rows = [trial(0, "COMPLETE", loss=3), trial(1, "FAIL"), trial(2, "TrialState.PRUNED", loss=0), trial(3, "RUNNING")]
    sweep = sweep_of([*rows, trial(10, "COMPLETE", loss=1), trial(9, "COMPLETE", loss=2)])
    assert sweep_line(sweep) == "Optuna sweep: 6 trials, 3 finished, 1 pruned, 1 failed, 1 not finished"
    ranking = rank(table(rows), parse_objective("min loss"))
    assert best_so_far_line(sweep, ranking) == "loss 3 (trial 0), 2 (trial 9), 1 (trial 10)"


def test_a_pruned_trial_without_a_value_is_pruned_and_not_missing() -> None:
    rows = [trial(at, "COMPLETE", loss=at) for at in range(3)]
    unranked = rank(table([*rows, trial(3, "PRUNED")]), parse_objective("min loss")).unranked
    assert [(one.why, one.reason) for one in unranked] == [("pruned", "pruned")]


def test_a_long_line_keeps_the_first_and_the_last_improvements() -> None:
    rows = [trial(at, "COMPLETE", loss=20 - at) for at in range(12)]
    ranking = rank(table(rows), parse_objective("min loss"))
    line = best_so_far_line(sweep_of(rows), ranking)
    assert line.startswith("loss 20 (trial 0), …, 13 (trial 7)") and line.endswith("9 (trial 11)")


@pytest.mark.parametrize(
    "rows",
    [
        [row(f"r{at}", {"loss": at}, params={"lr": str(at)}) for at in range(9)],
        [trial(at, "COMPLETE", loss=at) for at in range(3)],
        [row("p")] + [row(f"r{at}", {"loss": at}, parent_id="p", params={"seed": str(at)}) for at in range(9)],
        [row(f"r{at}", tags={"state": "PRUNED", "number": "1"}) for at in range(9)],
    ],
    ids=["flat runs", "too few", "seeds of one configuration", "tags of another kind"],
)
def test_other_runs_are_not_a_sweep(rows: list[RunRow]) -> None:
    assert sweep_of(rows) is None


@pytest.mark.parametrize("number", ["²", "-1", "1e9", "9" * 5000, "<b>"])
def test_a_number_that_is_not_one_is_left_aside(number: str) -> None:
    rows = [row(f"r{at}", {"loss": at}, tags={"number": number, "state": "COMPLETE", "direction": "x"}, start_time=at)
            for at in range(5)]  # fmt: skip
    ranking = rank(table(rows), parse_objective("min loss"))
    assert best_so_far_line(sweep_of(rows), ranking) == "loss 0 (trial 1)"
