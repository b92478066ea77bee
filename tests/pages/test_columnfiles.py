"""Which columns of an experiment are in files of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sitegen.pages.columnfiles import FEW_SKETCHES, experiment_files
from tests.analysis.builders import row, table


@pytest.mark.parametrize(
    ("runs", "files"), [(2, ["experiments/1"]), (FEW_SKETCHES + 1, ["experiments/1", "columns/1-0", "columns/1-1"])]
)
def test_small_curves_are_in_a_file_of_their_own_where_there_are_many(runs: int, files: list[str]) -> None:
    rows = [replace(row(f"r{at}", {"loss": (2.0, 1.0)}), sketches={"loss": "z0"}) for at in range(runs)]
    made = experiment_files(table(rows), None)
    assert list(made) == files
    (spark,) = [column for column in made["experiments/1"]["columns"] if column.get("r") == "spark"]
    (held,) = [
        column for key in made for column in made[key]["columns"] if column.get("r") == "spark" and "v" in column
    ]
    assert spark.get("at", "experiments/1") == files[runs > FEW_SKETCHES]
    assert held["u"] == ["z0"] if runs > FEW_SKETCHES else len(held["v"]) == runs
