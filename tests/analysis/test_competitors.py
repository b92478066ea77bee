"""Who competes: runs, repeats of one configuration, and parents that only repeat what is nested in them."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.analysis.competitors import Competitor, competitors, representative
from sitegen.analysis.goals import Objective
from sitegen.analysis.ranking import Group, UnrankedRun
from sitegen.analysis.repeats import FoundGroups, Repeats
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row

LOSS = Objective("loss", "min", "last", "")


def compete(
    rows: Sequence[RunRow], *groups: Repeats, objective: Objective = LOSS
) -> tuple[dict[str, Competitor], list[UnrankedRun]]:
    usable = [(one, (value,)) for one in rows if (value := objective.value_of(one)) is not None]
    found = FoundGroups("", groups, 0) if groups else None
    made, left_out = competitors(usable, objective, found, {one.run_id: one for one in rows})
    return {one.row.run_id: one for one in made}, left_out


def run(run_id: str, loss: float, parent: str | None = None, **fields: object) -> RunRow:
    return row(run_id, {"loss": loss}, parent_id=parent, **fields)


def test_runs_without_groups_compete_by_themselves() -> None:
    made, left_out = compete([run("a", 1.0), run("b", 2.0)])
    assert [(key, one.values, one.group, one.spread) for key, one in made.items()] == [
        ("a", (1.0,), None, None),
        ("b", (2.0,), None, None),
    ]
    assert left_out == []


def test_repeats_compete_as_their_mean_and_their_parent_does_not() -> None:
    parent, members = run("p", 0.5), (run("a", 1.0, "p"), run("b", 3.0, "p"))
    made, _ = compete([parent, *members, run("c", 9.0)], Repeats("g", members, "seeds", parent))
    assert set(made) == {"p", "c"}
    assert made["p"].values == (2.0,)
    assert made["p"].spread is not None and made["p"].spread.n == 2


def test_a_parent_that_repeats_its_best_run_or_their_mean_is_left_out() -> None:
    nested = [run("a", 1.0, "p"), run("b", 3.0, "p")]
    for value, why in ((1.0, "its loss is that of its nested run a"), (2.0, "its loss is the mean of its nested runs")):
        made, left_out = compete([run("p", value), *nested])
        assert set(made) == {"a", "b"}
        assert [(one.row.run_id, one.why, one.reason) for one in left_out] == [("p", why, "parent")]
    for value in (3.0, 1.5):
        assert set(compete([run("p", value), *nested])[0]) == {"p", "a", "b"}


def test_runs_that_are_nested_in_each_other_both_compete() -> None:
    made, left_out = compete([run("a", 1.0, "b"), run("b", 1.0, "a")])
    assert set(made) == {"a", "b"} and left_out == []


def test_a_group_without_models_is_named_by_its_parent() -> None:
    parent, members = run("p", 5.0), (run("a", 2.0), run("b", 1.0))
    values = {"a": (2.0,), "b": (1.0,)}
    assert representative(Group("g", members, "folds", parent), LOSS, values) is parent
    assert representative(Group("g", members, "folds"), LOSS, values) is members[1]
    highest = Objective("loss", "max", "last", "")
    assert representative(Group("g", members, "folds"), highest, values) is members[0]


def test_a_group_with_models_is_named_by_its_best_unless_the_parent_has_one_too() -> None:
    members = (run("a", 2.0, has_model=True), run("b", 1.0))
    values = {"a": (2.0,), "b": (1.0,)}
    without, complete = run("p", 5.0), run("p", 5.0, has_model=True)
    assert representative(Group("g", members, "folds", without), LOSS, values) is members[1]
    assert representative(Group("g", members, "folds", complete), LOSS, values) is complete
    no_value = row("p", {}, has_model=True)
    assert representative(Group("g", members, "folds", no_value), LOSS, values) is members[1]


def test_the_spread_of_an_average_is_that_of_the_metric_it_averages() -> None:
    parent = row("p", {"avg_loss": 2.0})
    members = (run("a", 1.0, "p"), run("b", 3.0, "p"))
    average = Objective("avg_loss", "min", "last", "")
    made, _ = compete([parent, *members], Repeats("g", members, "folds", parent), objective=average)
    spread = made["p"].spread
    assert spread is not None and (spread.n, spread.kind, made["p"].group) == (2, "folds", None)
