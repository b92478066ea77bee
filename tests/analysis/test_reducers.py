"""Reducers that need a metric's whole history."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.reducers import named, reduce, reduce_all, reducer_of
from tests.analysis.builders import history


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "last"),
        ("MIN", "min"),
        ("mean", "mean"),
        ("mean of last 5", "mean of last 5"),
        ("mean last 05", None),
        ("mean last 5", "mean of last 5"),
        ("at step 100", "at step 100"),
        ("step -3", "at step -3"),
        ("median", None),
        ("mean of last 0", None),
        ("mean of last", None),
        ("at step 1.5", None),
    ],
)
def test_the_words_of_a_reducer(text: str, expected: str | None) -> None:
    assert reducer_of(text.split()) == expected


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.integers(1, 40))
def test_the_mean_of_the_last_points_is_numpys(values: list[float], n: int) -> None:
    assert reduce(history(*values), f"mean of last {n}") == pytest.approx(np.mean(values[-n:]), rel=1e-9, abs=1e-6)


def test_nan_among_the_last_points_is_not_hidden() -> None:
    found = reduce(history(1.0, math.nan, 3.0), "mean of last 2")
    assert found is not None and math.isnan(found)
    assert reduce(history(math.nan, 1.0, 3.0), "mean of last 2") == 2.0


def test_the_value_at_a_step_is_of_just_that_step() -> None:
    assert reduce(history(5.0, 6.0, 7.0, first_step=10), "at step 11") == 6.0
    assert reduce(history(5.0, 6.0), "at step 7") is None
    assert reduce(history(), "at step 0") is None


def test_a_run_has_what_was_asked_of_the_metrics_it_has() -> None:
    metrics = {"loss": history(4.0, 2.0)}
    wanted = [("loss", "mean of last 2"), ("loss", "at step 9"), ("acc", "at step 0")]
    assert reduce_all(metrics, wanted) == {("loss", "mean of last 2"): 3.0}


def test_a_reduced_metric_has_a_name() -> None:
    assert named("loss", "last") == "loss"
    assert named("loss", "mean of last 5") == "mean of the last 5 values of loss"
    assert named("loss", "at step 7") == "loss at step 7"
