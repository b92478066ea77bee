"""JSON and YAML values as folded lists."""

from __future__ import annotations

import math

import pytest

from sitegen.viewers.trees import OPEN_ITEMS, SHOWN_ITEMS, SHOWN_NODES, SHOWN_TEXT, tree_view


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, '<span class="v n">null</span>'),
        (True, '<span class="v n">true</span>'),
        (1, '<span class="v d">1</span>'),
        (math.nan, '<span class="v d">nan</span>'),
        ("<b>", '<span class="v s">&lt;b&gt;</span>'),
        ({}, '<span class="v">{}</span>'),
        ([], '<span class="v">[]</span>'),
        ({1}, '<span class="v s">{1}</span>'),
    ],
)
def test_a_value_without_parts_says_its_type(value: object, shown: str) -> None:
    assert tree_view(value).html == f'<ul class="tree"><li>{shown}</li></ul>'


def test_keys_are_escaped_and_cut() -> None:
    html = tree_view({"<i>": 1, "k" * (SHOWN_TEXT + 1): 2}).html
    assert '<span class="k">&lt;i&gt;</span>' in html and "<i>" not in html
    assert "k" * SHOWN_TEXT in html and "k" * (SHOWN_TEXT + 1) not in html


def test_long_texts_end_with_dots() -> None:
    assert "…" not in tree_view("x" * SHOWN_TEXT).html
    assert "x" * SHOWN_TEXT + "…<" in tree_view("x" * (SHOWN_TEXT + 1)).html


def test_the_two_outer_levels_are_open() -> None:
    html = tree_view([[[1]]]).html
    assert html.count("<details open>") == 2
    assert html.count("<details>") == 1


def test_an_inner_list_with_many_items_is_folded_but_not_the_outermost() -> None:
    assert tree_view([1] * (OPEN_ITEMS + 1)).html.count("<details open>") == 1
    assert tree_view([[1] * OPEN_ITEMS]).html.count("<details open>") == 2
    assert tree_view([[1] * (OPEN_ITEMS + 1)]).html.count("<details open>") == 1


def test_of_long_lists_the_rest_is_counted() -> None:
    assert "more" not in tree_view([7] * SHOWN_ITEMS).html
    html = tree_view([7] * (SHOWN_ITEMS + 1)).html
    assert '<li class="sub">and 1 value more</li>' in html and "[201]" in html
    assert html.count('"v d"') == SHOWN_ITEMS


def test_a_document_is_cut_at_its_limit_of_values() -> None:
    inner = [[7] * 100] * 40
    view = tree_view(inner)
    assert view.note == "The first 3,000 values."
    assert view.html.count("<li>") == SHOWN_NODES
    assert tree_view([[7] * 100] * 20).note == ""
