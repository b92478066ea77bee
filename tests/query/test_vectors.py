"""The answers of `vectors.json`, and what a query says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from sitegen.query import QueryError, matcher, ordered, parse, parse_order
from tests.query.vectors import rows, vectors

ROWS = rows()


def named(entries: list[Any], key: str) -> list[Any]:
    return [pytest.param(entry, id=str(entry[key])) for entry in entries]


@pytest.mark.parametrize("vector", named(vectors()["filters"], "filter"))
def test_finds_these_runs(vector: Any) -> None:
    query = parse(vector["filter"])
    assert [row.run_id for row in ordered(filter(matcher(query), ROWS))] == vector["ids"]
    assert query.is_mlflow == vector["mlflow"]


@pytest.mark.parametrize("vector", named(vectors()["filters"], "filter"))
def test_a_query_written_out_is_the_same_query(vector: Any) -> None:
    query = parse(vector["filter"])
    assert parse(str(query)).root == query.root


@pytest.mark.parametrize("vector", named(vectors()["orders"], "order_by"))
def test_puts_runs_in_this_order(vector: Any) -> None:
    rules = [rule for clause in vector["order_by"] for rule in parse_order(clause)]
    assert [row.run_id for row in ordered(ROWS, rules)] == vector["ids"]
    assert [rule for rule in rules for rule in parse_order(str(rule))] == rules


@pytest.mark.parametrize("vector", named(vectors()["errors"], "filter"))
def test_refuses_at_the_place(vector: Any) -> None:
    with pytest.raises(QueryError) as refused:
        parse(vector["filter"])
    assert {"at": refused.value.at, "length": refused.value.length} == vector["error"]
    assert f" at character {refused.value.at + 1}: " in str(refused.value)


@pytest.mark.parametrize("vector", named(vectors()["order_errors"], "order_by"))
def test_refuses_an_order_at_the_place(vector: Any) -> None:
    with pytest.raises(QueryError) as refused:
        parse_order(vector["order_by"])
    assert {"at": refused.value.at, "length": refused.value.length} == vector["error"]


@pytest.mark.parametrize("text", ["", "  ", "\n", "AND"])
def test_nothing_asked_is_everything(text: str) -> None:
    assert all(map(matcher(parse(text)), ROWS))


@pytest.mark.parametrize("text", ["(" * 60 + "a" + ")" * 60, "NOT " * 60 + "a", "a" * 10_001])
def test_what_is_too_long_or_too_deep_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text)


def test_runs_without_a_start_come_last() -> None:
    from tests.analysis.builders import row

    found = ordered([row("a", start_time=None), row("b", start_time=5), row("c", start_time=9)])
    assert [one.run_id for one in found] == ["c", "b", "a"]
