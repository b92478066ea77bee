"""Ranks, correlations, shares of variance and their chances, beside scipy and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sitegen.analysis.association import (
    average_ranks,
    chance,
    corrected,
    correlation,
    cramers_v,
    holm,
    share_of_groups,
)

numbers = st.floats(allow_nan=False)
columns = st.lists(numbers, min_size=1, max_size=40)
pairs = st.lists(st.tuples(st.integers(-4, 4), st.integers(-3, 3)), min_size=3, max_size=60)


@given(columns)
def test_ranks_are_scipys(values: list[float]) -> None:
    assert average_ranks(np.array(values)).tolist() == stats.rankdata(values).tolist()


def test_an_empty_column_has_no_ranks() -> None:
    assert average_ranks(np.array([])).tolist() == []


@given(pairs)
def test_spearman_and_its_chance_are_scipys(drawn: list[tuple[int, int]]) -> None:
    x, y = (np.array(column, dtype=float) for column in zip(*drawn, strict=True))
    found = correlation(average_ranks(x), average_ranks(y))
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert found is None
        return
    oracle = stats.spearmanr(x, y)
    assert found == pytest.approx(oracle.statistic, abs=1e-12)
    assert found is not None
    assert chance(found * found, len(x), 2) == pytest.approx(oracle.pvalue, abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=3, max_size=60))
def test_the_share_of_groups_is_the_rank_form_of_kruskal_and_wallis(drawn: list[tuple[int, int]]) -> None:
    raw, y = (np.array(column) for column in zip(*drawn, strict=True))
    codes, ranks = np.unique(raw, return_inverse=True)[1], average_ranks(y)
    groups = [ranks[codes == code] for code in range(codes.max() + 1)]
    share = share_of_groups(ranks, codes)
    if len(set(y.tolist())) == 1:
        assert share is None
        return
    assert share is not None
    if len(groups) > 1:
        # H, corrected for ties, is (n - 1) times eta squared of the ranks.
        assert share * (len(y) - 1) == pytest.approx(
            stats.kruskal(*(y[codes == c] for c in range(len(groups)))).statistic
        )
    if 1 < len(groups) < len(y) and share < 1 - 1e-9:
        assert chance(share, len(y), len(groups)) == pytest.approx(stats.f_oneway(*groups).pvalue, rel=1e-6, abs=1e-12)


def test_eta_squared_by_hand() -> None:
    # Group means 2 and 5, all 3.5: between 3 * 1.5² * 2 = 13.5 of 17.5 in all.
    share = share_of_groups(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([0, 0, 0, 1, 1, 1]))
    assert share == pytest.approx(13.5 / 17.5)
    # 1 - 4 / 17.5 * 5 / 4
    assert corrected(13.5 / 17.5, 6, 2) == pytest.approx(1 - 5 / 17.5)


def test_groups_of_one_explain_nothing() -> None:
    values = np.array([3.0, 1.0, 2.0])
    share = share_of_groups(values, np.array([0, 1, 2]))
    assert share == 1
    assert (corrected(1.0, 3, 3), chance(1.0, 3, 3)) == (0.0, 1.0)


@pytest.mark.parametrize("n", [5, 48, 10_000])
@pytest.mark.parametrize("groups", [2, 3, 5])
@pytest.mark.parametrize("share", [0.0, 1e-9, 1e-4, 0.03, 0.2, 0.5, 0.97, 1.0])
def test_chances_are_scipys_f_distribution(n: int, groups: int, share: float) -> None:
    if n > groups:
        f = (share / (groups - 1)) / ((1 - share) / (n - groups)) if share < 1 else math.inf
        assert chance(share, n, groups) == pytest.approx(stats.f.sf(f, groups - 1, n - groups), rel=1e-8, abs=1e-300)


def test_many_groups_in_many_rows() -> None:
    f = (0.5 / 4999) / (0.5 / 5000)
    assert chance(0.5, 10_000, 5000) == pytest.approx(stats.f.sf(f, 4999, 5000), rel=1e-8)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_cramers_v_tells_one_grouping_from_two() -> None:
    same = np.repeat([0, 1, 2], 20)
    assert cramers_v(same, same[::-1].copy()) == pytest.approx(1.0)
    crossed = np.tile([0, 1, 2, 3], 15)
    assert cramers_v(same, crossed) == 0.0
    assert cramers_v(same, np.zeros(60, dtype=np.int64)) == 0.0
    assert cramers_v(np.array([0]), np.array([0])) == 0.0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=3, max_size=60))
def test_cramers_v_is_bergsmas_formula(drawn: list[tuple[int, int]]) -> None:
    a, b = (np.unique(column, return_inverse=True)[1] for column in zip(*drawn, strict=True))
    n, r, c = len(a), a.max() + 1, b.max() + 1
    if min(r, c) > 1:
        cells = np.zeros((r, c))
        np.add.at(cells, (a, b), 1)
        phi = stats.contingency.association(cells.astype(int), method="cramer") ** 2 * (min(r, c) - 1)
        free = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
        wanted = math.sqrt(min(1, max(0, phi - (r - 1) * (c - 1) / (n - 1)) / free)) if free > 0 else 0
        assert cramers_v(a, b) == pytest.approx(wanted, abs=1e-6)
