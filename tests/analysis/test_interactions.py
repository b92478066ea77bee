"""Params that depend on each other, and the grid of two params."""

from __future__ import annotations

import math

from sitegen.analysis.best import rank
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.param_grid import ParamGrid
from tests.analysis.builders import row, table
from tests.analysis.simulated_interactions import found


def test_a_param_that_matters_with_one_value_of_another_is_named_with_it() -> None:
    named = [(one.key, one.on, one.only) for number in range(12) for one in found("only", number)[:1]]
    assert named.count(("lr", "optimizer", "sgd")) >= 6
    assert {(one, on) for one, on, _ in named} == {("lr", "optimizer")}


def test_params_whose_best_values_depend_on_each_other_are_named() -> None:
    named = [one for number in range(8) for one in found("crossed", number)[:1]]
    assert len(named) >= 6
    assert {(one.key, one.on, one.only) for one in named} == {("lr", "optimizer", "")}


def test_params_that_add_up_are_seldom_said_to_depend_on_each_other() -> None:
    assert sum(bool(found("none", number)) for number in range(40)) <= 4


def grid(losses: dict[tuple[str, str], list[float]], objective: str = "min loss") -> ParamGrid | None:
    rows = [
        row(f"r{depth}{rate}{at}", {"loss": loss}, params={"depth": depth, "rate": rate})
        for (depth, rate), values in losses.items()
        for at, loss in enumerate(values)
    ]
    return what_mattered(rank(table(rows), parse_objective(objective))).grid


CELLS = {(depth, rate): [float(depth) + float(rate)] for depth in ("2", "10") for rate in ("0.001", "0.01", "0.1")}


def test_two_params_that_were_tried_together_are_a_grid_of_means() -> None:
    made = grid(CELLS | {("2", "0.001"): [1.0, 4.0]})
    assert made is not None
    assert (made.down, made.across) == ("depth", "rate")
    assert (made.down_values, made.across_values) == (("2", "10"), ("0.001", "0.01", "0.1"))
    assert made.means == ((2.5, 2.01, 2.1), (10.001, 10.01, 10.1))
    assert made.counts == ((2, 1, 1), (1, 1, 1))
    assert made.best == (0, 1)


def test_the_best_cell_is_that_of_the_objective() -> None:
    made = grid(CELLS, "max loss")
    assert made is not None and made.best == (1, 2)


def test_too_few_pairs_are_not_a_grid() -> None:
    assert grid({pair: CELLS[pair] for pair in list(CELLS)[:4]}) is None
    some = {("1", "1"): [1.0], ("2", "2"): [2.0], ("3", "3"): [3.0], ("4", "4"): [4.0], ("1", "2"): [2.0]}
    assert grid(some) is None


def test_a_cell_of_huge_values_is_not_the_best() -> None:
    made = grid(CELLS | {("2", "0.01"): [1e308, 1.7e308, 1.6e308]})
    assert made is not None and made.best == (0, 0)
    assert math.isinf(made.means[0][1] or 0.0)
