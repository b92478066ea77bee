"""Conditions of an objective: how they are read, which runs meet them, what is said of those that do not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.constraints import Constraint, parse_constraints
from sitegen.errors import UsageError
from tests.analysis.builders import row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latency_ms < 50", Constraint("", "latency_ms", "<", 50.0)),
        ("latency_ms<=5e1", Constraint("", "latency_ms", "<=", 50.0)),
        ("metrics.val/acc >= .9", Constraint("metrics", "val/acc", ">=", 0.9)),
        ("params.model = 'cnn'", Constraint("params", "model", "=", "cnn")),
        ('tags."my tag" != "a, b and c"', Constraint("tags", "my tag", "!=", "a, b and c")),
        ("params.model == cnn", Constraint("params", "model", "=", "cnn")),
        ("params.depth = '4'", Constraint("params", "depth", "=", "4")),
        ("`my key` > -1", Constraint("", "my key", ">", -1.0)),
    ],
)
def test_a_condition_is_read(text: str, expected: Constraint) -> None:
    assert parse_constraints(text) == (expected,)
    assert parse_constraints(expected.text) == (expected,)


def test_conditions_stand_between_commas_and_ands() -> None:
    found = parse_constraints("a < 1, b-and-c > 2 AND params.d = 'x and y', and e = 3")
    assert [(c.key, c.value) for c in found] == [("a", 1.0), ("b-and-c", 2.0), ("d", "x and y"), ("e", 3.0)]
    assert parse_constraints("  ") == ()


@pytest.mark.parametrize(
    "text", ["latency", "a <", "< 5", "a << 5", "a < 5 6", "a = 'x", "a b < 5", "a < 5,", "a => 5"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not of the form"):
        parse_constraints(text)


def test_texts_have_no_order() -> None:
    with pytest.raises(UsageError, match="strings can only be compared with = and !="):
        parse_constraints("params.model < cnn")


ROW = row("a", {"ms": 63.0, "bad": math.nan, "acc": (0.1, 0.9)}, params={"ms": "1", "lr": "0.01", "model": "cnn"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ms < 64", ""),
        ("ms < 50", "it is 63"),
        ("params.ms < 50", ""),
        ("acc = 0.9", ""),
        ("lr <= 0.01", ""),
        ("metrics.lr < 1", "it has none"),
        ("size < 5", "it has none"),
        ("bad < 5", "it is NaN"),
        ("bad != 5", "it is NaN"),
        ("model = cnn", ""),
        ("model != cnn", "it is “cnn”"),
        ("model < 5", "it is “cnn”"),
        ("params.lr = '0.010'", "it is “0.01”"),
        ("tags.stage = final", "it has none"),
    ],
)
def test_what_a_run_does_not_meet_is_said(text: str, problem: str) -> None:
    (constraint,) = parse_constraints(text)
    assert constraint.problem(ROW) == problem


@given(
    st.sampled_from(["", "metrics", "params", "tags"]),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), min_size=1).filter(
        lambda text: not all(quote in text for quote in "'\"`")
    ),
    st.floats(allow_nan=False),
)
def test_every_condition_can_be_written_and_read_again(group: str, key: str, value: float) -> None:
    constraint = Constraint(group, key, "<", value)
    assert parse_constraints(constraint.text) == (constraint,)
