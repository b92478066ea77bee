"""Objectives: as asked for, as recorded, and by name."""

from __future__ import annotations

import pytest

from sitegen.analysis.objective import (
    Objective,
    choose_objective,
    parse_objective,
)
from sitegen.errors import UsageError
from tests.analysis.builders import row, table


def chosen(*keys: str) -> str | None:
    """The metric that is chosen where three finished runs logged all of `keys`."""
    found = choose_objective(table([row(str(at), dict.fromkeys(keys, 0.5)) for at in range(3)]))
    return found.metric if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("min val_loss", ("val_loss", "min", "last")),
        ("MAXIMISE val/acc FIRST", ("val/acc", "max", "first")),
        ("minimize loss mean", ("loss", "min", "mean")),
        ("max 'val acc' max", ("val acc", "max", "max")),
        ('max `it\'s "it"`', ('it\'s "it"', "max", "last")),
        ("accuracy", ("accuracy", "max", "last")),
        ("val_loss min", ("val_loss", "min", "min")),
        ("min value", ("value", "min", "last")),
        ("max last", ("last", "max", "last")),
    ],
)
def test_an_objective_is_parsed(text: str, expected: tuple[str, str, str]) -> None:
    found = parse_objective(text)
    assert (found.metric, found.direction, found.reducer) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "names no metric"),
        ("min", "does not tell"),
        ("value", "write 'min' or 'max'"),
        ("max val acc", "in quotes"),
        ("min loss median", "one of last, min"),
        ("max 'val acc", "does not close"),
        ("max ''", "names no metric"),
    ],
)
def test_a_wrong_objective_is_explained(text: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        parse_objective(text)


def test_because_says_where_the_direction_is_from() -> None:
    assert parse_objective("min val_loss").because == "The site's settings ask for the lowest val_loss."
    assert parse_objective("val_loss").because == (
        "The site's settings ask for val_loss; lower is better because of the word “loss” in its name."
    )


def test_the_reducer_takes_one_number_of_a_run() -> None:
    run = row("a", {"loss": (3.0, 1.0, 2.0)})
    values = [parse_objective(f"min loss {word}").value_of(run) for word in ("last", "min", "max", "first", "mean")]
    assert values == [2.0, 1.0, 3.0, 3.0, 2.0]
    assert parse_objective("min other").value_of(run) is None


def test_configured_comes_first_even_if_nobody_logged_it() -> None:
    found = choose_objective(table([row("a", {"acc": 1})]), "max other")
    assert found is not None
    assert found.metric == "other"


def test_experiment_tags_come_before_the_name() -> None:
    tags = {"mlflow.experiment.primaryMetric.name": "speed", "mlflow.experiment.primaryMetric.greaterIsBetter": "True"}
    found = choose_objective(table([row("a", {"acc": 1, "speed": 2})], tags))
    assert found == Objective(
        "speed",
        "max",
        "last",
        "The experiment's MLflow tags name speed as its primary metric, and that higher is better.",
        source="recorded",
    )
    lower = choose_objective(table([row("a", {"acc": 1})], {**tags, "mlflow.experiment.primaryMetric.name": "acc"}))
    assert lower is not None and lower.direction == "max"


def test_the_source_of_an_objective_is_said() -> None:
    plain = table([row("a", {"acc": 1, "speed": 2})])
    tagged = table([row("a", {"acc": 1, "speed": 2})], {"mlflow.experiment.primaryMetric.name": "acc"})
    monitored = table([row("a", {"acc": 1, "speed": 2}, params={"monitor": "speed", "mode": "min"})])
    found = [choose_objective(plain, "min speed"), *map(choose_objective, [tagged, monitored, plain])]
    assert [one.source if one else None for one in found] == ["set", "recorded", "recorded", "guessed"]


def test_experiment_tags_for_a_metric_that_nobody_logged_are_passed_over() -> None:
    found = choose_objective(table([row("a", {"acc": 1})], {"mlflow.experiment.primaryMetric.name": "gone"}))
    assert found is not None
    assert found.metric == "acc"


def test_an_experiment_tag_without_direction_leaves_it_to_the_name() -> None:
    found = choose_objective(table([row("a", {"f1": 1, "mae": 2})], {"mlflow.experiment.primaryMetric.name": "mae"}))
    assert found is not None
    assert (found.metric, found.direction) == ("mae", "min")
    assert "because of the word “mae”" in found.because


def test_the_hugging_face_trainer_names_its_metric_without_eval() -> None:
    params = {"metric_for_best_model": "quality", "greater_is_better": "False"}
    found = choose_objective(table([row("a", {"eval_quality": 1, "eval_f1": 1}, params=params)]))
    assert found is not None
    assert (found.metric, found.direction) == ("eval_quality", "min")


def test_callbacks_name_what_they_monitor() -> None:
    rows = [row(str(at), {"x": 1, "val_acc": 1}, params={"monitor": "x", "mode": "max"}) for at in range(3)]
    found = choose_objective(table([*rows, row("odd", {"val_acc": 1})]))
    assert found is not None
    assert (found.metric, found.direction) == ("x", "max")


def test_mode_auto_leaves_the_direction_to_the_name() -> None:
    run = row("a", {"val_loss": 1, "val_acc": 1}, params={"monitor": "val_loss", "mode": "auto"})
    found = choose_objective(table([run]))
    assert found is not None
    assert (found.metric, found.direction) == ("val_loss", "min")


def test_optuna_tells_the_direction_of_value() -> None:
    found = choose_objective(table([row("a", {"value": 1}, tags={"direction": "StudyDirection.MINIMIZE"})]))
    assert found is not None
    assert (found.metric, found.direction) == ("value", "min")
    many = [row("a", {"value": 1}, tags={"direction": "['MINIMIZE', 'MAXIMIZE']"})]
    assert choose_objective(table(many)) is None


def test_a_record_of_a_few_runs_does_not_decide() -> None:
    recorded = row("a", {"x": 1, "acc": 1}, params={"monitor": "x", "mode": "max"})
    found = choose_objective(table([recorded, row("b", {"acc": 1}), row("c", {"acc": 1})]))
    assert found is not None
    assert found.metric == "acc"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["train_acc", "test_acc", "acc", "val_acc"], "val_acc"),
        (["train_acc", "test_acc", "acc"], "test_acc"),
        (["train_acc", "acc"], "acc"),
        (["loss", "accuracy", "val_loss", "val_accuracy", "lr", "epoch"], "val_accuracy"),
        (["train_loss", "val_loss"], "val_loss"),
        (["val_recall", "val_rmse", "val_loss"], "val_rmse"),
        (["val_loss", "val_recall"], "val_recall"),
        (["val_time", "samples_per_second", "train_loss"], "train_loss"),
        (["val_time"], "val_time"),
        (["val/f1 class A", "val/f1", "val/f1 fold 1"], "val/f1"),
        (["val_auc_1", "val_auc_macro"], "val_auc_macro"),
        (["max_error", "mean_absolute_error", "lr"], "mean_absolute_error"),
        (["val_b_acc", "val_a_acc"], "val_a_acc"),
        (["val_loss", "best_val_loss"], "best_val_loss"),
        (["valid-auc", "valid-binary_logloss", "train-auc"], "valid-auc"),
        (["training_score", "best_cv_score"], "best_cv_score"),
        (["metrics/mAP50(B)", "metrics/precision(B)", "val/box_loss"], "metrics/mAP50(B)"),
        (["lr", "epoch", "value", "system/cpu_utilization_percentage"], None),
        (["system/accuracy"], None),
        ([], None),
    ],
)
def test_the_soundest_metric_is_chosen_by_its_name(keys: list[str], expected: str | None) -> None:
    assert chosen(*keys) == expected
    assert chosen(*reversed(keys)) == expected


