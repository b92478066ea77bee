"""Trace folders as traces: old and new fields, what is broken, and which assessments count."""

from __future__ import annotations

from pathlib import Path

import yaml

from sitegen.model import Trace
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.contract import ReadOptions
from sitegen.stores.disk import ProblemLog
from sitegen.stores.files.traces import count_traces, read_traces
from tests.stores.mlruns_builder import START, write, write_all

OLD = {"timestamp_ms": START, "execution_time_ms": 7, "status": "OK"}
NEW = {"request_time": "2023-11-14T22:13:20Z", "execution_duration_ms": 8, "state": "ERROR", "request_preview": "hi"}


def add(experiment: Path, name: str, info: dict[str, object], **folders: dict[str, str]) -> Path:
    folder = experiment / "traces" / name
    write(folder / "trace_info.yaml", yaml.safe_dump(info))
    for sub, files in folders.items():
        write_all(folder / sub, files)
    return folder


def read(experiment: Path) -> tuple[list[Trace], list[tuple[str, str, bool]]]:
    log = ProblemLog(str(experiment.parent))
    finder = ArtifactFinder(str(experiment.parent), ReadOptions(), log)
    traces = list(read_traces(str(experiment), "1", finder))
    return traces, [(problem.where, problem.what, problem.left_out) for problem in log.problems]


def test_old_and_new_fields_say_the_same_and_traces_are_in_order_of_id(tmp_path: Path) -> None:
    experiment = tmp_path / "mlruns/1"
    add(experiment, "tr-b", NEW, tags={"a": "b"})
    add(experiment, "tr-a", OLD, request_metadata={"mlflow.traceInputs": "in", "mlflow.traceOutputs": "out"})
    old, new = read(experiment)[0]
    assert (old.trace_id, old.request_time, old.duration, old.state) == ("tr-a", START, 7, "OK")
    assert (old.request_preview, old.response_preview) == ("in", "out")
    assert (new.trace_id, new.request_time, new.duration, new.state) == ("tr-b", START, 8, "ERROR")
    assert (new.request_preview, new.response_preview, dict(new.tags)) == ("hi", "", {"a": "b"})
    assert {old.experiment_id, new.experiment_id} == {"1"}


def test_where_both_fields_are_there_each_has_its_order(tmp_path: Path) -> None:
    experiment = tmp_path / "mlruns/1"
    add(experiment, "tr-a", OLD | NEW | {"timestamp_ms": START + 1})
    ((trace,), _) = read(experiment)
    assert (trace.request_time, trace.duration, trace.state) == (START + 1, 8, "ERROR")


def test_a_trace_without_readable_info_is_left_out_and_still_counted(tmp_path: Path) -> None:
    experiment = tmp_path / "mlruns/1"
    write(experiment / "traces/tr-a/trace_info.yaml", "{")
    (experiment / "traces/tr-b").mkdir()
    add(experiment, "tr-c", OLD)
    write(experiment / "traces/not a folder", "x")
    traces, problems = read(experiment)
    assert [trace.trace_id for trace in traces] == ["tr-c"]
    what = "has no trace_info.yaml that can be read; left out"
    assert [found for found in problems if found[0] != "1/traces/tr-c"] == [
        ("1/traces/tr-a", what, True), ("1/traces/tr-b", what, True)
    ]  # fmt: skip
    assert count_traces(str(experiment)) == 3
    assert count_traces(str(tmp_path / "missing")) == 0


def test_assessments_that_were_replaced_or_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    def assessment(name: str, **more: object) -> str:
        return yaml.safe_dump({"assessment_id": name, "assessment_name": name, "feedback": {"value": 1}, **more})

    experiment = tmp_path / "mlruns/1"
    files = {"1": assessment("z"), "2": assessment("a", valid=True), "3": assessment("gone", valid=False), "4": "{"}
    add(experiment, "tr-a", OLD, assessments=files)
    ((trace,), problems) = read(experiment)
    assert [found.name for found in trace.assessments] == ["a", "z"]
    assert ("1/traces/tr-a/assessments/4", "is not a readable assessment; left out", False) in problems
