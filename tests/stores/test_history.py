"""Points of metrics in every kind of store: infinities as databases hold them, and points that were logged twice."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.export import export_store
from sitegen.model import MetricHistory, is_possible
from sitegen.stores import open_store
from sitegen.stores.history import history_of
from sitegen.stores.tracking.records import point_of
from tests.stores.databases import add_run, database
from tests.stores.mlruns_builder import RUN, START, experiment, run

LARGEST = "1.7976931348623157e+308"


def metrics(store: Path | str) -> dict[str, MetricHistory]:
    found = open_store(str(store))
    [one] = found.read_runs(found.catalog().runs).runs
    return dict(one.metrics)


def points(history: MetricHistory) -> list[tuple[int, int, float]]:
    columns = (history.steps, history.timestamps, history.values)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def file_store(folder: Path, lines: str) -> Path:
    run(experiment(folder, "1"), RUN, metrics={"m": lines})
    return folder


def test_the_largest_number_is_infinity_in_every_kind_of_store(tmp_path: Path) -> None:
    folder = file_store(tmp_path / "mlruns", f"{START} {LARGEST} 0\n{START} -{LARGEST} 1\n")
    with database(tmp_path / "mlflow.db") as connection:
        add_run(connection, RUN)
        for step, value in enumerate((LARGEST, f"-{LARGEST}")):
            connection.execute(f"INSERT INTO metrics VALUES ('m', {value}, {START}, '{RUN}', {step}, 0)")
    export_store(open_store(str(folder)), tmp_path / "export")
    table = {"run_id": [RUN], "metrics.m": [float(LARGEST)], "metrics.n": [-float(LARGEST)]}
    pyarrow.parquet.write_table(pyarrow.table(table), tmp_path / "runs.parquet")
    pyarrow.csv.write_csv(pyarrow.table(table), tmp_path / "runs.csv")
    for store in (folder, tmp_path / "mlflow.db", tmp_path / "export"):
        assert metrics(store)["m"].values.tolist() == [math.inf, -math.inf], store
    for store in (tmp_path / "runs.parquet", tmp_path / "runs.csv"):
        found = metrics(store)
        assert (found["m"].values.tolist(), found["n"].values.tolist()) == ([math.inf], [-math.inf]), store
    assert point_of({"step": 0, "timestamp": START, "value": float(LARGEST)}) == (0, START, math.inf)


def test_a_number_just_below_stays_as_it_is(tmp_path: Path) -> None:
    folder = file_store(tmp_path / "mlruns", f"{START} 1.79e308 0\n")
    assert metrics(folder)["m"].values.tolist() == [1.79e308]


@pytest.mark.parametrize("last", ["", f"{START} 0.9 0 train a2cfcb26\n"])
def test_a_point_that_was_logged_twice_counts_once(tmp_path: Path, last: str) -> None:
    lines = f"{START} 0.9 0\n{START} 0.9 0\n" + (last and f"{START} 0.9 0 train a2cfcb26\n")
    [history] = metrics(file_store(tmp_path / "mlruns", lines)).values()
    assert points(history) == [(0, START, 0.9)] and history.last == 0


def test_only_points_that_are_equal_in_all_are_one(tmp_path: Path) -> None:
    lines = f"{START} 1 0\n{START} 2 0\n{START} 1 0\n{START + 1} 1 0\n{START} 1 1\n{START} nan 2\n{START} nan 2\n"
    [history] = metrics(file_store(tmp_path / "mlruns", lines)).values()
    assert [point[:2] for point in points(history)] == [
        (0, START), (0, START), (0, START + 1), (1, START), (2, START),
    ]  # fmt: skip
    assert history.values.tolist()[:4] == [1, 2, 1, 1] and math.isnan(history.values[4])


def test_doubled_points_in_the_middle_of_many_metrics_are_seen(tmp_path: Path) -> None:
    doubled = "".join(f"{START + step} {step} {step}\n" * 2 for step in range(5))
    plain = "".join(f"{START + step} {step} {step}\n" for step in range(5))
    folder = experiment(tmp_path / "mlruns", "1")
    run(folder, RUN, metrics={"a": plain, "b": doubled, "c": plain})
    found = metrics(tmp_path / "mlruns")
    assert points(found["a"]) == points(found["b"]) == points(found["c"])
    assert found["b"].last == 4


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([0.0, 1.0, math.nan])), max_size=12))
def test_logging_everything_twice_changes_nothing(logged: list[tuple[int, int, float]]) -> None:
    once, twice = history_of("m", logged), history_of("m", [point for point in logged for _ in range(2)])
    assert repr(points(once)) == repr(points(twice))
    assert once.last == twice.last


@pytest.mark.parametrize("start", [-86_400_000, 0, START // 1000, 121_750_000_000_000, START * 1000])
def test_times_that_cannot_be_right_reach_the_pages_as_they_were_logged(tmp_path: Path, start: int) -> None:
    run(experiment(tmp_path / "mlruns", "1"), RUN, start_time=start, end_time=start - 1)
    store = open_store(str(tmp_path / "mlruns"))
    [found] = store.read_runs(store.catalog().runs).runs
    assert (found.start_time, found.end_time, found.duration) == (start, start - 1, None)
    assert not is_possible(start)
