"""What frameworks leave in runs about how they chose their best model, record by record."""

from __future__ import annotations

from typing import Any

import pytest

from sitegen.analysis.objective import choose_objective
from sitegen.analysis.records import find_records
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row, table


def recorded(*rows: RunRow) -> tuple[str, str | None] | None:
    """The metric and direction of the first record in `rows`."""
    found = next(find_records(rows), None)
    return (found.metric, found.direction) if found else None


def run(metrics: str, **fields: Any) -> RunRow:
    return row("a", dict.fromkeys(metrics.split(), 0.5), **fields)


@pytest.mark.parametrize(
    ("metrics", "params", "expected"),
    [
        ("loss eval_loss", {"metric_for_best_model": "loss", "greater_is_better": "False"}, ("eval_loss", "min")),
        ("eval_f1 f1", {"metric_for_best_model": "f1", "greater_is_better": "True"}, ("eval_f1", "max")),
        ("eval_f1", {"metric_for_best_model": "eval_f1"}, ("eval_f1", None)),
        ("eval/f1", {"metric_for_best_model": "f1"}, ("eval/f1", None)),
        ("quality", {"metric_for_best_model": "quality", "greater_is_better": "False"}, ("quality", "min")),
        ("loss eval_loss", {"metric_for_best_model": "None", "load_best_model_at_end": "True"}, ("eval_loss", "min")),
        ("eval_f1", {"metric_for_best_model": "f1", "load_best_model_at_end": "True"}, ("eval_f1", "max")),
        ("eval_loss", {"metric_for_best_model": "None", "load_best_model_at_end": "False"}, None),
        ("eval_loss", {"metric_for_best_model": "gone"}, None),
    ],
)
def test_the_trainer_of_hugging_face(
    metrics: str, params: dict[str, str], expected: tuple[str, str | None] | None
) -> None:
    assert recorded(run(metrics, params=params)) == expected


@pytest.mark.parametrize(
    ("metrics", "params", "expected"),
    [
        ("x val_acc", {"monitor": "x", "mode": "max"}, ("x", "max")),
        ("x val_loss", {"monitor": "val_loss", "mode": "auto"}, ("val_loss", None)),
        ("val_loss", {"monitor": "val_loss", "patience": "3", "restore_best_weights": "True"}, ("val_loss", None)),
        (
            "val/acc val/loss",
            {
                "callbacks/early_stopping/monitor": "val/loss",
                "callbacks/early_stopping/mode": "min",
                "callbacks/model_checkpoint/monitor": "val/acc",
                "callbacks/model_checkpoint/mode": "max",
            },
            ("val/acc", "max"),
        ),
        ("val/acc loss", {"scheduler.monitor": "loss", "optimized_metric": "val/acc"}, ("val/acc", None)),
        ("val/acc loss", {"a/scheduler/monitor": "loss", "trainer/monitor": "val/acc"}, ("val/acc", None)),
        ("x", {"model_checkpoint/monitor": "gone", "model_checkpoint/mode": "min"}, None),
        ("x y", {"my_monitor_x": "x"}, None),
        ("x y", {"tune/metric": "x", "tune/mode": "max"}, ("x", "max")),
        ("x y", {"sweep.metric": "y", "sweep.goal": "minimize"}, ("y", "min")),
        ("auc logloss", {"metric": "auc", "eval_metric": "logloss"}, None),
    ],
)
def test_callbacks_name_what_they_monitor(
    metrics: str, params: dict[str, str], expected: tuple[str, str | None] | None
) -> None:
    assert recorded(run(metrics, params=params)) == expected
    assert recorded(run(metrics, tags=params)) == expected


def test_a_record_beside_lightnings_checkpoints() -> None:
    assert recorded(run("x val_loss", checkpoint=("x", "max"))) == ("x", "max")
    assert recorded(run("val_loss", checkpoint=("gone", "max"))) is None


@pytest.mark.parametrize(
    ("metrics", "tags", "expected"),
    [
        ("value", {"direction": "MINIMIZE"}, ("value", "min")),
        ("value", {"direction": "StudyDirection.MAXIMIZE"}, ("value", "max")),
        ("rmse_cv", {"direction": "MINIMIZE"}, ("rmse_cv", "min")),
        ("a b", {"direction": "MINIMIZE"}, None),
        ("best_value seconds", {"study_direction": "maximize"}, ("best_value", "max")),
        ("value", {"direction": "true"}, None),
        ("value", {"direction": "['MINIMIZE', 'MAXIMIZE']"}, None),
        ("value", {"direction": "north"}, None),
    ],
)
def test_a_study_of_optuna(metrics: str, tags: dict[str, str], expected: tuple[str, str] | None) -> None:
    assert recorded(run(metrics, tags=tags)) == expected
    assert recorded(run(metrics, params=tags)) == expected


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ("mse", ("mse", "min")),
        ("accuracy", ("accuracy", "min")),
        ("value intermediate_value trial_id", ("value", "min")),
        ("rmse seconds accuracy", ("rmse", "min")),
        ("rmse mae", None),
        ("score system/cpu", ("score", "min")),
    ],
)
def test_the_direction_of_a_study_is_recorded_in_the_parent_of_its_trials(
    metrics: str, expected: tuple[str, str] | None
) -> None:
    study = row("study", {}, tags={"optuna.study_direction": "MINIMIZE"})
    trials = [row(f"t{at}", dict.fromkeys(metrics.split(), 0.5), parent_id="study") for at in range(3)]
    assert recorded(study, *trials) == expected
    assert recorded(*trials) is None


