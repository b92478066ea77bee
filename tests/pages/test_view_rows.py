"""The columns and rows of a named view: values, order, groups by their means."""

from __future__ import annotations

import math

from sitegen.pages.view_rows import Cell, ViewRow, column_id, group_rows, run_rows, sorted_rows, value_of, view_column
from sitegen.query import OrderBy
from sitegen.query.nodes import Key
from tests.analysis.builders import row, table

LOSS, LR = Key("metric", "loss"), Key("param", "lr")
START = 1_700_000_000_000


def test_a_column_is_called_what_the_data_files_call_it() -> None:
    none = table([row("a")])
    columns = [
        Key("attribute", "run_name"),
        Key("attribute", "duration"),
        Key("metric", "loss", "min"),
        LR,
        Key("tag", "t"),
    ]
    assert [(c.key, c.label, c.css, c.title) for c in (view_column(key, none) for key in columns)] == [
        ("run:name", "Run", "", ""),
        ("run:duration", "Duration", "num", ""),
        ("metric:loss:min", "loss (min)", "num", "metric loss (min)"),
        ("param:lr", "lr", "", "param lr"),
        ("tag:t", "t", "", "tag t"),
    ]


def test_a_metric_whose_name_ends_like_a_reducer_goes_before_the_reducer() -> None:
    key = Key("metric", "loss", "min", literal_first=True)
    own, reduced = row("a", {"loss.min": 9.0, "loss": (1.0, 0.5)}), row("b", {"loss": (1.0, 0.5, 0.75)})
    assert (value_of(own, key), value_of(reduced, key), value_of(row("c"), key)) == (9.0, 0.5, None)
    assert (column_id(key, table([own])), column_id(key, table([reduced]))) == (
        "metric:loss.min:last",
        "metric:loss:min",
    )


def test_rows_sort_numbers_by_size_and_what_is_missing_last_both_ways() -> None:
    rows = [row("ten", params={"lr": "10"}), row("none"), row("two", params={"lr": "2"})]
    assert [r.run_id for r in sorted_rows(rows, [OrderBy(LR)])] == ["two", "ten", "none"]
    assert [r.run_id for r in sorted_rows(rows, [OrderBy(LR, False)])] == ["ten", "two", "none"]
    words = [*rows, row("word", params={"lr": "auto"})]
    assert [r.run_id for r in sorted_rows(words, [OrderBy(LR)])] == ["ten", "two", "word", "none"]
    metrics = [
        row("nan", {"loss": math.nan}),
        row("b", {"loss": 0.5}),
        row("a", {"loss": 0.5}),
        row("c", {"loss": 0.25}),
    ]
    by_name = OrderBy(Key("attribute", "run_name"))
    assert [r.run_id for r in sorted_rows(metrics, [OrderBy(LOSS), by_name])] == ["c", "a", "b", "nan"]


def test_cells_are_written_as_in_the_table_of_all_runs() -> None:
    rows = [
        row("a", {"loss": 1 / 3}, status="FAILED", start_time=START, params={"lr": "x" * 61}),
        row("b", {"loss": 0.33}),
    ]
    keys = [LOSS, Key("attribute", "status"), Key("attribute", "start_time"), Key("attribute", "duration"), LR]
    first, second = run_rows(rows, table(rows), keys)
    assert first.cells == (
        Cell("0.3333", "num", repr(1 / 3)), Cell("Failed", pill="failed"), Cell("2023-11-14 22:13"), Cell(""),
        Cell("x" * 59 + "…", title="x" * 61),
    )  # fmt: skip
    assert (second.cells[0].text, second.href, second.count) == ("0.3300", "runs/b.html", "")


def groups(*sort: OrderBy) -> list[ViewRow]:
    rows = [
        row("a", {"loss": 1.0}, params={"lr": "10", "opt": "x"}),
        row("b", {"loss": 2.0}, params={"lr": "10", "opt": "y"}),
    ]
    rows += [row("c", {"loss": 0.5}, params={"lr": "2"}), row("d", params={"opt": "z"})]
    keys = [LOSS, Key("param", "opt"), Key("attribute", "start_time"), Key("attribute", "duration")]
    return group_rows(rows, LR, sort, keys)


def test_groups_stand_in_the_order_of_their_values_with_those_without_one_last() -> None:
    two, ten, none = groups()
    assert [one.name for one in (two, ten, none)] == ["lr = 2", "lr = 10", "lr = (none)"]
    assert [one.count for one in (two, ten, none)] == ["1", "2", "1"] and ten.href == ""
    assert ten.cells[0] == Cell("1.5 ± 0.7071", "num", "mean 1.5, n = 2") and two.cells[0].text == "0.5"
    assert ten.cells[1] == Cell("2 values", "muted") and none.cells[1] == Cell("z")
    assert none.cells[0] == Cell("", "num") and ten.cells[2] == Cell("") and ten.cells[3] == Cell("", "num")


def test_groups_sort_by_the_mean_of_the_first_key() -> None:
    assert [one.name for one in groups(OrderBy(LOSS, False))] == ["lr = 10", "lr = 2", "lr = (none)"]
    assert [one.name for one in groups(OrderBy(LOSS))] == ["lr = 2", "lr = 10", "lr = (none)"]
