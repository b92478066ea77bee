"""A tracking server read through its REST API: a fake one for what goes wrong, a real one for what is true."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.errors import StoreError
from sitegen.export import export_store
from sitegen.model import Artifact, ArtifactFolder, Catalog, LoggedModel, MetricHistory, Problem, Run, Span, Trace
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions, RunBatch, with_traces
from sitegen.stores.tracking import api as api_module
from sitegen.stores.tracking import histories
from sitegen.stores.tracking.records import inputs_of, logged_model_of, point_of, registered_model_of, run_fields
from sitegen.stores.tracking.traces import duration_of
from tests.stores.tracking.fake_server import BULK, FakeServer, Question, Say, experiment, fake_server, metric, run

RUN = "a" * 32
OTHER = "b" * 32


@pytest.fixture(autouse=True)
def no_waiting_and_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "WAITS", (0.0, 0.0))
    for name in ("USERNAME", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with fake_server() as server:
        server.says("experiments/search", {"experiments": [experiment("1")]})
        yield server


def read(server: FakeServer, **options: Any) -> tuple[Catalog, RunBatch]:
    store = open_store(server.address, ReadOptions(**options))
    catalog = store.catalog()
    return catalog, store.read_runs(catalog.runs)


def holds(server: FakeServer, *runs: Mapping[str, Any]) -> None:
    """The server's one experiment holds these runs."""
    server.says("runs/search", {"runs": list(runs)})


