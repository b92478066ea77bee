"""Logged tables side by side: what is shown of them, what is said of the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sitegen.analysis.joined import LoggedTable, read_table
from sitegen.model import Experiment
from sitegen.pages.logged_tables import MAX_CELLS, MAX_LENGTH, MAX_ROWS, TableOf, TableView, tables_page_of


def logged(run_id: str, columns: Sequence[str], *rows: Sequence[Any]) -> LoggedTable:
    found = read_table(run_id, json.dumps({"columns": columns, "data": rows}))
    assert found is not None
    return found


def view(*tables: LoggedTable, runs: int = 0, images: dict[tuple[str, str], str] | None = None) -> TableView:
    one = TableOf("eval.json", tables, runs or len(tables))
    return tables_page_of(Experiment("1", "demo"), [one], {"a": "fit"}, images or {}, ["More."]).tables[0]


ASKED = [["q1", "yes", 0.5], ["q2", "no", 1.0]]


def test_rows_with_the_same_question_stand_side_by_side() -> None:
    found = view(
        logged("a", ["q", "out", "score"], *ASKED), logged("b", ["q", "out", "score"], ASKED[1], ["q1", "no", 0.5])
    )
    assert found.shared == ("q", "score") and found.columns == ("out",)
    assert [[cell.text for cell in (*line.shared, *line.cells)] for line in found.rows] == [
        ["q1", "0.5", "yes", "no"], ["q2", "1", "no", "no"]
    ]  # fmt: skip
    assert found.line == "Rows with the same q stand side by side; 1 of 2 rows differ."
    assert found.has_differences and [line.differs for line in found.rows] == [True, False]
    assert [run.text for run in found.runs] == ["fit", "b"] and found.hint == "2 runs"


def test_one_table_is_compared_with_nothing() -> None:
    found = view(logged("a", ["q", "score"], ["q1", 0.5], ["q2", 1.0]), runs=9)
    assert (found.line, found.has_differences, found.hint) == ("", False, "the best 1 of 9 runs")
    assert found.mean_columns == ("score",)
    assert [(line.rows, line.values) for line in found.means] == [("2", (("0.75", "0.75 over 2 rows"),))]


def test_the_first_rows_that_were_read_are_those_of_the_longest_table() -> None:
    short, long = (logged(run, ["q"], *([f"q{at}"] for at in range(rows))) for run, rows in (("a", 2), ("b", 3)))
    assert "The first 3 rows of each were read." in view(short, replace(long, total=1000)).line
    assert "were read" not in view(short, long).line


def test_a_row_that_a_run_does_not_have_is_missing_and_columns_without_numbers_have_no_mean() -> None:
    asked = [["q1", "x"], ["q2", "y"], ["q3", "z"]]
    found = view(logged("a", ["q", "out"], *asked), logged("b", ["q", "out"], ["q1", "other"], asked[1]))
    last = found.rows[-1]
    assert [(cell.text, cell.css) for cell in last.cells] == [("z", "val"), ("", "missing")]
    assert (found.means, found.mean_columns) == ((), ())


def test_cells_are_numbers_texts_or_images_and_bounded() -> None:
    image = {"type": "image", "filepath": "img/1.png"}
    table = logged("a", ["n", "b", "t", "i"], [1 / 3, True, "x" * 401, image], [2, False, "y" * 61, image])
    (first, second) = view(table, images={("a", "img/1.png"): "thumbs/1.webp"}).rows
    number, flag, text, picture = first.cells
    assert (number.text, number.sort, number.css) == ("0.3333", repr(1 / 3), "num")
    assert (flag.text, flag.css) == ("true", "val")
    assert len(text.text) == MAX_LENGTH and text.text.endswith("…") and text.css == "val long"
    assert (picture.image, picture.text) == ("thumbs/1.webp", "img/1.png") and second.cells[2].css == "val long"


def test_rows_that_differ_come_first_where_not_all_fit() -> None:
    rows = [[f"q{at}", "same"] for at in range(MAX_ROWS + 1)]
    other = [*rows[:-1], [f"q{MAX_ROWS}", "other"]]
    found = view(logged("a", ["q", "out"], *rows), logged("b", ["q", "out"], *other))
    assert len(found.rows) == MAX_ROWS and found.rows[0].differs and not found.rows[1].differs
    assert f"{MAX_ROWS} of 201 rows are shown, those that differ first." in found.line
    assert "rows are shown" not in view(logged("a", ["q", "out"], *rows[:-1])).line


def test_columns_that_do_not_fit_are_counted() -> None:
    names = ["q", *(f"c{at}" for at in range(45))]
    four = view(*(logged(run, names, ["q1", *[run] * 45]) for run in "abcd"))
    room = (MAX_CELLS // 20 - 1) // 4
    assert len(four.columns) == room == 37 and four.line.endswith("8 further columns left out.")
    two = view(*(logged(run, names, ["q1", *[run] * 45]) for run in "ab"))
    assert len(two.columns) == 45 and "left out" not in two.line
