"""Logged tables side by side: rows of the same inputs meet, whatever the order, and nothing is lost or made up."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.joined import Cell, LoggedTable, cell_of, join, means, read_table


def table(run_id: str, columns: list[str], *rows: list[Any]) -> LoggedTable:
    found = read_table(run_id, json.dumps({"columns": columns, "data": rows}))
    assert found
    return found


def texts(joined_row: Any) -> list[list[str | None]]:
    return [[None if cell is None else cell.text for cell in cells] for cells in joined_row.values]


COLUMNS = ["inputs", "truth", "outputs"]
FIRST = table("a", COLUMNS, ["q1", "x", "yes"], ["q2", "y", "no"])
SECOND = table("b", COLUMNS, ["q2", "y", "no"], ["q3", "z", "maybe"], ["q1", "x", "no"])


def test_rows_of_the_same_inputs_stand_side_by_side() -> None:
    joined = join([FIRST, SECOND])
    assert (joined.keys, joined.shared, joined.columns) == (("inputs",), ("inputs", "truth"), ("outputs",))
    assert [tuple(cell.text for cell in row.shared) for row in joined.rows] == [("q1", "x"), ("q2", "y"), ("q3", "z")]
    assert [texts(row) for row in joined.rows] == [[["yes", "no"]], [["no", "no"]], [[None, "maybe"]]]
    assert [row.differs for row in joined.rows] == [True, False, True]


def test_a_row_that_comes_twice_is_two_rows() -> None:
    twice = table("a", ["id", "v"], ["q", 1], ["q", 2], ["r", 3])
    joined = join([twice, table("b", ["id", "v"], ["q", 1], ["q", 5], ["r", 3])])
    assert [texts(row) for row in joined.rows] == [[["1", "1"]], [["2", "5"]], [["3", "3"]]]


def test_tables_of_other_rows_are_joined_by_row_number() -> None:
    joined = join([table("a", ["q"], ["1"], ["2"]), table("b", ["q"], ["8"], ["9"], ["7"])])
    assert joined.keys == ()
    assert [texts(row) for row in joined.rows] == [[["1", "8"]], [["2", "9"]], [[None, "7"]]]


def test_a_column_that_only_one_table_has_is_kept() -> None:
    joined = join([FIRST, table("b", ["inputs", "score"], ["q1", 0.5], ["q2", 1])])
    assert joined.columns == ("truth", "outputs", "score")
    assert texts(joined.rows[0]) == [["x", None], ["yes", None], [None, "0.5"]]


def test_one_table_stays_as_it_is() -> None:
    joined = join([FIRST])
    assert joined.columns == tuple(COLUMNS)
    assert [texts(row) for row in joined.rows] == [[["q1"], ["x"], ["yes"]], [["q2"], ["y"], ["no"]]]
    assert not any(row.differs for row in joined.rows)


def test_means_of_numbers_only() -> None:
    one = table("a", ["n", "s", "b"], [1, "x", True], [None, "y", False], [3, "z", False])
    assert means([one, FIRST], "n") == [(2.0, 2), None]
    assert means([one], "s") == [None]
    assert means([one], "b") == [(1 / 3, 3)]


def test_what_is_no_table() -> None:
    for wrong in ("", "{}", "[]", '{"columns": 1, "data": []}', '{"columns": ["a"], "data": [1]}', "[" * 100_000):
        assert read_table("a", wrong) is None
    short = read_table("a", '{"columns": ["a", "b"], "data": [[1]]}')
    assert short and short.columns["b"] == (Cell(""),)


def test_cells() -> None:
    image = {"type": "image", "filepath": "table_images/x.png", "compressed_filepath": "table_images/x.webp"}
    assert cell_of(image) == Cell("table_images/x.png", image="table_images/x.png")
    assert cell_of({"a": [1]}) == Cell('{"a": [1]}')
    assert cell_of(True) == Cell("true", 1.0)
    assert cell_of(10**4000).text == "(very large)"
    number = cell_of(math.nan).number
    assert number is not None and math.isnan(number)


ROWS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), max_size=8)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_no_value_is_lost_or_made_up(tables: list[list[tuple[str, int]]]) -> None:
    made = [table(str(at), ["k", "v"], *map(list, rows)) for at, rows in enumerate(tables)]
    joined = join(made)
    for at, rows in enumerate(tables):
        found = []
        for row in joined.rows:
            named = dict(zip(joined.columns, (cells[at] for cells in row.values), strict=True))
            own = [named.get(name) for name in ("k", "v")]
            if any(own) or not joined.columns:
                shared = dict(zip(joined.shared, row.shared, strict=True))
                found.append(tuple(shared.get(n) or named[n] for n in ("k", "v")))
        if joined.columns:
            assert sorted((k.text, v.text) for k, v in found if k and v) == sorted((k, str(v)) for k, v in rows)
