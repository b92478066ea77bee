"""Runs by place, counted, and read no more than needed."""

from __future__ import annotations

from pathlib import Path

import pytest

import sitegen
from sitegen.api.runs import Run, Runs
from sitegen.stores.contract import RUNS_A_CHUNK
from sitegen.stores.files import store as file_store
from tests.stores.mlruns_builder import RUN, experiment, run, write

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"


def test_runs_that_cannot_be_read_are_neither_counted_nor_looped_over(store: Path) -> None:
    run(store / "2", "e" * 32, lifecycle_stage="deleted")
    write(store / "2" / ("f" * 32) / "meta.yaml", "run_id: [\n")
    runs = sitegen.load(store).runs
    assert isinstance(runs[:2], Runs) and isinstance(runs[0], Run)
    assert len(runs) == len(list(runs)) == len(runs.to_frame()) == 3
    assert [found.run_id for found in runs] == [runs[n].run_id for n in range(3)] == [one.run_id for one in runs[:]]
    assert runs[-1].run_id == list(runs)[-1].run_id
    assert "e" * 32 not in runs and RUN in runs
    with pytest.raises(IndexError, match="There are 3 runs; there is none at 3"):
        runs[3]


@pytest.mark.parametrize("place", [slice(2), slice(1, None), slice(None, None, -1), slice(-2, None), slice(5, 9)])
def test_a_slice_is_that_of_the_list(store: Path, place: slice) -> None:
    runs = sitegen.load(store).runs
    assert [found.run_id for found in runs[place]] == [found.run_id for found in list(runs)[place]]
    assert len(runs[place]) == len(list(runs)[place])


def test_the_first_runs_are_had_without_reading_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = experiment(tmp_path / "mlruns")
    for number in range(2 * RUNS_A_CHUNK):
        run(sweep, f"{number:032x}")
    original = file_store.MlrunsStore.read_runs
    read: list[int] = []
    monkeypatch.setattr(
        file_store.MlrunsStore, "read_runs", lambda self, refs: (read.append(len(refs)), original(self, refs))[1]
    )
    assert len(sitegen.load(tmp_path / "mlruns").runs[:5]) == 5 and read == [RUNS_A_CHUNK]
