"""The words for what training did."""

from __future__ import annotations

import math

import pytest

from sitegen.analysis.curves import thin
from sitegen.model import Experiment
from sitegen.pages.run_training import training_line
from tests.analysis.builders import history, row

FALL = tuple(round(1 + math.exp(-at / 4), 3) for at in range(100))


def said(steps_from: int = 0, **metrics: tuple[float, ...]) -> str:
    run = row("a", metrics)
    curves = {key: thin(history(*values, key=key, first_step=steps_from)) for key, values in metrics.items()}
    line = training_line(run, curves, Experiment("1", "cifar"))
    return f"{line.label}: {line.text}" if line else ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (FALL, "Converged: val_loss is flat for the last 83 steps, best 1 at step 31 of 99"),
        (tuple(9 - at / 20 for at in range(100)), "Still falling: val_loss is best 4.05 at step 99 of 99"),
        ((*FALL[:50], *[math.nan] * 9), "Diverged: val_loss is NaN after step 49, best 1 at step 31 of 58"),
        ((*FALL[:50], *range(3, 40)), "Diverged: val_loss rose to 39 at the end, best 1 at step 31 of 86"),
        ((3.0, 2.0, 1.0), "Too short to tell: val_loss has 3 points, best 1 at step 2 of 2"),
    ],
)
def test_the_sentence_says_verdict_metric_and_steps(values: tuple[float, ...], words: str) -> None:
    assert said(val_loss=values) == words


def test_a_curve_that_overfits_names_the_one_that_did_not_stop() -> None:
    values = (*(3 - at / 10 for at in range(20)), *(1.1 + at / 20 for at in range(20)))
    found = said(val_loss=values, loss=tuple(3 - at / 15 for at in range(40)))
    assert found == "Overfits: val_loss rose to 2.05 at the end while loss kept falling, best 1.1 at step 19 of 39"


def test_a_run_without_curves_says_nothing() -> None:
    assert training_line(row("a", {"val_loss": 1.0}), {}, Experiment("1", "cifar")) is None
