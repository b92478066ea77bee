"""Objectives: as asked for, as recorded, and by name."""

from __future__ import annotations

import pytest

from sitegen.analysis.metric_order import find_variants
from sitegen.analysis.objective import (
    Objective,
    choose_objective,
    parse_objective,
)
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.errors import UsageError
from sitegen.model import Experiment
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
        ("min", "does not say"),
        ("value", "write 'min' or 'max'"),
        ("max val acc", "in quotes"),
        ("min loss median", "one of last, min"),
        ("max 'val acc", "is not closed"),
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
        "The experiment's MLflow tags name speed as its primary metric; higher is recorded as better.",
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
    rows = [row("a", {"val_acc": 1, "loss": 1}), row("b", {"loss": 2}), row("c", {"loss": 3})]
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


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("test_loss", "train_acc"),
        ("mean_test_accuracy", "test_accuracy"),
        ("val_auc_macro", "val_auc_class_1"),
        ("train/loss", "train/box_loss"),
        ("val_acc", "epoch"),
        ("loss", "num_parameters"),
        ("val_wer", "tokens_per_second"),
        ("faithfulness", "cost_usd"),
        ("answer_relevancy", "attack_hit_count"),
    ],
)
def test_the_better_of_two_names_is_chosen(better: str, worse: str) -> None:
    rows = [row(str(at), {worse: at, better: at}) for at in range(4)]
    found = choose_objective(table(rows))
    assert found is not None and found.metric == better


def test_what_every_run_has_comes_before_what_some_have() -> None:
    rows = [row(str(at), {"val_loss": at, **({"val_acc": at} if at else {})}) for at in range(4)]
    found = choose_objective(table(rows))
    assert found is not None and found.metric == "val_loss"


def test_a_constant_is_chosen_last_and_said_to_be_one() -> None:
    found = choose_objective(table([row(str(at), {"val_acc": 0.5, "val_loss": at}) for at in range(4)]))
    assert found is not None and found.metric == "val_loss"
    for other in ("epoch", "train_loss", "val_time", "val_f1_class_1"):
        alone = choose_objective(table([row(str(at), {"val_acc": 0.5, other: at}) for at in range(4)]))
        assert alone is not None and alone.metric == "val_acc"
        assert alone.because.endswith(" It has the same value in every run.")


def test_a_time_is_never_chosen_without_a_word() -> None:
    found = choose_objective(table([row(str(at), {"train_time": at, "epoch": at}) for at in range(4)]))
    assert found is not None and found.metric == "train_time"
    assert found.because.endswith(" No other metric than costs, times and counts has a known direction.")


def test_a_metric_whose_values_tell_its_direction_comes_before_a_time() -> None:
    curves = [(9.5 + at, 3.0, 1.0, 2.0 + at, 1.5 + at / 7) for at in range(4)]
    found = choose_objective(table([row(str(at), {"train_time": at, "zeta": c}) for at, c in enumerate(curves)]))
    assert found is not None
    assert (found.metric, found.direction, found.source) == ("zeta", "min", "guessed")
    assert "lower is better because it falls in the training of all 4 runs" in found.because


def test_the_note_of_an_experiment_names_what_decides() -> None:
    experiment = Experiment("1", "demo", tags={"mlflow.note.content": "We compare by `zeta`; lower is better."})
    rows = [row(str(at), {"val_acc": at, "zeta": at}) for at in range(3)]
    found = choose_objective(ExperimentTable(experiment, rows))
    assert found is not None
    assert (found.metric, found.direction, found.source) == ("zeta", "min", "recorded")
    assert found.because == "The experiment's note names zeta; lower is recorded as better."


def test_averages_come_before_the_classes_that_they_are_of() -> None:
    names = ["f1-score_setosa", "f1-score_virginica", "f1-score_macro avg", "accuracy"]
    rows = [row(str(at), {name: (0.9 if name == "accuracy" else at) for name in names}) for at in range(3)]
    found = choose_objective(table(rows))
    assert found is not None and found.metric == "f1-score_macro avg"
    assert find_variants([*names, "val/ap car", "val/ap dog", "top1", "auc_3", "roc_auc", "val_acc", "test_acc"]) == {
        "f1-score_setosa",
        "f1-score_virginica",
        "val/ap car",
        "val/ap dog",
        "auc_3",
    }
