"""What each param explains beside the others, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sitegen.analysis.additive import MAX_ROWS, Coding, coding, explained, response, sample

EVERY = np.arange(16)
FIRST = np.array([at // 8 for at in range(16)])
SECOND = np.array([at // 4 % 2 for at in range(16)])
NOISE = np.array([0.01, -0.01, 0.02, -0.02] * 4)


def groups(key: str, codes: NDArray[np.int64]) -> Coding:
    return coding(key, EVERY[: len(codes)], None, codes, True, len(codes))


def test_in_a_full_grid_the_shares_are_those_of_the_analysis_of_variance() -> None:
    y = response(3.0 * FIRST + 1.0 * SECOND + NOISE)
    found = explained([groups("a", FIRST), groups("b", SECOND)], y, {})
    total = 4 * 9.0 + 4 * 1.0 + float(NOISE @ NOISE)
    assert found["a"].share == pytest.approx(36 / total)
    assert found["b"].share == pytest.approx(4 / total)
    assert found["a"].chance < 1e-6 and found["b"].chance < 1e-6


def test_a_param_without_effect_explains_nothing_and_may_be_chance() -> None:
    other = np.array([at % 2 for at in range(16)])
    y = response(3.0 * FIRST + np.array([0.1, 0.1, -0.1, -0.1] * 4))
    found = explained([groups("a", FIRST), groups("b", other)], y, {})
    assert found["b"].share == pytest.approx(0.0, abs=1e-12)
    assert found["b"].chance > 0.9


def test_values_are_adjusted_for_the_others_but_not_for_companions() -> None:
    y = response(3.0 * FIRST + SECOND + NOISE)
    codings = [groups("a", FIRST), groups("b", SECOND)]
    alone = explained(codings, y, {"b": {"a"}, "a": {"b"}})
    assert np.array_equal(alone["b"].adjusted, y)
    beside = explained(codings, y, {})["b"].adjusted
    assert float(np.abs(beside[FIRST == 0].mean() - beside[FIRST == 1].mean())) < 1e-9


def test_equal_values_are_explained_by_nothing() -> None:
    found = explained([groups("a", FIRST)], response(np.full(16, 7.0)), {})
    assert (found["a"].share, found["a"].chance) == (0.0, 1.0)


def test_a_param_without_a_form_explains_nothing() -> None:
    found = explained([Coding("a", None, None, None, False)], response(NOISE + FIRST), {})
    assert (found["a"].share, found["a"].chance) == (0.0, 1.0)


def test_values_are_centred_and_ranks_where_some_are_far_out() -> None:
    plain = response(np.array([1.0, 2.0, 4.0, 5.0]))
    assert plain == pytest.approx([-0.4, -0.2, 0.2, 0.4])
    values = np.array([1.0, 2.0, 3.0, 4.0, 1e9])
    assert response(values) == pytest.approx(response(np.array([1.0, 2.0, 3.0, 4.0, 5.0])))
    assert np.isfinite(response(np.array([-1.7e308, 0.0, 1.0, 1.7e308]))).all()


def test_of_many_runs_so_many_are_taken_with_the_first_and_the_last() -> None:
    assert sample(MAX_ROWS).tolist() == list(range(MAX_ROWS))
    taken = sample(10 * MAX_ROWS)
    assert (len(taken), taken[0], taken[-1]) == (MAX_ROWS, 0, 10 * MAX_ROWS - 1)


def test_runs_without_the_param_have_a_column_of_their_own() -> None:
    rows = np.array([0, 2])
    one = coding("a", rows, np.array([1.0, 3.0]), np.array([0, 1]), False, 3)
    assert one.missing is not None and one.missing.tolist() == [0.0, 1.0, 0.0]
    assert one.line is not None and one.line[:, 0].tolist() == [-1.0, 0.0, 1.0]
    assert one.groups is not None and one.groups.tolist() == [[0.0], [0.0], [1.0]]
    assert coding("a", np.arange(3), None, None, False, 3).missing is None
