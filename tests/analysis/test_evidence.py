"""The direction of a metric from its values: signs, agreement with known metrics, the course of training."""

from __future__ import annotations

import random

import pytest

from sitegen.analysis.evidence import direction_in
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row


def columns(n: int = 12, **metrics: object) -> list[RunRow]:
    """`n` runs; each metric is made from the run's number by a function."""
    return [row(str(at), {key: make(at) for key, make in metrics.items()}) for at in range(n)]  # type: ignore[operator]


def way(metric: str, rows: list[RunRow]) -> str | None:
    found = direction_in(metric, rows)
    return found.direction if found else None


@pytest.mark.parametrize(
    ("metric", "sign", "expected"),
    [
        ("max_drawdown", -1, "max"),
        ("max_drawdown", 1, "min"),
        ("rmse", -1, "max"),
        ("neg_mean_absolute_error", -1, "max"),
        ("neg_mean_absolute_error", 1, "min"),
        ("policy_loss", -1, "min"),
        ("neg_log_likelihood", -1, "min"),
        ("accuracy", 1, "max"),
    ],
)
def test_an_error_below_zero_is_its_negative(metric: str, sign: int, expected: str) -> None:
    assert way(metric, columns(4, **{metric: lambda at: sign * (at + 1.5)})) == expected


def test_mixed_signs_leave_it_to_the_name() -> None:
    assert way("rmse", columns(4, rmse=lambda at: at - 1.5)) == "min"


def test_what_orders_runs_as_a_known_metric_does_goes_its_way() -> None:
    rows = columns(zeta=lambda at: at**3 + 0.5, val_acc=lambda at: at / 20, val_loss=lambda at: 1 / (at + 1))
    found = direction_in("zeta", rows)
    assert found is not None and found.direction == "max"
    assert found.reason == "because it orders the runs in reverse to how val_loss does (rank correlation 1)"
    assert way("zeta", columns(zeta=lambda at: -at, val_acc=lambda at: at / 20)) == "min"


def test_few_runs_few_values_or_a_contradiction_say_nothing() -> None:
    assert way("zeta", columns(7, zeta=float, val_acc=lambda at: at / 20)) is None
    assert way("zeta", columns(zeta=lambda at: at // 4, val_acc=lambda at: at / 20)) is None
    assert way("zeta", columns(zeta=float, val_acc=lambda at: at / 20, val_loss=float)) is None
    nearly = [0, 1, 2, 3, 11, 10, 4, 5, 6, 7, 8, 9]  # a rank correlation of 0.66 with the order of the runs
    assert way("zeta", columns(zeta=float, val_acc=lambda at: at / 20, val_loss=lambda at: nearly[at])) is None
    shuffled = list(range(40))
    random.Random(1).shuffle(shuffled)
    assert way("zeta", columns(40, zeta=float, val_acc=lambda at: shuffled[at])) is None


def test_an_agreement_with_a_time_says_nothing() -> None:
    assert way("zeta", columns(zeta=float, train_time=float)) is None


def falling(at: int) -> tuple[float, ...]:
    return (9.5 + at, 3.0, 1.0, 2.0, 1.5 + at / 7)


def test_what_falls_in_the_training_of_every_run_is_meant_to_fall() -> None:
    assert way("zeta", columns(3, zeta=falling)) == "min"
    assert way("zeta", columns(3, zeta=lambda at: tuple(-y for y in falling(at)))) == "max"
    assert way("zeta", columns(2, zeta=falling)) is None
    mixed = [*columns(3, zeta=falling), row("up", {"zeta": (1.0, 2.5, 0.5, 3.5, 2.9)})]
    assert way("zeta", mixed) is None


@pytest.mark.parametrize(
    "curve",
    [
        lambda at: (0.0, 1.0, 2.0, 3.0, 4.0 + at),
        lambda at: (0.1, 0.08, 0.05, 0.02, 0.01 / (at + 1)),
        lambda at: (1.5, 9.5, 0.5, 5.5, 1.4),
    ],
    ids=["counter", "schedule", "noise"],
)
def test_counters_schedules_and_noise_show_no_trend(curve: object) -> None:
    assert way("zeta", columns(4, zeta=curve)) is None


@pytest.mark.parametrize("metric", ["epoch", "learning_rate", "acc_std", "system/cpu", "num_things"])
def test_a_name_that_says_neither_is_not_overruled(metric: str) -> None:
    assert way(metric, columns(**{metric: falling, "val_loss": lambda at: 9.5 + at})) is None
