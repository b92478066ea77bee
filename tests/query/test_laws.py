"""The laws of NOT, AND and OR on any runs, and queries that survive being written out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.runs_table import RunRow
from sitegen.query import Query, matcher, ordered, parse, parse_order
from sitegen.query.keys import ATTRIBUTES, kind_of
from sitegen.query.nodes import REDUCERS, And, Compare, Key, Node, Not, Or, Words
from tests.analysis.builders import row

NAMES = ("loss", "loss.min", "val/loss x", "mlflow.user", "a.0.b", "1st", "ü")
TEXTS = st.text(st.sampled_from(["a", "B", "ü", " ", "%", "_", "'", "1", ".", "\n", "-"]), max_size=5)
NUMBERS = st.sampled_from([0.0, -1.5, 0.1, 2.0, 1e300, float("inf"), -float("inf")])
VALUES = st.one_of(NUMBERS, st.just(float("nan")))


@st.composite
def runs(draw: st.DrawFn) -> RunRow:
    pairs = st.dictionaries(st.sampled_from(NAMES), st.one_of(TEXTS, VALUES.map(str)), max_size=4)
    metrics = st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, min_size=1, max_size=3).map(tuple), max_size=4)
    return row(
        draw(st.sampled_from(["r1", "r2", "r3"])),
        draw(metrics),
        name=draw(TEXTS),
        status=draw(st.sampled_from(["FINISHED", "RUNNING"])),
        start_time=draw(st.none() | st.integers(0, 3)),
        end_time=draw(st.none() | st.integers(0, 3)),
        params=draw(pairs),
        tags=draw(pairs),
        datasets=(("d", "1"), ("e", "2")),
        dataset_contexts=draw(st.tuples(st.none() | TEXTS, st.none() | TEXTS)),
    )


@st.composite
def keys(draw: st.DrawFn) -> Key:
    group: Any = draw(st.sampled_from(["attribute", "metric", "param", "tag", "dataset"]))
    if group == "attribute":
        return Key(group, draw(st.sampled_from(sorted(ATTRIBUTES))))
    if group == "dataset":
        return Key(group, draw(st.sampled_from(["name", "digest", "context"])))
    reducer = draw(st.sampled_from(["", *REDUCERS])) if group == "metric" else ""
    return Key(group, draw(st.sampled_from(NAMES)), reducer)


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    key = draw(keys())
    kind = kind_of(key)
    numeric = kind == "number" or (kind == "either" and draw(st.booleans()))
    if draw(st.integers(0, 5)) == 0:
        return Compare(key, draw(st.sampled_from(["IS NULL", "IS NOT NULL"])))
    values = NUMBERS if numeric else TEXTS.filter(lambda text: "'" not in text)
    negated = draw(st.sampled_from(["", "NOT "]))
    if draw(st.integers(0, 5)) == 0:
        return Compare(key, negated + "IN", tuple(draw(st.lists(values, min_size=1, max_size=3))))
    if not numeric:
        ops = ["=", "!=", negated + "LIKE", negated + "ILIKE"]
        return Compare(key, draw(st.sampled_from(ops)), draw(values))
    if draw(st.integers(0, 3)) == 0:
        return Compare(key, negated + "BETWEEN", (draw(NUMBERS), draw(NUMBERS)))
    return Compare(key, draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="])), draw(NUMBERS))


def joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(parts.map(Not), several.map(And), several.map(Or))


WORDS = TEXTS.filter(lambda text: "'" not in text).map(Words)
NODES: st.SearchStrategy[Node] = st.recursive(st.one_of(comparisons(), WORDS), joined, max_leaves=8)


def holds(node: Node, run: RunRow) -> bool:
    return matcher(Query("", node, False))(run)


@given(NODES, NODES, NODES, runs())
def test_not_and_or_obey_their_laws(a: Node, b: Node, c: Node, run: RunRow) -> None:
    def same(one: Node, other: Node) -> bool:
        return holds(one, run) == holds(other, run)

    assert same(Not(Not(a)), a)
    assert same(Not(And((a, b))), Or((Not(a), Not(b))))
    assert same(Not(Or((a, b))), And((Not(a), Not(b))))
    assert same(And((a, b)), And((b, a)))
    assert same(Or((a, b)), Or((b, a)))
    assert same(And((a, Or((a, b)))), a)
    assert same(Or((a, And((a, b)))), a)
    assert same(And((a, Or((b, c)))), Or((And((a, b)), And((a, c)))))
    assert same(And((And((a, b)), c)), And((a, And((b, c)))))
    assert holds(Or((a, Not(a))), run)
    assert not holds(And((a, Not(a))), run)


@given(NODES)
def test_a_query_written_out_parses_to_itself(node: Node) -> None:
    assert parse(str(node)).root == node


PIECES = [*"aé.'\"`()<=!,% 1-", " AND ", " OR ", "NOT ", "metrics.a", "status", " IN ", " LIKE ", " RLIKE "]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_a_query_or_refused_with_a_place(text: str) -> None:
    from sitegen.query import QueryError

    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.at <= len(text)
        assert 0 <= error.length <= len(text) - error.at
    else:
        assert parse(str(query)).root == query.root


@given(st.lists(runs(), max_size=6), keys().filter(lambda key: key.group != "dataset"), st.booleans())
def test_an_order_is_of_the_same_runs_and_the_same_whatever_their_order_before(
    found: list[RunRow], key: Key, ascending: bool
) -> None:
    unique = list({one.run_id: one for one in found}.values())
    rules = parse_order(f"{key} {'ASC' if ascending else 'DESC'}")
    assert ordered(unique, rules) == ordered(reversed(unique), rules)
    assert {one.run_id for one in ordered(unique, rules)} == {one.run_id for one in unique}
