"""A metric's history as a few letters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sitegen.analysis.sketch import GAP, LEVELS, PARTS, sketch, sketches, sketches_of_runs
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


def test_a_sketch_does_not_depend_on_those_made_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    values = [rng.choice([1.0, 2.0, math.nan, 1e308, rng.normal()], size=n) for n in (0, 1, 2, 15, 16, 17, 500)]
    histories = [history(*found, key=f"m{n}") for n, found in enumerate(values)]
    alone = [sketch(one) for one in histories]
    assert sketches(histories) == alone
    runs = [{h.key: h for h in histories}, {}, {"system/cpu": histories[3], "m3": histories[3]}]
    told = [{f"m{n}": alone[n] for n in range(2, 7)}, {}, {"m3": alone[3]}]
    assert list(sketches_of_runs(runs)) == told
    monkeypatch.setattr("sitegen.analysis.sketch.MAX_POINTS", 1)
    assert list(sketches_of_runs(runs)) == told
