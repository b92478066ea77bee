"""Families of nested runs."""

from __future__ import annotations

from sitegen.analysis.families import by_parent, nested
from tests.analysis.builders import row


def order(*rows: tuple[str, str | None]) -> list[tuple[str, int]]:
    return [(one.run_id, depth) for one, depth in nested([row(name, parent_id=parent) for name, parent in rows])]


def test_nested_runs_stand_behind_their_parent_in_the_order_of_the_table() -> None:
    assert order(("b1", "b"), ("a", None), ("b", None), ("a2", "a"), ("a1", "a")) == [
        ("a", 0), ("a2", 1), ("a1", 1), ("b", 0), ("b1", 1),
    ]  # fmt: skip


def test_a_run_whose_parent_is_elsewhere_stands_by_itself() -> None:
    assert order(("a", "gone"), ("b", "a")) == [("a", 0), ("b", 1)]


def test_runs_in_a_circle_of_parents_are_all_shown_once() -> None:
    assert sorted(name for name, _ in order(("a", "b"), ("b", "a"), ("c", "c"))) == ["a", "b", "c"]


def test_deep_nesting_is_shown_to_three_levels() -> None:
    names = [("0", None), *((str(at), str(at - 1)) for at in range(1, 6))]
    assert [depth for _, depth in order(*names)] == [0, 1, 2, 3, 3, 3]


def test_families_know_parents_that_are_not_in_the_table() -> None:
    rows = [row("a", parent_id="p"), row("b", parent_id="p"), row("c")]
    assert {parent: [one.run_id for one in found] for parent, found in by_parent(rows).items()} == {"p": ["a", "b"]}
