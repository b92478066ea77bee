"""Run tables of several files: which run wins, what is left out, and columns that only the path tells."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sitegen.errors import StoreError
from sitegen.stores.contract import ReadOptions
from sitegen.stores.parquet.places import Place
from sitegen.stores.parquet.run_tables import NO_EXPERIMENT, RunTableStore
from tests.stores.mlruns_builder import START, write


def store(tmp_path: Path, *paths: str) -> RunTableStore:
    return RunTableStore(Place(str(tmp_path)), "data/x", ReadOptions(), paths, str(tmp_path))


def parquet(tmp_path: Path, path: str, **columns: object) -> str:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), tmp_path / path, row_group_size=2)
    return path


def test_experiments_are_in_order_of_number_and_runs_of_id(tmp_path: Path) -> None:
    path = parquet(tmp_path, "a.parquet", run_id=list("dcba"), experiment_id=["10", "9", None, "10"])
    catalog = store(tmp_path, path).catalog()
    assert [one.experiment_id for one in catalog.experiments] == [NO_EXPERIMENT, "9", "10"]
    assert [(ref.run_id, ref.where) for ref in catalog.runs] == [
        ("b", "1:a.parquet"), ("c", "0:a.parquet"), ("a", "1:a.parquet"), ("d", "0:a.parquet")
    ]  # fmt: skip
    assert catalog.problems == ()


def test_of_a_run_in_two_files_the_later_file_is_read(tmp_path: Path) -> None:
    one = parquet(tmp_path, "a.parquet", run_id=["r", "s"], **{"params.p": ["old", "old"]})
    two = parquet(tmp_path, "b.parquet", run_id=["r"], **{"params.p": ["new"]})
    found = store(tmp_path, one, two)
    catalog = found.catalog()
    assert [(one.where, one.what, one.left_out) for one in catalog.problems] == [
        ("b.parquet", "has 1 runs that other files have too; they are read from here", False)
    ]
    runs = found.read_runs(catalog.runs[::-1]).runs
    assert [(run.run_id, run.params["p"]) for run in runs] == [("s", "old"), ("r", "new")], "in the order asked for"


def test_one_unreadable_file_is_left_out_and_all_of_them_are_an_error(tmp_path: Path) -> None:
    good = parquet(tmp_path, "good.parquet", run_id=["r", None])
    bad = parquet(tmp_path, "bad.parquet", name=["r"])
    catalog = store(tmp_path, bad, good).catalog()
    assert [ref.run_id for ref in catalog.runs] == ["r"]
    assert [(one.where, one.left_out) for one in catalog.problems] == [("bad.parquet", True), ("good.parquet", True)]
    assert catalog.problems[0].what.endswith("and its own exports. It is left out.")
    assert catalog.problems[1].what == "has 1 rows without a run_id; left out"
    with pytest.raises(StoreError, match="bad.parquet has no column run_id"):
        store(tmp_path, bad).catalog()


def test_a_partition_gives_columns_but_for_those_of_the_file(tmp_path: Path) -> None:
    path = "experiment_id=7/params.p=x%20y/tags.t=__HIVE_DEFAULT_PARTITION__/status=FAILED/plain/a.parquet"
    found = store(tmp_path, parquet(tmp_path, path, run_id=["r"], status=["FINISHED"]))
    catalog = found.catalog()
    (run,) = found.read_runs(catalog.runs).runs
    assert (run.experiment_id, dict(run.params), dict(run.tags)) == ("7", {"p": "x y"}, {})
    assert run.status == "FINISHED"


def test_csv_is_text_with_what_is_empty_missing(tmp_path: Path) -> None:
    header = "\ufeffrun_id,experiment_id,start_time,end_time,metrics.m,metrics.n,metrics.o,params.p,params.q"
    write(tmp_path / "r.CSV", f'{header}\nr,1,2023-11-14 22:13:20+00:00,soon,0.5,nan,-1.7976931348623157e308,"a\nb",\n')
    found = store(tmp_path, "r.CSV")
    (run,) = found.read_runs(found.catalog().runs).runs
    assert (run.start_time, run.end_time, dict(run.params)) == (START, None, {"p": "a\nb"})
    assert {key: one.values.tolist() for key, one in run.metrics.items()} == {"m": [0.5], "o": [float("-inf")]}
    assert run.metrics["m"].timestamps.tolist() == [START]
    assert (run.status, run.name) == ("UNKNOWN", "r")
