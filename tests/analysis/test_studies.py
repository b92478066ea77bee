"""Several studies in one experiment, and what does not make one."""

from __future__ import annotations

from sitegen.analysis.repeats import FoundGroups, Repeats
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.studies import MAX_STUDIES, studies_of
from tests.analysis.builders import row


def on(run_id: str, **fields: object) -> RunRow:
    return row(run_id, {"acc": 0.5}, **fields)


def ids(found: dict[str, list[RunRow]]) -> dict[str, list[str]]:
    return {label: [one.run_id for one in rows] for label, rows in found.items()}


def of_param(key: str, *values: str) -> list[RunRow]:
    return [on(f"r{at}", params={key: value}) for at, value in enumerate(values)]


def test_a_param_that_names_the_data_tells_studies_apart() -> None:
    assert ids(studies_of(of_param("data.dataset_name", "b", "a", "b", "a"), None)) == {
        "data.dataset_name = b": ["r0", "r2"],
        "data.dataset_name = a": ["r1", "r3"],
    }


def test_two_studies_need_two_runs_each() -> None:
    assert studies_of(of_param("target", "a", "a", "b"), None) == {}
    assert len(studies_of(of_param("target", "a", "a", "b", "b", "c"), None)) == 3


def test_another_param_a_number_or_one_value_makes_none() -> None:
    assert studies_of(of_param("model", "a", "a", "b", "b"), None) == {}
    assert studies_of(of_param("target", "1", "1", "2", "2"), None) == {}
    assert studies_of(of_param("target", "a", "a", "a", "a"), None) == {}


def test_every_run_must_be_in_a_study_if_only_by_its_parent() -> None:
    rows = of_param("target", "a", "a", "b", "b")
    assert studies_of([*rows, on("x")], None) == {}
    assert ids(studies_of([*rows, on("x", parent_id="r2")], None))["target = b"] == ["r2", "r3", "x"]
    parent, child = on("p"), on("c", params={"target": "a"}, parent_id="p")
    assert "p" in ids(studies_of([*rows, parent, child], None))["target = a"]


def test_more_values_than_a_reader_can_take_in_are_no_studies() -> None:
    values = [f"t{at // 2}" for at in range(2 * MAX_STUDIES)]
    assert len(studies_of(of_param("task", *values), None)) == MAX_STUDIES
    assert studies_of(of_param("task", *values, "one", "more"), None) == {}


def test_repeats_are_never_torn_apart() -> None:
    rows = of_param("target", "a", "a", "b", "b")
    torn = FoundGroups("", (Repeats("g", (rows[0], rows[2]), "repeats"),), 0)
    whole = FoundGroups("", (Repeats("g", (rows[0], rows[1]), "repeats"),), 0)
    assert studies_of(rows, torn) == {}
    assert len(studies_of(rows, whole)) == 2


def test_data_for_evaluation_decide_before_those_for_training() -> None:
    def used(run_id: str, test: str) -> RunRow:
        return on(run_id, datasets=(("train", "1"), (test, "2")), dataset_contexts=("training", "Test"))

    found = studies_of([used("a", "x"), used("b", "y"), used("c", "x"), used("d", "y")], None)
    assert ids(found) == {"x (2)": ["a", "c"], "y (2)": ["b", "d"]}


def test_a_part_of_the_data_of_others_is_no_study_of_its_own() -> None:
    whole, part = (("train", "1"), ("test", "2")), (("train", "1"),)
    rows = [on("a", datasets=whole), on("b", datasets=whole), on("c", datasets=part), on("d", datasets=part)]
    assert studies_of(rows, None) == {}
