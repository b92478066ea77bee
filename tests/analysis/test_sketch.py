"""A metric's history as a few letters."""

from __future__ import annotations

import math

import pytest

from sitegen.analysis.sketch import GAP, LEVELS, PARTS, sketch
from tests.analysis.builders import history


@pytest.mark.parametrize(
    ("values", "letters"),
    [
        ((), ""),
        ((5.0,), "i"),
        ((2.0, 2.0, 2.0), "iii"),
        ((0.0, 1.0), "0z"),
        ((0.0, 35.0, 7.0), "0z7"),
        ((1.0, math.nan, 0.0), "z.0"),
        ((0.0, math.inf, 1.0), "0.z"),
        ((math.nan, -math.inf), ".."),
        ((-1.7e308, 1.7e308), "0z"),
    ],
)
def test_each_point_of_a_short_history_is_a_letter(values: tuple[float, ...], letters: str) -> None:
    assert sketch(history(*values)) == letters


def test_a_long_history_has_as_many_letters_as_parts() -> None:
    assert len(sketch(history(*range(PARTS)))) == PARTS
    letters = sketch(history(*range(10 * PARTS + 3)))
    assert len(letters) == PARTS and letters[0] == LEVELS[0] and letters[-1] == LEVELS[-1]
    assert list(letters) == sorted(letters)


def test_a_part_is_the_mean_of_its_finite_values() -> None:
    values = [0.0, 0.0] * (PARTS - 2) + [math.nan, 1.0] + [0.5, 0.5]
    letters = sketch(history(*values))
    assert letters == "0" * (PARTS - 2) + "z" + "i"
    assert GAP not in letters
