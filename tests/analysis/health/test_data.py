"""Runs on data of several kinds."""

from __future__ import annotations

from sitegen.analysis.health.data import MAX_KINDS, NAMED, unlike_data, wholes
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row


def on(run_id: str, *datasets: tuple[str, str]) -> RunRow:
    return row(run_id, datasets=datasets)


def test_one_kind_of_data_or_none_is_nothing_to_be_said() -> None:
    assert unlike_data([on("a", ("d", "1")), on("b", ("d", "1")), on("c")]) is None
    assert unlike_data([]) is None


def test_versions_of_one_dataset_are_told_by_their_digests_the_commonest_first() -> None:
    found = unlike_data([on("a", ("d", "1")), on("b", ("d", "2")), on("c", ("d", "2"))])
    assert found is not None
    assert found.sentence == "3 ranked runs used 2 versions of the dataset d: 2 in 2 runs; 1 in 1 run."
    assert ([one.run_id for one in found.fewer], found.count, found.one_name) == (["a"], 1, True)
    assert found.note(found.fewer[0]) == "1"


def test_other_names_are_told_with_their_digests() -> None:
    found = unlike_data([on("a", ("x", "1")), on("b", ("y", "2"))])
    assert found is not None
    assert found.sentence == "2 ranked runs used 2 different sets of data: x (1) in 1 run; y (2) in 1 run."
    pairs = unlike_data([on("a", ("x", "1"), ("y", "1")), on("b", ("x", "2"), ("y", "1"))])
    assert pairs is not None and "2 versions of the same datasets" in pairs.sentence


def test_a_part_of_the_data_of_another_is_the_same_data() -> None:
    assert unlike_data([on("a", ("x", "1"), ("y", "1")), on("b", ("x", "1"))]) is None


def test_kinds_beyond_the_named_are_counted() -> None:
    found = unlike_data([on(f"r{at}", ("d", str(at))) for at in range(NAMED + 2)])
    assert found is not None and found.sentence.endswith("; 2 more.")
    assert found.sentence.count(" in 1 run") == NAMED


def test_with_very_many_kinds_each_is_its_own() -> None:
    large, small = frozenset([("x", "1"), ("y", "1")]), frozenset([("x", "1")])
    others = [frozenset([("z", str(at))]) for at in range(MAX_KINDS - 2)]
    assert wholes([large, small, *others])[small] == large
    assert wholes([large, small, *others, frozenset([("w", "1")])])[small] == small
