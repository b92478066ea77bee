"""What the curve of a run says of its training."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from sitegen.analysis.curves import Curve, thin
from sitegen.analysis.training import judged_curve, training_curve, training_of
from sitegen.model import Experiment
from tests.analysis.builders import history, row
from tests.analysis.simulated_curves import simulated_curve

EXPERIMENT = Experiment("1", "cifar")
POINTS = thin(history(3.0, 2.0, 1.0))


def curve(*values: float) -> Curve:
    return thin(history(*values))


def test_of_simulated_curves_95_percent_are_told_right_and_none_that_diverged_converged() -> None:
    ones = [simulated_curve(number) for number in range(500)]
    found = Counter((one.truth, one.found.verdict) for one in ones)
    right = sum(count for (truth, verdict), count in found.items() if truth == verdict)
    assert right >= 0.95 * len(ones), found
    assert not found["diverged", "converged"]
    assert {truth for truth, _ in found} == {"converged", "improving", "diverged", "overfits", "unchanged", "short"}


@pytest.mark.parametrize("end", [math.nan, math.inf, -math.inf])
def test_a_curve_that_ends_without_a_number_diverged_after_its_last_number(end: float) -> None:
    found = training_of(curve(5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1, end, end), "min")
    assert (found.verdict, found.best_at, found.since) == ("diverged", 4, 10)


def test_a_gap_in_the_middle_is_not_the_end() -> None:
    assert training_of(curve(9, 4, 2, 1, math.nan, 1, 1, 1, 1, 1, 1, 1, 1), "min").verdict == "converged"


def test_a_curve_is_judged_in_its_own_direction() -> None:
    values = [1 - math.exp(-at / 5) for at in range(60)]
    assert training_of(curve(*values), "max").verdict == "converged"
    assert training_of(curve(*values), "min").verdict == "diverged"


def test_scale_and_offset_change_nothing_where_higher_is_better() -> None:
    values = [1 - math.exp(-at / 5) for at in range(60)]
    found = [training_of(curve(*(scale * (v + shift) for v in values)), "max") for scale, shift in ((1, 0), (1e6, -3))]
    assert found[0] == found[1]


def test_a_loss_that_still_halves_is_still_falling_however_small_it_is() -> None:
    assert training_of(curve(*(1000 * 0.9**at for at in range(100))), "min").verdict == "improving"


def test_it_overfits_only_if_training_data_went_on_to_improve() -> None:
    values = [3, 2.5, 2, 1.5, 1.2, 1.0, 1.1, 1.3, 1.5, 1.7, 1.9, 2.1]
    on = curve(*(3 - 0.2 * at for at in range(12)))
    assert training_of(curve(*values), "min", on).verdict == "overfits"
    assert training_of(curve(*values), "min", curve(*values)).verdict == "worse"
    assert training_of(curve(*values), "min").verdict == "worse"


def test_a_noisy_curve_that_fell_all_along_is_not_said_to_have_stayed_the_same() -> None:
    values = (2.239, 1.9729, 1.8386, 1.7767, 2.0638, 1.7767, 1.6808, 1.9111, 1.643, 1.8316, 1.6546, 1.6282)
    assert training_of(curve(*values), "min").verdict == "unclear"


def test_huge_numbers_do_not_overflow() -> None:
    assert training_of(curve(1, 1, 1, 1, 1, 1, 1, 1, 1, 1e300, 1.7e308), "min").verdict == "diverged"


def test_the_curve_is_that_of_the_objective_or_of_what_it_keeps_the_best_of() -> None:
    run = row("a", {"best_val_loss": 1.0, "val_loss": (3.0, 2.0), "val_accuracy": (0.1, 0.2), "score": (1.0, 2.0)})
    curves = dict.fromkeys(("val_loss", "val_accuracy", "score"), POINTS)
    assert judged_curve(run, curves, EXPERIMENT, ("best_val_loss", "min")) == ("val_loss", "min")
    assert judged_curve(run, curves, EXPERIMENT, ("score", "min")) == ("score", "min")
    assert judged_curve(run, curves, EXPERIMENT) == ("val_accuracy", "max")
    tags = {"mlflow.experiment.primaryMetric.name": "val_loss", "mlflow.experiment.primaryMetric.greaterIsBetter": ""}
    assert judged_curve(run, curves, Experiment("1", "cifar", tags=tags)) == ("val_loss", "min")


def test_costs_folds_and_metrics_without_a_direction_tell_nothing() -> None:
    run = row("a", {"epoch": (1.0, 2.0), "fit_time": (3.0, 2.0), "fold_score": (0.1, 0.2)})
    assert judged_curve(run, dict.fromkeys(run.metrics, POINTS), EXPERIMENT) is None


@pytest.mark.parametrize(
    ("metric", "keys", "found"),
    [
        ("val_loss", ["loss", "val_loss"], "loss"),
        ("val_loss", ["loss", "train_loss"], "train_loss"),
        ("eval/accuracy", ["train/accuracy", "train/loss"], "train/accuracy"),
        ("val_loss", ["val_accuracy", "train_accuracy"], None),
        ("train_loss", ["loss"], None),
    ],
)
def test_the_curve_on_training_data_is_found_by_its_name(metric: str, keys: list[str], found: str | None) -> None:
    assert training_curve(metric, dict.fromkeys(keys, POINTS)) == found
