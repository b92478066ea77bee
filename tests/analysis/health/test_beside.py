"""Runs beside each other: the same run twice, other data, no commit, params that nobody changed."""

from __future__ import annotations

from sitegen.analysis.best import rank
from sitegen.analysis.health.beside import commits, constant, datasets, duplicates
from sitegen.analysis.health.finding import Case
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row, table


def case(*rows: RunRow) -> Case:
    return Case(rows, rank(table(rows), parse_objective("min loss")), None)


def run(run_id: str, loss: float = 1.0, **fields: object) -> RunRow:
    return row(run_id, {"loss": loss, "train_time": float(len(run_id))}, **{"params": {"lr": "1"}, **fields})


def test_the_newer_of_two_equal_runs_is_the_copy_whatever_they_cost() -> None:
    (found,) = duplicates(case(run("newer"), run("old")))
    assert [(one.run_id, one.note) for one in found.runs] == [("newer", "as old")]
    assert found.sentence == "1 run repeats another one: same params, source, data and values."
    (found,) = duplicates(case(run("c"), run("b"), run("a")))
    assert found.sentence.startswith("2 runs repeat another one") and found.count == 2


def test_runs_that_differ_in_anything_are_no_copies() -> None:
    others = [run("b", 2.0), run("b", params={"lr": "2"}), run("b", git_commit="f"), run("b", source_name="x.py"),
              run("b", datasets=(("d", "1"),)), run("b", params={})]  # fmt: skip
    assert all(not list(duplicates(case(run("a"), other))) for other in others)
    costs = [row(run_id, {"train_time": 1.0}, params={"lr": "1"}) for run_id in "ab"]
    assert not list(duplicates(case(*costs)))


def test_unlike_data_is_a_problem_of_ranked_runs() -> None:
    x, y = (("d", "1"),), (("d", "2"),)
    (found,) = datasets(case(run("a", datasets=x), run("b", datasets=x), run("c", datasets=y)))
    assert (found.severity, found.count) == ("problem", 1)
    assert [(one.run_id, one.note) for one in found.runs] == [("c", "2")]
    assert not list(datasets(Case([run("a", datasets=x), run("c", datasets=y)], None, None)))


def test_runs_without_a_commit_are_named_unless_none_has_one() -> None:
    (some,) = commits(case(run("a", git_commit="f"), run("b")))
    assert some.sentence == "1 of 2 runs have no git commit."
    assert [one.run_id for one in some.runs] == ["b"]
    (none,) = commits(case(run("a"), run("b")))
    assert (none.sentence, none.runs, none.count) == ("No run says from which git commit it was made.", (), 2)
    assert not list(commits(case(run("a", git_commit="f"), run("b", parent_id="a"))))


def test_params_that_never_vary_are_named_in_natural_order() -> None:
    params = {"p10": "1", "p2": "1", "lr": "1"}
    (found,) = constant(case(run("a", params=params), run("b", params={**params, "lr": "2"})))
    assert found.sentence == "2 params never vary: p2 and p10."
    (found,) = constant(case(run("a"), run("b")))
    assert found.sentence == "1 param never varies: lr."
    assert not list(constant(case(run("a"))))
    assert not list(constant(case(run("a"), run("b", params={"x": "1"}))))
