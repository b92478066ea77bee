"""`sitegen.load` gives what MLflow's client gives, to notebooks that have no MLflow.

`golden_frames/<store>.parquet` holds what `mlflow.search_runs` says of the sample stores (`sample_runs/frames.py` wrote
it), so that this is tested where MLflow is not installed. Where it is, it is asked again.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sitegen
from sitegen.api.frames import run_frame
from sitegen.errors import StoreError, UsageError
from sitegen.export import export_store
from sitegen.stores import open_store
from sitegen.stores.contract import RUNS_A_CHUNK, ReadOptions, RunBatch
from sitegen.stores.files import store as file_store
from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, experiment, run, write

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"
GOLDEN = ROOT / "tests" / "golden_frames"
PANDAS_3 = int(pd.__version__.split(".")[0]) >= 3
on_every_sample = pytest.mark.parametrize("name", ["mlflow1", "mlflow2", "mlflow3"])


def frame_of(name: str, source: str | Path = "") -> pd.DataFrame:
    """Our table of a sample's active experiments, deleted runs included, as the golden tables have it."""
    catalog = sitegen.load(source or SAMPLES / name / "mlruns", deleted=True)
    return catalog.to_frame(
        experiment_ids=[e.experiment_id for e in catalog.experiments if e.lifecycle_stage == "active"]
    )


def assert_mlflows(ours: pd.DataFrame, theirs: pd.DataFrame, check_dtype: bool = True) -> None:
    """The same columns, group by group, and the same values, bit for bit; MLflow's order within a group is random."""
    assert [c.partition(".")[0] for c in ours.columns] == [c.partition(".")[0] for c in theirs.columns]
    assert set(ours.columns) == set(theirs.columns)
    pd.testing.assert_frame_equal(ours[theirs.columns], theirs, check_exact=True, check_dtype=check_dtype)


@on_every_sample
def test_to_frame_is_mlflows_table(name: str) -> None:
    # Text and time columns have other types in pandas 2, in MLflow's table and in ours.
    assert_mlflows(frame_of(name), pd.read_parquet(GOLDEN / f"{name}.parquet"), check_dtype=PANDAS_3)


@on_every_sample
def test_an_export_gives_the_same_table(name: str, tmp_path: Path) -> None:
    export_store(open_store(str(SAMPLES / name / "mlruns"), ReadOptions(deleted=True)), tmp_path / "out")
    pd.testing.assert_frame_equal(frame_of(name, tmp_path / "out"), frame_of(name), check_exact=True)


@on_every_sample
def test_mlflows_own_table_read_back_gives_the_same_table(name: str) -> None:
    catalog = sitegen.load(GOLDEN / f"{name}.parquet")
    theirs = pd.read_parquet(GOLDEN / f"{name}.parquet")
    wanted = theirs.drop(columns=[c for c in theirs.columns if c.startswith("metrics.") and theirs[c].isna().all()])
    assert_mlflows(catalog.to_frame(), wanted, check_dtype=PANDAS_3)


@pytest.mark.mlflow
@pytest.mark.filterwarnings("ignore")
@on_every_sample
def test_mlflow_still_says_what_the_golden_table_holds(name: str) -> None:
    if "SITEGEN_REQUIRE_MLFLOW" not in os.environ:
        pytest.importorskip("mlflow", minversion="3.0")
    spec = spec_from_file_location("sample_frames", SAMPLES / "frames.py")
    assert spec and spec.loader
    frames: Any = module_from_spec(spec)
    spec.loader.exec_module(frames)
    theirs = frames.ask(SAMPLES / name / "mlruns")
    assert_mlflows(frame_of(name), theirs)
    pd.testing.assert_frame_equal(theirs, pd.read_parquet(GOLDEN / f"{name}.parquet"), check_dtype=PANDAS_3)


def test_newest_runs_come_first_then_by_id_and_those_without_a_start_last(store: Path) -> None:
    run(store / "1", "d" * 32, start_time=None)
    frame = sitegen.load(store).to_frame()
    assert frame["run_id"].tolist() == [RUN, OTHER_RUN, "c" * 32, "d" * 32]
    assert list(frame.columns[:6]) == ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]
    assert list(frame.columns[6:]) == ["metrics.loss", "metrics.acc", "params.lr", "tags.a", "tags.b"]


def test_missing_values_are_mlflows(store: Path) -> None:
    frame = sitegen.load(store).to_frame(["sweep"]).set_index("run_id")
    assert frame["metrics.acc"].tolist()[1] == float("inf") and frame["metrics.loss"].isna().all()
    assert frame.loc[RUN, "params.lr"] == "0.1" and pd.isna(frame.loc[OTHER_RUN, "params.lr"])
    assert frame.loc[RUN, "end_time"] == pd.Timestamp(START + 5000, unit="ms", tz="UTC")
    assert pd.isna(frame.loc[OTHER_RUN, "end_time"])


def test_an_empty_table_has_the_six_columns(tmp_path: Path) -> None:
    experiment(tmp_path / "mlruns", "1", name="sweep")
    frame = sitegen.load(tmp_path / "mlruns").to_frame()
    assert (len(frame), len(frame.columns)) == (0, 6) == run_frame([]).shape


