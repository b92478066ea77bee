"""What a row of the registry of chart kinds promises to the browser, and what a kind is unless it says otherwise."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from sitegen.charts.kind import Choice, Column, Kind
from sitegen.charts.kinds import KINDS

CHOICES = {kind.name: kind.choice for kind in KINDS if kind.choice}


def test_a_kind_is_drawn_by_vega_and_not_offered_unless_it_says_so() -> None:
    made = Kind("dots", lambda data: data, ("x",))
    assert made.compiled and made.rows is None and made.choice is None
    chosen = Choice("Dots", "d", {"x": "number"}, {"x": "Value"}, "{x}", {"x": "{x}"})
    assert (chosen.log, chosen.height, chosen.each, chosen.drawer) == (False, 240, False, "vega-figure")


def test_a_kind_cannot_be_changed_once_it_is_made() -> None:
    with pytest.raises(FrozenInstanceError):
        KINDS[0].name = "other"  # type: ignore[misc]


def test_links_tell_every_kind_apart_by_one_letter() -> None:
    letters = [choice.letter for choice in CHOICES.values()]
    assert len(set(letters)) == len(letters) and all(re.fullmatch("[a-z]", letter) for letter in letters)
    assert len({choice.label for choice in CHOICES.values()}) == len(CHOICES)


@pytest.mark.parametrize("name", CHOICES)
def test_titles_are_made_of_columns_that_the_reader_chooses(name: str) -> None:
    choice = CHOICES[name]
    known = {*choice.needs, "columns"} | ({"x", "y", "z"} if "axes" in choice.needs.values() else set())
    asked = {field for text in (choice.title, *choice.axes.values()) for field in re.findall(r"{(\w+)}", text)}
    assert asked <= known
    assert set(choice.needs.values()) <= set(get_args(Column))


@pytest.mark.parametrize("name", CHOICES)
def test_every_field_that_is_chosen_alone_has_a_name(name: str) -> None:
    choice = CHOICES[name]
    assert set(choice.names) == {field for field, column in choice.needs.items() if column != "axes"}
