"""The plain table of runs: its columns, how cells are written, where it is cut."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.summary import summarise_experiment
from sitegen.pages import runs_table
from sitegen.pages.runs_table import (
    MAX_CELL,
    MAX_ROWS,
    MAX_TITLE,
    METRIC_COLUMNS,
    PARAM_COLUMNS,
    ROWS_WHEN_CUT,
    RunsTable,
    runs_table_of,
)
from tests.analysis.builders import row, table

START = 1_700_000_000_000


def shown(*rows: Any, objective: str = "") -> RunsTable:
    found = table(rows)
    ranking = rank(found, parse_objective(objective)) if objective else None
    return runs_table_of(found, summarise_experiment(found), ranking)


def test_the_metric_that_decides_comes_first_then_what_most_runs_have() -> None:
    rows = [row("a", {"rare": 1.0, "z": 0.5, "all": 1.0, "system/cpu": 1.0}), row("b", {"z": 0.25, "all": 2.0})]
    found = shown(*rows, objective="min rare")
    assert [column.key for column in found.columns][4:] == ["metric:rare:last", "metric:all:last", "metric:z:last"]
    assert [column.css for column in found.columns] == ["name", "", "", "num", "num group-start", "num", "num"]
    assert found.hint == "Sorted by start time · 1 hidden column"


def test_only_params_that_differ_have_a_column_and_numbers_stand_to_the_right() -> None:
    rows = [row("a", params={"lr": "0.1", "opt": "sgd", "same": "1"}), row("b", params={"lr": "1e-3", "same": "1"})]
    rows.append(row("c", params={"lr": "1", "opt": "adam", "same": "1"}))
    found = shown(*rows)
    assert [(c.key, c.css) for c in found.columns[4:]] == [("param:lr", "num group-start"), ("param:opt", "")]
    assert found.hint == "Sorted by start time · 1 hidden column"
    assert [cell.text for cell in found.rows[1].cells[2:]] == ["1e-3", ""]


def test_columns_are_bounded() -> None:
    keys = [f"k{at}" for at in range(20)]
    rows = [row(r, dict.fromkeys(keys, 1.0), params=dict.fromkeys(keys, r)) for r in ("a", "b")]
    kinds = [column.key.split(":")[0] for column in shown(*rows).columns]
    assert (kinds.count("metric"), kinds.count("param")) == (METRIC_COLUMNS, PARAM_COLUMNS)


def test_the_best_value_of_the_first_metric_alone_is_marked() -> None:
    rows = [row("a", {"acc": 0.5, "b": 9.0}), row("b", {"acc": 0.75, "b": 9.0})]
    found = shown(*rows, objective="max acc")
    assert [[cell.css for cell in line.cells[2:]] for line in found.rows] == [
        ["num group-start", "num"], ["num group-start best-cell", "num"]
    ]  # fmt: skip
    assert "best-cell" not in str(shown(*rows).rows)


def test_what_is_cut_is_shown_in_full_on_hover_and_numbers_in_the_data() -> None:
    long = "x" * (MAX_TITLE + 1)
    line, other = shown(row("a", {"m": 1 / 3}, params={"p": long}), row("b", {"m": 0.5}, params={"p": "y"})).rows
    metric, param = line.cells[2:]
    assert (metric.text, metric.title, other.cells[2].title) == ("0.3333", "", "")
    assert len(param.text) <= MAX_CELL < len(param.title) == MAX_TITLE and other.cells[3].title == ""


def test_nested_runs_stand_behind_their_parent() -> None:
    rows = [row("a", start_time=START + 2), row("c", parent_id="a", start_time=START), row("b", start_time=START + 1)]
    found = shown(*rows)
    assert [(line.run_id, line.depth) for line in found.rows] == [("a", 0), ("c", 1), ("b", 0)]
    assert found.rows[0].cells[0].text == "2023-11-14 22:13" and found.rows[0].cells[1].text == ""


def test_a_table_with_too_many_runs_or_cells_is_cut() -> None:
    fits = shown(*(row(f"r{at}") for at in range(MAX_ROWS)))
    assert (len(fits.rows), fits.shown, fits.pages, fits.total) == (MAX_ROWS, "", (), MAX_ROWS)
    cut = shown(*(row(f"r{at:04}") for at in range(MAX_ROWS + 1)))
    assert (len(cut.rows), cut.total) == (ROWS_WHEN_CUT, MAX_ROWS + 1)
    assert cut.shown == "The newest 100 of 1001 runs. All runs:"
    assert [label for _, label in cut.pages] == ["1–1000", "1001–1001"]


def test_a_table_with_too_many_cells_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_table, "MAX_CELLS", 30)
    monkeypatch.setattr(runs_table, "ROWS_WHEN_CUT", 2)
    fits = shown(*(row(f"r{at}", {"a": 1.0, "b": 1.0}) for at in range(5)))
    assert (len(fits.rows), fits.pages) == (5, ())
    cut = shown(*(row(f"r{at}", {"a": 1.0, "b": 1.0, "c": 1.0}) for at in range(5)))
    assert (len(cut.rows), cut.total, len(cut.pages)) == (2, 5, 1)


def test_a_runs_page_leads_to_its_row() -> None:
    golden = Path(__file__).parent / "golden"
    found = re.search(
        r'data-place="[^"]+"[^>]*><a href="../experiments/1.html#(run-[^"]+)"', (golden / "run.html").read_text("utf-8")
    )
    assert found and f'<tr id="{found[1]}"' in (golden / "experiment.html").read_text("utf-8")
