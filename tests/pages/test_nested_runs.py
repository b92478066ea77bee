"""The table of nested runs on their parent's page: what tells them apart, and which is best."""

from __future__ import annotations

import math

from sitegen.pages.nested_runs import CHILD_PARAMS, Children, children_of
from tests.analysis.builders import row

PARENT = row("p")


def values(found: Children) -> list[tuple[str, str, bool]]:
    return [(line.name, line.value, line.best) for line in found.lines]


def test_the_lowest_or_the_highest_value_is_the_best() -> None:
    children = [row("a", {"loss": 0.5}), row("b", {"loss": 0.25}), row("c", {"loss": 0.5})]
    low = children_of(PARENT, children, "loss", "min")
    assert values(low) == [("a", "0.50", False), ("b", "0.25", True), ("c", "0.50", False)]
    assert (low.hint, low.metric) == ("3 runs", "loss")
    assert [line.best for line in children_of(PARENT, children, "loss", "max").lines] == [True, False, True]


def test_one_value_alone_is_not_called_the_best() -> None:
    found = children_of(PARENT, [row("a", {"loss": 0.5}), row("b", {"loss": math.nan})], "loss", "min")
    assert values(found) == [("a", "0.5", False), ("b", "NaN", False)]


def test_infinity_is_shown_and_never_best() -> None:
    found = children_of(PARENT, [row("a", {"r": math.inf}), row("b", {"r": 1.5}), row("c", {"r": 2.5})], "r", "max")
    assert [line.best for line in found.lines] == [False, False, True] and found.lines[0].value == "∞"


def test_a_run_without_the_metric_has_an_empty_cell_with_nothing_to_hover_over() -> None:
    found = children_of(PARENT, [row("a", {"loss": 1 / 3}), row("b")], "loss", "min")
    assert (found.lines[0].value_full, found.lines[1].value, found.lines[1].value_full) == (repr(1 / 3), "", "")
    assert children_of(PARENT, [row("b")], "loss", "min").metric == "", "no column for a metric that none has"


def test_columns_are_the_first_params_that_differ() -> None:
    one = {f"p{at}": "1" for at in range(12)}
    two = {f"p{at}": "2" for at in range(12)} | {"same": "x"}
    found = children_of(PARENT, [row("a", params=one | {"same": "x"}), row("b", params=two)], "", "min")
    assert found.params == ("p0", "p1", "p2", "p3", "p4") and len(found.params) == CHILD_PARAMS
    assert found.lines[1].params == ("2",) * 5


def test_a_param_that_one_lacks_differs_and_an_empty_value_is_said() -> None:
    found = children_of(PARENT, [row("a", params={"lr": ""}), row("b"), row("c", params={"lr": "x"})], "", "min")
    assert found.params == ("lr",) and [line.params for line in found.lines] == [("(empty)",), ("",), ("x",)]


def test_runs_of_one_name_are_told_apart_and_durations_are_those_of_runs_that_ended() -> None:
    start = 1_700_000_000_000
    runs = [row("aaaaaa1", name="fit", start_time=start, end_time=start + 450), row("bbbbbb1", name="fit")]
    found = children_of(PARENT, runs, "", "min")
    assert [(line.name, line.duration) for line in found.lines] == [("fit · aaaaaa", "450 ms"), ("fit · bbbbbb", "")]
