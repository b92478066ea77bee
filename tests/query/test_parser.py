"""What a query means: comparisons or words, and what is said where it cannot be read."""

from __future__ import annotations

import pytest

from sitegen.errors import QueryError
from sitegen.query.cursor import MAX_DEPTH
from sitegen.query.nodes import And, Compare, Key, Not, Or, Words
from sitegen.query.operands import group_of, stripped
from sitegen.query.parser import parse, parse_order


def loss(op: str, value: object) -> Compare:
    return Compare(Key("metric", "loss"), op, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", And(())),
        ("metrics.loss < 1", loss("<", 1.0)),
        ("metrics.loss == 1", loss("=", 1.0)),
        ("metrics.loss BETWEEN 1 AND 2", loss("BETWEEN", (1.0, 2.0))),
        ("NOT metrics.loss < 1", Not(loss("<", 1.0))),
        ("metrics.loss < 1 OR resnet", Or((loss("<", 1.0), Words("resnet")))),
        ("in", Words("in")),
        ("net IN (resnet)", None),
        ("stage in production", And((Words("stage"), Words("in"), Words("production")))),
        ("status IN ('FAILED', 'KILLED')", Compare(Key("attribute", "status"), "IN", ("FAILED", "KILLED"))),
        ("'two words'", Words("two words")),
    ],
)
def test_what_a_query_means(text: str, root: object) -> None:
    if root is None:
        with pytest.raises(QueryError):
            parse(text)
    else:
        assert parse(text).root == root


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("metrics.loss IS 1", "expected NULL or NOT NULL, NAN or NOT NAN"),
        ("params.lr IS 1", "expected NULL or NOT NULL."),
        ("(metrics.loss < 1", "this \\( is not closed"),
        ("()", "the parentheses are empty"),
        ("metrics.loss < 1)", "parenthesis|closes nothing"),
        ("NOT", "a condition is missing after NOT"),
        ("metrics.loss < ", "number"),
        ("metrics.loss ~ 1", "unknown operator ~"),
        ("metrics.loss LIKE 'a'", "is a number"),
        ("datasets.size = 'a'", "size"),
    ],
)
def test_what_is_said_of_a_query_that_cannot_be_read(text: str, problem: str) -> None:
    with pytest.raises(QueryError, match=problem):
        parse(text)


def test_nesting_has_a_limit() -> None:
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH).root
    with pytest.raises(QueryError):
        parse("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1))


def test_an_order_has_rules_with_commas_between_them() -> None:
    first, second = parse_order("metrics.loss DESC, run_id")
    assert (first.key.name, first.ascending, second.key.name, second.ascending) == ("loss", False, "run_id", True)
    with pytest.raises(QueryError, match="comma|ASC or DESC"):
        parse_order("metrics.loss run_id")


def test_the_group_and_the_name_of_a_key() -> None:
    from sitegen.query.lexer import tokens

    assert [group_of(tokens(text)[0]) for text in ("metrics.a", "`metrics`.a", "params.a", "lr", "'metrics.a'")] == [
        "metric", "metric", "param", None, None,
    ]  # fmt: skip
    assert [stripped(text) for text in ("'a'", '"a"', "`a`", "a", "'a")] == ["a", "a", "a", "a", "'a"]