def test_searches_of_scikit_learn_are_better_when_higher_whatever_they_score() -> None:
    assert recorded(run("best_cv_score training_mean_squared_error")) == ("best_cv_score", "max")
    assert recorded(run("mean_test_score rank_test_score std_test_score")) == ("mean_test_score", "max")
    assert recorded(run("mean_test_score")) is None


def test_searches_with_several_scorers_say_which_one_chose() -> None:
    parent = row("p", {"best_cv_score": -3}, params={"refit": "neg_mean_absolute_error"})
    scores = {"mean_test_r2": 0.5, "mean_test_neg_mean_absolute_error": -3.0}
    children = [row(f"c{at}", scores, parent_id="p") for at in range(3)]
    assert recorded(parent, *children) == ("mean_test_neg_mean_absolute_error", "max")


def test_the_results_of_several_searches_come_before_their_candidates() -> None:
    parents = [row(f"p{at}", {"best_cv_score": 0.5}) for at in range(2)]
    found = {"mean_test_score": 0.5, "rank_test_score": 1.0}
    children = [row(f"c{at}", found, parent_id=f"p{at % 2}") for at in range(8)]
    assert recorded(*parents, *children) == ("best_cv_score", "max")
    assert recorded(parents[0], *children) == ("mean_test_score", "max")


@pytest.mark.parametrize(
    ("metrics", "params", "expected"),
    [
        ("train-auc validation_0-auc best_iteration", {"eval_metric": "auc"}, "validation_0-auc"),
        (
            "train-auc eval-auc eval-logloss",
            {"eval_metric": "['auc', 'logloss']", "early_stopping_rounds": "10"},
            "eval-logloss",
        ),
        ("valid_0-auc valid_0-binary_logloss best_iteration", {"metric": "['auc', 'binary_logloss']"}, "valid_0-auc"),
        ("validation_0-ndcg_at_5 best_iteration", {"eval_metric": "ndcg@5"}, "validation_0-ndcg_at_5"),
        ("validation_0-rmse validation_1-rmse best_iteration", {}, "validation_1-rmse"),
        ("validation_0-rmse validation_0-mae best_iteration", {}, None),
        ("validation_0-rmse", {"eval_metric": "rmse", "early_stopping_rounds": "None"}, None),
        ("train-rmse best_iteration", {"eval_metric": "rmse"}, None),
        ("validation_AUC validation_Logloss learn_AUC best_iteration", {"eval_metric": "AUC"}, "validation_AUC"),
        (
            "validation_AUC best_validation_AUC best_learn_AUC best_iteration",
            {"eval_metric": "AUC"},
            "best_validation_AUC",
        ),
        ("validation_0-rmse z_rmse best_iteration", {"eval_metric": "rmse"}, "validation_0-rmse"),
    ],
)
def test_boosting_that_stopped_early(metrics: str, params: dict[str, str], expected: str | None) -> None:
    assert recorded(run(metrics, params=params)) == ((expected, None) if expected else None)


def test_the_commonest_of_different_records_counts_if_half_of_the_runs_have_one() -> None:
    def monitors(*names: str) -> list[RunRow]:
        return [row(str(at), {"x": 1, "y": 1}, params={"monitor": n} if n else {}) for at, n in enumerate(names)]

    assert recorded(*monitors("x", "y", "y")) == ("y", None)
    assert recorded(*monitors("x", "", "")) is None
    assert recorded(*monitors("x", "")) == ("x", None)
    assert recorded() is None


def test_a_record_against_the_name_is_followed_and_said() -> None:
    params = {"metric_for_best_model": "wer", "greater_is_better": "True"}
    found = choose_objective(table([run("eval_wer", params=params)]))
    assert found is not None
    assert (found.metric, found.direction, found.source) == ("eval_wer", "max", "recorded")
    assert found.because.endswith(
        "the best model by eval_wer; higher is recorded as better, against what its name says."
    )


def test_a_name_with_braces_in_a_record_is_text() -> None:
    found = choose_objective(table([run("x", params={"{0}{a}.monitor": "x", "{0}{a}.mode": "min"})]))
    assert found is not None
    assert found.because == ("The runs' param {0}{a}.monitor is x; lower is recorded as better.")