def test_experiments_are_chosen_by_name_or_id(store: Path) -> None:
    catalog = sitegen.load(store)
    assert catalog.to_frame(["old"])["experiment_id"].unique().tolist() == ["1"]
    assert catalog.to_frame(experiment_ids=["2"])["experiment_id"].unique().tolist() == ["2"]
    with pytest.raises(UsageError, match="no experiment with the name 'none'"):
        catalog.to_frame(["none"])
    with pytest.raises(UsageError, match="not both"):
        catalog.to_frame(["old"], experiment_ids=["1"])


def test_history_is_a_table_of_points(store: Path) -> None:
    found = sitegen.load(store).run(RUN).history("loss")
    assert list(found.columns) == ["step", "timestamp", "value"]
    assert found["step"].tolist() == [1, 2]
    assert found["timestamp"].tolist() == [pd.Timestamp(START + at, unit="ms", tz="UTC") for at in (0, 1)]
    assert found["value"].tolist()[0] == 0.5 and pd.isna(found["value"].tolist()[1])


def test_a_step_of_any_size_is_in_the_history(tmp_path: Path) -> None:
    run(experiment(tmp_path / "mlruns"), metrics={"loss": f"1 0.5 {10**30}\n"})
    assert sitegen.load(tmp_path / "mlruns").run(RUN).history("loss")["step"].tolist() == [10**30]


def test_an_unknown_run_or_metric_is_named(store: Path) -> None:
    catalog = sitegen.load(store)
    with pytest.raises(KeyError, match="There is no run nope"):
        catalog.run("nope")
    with pytest.raises(KeyError, match="no metric 'nope'. It has: loss"):
        catalog.run(RUN).history("nope")


def test_runs_are_read_while_they_are_looped_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = experiment(tmp_path / "mlruns")
    for number in range(RUNS_A_CHUNK + 1):
        run(sweep, f"{number:032x}")
    read = []
    original = file_store.MlrunsStore.read_runs

    def counted(self: file_store.MlrunsStore, refs: Any) -> RunBatch:
        read.append(len(refs))
        return original(self, refs)

    monkeypatch.setattr(file_store.MlrunsStore, "read_runs", counted)
    runs = sitegen.load(tmp_path / "mlruns").runs
    assert next(iter(runs)).name == "first try" and read == [RUNS_A_CHUNK]
    assert runs[0].run_id == f"{0:032x}" and read == [RUNS_A_CHUNK, 1]
    assert len(list(runs)) == RUNS_A_CHUNK + 1 == len(runs)
    read.clear()
    assert len(runs) == RUNS_A_CHUNK + 1 and read == []


def test_deleted_runs_come_when_asked_for(store: Path) -> None:
    run(store / "2", "e" * 32, lifecycle_stage="deleted")
    assert "e" * 32 not in {found.run_id for found in sitegen.load(store).runs}
    assert sitegen.load(store, deleted=True).run("e" * 32).lifecycle_stage == "deleted"


def test_traces_are_read_anew_by_each_loop_with_their_problems(store: Path) -> None:
    write(store / "2" / "traces" / "tr-1" / "trace_info.yaml", "state: OK\n")
    write(store / "2" / "traces" / "tr-2" / "artifacts" / "traces.json", "{}")
    catalog = sitegen.load(store)
    traces = catalog.traces("2")
    for _ in range(2):
        assert [(trace.trace_id, trace.experiment_id, trace.state) for trace in traces] == [("tr-1", "2", "OK")]
        assert [problem.where for problem in traces.problems] == ["2/traces/tr-2"]
    assert list(catalog.traces("1")) == []


def test_traces_that_cannot_be_asked_for_are_said_in_a_sentence(store: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no experiment with the experiment id '7'"):
        sitegen.load(store).traces("7")
    sitegen.load(store).to_frame().to_parquet(tmp_path / "runs.parquet")
    with pytest.raises(UsageError, match="not from this"):
        sitegen.load(tmp_path / "runs.parquet").traces("1")


def test_several_stores_are_loaded_as_one(store: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "mlruns"
    run(experiment(other, "2"), "d" * 32, params={"lr": "7"})
    both = sitegen.load(store, str(other))
    assert len(both.runs) == len(sitegen.load(store).runs) + 1
    assert both.run("d" * 32).params == {"lr": "7"}
    assert both.run("d" * 32).experiment_id == "2-other"
    assert len(both.to_frame()) == len(both.runs)
    with pytest.raises(UsageError, match="given twice"):
        sitegen.load(store, store)


def test_artifacts_of_a_moved_store_are_found_by_the_map(tmp_path: Path) -> None:
    run(experiment(tmp_path / "mlruns"), "d" * 32, artifact_uri=f"s3://old/{'d' * 32}/artifacts")
    write(tmp_path / "x" / ("d" * 32) / "artifacts" / "a.txt", "a")
    found = sitegen.load(tmp_path / "mlruns", artifact_map={"s3://old": tmp_path / "x"}).run("d" * 32)
    assert [file.path for file in found.artifacts.files] == ["a.txt"]


def test_what_is_no_store_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        sitegen.load(tmp_path / "gone")


def test_importing_sitegen_is_light() -> None:
    code = (
        "import sys, sitegen; print([m for m in ('pandas', 'pyarrow', 'numpy', 'sitegen.stores') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"
    assert callable(sitegen.load) and not hasattr(sitegen, "nothing")


def test_the_examples_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES / "mlflow3")
    guide = (ROOT / "docs" / "python-api.md").read_text("utf-8")
    names: dict[str, Any] = {}
    examples = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len(examples) >= 4
    for example in examples:
        exec(compile(example, "docs/python-api.md", "exec"), names)