def logged(server: FakeServer, points: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The server's histories, by run; asked for in bulk they come by time and value, as from a database."""

    def bulk(question: Question) -> dict[str, Any]:
        key, limit = question.asked["metric_key"][0], int(question.asked["max_results"][0])
        found = [
            {**point, "run_id": run_id}
            for run_id in sorted(question.asked["run_id"])
            for point in sorted(
                points.get(run_id, ()), key=lambda p: (int(p["timestamp"]), int(p["step"]), float(p["value"]))
            )
            if point["key"] == key
        ]
        return {"metrics": found[:limit]}

    def one(question: Question) -> dict[str, Any]:
        key, limit = question.asked["metric_key"][0], int(question.asked["max_results"][0])
        found = [point for point in points.get(question.asked["run_id"][0], ()) if point["key"] == key]
        start = int(question.asked.get("page_token", ["0"])[0])
        more = {"next_page_token": str(start + limit)} if start + limit < len(found) else {}
        return {"metrics": found[start : start + limit], **more}

    server.says(BULK, bulk)
    server.says("metrics/get-history", one)


def values(history: MetricHistory) -> list[float]:
    return history.values.tolist()


# The catalog


def test_lists_experiments_by_number_and_runs_by_id(server: FakeServer) -> None:
    server.says("experiments/search", {"experiments": [experiment("10"), experiment("9", name="sweep")]})
    server.says("runs/search", {"runs": [run(OTHER, "10"), run(RUN, "10"), run("c" * 32, "9")]})
    catalog, batch = read(server)
    assert [(found.experiment_id, found.name) for found in catalog.experiments] == [
        ("9", "sweep"),
        ("10", "experiment 10"),
    ]
    assert [ref.run_id for ref in catalog.runs] == ["c" * 32, RUN, OTHER]
    assert [found.run_id for found in batch.runs] == ["c" * 32, RUN, OTHER]
    assert catalog.experiments[0].creation_time == 1_700_000_000_000


def test_names_the_server_without_user_and_password(server: FakeServer) -> None:
    address = server.address.replace("http://", "http://ada:secret@")
    store = open_store(address)
    assert store.catalog().location == server.address == store.name
    assert "secret" not in repr(store)


def test_turns_the_pages_of_runs(server: FakeServer) -> None:
    server.says_in_turn("runs/search", {"runs": [run(RUN)], "next_page_token": "2"}, {"runs": [run(RUN), run(OTHER)]})
    assert [ref.run_id for ref in read(server)[0].runs] == [RUN, OTHER]


def test_asks_for_runs_once(server: FakeServer) -> None:
    holds(server, run(RUN, metrics=[metric("loss", 1)]), run(OTHER, metrics=[metric("loss", 1)]))
    logged(server, {RUN: [metric("loss", 1)], OTHER: [metric("loss", 1)]})
    read(server)
    assert len(server.asked_at("runs/search")) == len(server.asked_at(BULK)) == 1
    assert len(server.questions) == 6  # experiments, runs, models, prompts, logged models, one metric


def test_deleted_runs_and_experiments_are_counted_and_left_out_unless_wanted(server: FakeServer) -> None:
    deleted = {"lifecycle_stage": "deleted"}
    server.says("experiments/search", {"experiments": [experiment("1"), experiment("2", **deleted)]})
    server.says("runs/search", {"runs": [run(RUN), run(OTHER, info=deleted), run("c" * 32, "2")]})
    catalog, batch = read(server)
    assert ([ref.run_id for ref in catalog.runs], catalog.deleted + batch.deleted) == ([RUN], 3)
    catalog, batch = read(server, deleted=True)
    assert [(found.run_id, found.lifecycle_stage) for found in batch.runs] == [
        (RUN, "active"),
        (OTHER, "deleted"),
        ("c" * 32, "active"),
    ]
    assert catalog.deleted == 0


def test_an_experiment_that_the_server_chokes_on_does_not_take_the_others_along(server: FakeServer) -> None:
    server.says("experiments/search", {"experiments": [experiment("1"), experiment("2")]})

    def search(question: Question) -> Say | dict[str, Any]:
        return Say(500) if "2" in question.asked["experiment_ids"] else {"runs": [run(RUN)]}

    server.says("runs/search", search)
    catalog, batch = read(server)
    assert [found.run_id for found in batch.runs] == [RUN]
    assert [(problem.where, problem.left_out) for problem in catalog.problems] == [("experiments/2", True)]
    assert "HTTP 500" in catalog.problems[0].what


def test_reads_the_registry_with_prompts_and_aliases(server: FakeServer) -> None:
    def models(question: Question) -> dict[str, Any]:
        if "filter" in question.asked:
            tags = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
            return {"registered_models": [{"name": "greeting", "tags": tags}]}
        return {"registered_models": [{"name": "iris", "aliases": [{"alias": "champion", "version": "2"}]}]}

    def versions(question: Question) -> dict[str, Any]:
        found = [{"name": "iris", "version": number} for number in ("9", "10", "2")]
        return {} if "filter" in question.asked else {"model_versions": found}

    server.says("registered-models/search", models)
    server.says("model-versions/search", versions)
    greeting, iris = read(server)[0].registered_models
    assert greeting.is_prompt
    assert [(version.version, version.aliases) for version in iris.versions] == [
        ("10", ()),
        ("9", ()),
        ("2", ("champion",)),
    ]


def test_a_server_without_registry_and_logged_models_is_read(server: FakeServer) -> None:
    for path in ("registered-models/search", "model-versions/search"):
        server.says(path, Say(404, {"error_code": "ENDPOINT_NOT_FOUND"}))
    catalog, _ = read(server)
    assert (catalog.registered_models, catalog.logged_models, catalog.problems) == ((), (), ())


@pytest.mark.parametrize(
    ("answer", "description"),
    [
        (Say(404, b"<html>Not Found</html>"), "does not answer as an MLflow tracking server does (HTTP 404)"),
        (Say(200, b"<html>Welcome</html>"), "not as an MLflow tracking server does"),
        (Say(401), "does not accept the credentials (HTTP 401)"),
        (Say(403), "does not accept the credentials (HTTP 403)"),
        (Say(503), "does not answer as an MLflow tracking server does (HTTP 503)"),
    ],
)
def test_a_server_of_no_use_is_said_in_one_sentence(answer: Say, description: str, server: FakeServer) -> None:
    server.says("experiments/search", answer)
    with pytest.raises(StoreError) as refused:
        open_store(server.address).catalog()
    assert description in str(refused.value)
    assert str(refused.value).startswith(server.address)


# Runs


def test_reads_all_of_a_run(server: FakeServer) -> None:
    dataset = {"name": "wine", "digest": "d1", "source_type": "local", "source": "wine.csv", "schema": ""}
    inputs = {
        "dataset_inputs": [{"tags": [{"key": "mlflow.data.context", "value": "training"}], "dataset": dataset}],
        "model_inputs": [{"model_id": "m-1"}],
    }
    tags = [{"key": "mlflow.user", "value": "ada"}, {"key": "mlflow.source.name", "value": "train.py"}]
    outputs = {"model_outputs": [{"model_id": "m-2", "step": "7"}]}
    params = [{"key": "z", "value": "1"}, {"key": "lr", "value": ""}]
    holds(server, run(RUN, tags=tags, params=params, inputs=inputs, outputs=outputs))
    found = read(server)[1].runs[0]
    assert (found.name, found.status, found.user, found.source_name) == (f"run {RUN}", "FINISHED", "ada", "train.py")
    assert list(found.params.items()) == [("lr", ""), ("z", "1")]
    assert (found.inputs[0].dataset.name, found.inputs[0].context, found.inputs[0].dataset.schema) == (
        "wine",
        "training",
        None,
    )
    assert (found.model_inputs, found.model_outputs[0].model_id, found.model_outputs[0].step) == (("m-1",), "m-2", 7)
    assert found.artifacts == ArtifactFolder(f"mlflow-artifacts:/1/{RUN}/artifacts")


def test_numbers_may_be_text_and_fields_missing(server: FakeServer) -> None:
    info = {"start_time": "1700000000000", "end_time": None, "status": "DANCING", "run_name": ""}
    points = [metric("loss", "NaN", "3", "1700000000003"), metric("bad", [], 1), {"key": "worse"}, "nothing"]
    holds(server, run(RUN, info=info, metrics=points, params="no list"))
    logged(server, {RUN: [metric("loss", "Infinity", "1"), metric("loss", "NaN", "3", "1700000000003")]})
    batch = read(server)[1]
    found = batch.runs[0]
    assert (found.start_time, found.end_time, found.status, found.name) == (1_700_000_000_000, None, "UNKNOWN", RUN[:8])
    assert list(found.metrics) == ["loss"]
    assert found.metrics["loss"].steps.tolist() == [1, 3]
    assert values(found.metrics["loss"])[0] == math.inf
    assert math.isnan(values(found.metrics["loss"])[1])
    assert len(batch.problems) == 3


def test_the_largest_numbers_of_a_database_are_infinite_and_seconds_become_milliseconds() -> None:
    assert point_of(metric("k", 1.7976931348623157e308, 1, 1_500_000_000)) == (1, 1_500_000_000_000, math.inf)
    assert point_of(metric("k", "-1.7976931348623157e308")) == (0, 1_700_000_000_000, -math.inf)


def test_a_store_can_be_sent_to_a_worker_which_asks_for_no_run_again(server: FakeServer) -> None:
    holds(server, run(RUN))
    store = open_store(server.address)
    refs = store.catalog().runs
    sent = pickle.loads(pickle.dumps(store))
    assert [found.run_id for found in sent.read_runs(refs).runs] == [RUN]
    assert server.asked_at("runs/get") == []


def test_a_worker_on_another_machine_asks_for_its_runs(server: FakeServer) -> None:
    holds(server, run(RUN), run(OTHER))
    store = open_store(server.address)
    refs = store.catalog().runs
    server.says("runs/get", lambda q: {"run": run(RUN)} if q.asked["run_id"] == [RUN] else Say(404))
    batch = open_store(server.address).read_runs(refs)
    assert [found.run_id for found in batch.runs] == [RUN]
    assert [(problem.where, problem.left_out) for problem in batch.problems] == [(f"runs/{OTHER}", True)]


def test_what_was_kept_of_the_runs_is_gone_with_the_store(server: FakeServer) -> None:
    holds(server, run(RUN))
    store = open_store(server.address)
    store.catalog()
    folder = Path(store.scratch.path)  # type: ignore[attr-defined]
    assert folder.stat().st_mode & 0o077 == 0
    assert len(list(folder.iterdir())) == 1
    del store
    assert not folder.exists()


# Histories


def test_a_history_is_whole_and_in_order_of_steps(server: FakeServer) -> None:
    points = [metric("loss", 3.0, 2, 1_700_000_000_001), metric("loss", 2.0, 1, 1_700_000_000_002)]
    holds(server, run(RUN, metrics=[points[0]]))
    logged(server, {RUN: points})
    history = read(server)[1].runs[0].metrics["loss"]
    assert (history.steps.tolist(), values(history), history.last) == ([1, 2], [2.0, 3.0], 1)


def test_answers_that_are_full_are_continued(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "POINTS", 5)
    ids = [letter * 32 for letter in "abcdef"]
    counts = dict(zip(ids, (2, 2, 3, 12, 5, 1), strict=True))
    points = {key: [metric("loss", float(i), i) for i in range(count)] for key, count in counts.items()}
    holds(server, *(run(key, metrics=points[key][-1:]) for key in ids))
    logged(server, points)
    found = {item.run_id: len(item.metrics["loss"]) for item in read(server)[1].runs}
    assert found == counts


def test_no_more_runs_are_asked_for_at_once_than_a_server_takes(server: FakeServer) -> None:
    ids = [f"{number:032x}" for number in range(250)]
    holds(server, *(run(key, metrics=[metric("loss", 1.0)]) for key in ids))
    logged(server, {key: [metric("loss", 1.0)] for key in ids})
    assert len(read(server)[1].runs) == 250
    assert [len(question.asked["run_id"]) for question in server.asked_at(BULK)] == [100, 100, 50]


def test_a_server_that_does_not_know_bulk_is_asked_one_by_one(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "POINTS", 2)
    points = {key: [metric(name, float(i), i) for name in ("a", "b") for i in range(5)] for key in (RUN, OTHER)}
    holds(server, *(run(key, metrics=[points[key][4], points[key][9]]) for key in points))
    logged(server, points)
    server.says(BULK, Say(404))
    for found in read(server)[1].runs:
        assert {key: values(history) for key, history in found.metrics.items()} == {
            "a": [0, 1, 2, 3, 4],
            "b": [0, 1, 2, 3, 4],
        }
    assert len(server.asked_at(BULK)) == 1


def test_points_that_share_step_and_time_keep_the_order_of_logging(server: FakeServer) -> None:
    points = [metric("loss", value) for value in (3.0, 1.0, 2.0)]
    holds(server, run(RUN, metrics=[points[0]]))
    logged(server, {RUN: points})
    history = read(server)[1].runs[0].metrics["loss"]
    assert (values(history), history.last) == ([3.0, 1.0, 2.0], 0)


def test_the_latest_point_is_the_servers(server: FakeServer) -> None:
    points = [metric("loss", "NaN"), metric("loss", 5.0)]
    holds(server, run(RUN, metrics=[points[1]]))
    logged(server, {RUN: points})
    assert read(server)[1].runs[0].metrics["loss"].last == 1


def test_a_point_logged_since_the_catalog_is_the_latest(server: FakeServer) -> None:
    points = [metric("loss", 1.0, 1), metric("loss", 2.0, 2)]
    holds(server, run(RUN, metrics=[points[0]]))
    logged(server, {RUN: points})
    assert read(server)[1].runs[0].metrics["loss"].last == 1


def test_an_answer_without_the_latest_point_is_not_trusted(server: FakeServer) -> None:
    points = [metric("loss", float(i), i) for i in range(4)]
    holds(server, run(RUN, metrics=[points[3]]))
    logged(server, {RUN: points})
    server.says(BULK, {"metrics": [{**point, "run_id": RUN} for point in points[:2]]})
    assert values(read(server)[1].runs[0].metrics["loss"]) == [0, 1, 2, 3]


def test_a_history_that_is_not_given_leaves_the_latest_point_and_a_note(server: FakeServer) -> None:
    holds(server, run(RUN, metrics=[metric("loss", 0.5, 9)]))
    server.says(BULK, Say(500))
    server.says("metrics/get-history", Say(500))
    batch = read(server)[1]
    history = batch.runs[0].metrics["loss"]
    assert (history.steps.tolist(), values(history), history.last) == ([9], [0.5], 0)
    assert [problem.where for problem in batch.problems] == [f"runs/{RUN}"]


# Artifacts


def every_text(artifact: Artifact) -> bool:
    return artifact.path.endswith(".txt") and artifact.size < 100


def has_files(server: FakeServer, folders: Mapping[str, list[dict[str, Any]]]) -> None:
    def entries(question: Question) -> dict[str, Any]:
        return {"files": folders.get(question.asked.get("path", [""])[0], [])}

    server.says("artifacts/list", entries)


def file(path: str, size: object) -> dict[str, Any]:
    return {"path": path, "is_dir": False, "file_size": size}


def test_artifacts_are_not_asked_for_unless_wanted(server: FakeServer) -> None:
    holds(server, run(RUN))
    assert read(server)[1].runs[0].artifacts == ArtifactFolder(f"mlflow-artifacts:/1/{RUN}/artifacts")
    assert server.asked_at("artifacts/list") == []


def test_artifacts_come_through_the_proxy_if_the_site_carries_them(server: FakeServer) -> None:
    holds(server, run(RUN))
    has_files(
        server, {"": [{"path": "sub", "is_dir": True}, file("model.pkl", "9")], "sub": [file("sub/a b.txt", "5")]}
    )
    server.says(f"/api/2.0/mlflow-artifacts/artifacts/1/{RUN}/artifacts/sub/a b.txt", Say(body=b"hello"))
    store = open_store(server.address, ReadOptions(fetch_artifacts=every_text))
    found = store.read_runs(store.catalog().runs).runs[0].artifacts
    assert found.files == (Artifact("model.pkl", 9), Artifact("sub/a b.txt", 5))
    assert found.root is not None
    assert [path.name for path in found.root.rglob("*") if path.is_file()] == ["a b.txt"]
    assert (found.root / "sub" / "a b.txt").read_bytes() == b"hello"


def test_artifacts_on_the_servers_own_disk_come_as_its_pages_get_them(server: FakeServer) -> None:
    holds(server, run(RUN, info={"artifact_uri": f"/srv/mlruns/1/{RUN}/artifacts"}))
    has_files(server, {"": [file("a.txt", 2)]})
    server.says("/get-artifact", lambda question: Say(body=b"ok" if question.asked["path"] == ["a.txt"] else b""))
    store = open_store(server.address, ReadOptions(fetch_artifacts=every_text))
    found = store.read_runs(store.catalog().runs).runs[0].artifacts
    assert found.root is not None
    assert (found.root / "a.txt").read_bytes() == b"ok"


@pytest.mark.parametrize(
    "uri",
    [
        f"mlflow-artifacts:/1/{OTHER}/artifacts",
        f"mlflow-artifacts:/1/../{RUN}/artifacts/..",
        "file:///etc",
        f"ftp://host/{RUN}/artifacts",
        f"http://127.0.0.1:9/elsewhere/{RUN}/artifacts",
        "",
    ],
)
def test_only_the_runs_own_folder_is_asked_for(uri: str, server: FakeServer) -> None:
    holds(server, run(RUN, info={"artifact_uri": uri}))
    assert read(server, fetch_artifacts=every_text)[1].runs[0].artifacts == ArtifactFolder(uri)
    assert server.asked_at("artifacts/list") == []


def test_names_that_lead_astray_are_left_out(server: FakeServer, tmp_path: Path) -> None:
    holds(server, run(RUN))
    names = [
        "../x.txt",
        "/etc/x.txt",
        "a/../../x.txt",
        "C:\\x.txt",
        "a\0b.txt",
        "",
        "x" * 300 + ".txt",
        ".",
        "good.txt",
    ]
    has_files(server, {"": [file(name, 0) for name in names]})
    server.says(f"/api/2.0/mlflow-artifacts/artifacts/1/{RUN}/artifacts/good.txt", Say())
    batch = read(server, fetch_artifacts=every_text)[1]
    assert batch.runs[0].artifacts.files == (Artifact("good.txt", 0),)
    assert [problem.what for problem in batch.problems] == ["has 8 artifacts with impossible names or sizes; left out"]


def test_a_file_that_is_longer_than_listed_is_not_taken(server: FakeServer) -> None:
    holds(server, run(RUN))
    has_files(server, {"": [file("a.txt", 3)]})
    server.says(f"/api/2.0/mlflow-artifacts/artifacts/1/{RUN}/artifacts/a.txt", Say(body=b"x" * 100_000))
    batch = read(server, fetch_artifacts=every_text)[1]
    assert [problem.what for problem in batch.problems] == [
        "has an artifact a.txt that could not be fetched (it changed in the meantime)"
    ]


# Signature


def test_the_signature_changes_with_a_new_run_and_is_else_the_same(server: FakeServer) -> None:
    holds(server, run(RUN))
    store = open_store(server.address)
    before = store.signature()
    assert open_store(server.address).signature() == before
    holds(server, run(OTHER))
    assert store.signature() != before


# Traces


TRACES, OLDER_TRACES = "/api/3.0/mlflow/traces/search", "traces"
SPANS = "/ajax-api/2.0/mlflow/get-trace-artifact"
INFO = {"trace_id": "tr-1", "request_time": "2023-11-14T22:13:20.5Z", "execution_duration": "1.0075s", "state": "OK"}
OLDER_INFO = {"request_id": "tr-1", "timestamp_ms": 1_700_000_000_500, "execution_time_ms": 1007, "status": "OK"}


def traces(server: FakeServer) -> tuple[list[Trace], list[Problem]]:
    store = with_traces(open_store(server.address))
    assert store
    problems: list[Problem] = []
    return list(store.traces("1", problems)), problems


def test_traces_of_a_new_and_an_old_server_are_the_same(server: FakeServer) -> None:
    tags, metadata = {"user": "tag"}, {"mlflow.traceInputs": "what?"}
    span = {"name": "agent", "span_id": "0000000000000001", "start_time_unix_nano": 1}
    server.says(SPANS, {"spans": [span]})
    server.says(TRACES, {"traces": [{**INFO, "tags": tags, "trace_metadata": metadata}]})
    newer = traces(server)
    server.scripts.pop(TRACES)
    listed = [{"key": key, "value": value} for key, value in metadata.items()]
    older = {**OLDER_INFO, "tags": [{"key": "user", "value": "tag"}], "request_metadata": listed}
    server.says(OLDER_TRACES, {"traces": [older]})
    spans = (Span("0000000000000001", None, "agent", 1, None, "UNSET"),)
    wanted = Trace("tr-1", "1", 1_700_000_000_500, 1007, "OK", "what?", "", tags, metadata, (), spans)
    assert newer == traces(server) == ([wanted], [])


def test_a_trace_of_an_old_server_that_has_not_ended_has_no_duration(server: FakeServer) -> None:
    server.says(OLDER_TRACES, {"traces": [{**OLDER_INFO, "execution_time_ms": 0, "status": "IN_PROGRESS"}]})
    [found], problems = traces(server)
    assert (found.duration, found.spans, problems) == (None, (), [])


def test_traces_are_asked_for_page_by_page_and_only_as_far_as_wanted(server: FakeServer) -> None:
    pages = [{"traces": [{**INFO, "trace_id": f"tr-{n}"}], "next_page_token": str(n)} for n in range(3)]
    server.says_in_turn(TRACES, *pages, {"traces": []})
    store = with_traces(open_store(server.address))
    assert store
    assert next(store.traces("1", [])).trace_id == "tr-0"
    assert len(server.asked_at(TRACES)) == 1
    [question] = server.asked_at(TRACES)
    assert question.asked["locations"][0]["mlflow_experiment"] == {"experiment_id": "1"}
    assert question.asked["order_by"] == ["request_id ASC"]


def test_spans_that_a_server_does_not_give_are_missing_and_broken_ones_leave_out_their_trace(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[str, Say] = {
        "tr-1": Say(403),
        "tr-2": Say(body=b"{"),
        "tr-3": Say(body=b" " * 200),
        "tr-4": Say(body={"spans": []}),
    }
    monkeypatch.setattr("sitegen.stores.tracking.traces.MAX_LENGTH", 100)
    server.says(TRACES, {"traces": [{**INFO, "trace_id": name} for name in answers]})
    server.says(SPANS, lambda question: answers[question.asked["request_id"][0]])
    found, problems = traces(server)
    assert [trace.trace_id for trace in found] == ["tr-1", "tr-3", "tr-4"]
    assert [(problem.where, problem.left_out) for problem in problems] == [
        ("traces/tr-1", False),
        ("traces/tr-2", True),
        ("traces/tr-3", False),
    ]


def test_traces_are_counted_by_the_server_or_one_by_one(server: FakeServer) -> None:
    store = with_traces(open_store(server.address))
    assert store and store.trace_count("1") == 0
    server.says(OLDER_TRACES, {"traces": [OLDER_INFO] * 3})
    assert store.trace_count("1") == 3
    server.says("/api/3.0/mlflow/traces/metrics", {"data_points": [{"values": {"COUNT": 7.0}}]})
    assert store.trace_count("1") == 7


def test_a_server_without_traces_says_so_in_a_sentence(server: FakeServer) -> None:
    found, [problem] = traces(server)
    assert (found, problem.where) == ([], "experiments/1")
    assert problem.what == "has traces that the server did not return (HTTP 404); MLflow has them from 2.14 on"


def test_a_server_that_refuses_traces_is_noted(server: FakeServer) -> None:
    server.says(TRACES, Say(403))
    found, [problem] = traces(server)
    assert (found, problem.what) == ([], "has traces that the server did not return (HTTP 403)")


# A server of MLflow 2: answers recorded from `mlflow server` 2.22.5 -------------------------------------------------


def test_a_server_of_mlflow_2_is_read(server: FakeServer) -> None:
    recorded = json.loads((Path(__file__).parents[1] / "fixtures" / "server-2.22.5.json").read_text("utf-8"))
    for path, answer in recorded["answers"].items():
        server.says(path, answer)

    def bulk(question: Question) -> dict[str, Any]:
        wanted = set(question.asked["run_id"])
        points = recorded["histories"][question.asked["metric_key"][0]]
        return {"metrics": [point for point in points if point["run_id"] in wanted]}

    server.says(BULK, bulk)
    store = open_store(server.address, ReadOptions(deleted=True))
    catalog = store.catalog()
    batch = store.read_runs(catalog.runs)
    assert [*catalog.problems, *batch.problems] == []
    assert [e.name for e in catalog.experiments] == ["Default", "through the server", "gone"]
    assert [e.lifecycle_stage for e in catalog.experiments] == ["active", "active", "deleted"]
    assert catalog.logged_models == ()
    [model] = catalog.registered_models
    assert (model.name, model.tags, model.aliases) == ("iris", {"task": "clf"}, {"champion": "1"})
    assert [(v.version, v.tags, v.aliases) for v in model.versions] == [("1", {"ok": "yes"}, ("champion",))]
    runs = {found.name: found for found in batch.runs}
    parent = runs["with files"]
    assert parent.params == {"lr": "0.1", "note": "a <b> ü"}
    assert [len(parent.metrics[key]) for key in ("inf", "nan", "val/loss")] == [1, 1, 40]
    assert math.isnan(values(parent.metrics["nan"])[0])
    assert values(parent.metrics["inf"]) == [math.inf]
    assert values(parent.metrics["val/loss"]) == [1 / (step + 1) for step in range(40)]
    assert parent.metrics["val/loss"].steps.tolist() == list(range(40))
    assert (runs["child"].parent_id, runs["child"].note) == (parent.run_id, "# a note")


# Whatever a server says


FIELDS = st.sampled_from(
    [
        "info",
        "data",
        "inputs",
        "dataset_inputs",
        "dataset",
        "tags",
        "metrics",
        "params",
        "key",
        "value",
        "aliases",
        "step",
    ]
    + ["timestamp", "status", "name", "version", "run_id", "start_time", "model_inputs"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | FIELDS, inner, max_size=6),
    max_leaves=20,
)
json_objects = st.dictionaries(st.text() | FIELDS, json_values, max_size=8)


@given(json_objects)
def test_no_answer_makes_a_reader_fail(answer: dict[str, Any]) -> None:
    point = point_of(answer)
    assert point is None or isinstance(point[2], float)
    run_fields(answer, {}, RUN)
    inputs_of(answer)
    registered_model_of(answer, [answer])
    logged_model_of(answer, lambda uri, owner: ArtifactFolder(uri))
    duration_of(answer, "OK")


# A real server -----------------------------------------------------------------------------------------------------

SAMPLE = Path(__file__).parents[3] / "sample_runs" / "mlflow3" / "mlruns"
LOG = """
import sys, mlflow
from mlflow.entities import Metric
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("through the server")
with mlflow.start_run(run_name="with files") as run:
    mlflow.log_params({"lr": "0.1", "note": "a <b> ü"})
    points = [Metric("val/loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(40)]
    points += [Metric(key, float(key), 1_700_000_000_000, 0) for key in ("nan", "inf")]
    mlflow.MlflowClient().log_batch(run.info.run_id, points)
    mlflow.log_text("hello", "notes/a b.txt")
    mlflow.log_dict({"x": 1}, "config.json")
    mlflow.log_text("weights", "model.bin")
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.set_tag("mlflow.note.content", "# a note")
@mlflow.trace(span_type="AGENT")
def agent(question):
    with mlflow.start_span("tool") as span:
        span.set_inputs({"x": "naïve"})
        span.set_outputs([1, 2.5, float("nan")])
    return {"answer": question}
with mlflow.start_run(run_name="traced"):
    agent("why?")
try:
    mlflow.trace(lambda: 1 / 0, name="broken")()
except ZeroDivisionError:
    pass
mlflow.flush_trace_async_logging()
trace_id = mlflow.search_traces(return_type="list", order_by=["timestamp_ms ASC"])[0].info.trace_id
first = mlflow.log_feedback(trace_id=trace_id, name="quality", value=0.5, rationale="because")
mlflow.override_feedback(trace_id=trace_id, assessment_id=first.assessment_id, value=0.75)
mlflow.log_expectation(trace_id=trace_id, name="expected", value=[1, {"a": 2}])
client = mlflow.MlflowClient()
client.create_registered_model("iris", tags={"task": "clf"}, description="of **irises**")
client.create_model_version("iris", run.info.artifact_uri + "/notes", run.info.run_id, tags={"ok": "yes"})
client.set_registered_model_alias("iris", "champion", "1")
for name in ("kept", "gone"):
    model = mlflow.initialize_logged_model(name=name)
    client.finalize_logged_model(model.model_id, "READY")
client.delete_logged_model(model.model_id)
gone = client.create_experiment("gone")
client.delete_run(client.create_run(gone).info.run_id)
client.delete_experiment(gone)
"""


def mlflow_python() -> str:
    """A Python that has MLflow 3; the test is skipped where there is none, unless one must be there."""
    named = os.environ.get("SITEGEN_MLFLOW_PYTHON")
    # mlflow-skinny can be imported, but has not all that its server needs.
    if named or all(map(importlib.util.find_spec, ("mlflow", "flask", "alembic"))):
        return named or sys.executable
    missing = "no MLflow with a server here: install mlflow, or name a Python that has it in SITEGEN_MLFLOW_PYTHON"
    assert "SITEGEN_REQUIRE_MLFLOW" not in os.environ, missing
    return pytest.skip(missing)


def quiet_environment() -> dict[str, str]:
    silent = {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    return {**{key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}, **silent}


@contextmanager
def mlflow_server(folder: Path, backend: str) -> Iterator[str]:
    """A real server over a backend store, its artifacts below `folder`; stopped with all its workers at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command = [mlflow_python(), "-m", "mlflow", "server", *options, "--backend-store-uri", backend]
    command += ["--artifacts-destination", str(folder / "mlartifacts")]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=quiet_environment(), stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started, which is in its group."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, how)
            process.wait(20)
    process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def file_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server over a copy of the sample store, and that copy."""
    folder = tmp_path_factory.mktemp("files")
    copy = Path(shutil.copytree(SAMPLE, folder / "mlruns"))
    for meta in [*copy.glob("*/*/meta.yaml"), *copy.glob(".trash/*/*/meta.yaml")]:
        if "artifact_uri" in meta.read_text(encoding="utf-8"):
            for name in ("metrics", "params", "tags", "artifacts"):  # MLflow misses the ones that git dropped
                (meta.parent / name).mkdir(exist_ok=True)
    with mlflow_server(folder, copy.as_uri()) as address:
        yield address, copy


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server over a database that was filled through the server, and that database."""
    folder = tmp_path_factory.mktemp("database")
    with mlflow_server(folder, f"sqlite:///{folder}/mlflow.db") as address:
        subprocess.run(
            [mlflow_python(), "-c", LOG, address], env=quiet_environment(), cwd=folder, check=True, capture_output=True
        )
        yield address, folder / "mlflow.db"


def whole(location: str, deleted: bool = True, **options: Any) -> tuple[Catalog, dict[str, Run]]:
    store = open_store(location, ReadOptions(deleted=deleted, **options))
    catalog = store.catalog()
    batch = store.read_runs(catalog.runs)
    assert [*catalog.problems, *batch.problems] == []
    return catalog, {found.run_id: found for found in batch.runs}


def plain(found: Run | LoggedModel) -> dict[str, Any]:
    """All of a run or logged model as values that compare, without its artifacts' place on this machine."""
    parts = {name: getattr(found, name) for name in found.__slots__ if name not in ("artifacts", "metrics")}
    metrics = found.metrics
    if isinstance(metrics, Mapping):
        parts["metrics"] = {key: points(history) for key, history in metrics.items()}
    else:
        parts["metrics"] = sorted(map(repr, metrics))
    return {**parts, "uri": found.artifacts.uri}


def points(history: MetricHistory) -> tuple[Any, ...]:
    # NaN as text, so that it equals itself.
    return history.steps.tolist(), history.timestamps.tolist(), list(map(repr, history.values.tolist())), history.last


@pytest.mark.mlflow
@pytest.mark.parametrize("kind", ["file_store", "database"])
def test_a_real_server_says_what_its_store_holds(kind: str, request: pytest.FixtureRequest) -> None:
    address, path = request.getfixturevalue(kind)
    (catalog, runs), (wanted, wanted_runs) = whole(address), whole(str(path))
    assert catalog.experiments == wanted.experiments
    assert catalog.registered_models == wanted.registered_models
    # A server never gives deleted ones.
    kept = [model for model in wanted.logged_models if model.lifecycle_stage == "active"]
    assert [plain(model) for model in catalog.logged_models] == [plain(model) for model in kept]
    assert [(ref.run_id, ref.experiment_id) for ref in catalog.runs] == [
        (r.run_id, r.experiment_id) for r in wanted.runs
    ]
    for run_id, found in runs.items():
        ours, theirs = plain(found), plain(wanted_runs[run_id])
        if kind == "file_store":
            # MLflow forgets the step of a point that belongs to a dataset, and sitegen does not.
            ours["metrics"].pop("test_accuracy", None), theirs["metrics"].pop("test_accuracy", None)
        assert ours == theirs


def all_traces(location: str) -> list[Trace]:
    store = open_store(location, ReadOptions(deleted=True))
    traced, problems = with_traces(store), list[Problem]()
    assert traced
    found = [trace for e in store.catalog().experiments for trace in traced.traces(e.experiment_id, problems)]
    assert problems == []
    return found


@pytest.mark.mlflow
def test_a_real_server_gives_the_traces_of_its_database_and_an_export_keeps_them(
    database: tuple[str, Path], tmp_path: Path
) -> None:
    address, path = database
    wanted = all_traces(str(path))
    assert sorted((t.state, len(t.spans), len(t.assessments)) for t in wanted) == [("ERROR", 1, 0), ("OK", 2, 2)]
    assert all_traces(address) == wanted
    server, ids = with_traces(open_store(address)), [trace.experiment_id for trace in wanted]
    assert server and server.trace_count(ids[0]) == ids.count(ids[0])
    assert server.trace_count("0") == 0
    export_store(open_store(address), tmp_path / "out", traces=True)
    assert all_traces(str(tmp_path / "out")) == wanted


@pytest.mark.mlflow
def test_a_real_server_gives_no_logged_model_that_is_deleted(database: tuple[str, Path]) -> None:
    address, path = database
    found, on_disk = whole(address)[0].logged_models, whole(str(path))[0].logged_models
    assert [model.name for model in found] == ["kept"]
    assert sorted((model.name, model.lifecycle_stage) for model in on_disk) == [("gone", "deleted"), ("kept", "active")]


@pytest.mark.mlflow
def test_a_real_server_says_what_is_deleted(file_store: tuple[str, Path]) -> None:
    address, path = file_store
    store = open_store(str(path))
    catalog = store.catalog()
    deleted = catalog.deleted + store.read_runs(catalog.runs).deleted
    assert whole(address, deleted=False)[0].deleted == deleted > 0


@pytest.mark.mlflow
def test_artifacts_come_through_a_real_servers_proxy(database: tuple[str, Path]) -> None:
    address, path = database
    store = open_store(address, ReadOptions(fetch_artifacts=every_text))
    found = {r.name: r for r in store.read_runs(store.catalog().runs).runs}["with files"].artifacts
    assert found.uri.startswith("mlflow-artifacts:/")
    on_disk = path.parent.joinpath("mlartifacts", *found.uri.removeprefix("mlflow-artifacts:/").split("/"))
    sizes = {file.relative_to(on_disk).as_posix(): file.stat().st_size for file in on_disk.rglob("*") if file.is_file()}
    assert {file.path: file.size for file in found.files} == sizes
    assert found.root is not None
    assert [file.read_text() for file in found.root.rglob("*") if file.is_file()] == ["hello"]


@pytest.mark.mlflow
def test_histories_of_a_real_server_cost_one_question_per_metric(
    file_store: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    once = api_module.Api._once
    monkeypatch.setattr(
        api_module.Api, "_once", lambda self, method, path, *rest: asked.append(path) or once(self, method, path, *rest)
    )
    store = open_store(file_store[0])
    catalog = store.catalog()
    assert len(asked) == 7
    asked.clear()
    runs = store.read_runs(catalog.runs).runs
    keys = {key for found in runs for key in found.metrics}
    assert len(asked) == len(keys)
    assert sorted(parse_qs(urlsplit(path).query)["metric_key"][0] for path in asked) == sorted(keys)
