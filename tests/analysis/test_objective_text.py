"""Objectives as users write them: several metrics, constraints, ties, filters, lists and tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.constraints import Constraint
from sitegen.analysis.goals import RECENCY, Objective, Target
from sitegen.analysis.objective_text import parse_objective, read_objective
from sitegen.errors import UsageError

WHOLE = (
    "min val_loss min with latency_ms < 50, params.model = 'cnn' ties by max acc, fastest where tags.a = 'ties by x'"
)


def parts(objective: Objective) -> tuple[Any, ...]:
    return objective.targets, objective.constraints, objective.tie_break, objective.where


def test_a_whole_objective_is_read() -> None:
    assert parts(parse_objective(WHOLE)) == (
        (Target("val_loss", "min", "min"),),
        (Constraint("", "latency_ms", "<", 50.0), Constraint("params", "model", "=", "cnn")),
        (Target("acc", "max"), "fastest"),
        "tags.a = 'ties by x'",
    )


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("max accuracy, min latency_ms", (Target("accuracy", "max"), Target("latency_ms", "min"))),
        ("accuracy,loss mean of last 3", (Target("accuracy", "max"), Target("loss", "min", "mean of last 3"))),
        ('max "a, b", min `c d` at step 5', (Target("a, b", "max"), Target("c d", "min", "at step 5"))),
        ("max 'with'", (Target("with", "max"),)),
        ("max ties", (Target("ties", "max"),)),
    ],
)
def test_several_metrics_stand_between_commas(text: str, targets: tuple[Target, ...]) -> None:
    assert parse_objective(text).targets == targets


def test_a_list_and_a_table_mean_what_their_text_means() -> None:
    assert read_objective(("max acc", "min ms")) == parse_objective("max acc, min ms")
    table = {
        "metric": "val_loss",
        "direction": "min",
        "reducer": "min",
        "constraints": ["latency_ms < 50", "params.model = 'cnn'"],
        "tie_break": ["max acc", "fastest"],
        "where": "tags.a = 'ties by x'",
    }
    assert parts(read_objective(table)) == parts(parse_objective(WHOLE))
    assert read_objective({"metric": "my loss"}).target == Target("my loss", "min")
    assert read_objective({"metric": ["max acc", "min ms"], "tie_break": "newest"}).tie_break == ("newest",)


@pytest.mark.parametrize(
    ("table", "description"),
    [
        ({}, "must name its metric"),
        ({"metric": 3}, '"metric" must be a string or a list of strings'),
        ({"metric": "loss", "direction": "down"}, 'must be "min" or "max", not "down"'),
        ({"metric": "loss", "direction": 1}, '"direction" must be a string.'),
        ({"metric": "loss", "constraint": "a < 1"}, "did you mean constraints?"),
        ({"metric": "loss", "zzz": "a < 1"}, "it may hold metric, direction"),
        ({"metric": ["a", "b"], "direction": "min"}, "with each"),
        ({"metric": "loss", "reducer": "median"}, "is not of the form"),
    ],
)
def test_a_mistake_in_a_table_is_explained(table: dict[str, object], description: str) -> None:
    with pytest.raises(UsageError, match=description):
        read_objective(table)


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("min loss,", "names no metric"),
        ("min loss, max loss", "names a metric twice"),
        ("min loss with latency", "is not of the form"),
        ("min loss ties by", "nothing after 'by'"),
        ("min loss ties by with a < 1", "nothing after 'by'"),
        ("min loss with", "nothing after 'with'"),
        ("min loss with where a < 1", "nothing after 'with'"),
        ("min loss where ", "nothing after 'where'"),
        ("min loss ties by oldish", "does not say"),
        ("min loss min max", "mean of last N, at step N"),
        ("max 'a b' , 'c", "is not closed"),
    ],
)
def test_a_mistake_in_a_text_is_explained(text: str, description: str) -> None:
    with pytest.raises(UsageError, match=description):
        parse_objective(text)


def test_the_page_says_all_that_was_asked() -> None:
    assert parse_objective("max acc, min ms").because == (
        "The site's settings ask for the highest acc and the lowest ms at once."
    )
    assert parse_objective("acc with ms < 50 where tags.a = 1").because == (
        "The site's settings ask for acc, with ms < 50, among the runs where tags.a = 1; "
        "higher is better because of the word “acc” in its name."
    )


def test_workers_are_told_only_what_summaries_lack() -> None:
    objective = parse_objective("min a last, max b mean of last 2 ties by min c at step 3, newest")
    assert objective.wanted == (("b", "mean of last 2"), ("c", "at step 3"))
    assert parse_objective("min a min").wanted == ()


@pytest.mark.parametrize(
    "condition",
    [
        "params.'\x0c' >= 0",
        "params.'a with b' = 'x, y'",
        "tags.`ties by`='where x'",
        "'k'>=3",
        "params.'a\nb' = 1",
        "'where' >= 0",
    ],
)
def test_words_of_the_language_may_stand_in_a_quoted_key_or_value(condition: str) -> None:
    found = parse_objective(f"min loss with {condition}, acc > 0 ties by newest where params.z = 1")
    assert len(found.constraints) == 2
    assert (found.tie_break, found.where) == (("newest",), "params.z = 1")


@pytest.mark.parametrize("key", ["WHERE", "with", "and", "params.x", "Tags.y z", "\x0c", "a,b"])
def test_a_constraint_on_a_key_that_reads_as_the_language_is_written_in_quotes(key: str) -> None:
    made = replace(parse_objective("min loss"), constraints=(Constraint("", key, ">=", 0.0),))
    assert parse_objective(made.text).constraints == made.constraints


keys = st.text(st.characters(codec="utf-8", exclude_characters="'\"`"), min_size=1, max_size=12)
reducers = st.sampled_from(["last", "min", "max", "first", "mean", "mean of last 4", "at step -2"])
targets = st.builds(Target, keys, st.sampled_from(["min", "max"]), reducers)


@given(
    st.lists(targets, min_size=1, max_size=3, unique_by=lambda target: target.metric),
    st.lists(st.builds(Constraint, st.sampled_from(["", "params"]), keys, st.just(">="), st.integers().map(float))),
    st.lists(targets | st.sampled_from(RECENCY), max_size=2),
    st.sampled_from(["", "params.a = 'b, with c'"]),
)
def test_every_objective_can_be_written_and_read_again(
    many: list[Target], constraints: list[Constraint], ties: list[Any], where: str
) -> None:
    first, *also = many
    made = Objective(
        first.metric, first.direction, first.reducer, "", tuple(also), tuple(constraints), tuple(ties), where
    )
    assert parts(parse_objective(made.text)) == parts(made)
