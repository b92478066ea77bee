"""How the numbers of a column are written. `labels.json` holds `digits.js` and `formats.js` to the same texts (tests/browser)."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.digits import digits_of
from sitegen.analysis.words import number

VECTORS = json.loads(Path(__file__).with_name("labels.json").read_text("utf-8"))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
NEAR = st.builds(lambda base, step: base + step * math.ulp(base), st.floats(-1e6, 1e6), st.integers(-5, 5))


def written(*values: float) -> list[str]:
    digits = digits_of(values)
    return [digits.text(value) for value in values]


@pytest.mark.parametrize(("values", "texts"), VECTORS["digits"])
def test_columns_are_written_as_agreed(values: list[float], texts: list[str]) -> None:
    assert written(*values) == texts


@pytest.mark.parametrize(("value", "text"), VECTORS["numbers"])
def test_numbers_alone_are_written_as_agreed(value: float, text: str) -> None:
    assert number(value) == text


@given(st.lists(FINITE | NEAR | st.integers(-(2**53), 2**53).map(float), max_size=12))
def test_two_values_that_differ_never_look_the_same(values: list[float]) -> None:
    distinct = set(values)
    assert len(set(written(*distinct))) == len(distinct)


@given(st.lists(FINITE | NEAR, min_size=1, max_size=12))
def test_neither_order_nor_repeats_nor_gaps_matter(values: list[float]) -> None:
    assert digits_of([*reversed(values), None, math.nan, math.inf, values[0]]) == digits_of(values)


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1))
def test_whole_numbers_are_whole(values: list[int]) -> None:
    assert written(*map(float, values)) == list(map(str, values))


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8))
def test_points_line_up(values: list[float]) -> None:
    texts = [text for text in written(*values) if "." in text]
    digits = digits_of(values)
    assert digits.decimals is None or len({len(text.partition(".")[2]) for text in texts}) <= 1


@given(st.lists(st.floats(0.1, 1, exclude_max=True), min_size=1, max_size=8), st.floats(1, 1000))
def test_a_score_has_its_four_digits_in_a_column_as_on_its_own(scores: list[float], beside: float) -> None:
    digits = digits_of([*scores, beside])
    exact = all(float(digits.text(score)) == float(f"{score:.12g}") for score in scores)
    assert digits.decimals is None or digits.decimals >= 4 or exact


def test_values_that_are_close_are_told_apart() -> None:
    assert written(0.9999912, 0.9999914) == ["0.9999912", "0.9999914"]
    assert written(16777217.0, 16777216.0) == ["16777217", "16777216"]
    assert written(1.1191e-13, 1.1192e-13, 0.5) == ["1.1191e-13", "1.1192e-13", "0.5"]


def test_a_value_near_1_does_not_look_like_1() -> None:
    assert written(0.99999, 0.5) == ["0.99999", "0.50000"]
    assert number(0.9999912) == "0.99999"


def test_what_is_no_number_has_a_word() -> None:
    digits = digits_of([0.5])
    assert [digits.text(value) for value in (None, math.nan, math.inf, -math.inf)] == ["–", "NaN", "∞", "−∞"]


def test_a_mean_of_whole_numbers_is_not_rounded_to_one() -> None:
    assert digits_of([3.0, 4.0]).text(3.5) == "3.5"
