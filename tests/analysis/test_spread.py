"""How far results scatter: logged deviations, folds as steps, and the average over configurations."""

from __future__ import annotations

import math

import pytest

from sitegen.analysis.spread import (
    FEWEST_STEADY,
    MAX_UNLIKE,
    USUAL_FOLDS,
    Noise,
    Spread,
    deviation_keys,
    folds_as_steps,
    has_trend,
    is_alike,
    logged_spread,
    pooled,
    spread_of,
    steps_spread,
)
from sitegen.analysis.statistics import mean_of
from tests.analysis.builders import row


def test_a_spread_needs_two_values_and_equal_repeats_have_none() -> None:
    assert spread_of(None, "seeds") is None
    assert spread_of(mean_of([1.0]), "seeds") is None
    assert spread_of(mean_of([1.0, 3.0]), "seeds") == Spread(math.sqrt(2), 2, "seeds")
    assert spread_of(mean_of([1.0, 1.0]), "repeats") is None
    assert spread_of(mean_of([1.0, 1.0]), "seeds") == Spread(0.0, 2, "seeds")


def test_a_deviation_has_the_other_words_of_its_metric() -> None:
    keys = ["std_test_score", "test_score_sd", "std_train_score", "mean_test_score", "std"]
    assert deviation_keys(keys, "mean_test_score") == ("std_test_score", "test_score_sd")


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_deviation_that_is_none_is_not_taken(value: float) -> None:
    assert logged_spread(row("a", {"std": value}), ["std"], None) is None


def test_a_logged_deviation_is_of_the_folds_that_are_said_else_of_five() -> None:
    assert logged_spread(row("a", {"std": 2.0}), ["std"], None) == Spread(2.0, USUAL_FOLDS, "folds", logged=True)
    told = row("a", {"std": 2.0}, params={"n_splits": "2"})
    assert logged_spread(told, ["std"], None) == Spread(2.0 * math.sqrt(2), 2, "folds", logged=True)
    by_parent = logged_spread(row("a", {"std": 2.0}), ["std"], row("p", params={"n_splits": "2"}))
    assert by_parent is not None and by_parent.n == 2


def test_a_deviation_may_be_a_param_and_the_first_key_that_has_one_counts() -> None:
    run = row("a", {"b_std": 3.0}, params={"a_std": "much", "c_std": "1.5"})
    found = logged_spread(run, ["a_std", "c_std", "b_std"], None)
    assert found is not None and found.std == 1.5
    assert logged_spread(run, ["none"], None) is None


def test_points_are_folds_where_they_are_as_many_as_said_and_have_no_trend() -> None:
    params = {"n_splits": "5"}
    steady = row("a", {"acc": (0.8, 0.7, 0.9, 0.75, 0.8)}, params=params)
    assert folds_as_steps([steady, row("single", {"acc": 0.5})], "acc") == 5
    assert folds_as_steps([row("b", {"acc": (1.0, 2.0, 3.0, 4.0, 5.0)}, params=params)], "acc") == 0
    assert folds_as_steps([steady, row("c", {"acc": (0.8, 0.7)})], "acc") == 0
    assert folds_as_steps([row("single", {"acc": 0.5})], "acc") == 0
    spread = steps_spread(steady, "acc")
    assert spread is not None and (spread.n, spread.kind) == (5, "folds")
    assert steps_spread(steady, "loss") is None


def test_a_trend_is_a_steady_series_or_many_that_go_one_way() -> None:
    assert has_trend([tuple(range(FEWEST_STEADY))]) and has_trend([tuple(range(FEWEST_STEADY, 0, -1))])
    assert not has_trend([tuple(range(FEWEST_STEADY - 1))])
    assert not has_trend([(1.0, 3.0, 2.0, 1.5, 2.5)])
    assert has_trend([(1.0, 2.0, 3.0)] * 10)
    assert not has_trend([(1.0, 2.0, 3.0), (3.0, 2.0, 1.0)] * 5)


def test_variances_are_averaged_by_their_degrees_of_freedom() -> None:
    found = pooled([Spread(1.0, 2, "seeds"), Spread(2.0, 4, "seeds")])
    assert found == Noise(pytest.approx(math.sqrt((1 + 3 * 4) / 4)), 4)
    assert pooled([]) is None
    assert pooled([Spread(0.0, 3, "seeds")]) is None
    assert pooled([Spread(math.inf, 3, "seeds")]) is None


def test_a_seed_that_diverged_is_left_out() -> None:
    usual = [Spread(1.0, 3, "seeds")] * 3
    assert pooled([*usual, Spread(1000.0, 3, "seeds")]) == Noise(1.0, 6)
    edge = math.sqrt(MAX_UNLIKE)
    assert is_alike(Spread(edge, 2, "seeds"), 1.0) and not is_alike(Spread(edge * 1.001, 2, "seeds"), 1.0)
