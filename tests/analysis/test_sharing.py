"""Rows that share their strings and numbers are equal to those that do not."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.runs_table import RunRow, row_of
from sitegen.analysis.sharing import Shared
from sitegen.stores import open_store
from tests.stores.databases import FIXTURES


def alone(row: RunRow) -> RunRow:
    """An equal row that has no object in common with it, as from another process."""
    copy = pickle.loads(pickle.dumps(row))
    assert isinstance(copy, RunRow)
    return copy


def test_rows_stay_equal_and_have_strings_in_common() -> None:
    store = open_store(str(FIXTURES / "mlflow-3.17.2.db"))
    rows = [alone(row_of(run, 0)) for run in store.read_runs(store.catalog().runs).runs]
    shared = Shared()
    found = [shared.row(row) for row in rows]
    assert repr(found) == repr(rows)  # NaN is not equal to itself
    keys = [key for row in found for key in row.metrics]
    assert len({id(key) for key in keys}) == len(set(keys)) < len(keys)


def test_numbers_that_only_look_the_same_stay_apart() -> None:
    store = open_store(str(FIXTURES / "mlflow-3.17.2.db"))
    row = alone(row_of(store.read_runs(store.catalog().runs[:1]).runs[0], 0))
    zero = MetricSummary(-0.0, 0, 1, 0.0, -0.0, 0, 0.0, 0, 0.0, 1, 0)
    one = MetricSummary(0.5, 0, 1, 0.5, 0.5, 0, 0.5, 0, 0.5, 1, 0)
    bad = MetricSummary(math.nan, 0, 1, math.nan, math.nan, 0, math.nan, 0, math.nan, 1, 1, 0)
    found = Shared().row(replace(row, metrics={"zero": zero, "one": one, "bad": bad})).metrics
    assert repr(list(found.values())) == repr([zero, one, bad])
    assert math.copysign(1, found["zero"].last) == -1
    assert found["one"].last is found["one"].mean