def test_a_metric_of_few_runs_is_not_chosen() -> None:
    rows = [row("a", {"val_acc": 1, "loss": 1}), row("b", {"loss": 1}), row("c", {"loss": 1})]
    found = choose_objective(table(rows))
    assert found is not None
    assert found.metric == "loss"
    assert found.because == (
        "loss was chosen because all 3 finished runs logged it; lower is better because of the word “loss” in its name."
    )


def test_where_no_metric_reaches_most_runs_the_commonest_is_chosen() -> None:
    rows = [row("a", {"acc": 1}), row("b", {"acc": 1}), row("c", {"val_loss": 1}), row("d"), row("e")]
    found = choose_objective(table(rows))
    assert found is not None
    assert found.metric == "acc"
    assert found.because.startswith("acc was chosen because 2 of 5 finished runs logged it;")


def test_failed_runs_decide_only_where_none_has_finished() -> None:
    failed = [row(str(at), {"val_acc": 1}, status="FAILED") for at in range(5)]
    found = choose_objective(table([*failed, row("ok", {"loss": 1})]))
    assert found is not None and found.metric == "loss"
    alone = choose_objective(table(failed))
    assert alone is not None and alone.metric == "val_acc"


def test_nan_does_not_count_as_logged() -> None:
    found = choose_objective(table([row(str(at), {"val_acc": float("nan"), "loss": 1}) for at in range(3)]))
    assert found is not None
    assert found.metric == "loss"


def test_an_experiment_without_runs_has_no_objective() -> None:
    assert choose_objective(table([])) is None
