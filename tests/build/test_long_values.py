"""Params and tags far longer than MLflow writes them are cut, and the run says so."""

from __future__ import annotations

from dataclasses import replace

from sitegen.build.long_values import MAX_OF_MANY, MAX_VALUE, MAX_VALUES, within_limits
from sitegen.model import ArtifactFolder, Problem, Run

RUN = Run("r", "1", "a", "FINISHED", "active", None, None, "", "", "", ArtifactFolder(""))


def test_a_run_with_values_of_any_usual_length_stays_as_it_is() -> None:
    run = replace(RUN, params={"a": "x" * MAX_VALUE}, tags={"b": "x" * MAX_OF_MANY})
    assert within_limits(run) == (run, [])


def test_a_value_that_is_too_long_is_cut_and_counted() -> None:
    run, problems = within_limits(replace(RUN, params={"a": "x" * (MAX_VALUE + 1)}, tags={"b": "y"}))
    assert run.params == {"a": "x" * MAX_VALUE + "…"} and run.tags == {"b": "y"}
    assert problems == [Problem("run r", "has 1 params or tags of more than 100,000 characters; truncated")]


def test_where_many_values_are_long_each_is_cut_to_what_mlflow_writes() -> None:
    many = {str(at): "x" * MAX_VALUE for at in range(MAX_VALUES // MAX_VALUE)}
    run, problems = within_limits(replace(RUN, params=many))
    assert run.params is many and not problems
    run, problems = within_limits(replace(RUN, params=many, tags={"t": "y" * 9_000, "u": "z"}))
    assert {len(value) for value in run.params.values()} == {MAX_OF_MANY + 1}
    assert (len(run.tags["t"]), run.tags["u"]) == (MAX_OF_MANY + 1, "z")
    assert "has 11 params or tags of more than 6,000 characters" in problems[0].what
