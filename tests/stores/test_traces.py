"""Traces of file stores and databases: the values that MLflow logged, nothing broken that stops the rest, lazily."""

from __future__ import annotations

import base64
import json
import os
import pickle
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.errors import StoreError, UsageError
from sitegen.export import export_store
from sitegen.model import Assessment, Problem, Span, Trace
from sitegen.stores import files, open_store, open_stores, spans
from sitegen.stores.artifacts import OUTSIDE
from sitegen.stores.contract import CountsTraceParts, ReadOptions, with_traces
from sitegen.stores.spans import TraceError, spans_of_file, spans_of_texts
from sitegen.stores.sql.schema import Tables
from tests.stores.databases import database
from tests.stores.mlruns_builder import RUN, START, experiment, run, write, write_all

OLD, NEW = "f" * 32, "tr-" + "e" * 32
ROOT_SPAN, CHILD = "0000000000000001", "00000000000000ff"
INPUTS = '{"x": "naïve"}'
NS = START * 1_000_000
TRACES = """
CREATE TABLE trace_info(request_id text primary key, experiment_id integer, timestamp_ms bigint,
  execution_time_ms bigint, status text {info});
CREATE TABLE trace_tags("key" text, value text, request_id text, primary key("key", request_id));
CREATE TABLE trace_request_metadata("key" text, value text, request_id text, primary key("key", request_id));
"""
NEWER = """
CREATE TABLE assessments(assessment_id text primary key, trace_id text, name text, assessment_type text, value text,
  source_type text, source_id text, rationale text, valid boolean);
CREATE TABLE spans(trace_id text, span_id text, content text, primary key(trace_id, span_id));
"""
NEWER_INFO = ", request_preview text, response_preview text, trace_name text, session_id text"


def old_span(name: str, span_id: str, parent: str | None, start: int = NS) -> dict[str, Any]:
    """A span as MLflow up to 3.1 writes it."""
    return {
        "name": name,
        "context": {"span_id": span_id, "trace_id": OLD},
        "parent_id": parent,
        "start_time": start,
        "end_time": start + 5,
        "status_code": "OK",
        "status_message": "",
        "attributes": {"mlflow.spanInputs": INPUTS},
        "events": [],
    }


def new_span(name: str, span_id: str, parent: str | None, start: int = NS) -> dict[str, Any]:
    """The same span as MLflow from 3.6 on writes it."""
    return {
        "trace_id": "XC5jQ7a3mXUjfOzettK2XQ==",
        "span_id": _base64(span_id),
        "parent_span_id": parent and _base64(parent),
        "name": name,
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + 5,
        "status": {"code": "STATUS_CODE_OK", "message": ""},
        "attributes": {"mlflow.spanInputs": INPUTS},
        "events": [],
        "links": [],
    }


def _base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode()


READ = (
    Span(ROOT_SPAN, None, "agent", NS, NS + 5, "OK", {"mlflow.spanInputs": INPUTS}),
    Span(CHILD, ROOT_SPAN, "tool", NS + 1, NS + 6, "OK", {"mlflow.spanInputs": INPUTS}),
)
NEW_SPANS = [new_span("tool", CHILD, ROOT_SPAN, NS + 1), new_span("agent", ROOT_SPAN, None)]


def trace(
    folder: Path,
    name: str,
    info: Mapping[str, Any] | str,
    content: object = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
    assessments: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Add a trace to the experiment in `folder`."""
    own = folder / "traces" / name
    write(own / "trace_info.yaml", info if isinstance(info, str) else yaml.safe_dump(dict(info)))
    write_all(own / "tags", tags or {})
    write_all(own / "request_metadata", metadata or {})
    write_all(own / "assessments", {f"{k}.yaml": yaml.safe_dump(dict(v)) for k, v in (assessments or {}).items()})
    if content is not None:
        write(own / "artifacts" / "traces.json", content if isinstance(content, str) else json.dumps(content))
    return own


OLD_INFO = {"request_id": OLD, "timestamp_ms": START, "execution_time_ms": 7, "status": "OK", "experiment_id": "1"}
NEW_INFO = {
    "trace_id": NEW,
    "request_time": "2023-11-14T22:13:20Z",
    "execution_duration_ms": 7,
    "state": "OK",
    "request_preview": "what?",
    "response_preview": "that",
}
FEEDBACK = {
    "assessment_id": "a-1",
    "assessment_name": "quality",
    "feedback": {"value": 0.5},
    "source": {"source_id": "default", "source_type": "CODE"},
    "rationale": "because",
    "valid": True,
}


def read(location: Path, experiment_id: str = "1", **options: Any) -> tuple[list[Trace], list[Problem]]:
    store = with_traces(open_store(str(location), ReadOptions(**options)))
    assert store
    problems: list[Problem] = []
    return list(store.traces(experiment_id, problems)), problems


# File store ---------------------------------------------------------------------------------------------------------


def test_a_trace_up_to_3_1_is_read(tmp_path: Path) -> None:
    metadata = {"mlflow.traceInputs": "what?", "mlflow.traceOutputs": "that", "mlflow.sourceRun": RUN}
    content = {"spans": [old_span("agent", ROOT_SPAN, None), old_span("tool", CHILD, ROOT_SPAN, NS + 1)]}
    trace(experiment(tmp_path / "mlruns"), OLD, OLD_INFO, content, {"user": "tag"}, metadata)
    expected = Trace(OLD, "1", START, 7, "OK", "what?", "that", {"user": "tag"}, metadata, (), READ)
    assert read(tmp_path / "mlruns") == ([expected], [])
    assert expected.source_run_id == RUN


def test_a_trace_from_3_6_on_is_read(tmp_path: Path) -> None:
    metadata = {"mlflow.trace.session": "s-1"}
    folder = experiment(tmp_path / "mlruns")
    trace(folder, NEW, NEW_INFO, {"spans": NEW_SPANS}, {"user": "tag"}, metadata, {"a-1": FEEDBACK})
    judged = Assessment("a-1", "quality", "feedback", "0.5", "CODE", "default", "because")
    expected = Trace(NEW, "1", START, 7, "OK", "what?", "that", {"user": "tag"}, metadata, (judged,), READ)
    assert read(tmp_path / "mlruns") == ([expected], [])
    assert (expected.source_run_id, expected.session) == (None, "s-1")


def test_a_trace_that_has_not_ended_has_no_duration_and_no_spans(tmp_path: Path) -> None:
    info = {**OLD_INFO, "execution_time_ms": None, "status": "IN_PROGRESS"}
    trace(experiment(tmp_path / "mlruns"), OLD, info)
    [found], problems = read(tmp_path / "mlruns")
    assert (found.state, found.duration, found.spans, problems) == ("IN_PROGRESS", None, (), [])


def test_assessments_of_every_kind_are_json_and_replaced_ones_are_gone(tmp_path: Path) -> None:
    assessments: dict[str, dict[str, Any]] = {
        "a": {"assessment_name": "a", "expectation": {"serialized_value": {"value": "[1, 2]"}}},
        "b": {"assessment_name": "b", "expectation": {"value": "x"}},
        "c": {"assessment_name": "c", "issue": {"issue_name": "slow"}},
        "d": {"assessment_name": "d", "feedback": {"value": True}, "valid": False},
        "e": {"assessment_name": "e"},
        "f": {
            "assessment_name": "f",
            "feedback": {"value": None, "error": {"error_message": "no key", "error_code": "X"}},
        },
    }
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO, assessments=assessments)
    [found], _ = read(tmp_path / "mlruns")
    assert [a.rationale for a in found.assessments] == ["", "", "", "", "The scorer failed: no key"]
    assert [(a.name, a.kind, json.loads(a.value)) for a in found.assessments] == [
        ("a", "expectation", [1, 2]),
        ("b", "expectation", "x"),
        ("c", "issue", {"issue_name": "slow"}),
        ("e", "unknown", None),
        ("f", "feedback", None),
    ]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"spans": 1}', '{"spans": [1]}', '{"spans": ' + "[" * 100_000, '{"a": ' * 100_000, '"\\ud800"'],
)
def test_broken_spans_leave_out_their_trace_alone(tmp_path: Path, content: str) -> None:
    folder = experiment(tmp_path / "mlruns")
    trace(folder, OLD, OLD_INFO, {"spans": [old_span("agent", ROOT_SPAN, None)]})
    trace(folder, NEW, NEW_INFO, content)
    found, problems = read(tmp_path / "mlruns")
    assert [t.trace_id for t in found] == [OLD]
    assert problems == [Problem(f"1/traces/{NEW}", "has a traces.json that holds no spans; left out", left_out=True)]


@pytest.mark.parametrize("info", ["", "- 1", "a: [", "x" * (2 << 20)])
def test_a_broken_info_leaves_out_its_trace_alone(tmp_path: Path, info: str) -> None:
    folder = experiment(tmp_path / "mlruns")
    trace(folder, OLD, OLD_INFO)
    own = trace(folder, NEW, info)
    os.utime(own / "trace_info.yaml", (0, 0))
    found, problems = read(tmp_path / "mlruns")
    assert [t.trace_id for t in found] == [OLD]
    assert [(p.where, p.left_out) for p in problems] == [(f"1/traces/{NEW}", True)]


@pytest.mark.parametrize(("limit", "most"), [("MAX_LENGTH", 100), ("MAX_PARTS", 3)])
def test_spans_that_are_too_long_are_missing_in_their_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO, {"spans": NEW_SPANS})
    monkeypatch.setattr(spans, limit, most)
    [found], [problem] = read(tmp_path / "mlruns")
    assert found.spans == ()
    assert "without them" in problem.what


def test_spans_outside_the_store_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "elsewhere" / "traces.json", json.dumps({"spans": NEW_SPANS})).parent
    folder = experiment(tmp_path / "mlruns")
    trace(folder, NEW, NEW_INFO, tags={"mlflow.artifactLocation": secret.as_uri()})
    linked = trace(folder, OLD, OLD_INFO)
    (linked / "artifacts").mkdir()
    (linked / "artifacts" / "traces.json").symlink_to(secret / "traces.json")
    found, problems = read(tmp_path / "mlruns")
    assert [t.spans for t in found] == [(), ()]
    assert sorted(p.where for p in problems) == [f"1/traces/{OLD}/artifacts/traces.json", f"1/traces/{NEW}"]


def test_spans_are_found_where_the_experiment_keeps_its_artifacts(tmp_path: Path) -> None:
    artifacts = tmp_path / "elsewhere" / "traces" / NEW / "artifacts"
    write(artifacts / "traces.json", json.dumps({"spans": NEW_SPANS}))
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO, tags={"mlflow.artifactLocation": artifacts.as_uri()})
    [found], _ = read(tmp_path / "mlruns", artifact_roots=(tmp_path / "elsewhere",))
    assert found.spans == READ
    [found], problems = read(tmp_path / "mlruns")
    assert (found.spans, [problem.what for problem in problems]) == ((), [OUTSIDE])


def test_traces_are_read_as_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = experiment(tmp_path / "mlruns")
    for number in range(3):
        trace(folder, f"{number:032x}", OLD_INFO)
    store = files.find(str(tmp_path / "mlruns"), ReadOptions())[0]
    found = store.traces("1", [])
    assert next(found).trace_id == f"{0:032x}"
    trace(folder, f"{1:032x}", {**OLD_INFO, "status": "ERROR"})
    assert next(found).state == "ERROR"


def test_deleted_experiments_give_theirs_when_asked_for(tmp_path: Path) -> None:
    trace(experiment(tmp_path / "mlruns"), OLD, OLD_INFO)
    trace(experiment(tmp_path / "mlruns", ".trash/2"), NEW, NEW_INFO)
    assert read(tmp_path / "mlruns", "2") == ([], [])
    assert [t.trace_id for t in read(tmp_path / "mlruns", "2", deleted=True)[0]] == [NEW]


def test_a_store_that_is_one_run_gives_the_traces_recorded_in_it(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns")
    trace(folder, OLD, OLD_INFO, metadata={"mlflow.sourceRun": RUN})
    trace(folder, NEW, NEW_INFO)
    assert [t.trace_id for t in read(run(folder, RUN))[0]] == [OLD]


def test_an_unknown_experiment_has_none(tmp_path: Path) -> None:
    trace(experiment(tmp_path / "mlruns"), OLD, OLD_INFO)
    assert read(tmp_path / "mlruns", "../mlruns/1") == ([], [])


# Databases ----------------------------------------------------------------------------------------------------------


def insert(connection: sqlite3.Connection, table: str, *row: object) -> None:
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def newer(connection: sqlite3.Connection) -> None:
    connection.executescript(TRACES.format(info=NEWER_INFO) + NEWER)


def in_table(connection: sqlite3.Connection, trace_id: str = NEW, contents: object = NEW_SPANS) -> None:
    insert(connection, "trace_info", trace_id, 1, START, 7, "OK", "what?", "that", "agent", "s-1")
    insert(connection, "trace_tags", "mlflow.trace.spansLocation", "TRACKING_STORE", trace_id)
    for number, content in enumerate(contents if isinstance(contents, list) else [contents]):
        cell = content if isinstance(content, str) else json.dumps(content)
        insert(connection, "spans", trace_id, str(number), cell)


def test_a_trace_in_tables_is_the_one_in_files(tmp_path: Path) -> None:
    tags = {"mlflow.trace.spansLocation": "TRACKING_STORE", "mlflow.traceName": "agent"}
    folder = experiment(tmp_path / "mlruns")
    session = {"mlflow.trace.session": "s-1"}
    error = {"error_code": "X", "error_message": "", "stack_trace": "File ..."}
    failed = {**FEEDBACK, "assessment_id": "a-2", "rationale": "", "feedback": {"value": None, "error": error}}
    trace(folder, NEW, NEW_INFO, {"spans": NEW_SPANS}, tags, session, {"a-1": FEEDBACK, "a-2": failed})
    with database(tmp_path / "mlflow.db") as connection:
        newer(connection)
        in_table(connection)
        rest = ("CODE", "default", "because")
        insert(connection, "assessments", "a-1", NEW, "quality", "feedback", "0.5", *rest, 1)
        insert(connection, "assessments", "a-0", NEW, "quality", "feedback", "0.1", *rest, 0)
        connection.execute("ALTER TABLE assessments ADD COLUMN error text")
        source = ("CODE", "default")
        insert(connection, "assessments", "a-2", NEW, "quality", "feedback", "null", *source, "", 1, json.dumps(error))
    found = read(tmp_path / "mlflow.db")
    assert found == read(tmp_path / "mlruns")
    assert found[0][0].spans == READ
    assert found[0][0].assessments[-1].rationale == "The scorer failed: X"
    store = open_store(str(tmp_path / "mlflow.db"))
    assert isinstance(store, CountsTraceParts)
    assert store.trace_parts() == {"assessment": 3, "expectation": 0, "session": 1}


def test_older_tables_have_their_spans_in_files(tmp_path: Path) -> None:
    artifacts = f"/gone/mlruns/1/traces/{OLD}/artifacts"
    content = {"spans": [old_span("agent", ROOT_SPAN, None), old_span("tool", CHILD, ROOT_SPAN, NS + 1)]}
    write(tmp_path / "mlruns" / "1" / "traces" / OLD / "artifacts" / "traces.json", json.dumps(content))
    with database(tmp_path / "mlflow.db") as connection:
        connection.executescript(TRACES.format(info=""))
        insert(connection, "trace_info", OLD, 1, START, None, "IN_PROGRESS")
        insert(connection, "trace_tags", "mlflow.artifactLocation", artifacts, OLD)
        insert(connection, "trace_request_metadata", "mlflow.traceInputs", "what?", OLD)
    [found], problems = read(tmp_path / "mlflow.db")
    assert (found.spans, found.request_preview, found.duration, problems) == (READ, "what?", None, [])


def test_tables_without_traces_have_none(tmp_path: Path) -> None:
    with database(tmp_path / "mlflow.db"):
        pass
    assert read(tmp_path / "mlflow.db") == ([], [])


def test_every_page_of_an_experiment_is_read_and_nothing_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.stores.sql.schema._PAGE", 2)
    with database(tmp_path / "mlflow.db") as connection:
        newer(connection)
        for number in range(5):
            in_table(connection, f"tr-{number}")
        insert(connection, "trace_info", "tr-other", 2, START, 7, "OK", None, None, None, None)
    assert [t.trace_id for t in read(tmp_path / "mlflow.db")[0]] == [f"tr-{number}" for number in range(5)]
    assert [t.trace_id for t in read(tmp_path / "mlflow.db", "2")[0]] == ["tr-other"]


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000])
def test_a_broken_span_in_the_table_leaves_out_its_trace_alone(tmp_path: Path, content: str) -> None:
    with database(tmp_path / "mlflow.db") as connection:
        newer(connection)
        in_table(connection, "tr-1", content)
        in_table(connection, "tr-2")
    found, problems = read(tmp_path / "mlflow.db")
    assert [t.trace_id for t in found] == ["tr-2"]
    assert problems == [Problem("traces/tr-1", "has a span that cannot be read; left out", left_out=True)]


def test_long_spans_in_the_table_are_missing_in_their_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.stores.sql.traces.MAX_LENGTH", 100)
    with database(tmp_path / "mlflow.db") as connection:
        newer(connection)
        in_table(connection)
    [found], [problem] = read(tmp_path / "mlflow.db")
    assert (found.spans, problem.where) == ((), f"traces/{NEW}")


def test_a_writer_is_not_kept_waiting_between_traces(tmp_path: Path) -> None:
    with database(tmp_path / "mlflow.db") as connection:
        newer(connection)
        for number in range(3):
            in_table(connection, f"tr-{number}")
        store = with_traces(open_store(str(tmp_path / "mlflow.db")))
        assert store
        found = store.traces("1", [])
        next(found)
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("UPDATE runs SET name = 'x'")
        assert len(list(found)) == 2


def test_catalogs_ask_no_table_of_traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    select = Tables.select
    with database(tmp_path / "mlflow.db") as connection:
        newer(connection)
        in_table(connection)

    def noted(self: Tables, table: str, names: Sequence[str]) -> str:
        asked.append(table)
        return select(self, table, names)

    monkeypatch.setattr(Tables, "select", noted)
    open_store(str(tmp_path / "mlflow.db")).catalog()
    assert "experiments" in asked
    assert not {"trace_info", "trace_tags", "trace_request_metadata", "assessments", "spans"} & set(asked)


# Stores of several kinds --------------------------------------------------------------------------------------------


def test_several_stores_give_the_traces_of_each_under_its_own_experiment(tmp_path: Path) -> None:
    for name in ("wine", "churn"):
        folder = experiment(tmp_path / name / "mlruns")
        run(folder, RUN)
        trace(folder, NEW, NEW_INFO, tags={"store": name}, metadata={"mlflow.sourceRun": RUN})
        trace(folder, OLD, OLD_INFO, "{")
    store = open_stores([str(tmp_path / "wine"), str(tmp_path / "churn")])
    store.catalog()
    traced = with_traces(pickle.loads(pickle.dumps(store)))
    assert traced
    found, problems = {}, list[Problem]()
    for experiment_id in ("1", "1-churn", "7"):
        found[experiment_id] = [
            (t.tags["store"], t.trace_id, t.experiment_id, t.source_run_id)
            for t in traced.traces(experiment_id, problems)
        ]
    assert found == {
        "1": [("wine", NEW, "1", RUN)],
        "1-churn": [("churn", f"{NEW}-churn", "1-churn", f"{RUN}-churn")],
        "7": [],
    }
    assert [traced.trace_count(experiment_id) for experiment_id in ("1", "1-churn", "7")] == [2, 2, 0]
    assert [problem.where for problem in problems] == [f"wine/1/traces/{OLD}", f"churn/1/traces/{OLD}"]


def test_of_several_stores_one_may_be_of_a_kind_without_traces(tmp_path: Path) -> None:
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO)
    (tmp_path / "runs.csv").write_text(f"run_id,experiment_id,status,artifact_uri\n{RUN},1,FINISHED,\n")
    store = open_stores([str(tmp_path / "mlruns"), str(tmp_path / "runs.csv")])
    ids = [e.experiment_id for e in store.catalog().experiments]
    traced = with_traces(store)
    assert traced
    assert [len(list(traced.traces(experiment_id, []))) for experiment_id in ids] == [1, 0]


def test_a_store_whose_artifacts_are_fetched_gives_its_traces(tmp_path: Path) -> None:
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO)
    assert [t.trace_id for t in read(tmp_path / "mlruns", fetch_artifacts=bool)[0]] == [NEW]


# Exports ------------------------------------------------------------------------------------------------------------


def test_an_export_holds_traces_only_when_they_are_asked_for(tmp_path: Path) -> None:
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO)
    export_store(open_store(str(tmp_path / "mlruns")), tmp_path / "out")
    assert NEW.encode() not in b"".join(file.read_bytes() for file in (tmp_path / "out").iterdir())
    found, [problem] = read(tmp_path / "out")
    exported = with_traces(open_store(str(tmp_path / "out")))
    assert exported and exported.trace_count("1") == 0
    assert (found, problem.what) == ([], "are not in this export; export the store again with --traces")


@pytest.mark.parametrize("letters", [1, 1 << 23])
def test_an_export_with_traces_comes_back_as_it_was(
    tmp_path: Path, letters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.export.tables.GROUP_LETTERS", letters)
    for number in ("1", "2"):
        folder = experiment(tmp_path / "mlruns", number)
        session = {"mlflow.trace.session": "s-1"}
        trace(folder, NEW, NEW_INFO, {"spans": NEW_SPANS}, {"n": number}, session, {"a-1": FEEDBACK})
        trace(folder, OLD, OLD_INFO, {"spans": [old_span("agent", ROOT_SPAN, None)]})
        trace(folder, "a" * 32, {**OLD_INFO, "execution_time_ms": None, "status": "IN_PROGRESS"})
    done = export_store(open_store(str(tmp_path / "mlruns")), tmp_path / "out", traces=True)
    assert (done.rows["traces"], done.rows["spans"], done.problems) == (6, 6, ())
    for number in ("1", "2", "3"):
        assert read(tmp_path / "out", number) == read(tmp_path / "mlruns", number)
    exported = with_traces(open_store(str(tmp_path / "out")))
    assert exported
    assert [exported.trace_count(number) for number in ("1", "2", "3")] == [3, 3, 0]


def test_a_damaged_table_of_traces_is_a_sentence(tmp_path: Path) -> None:
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO)
    export_store(open_store(str(tmp_path / "mlruns")), tmp_path / "out", traces=True)
    damaged = bytearray((tmp_path / "out" / "traces.parquet").read_bytes())
    damaged[4:200] = b"x" * 196
    (tmp_path / "out" / "traces.parquet").write_bytes(damaged)
    exported = with_traces(open_store(str(tmp_path / "out")))
    assert exported
    with pytest.raises(StoreError, match="The table traces of the export is damaged"):
        exported.trace_count("1")
    with pytest.raises(StoreError, match="The table traces of the export is damaged"):
        list(exported.traces("1", []))


def test_an_export_says_which_traces_could_not_be_read(tmp_path: Path) -> None:
    trace(experiment(tmp_path / "mlruns"), NEW, NEW_INFO, "{")
    done = export_store(open_store(str(tmp_path / "mlruns")), tmp_path / "out", traces=True)
    assert [problem.where for problem in done.problems] == [f"1/traces/{NEW}"]
    assert open_store(str(tmp_path / "out")).catalog().problems == ()


def test_a_run_table_has_no_traces_to_export(tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text(f"run_id,experiment_id,status,artifact_uri\n{RUN},1,FINISHED,\n")
    with pytest.raises(UsageError, match="Traces are not in this"):
        export_store(open_store(str(tmp_path / "runs.csv")), tmp_path / "out", traces=True)
    assert not (tmp_path / "out").exists()


# Spans --------------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(NEW_SPANS[0])) | st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_spans_or_a_trace_error(content: object) -> None:
    for found in _read_or_none([json.dumps(content)]), _read_or_none([json.dumps([content])]):
        assert found is None or all(isinstance(span, Span) for span in found)


def _read_or_none(texts: list[str]) -> tuple[Span, ...] | None:
    try:
        return spans_of_texts(texts)
    except TraceError:
        return None


@given(st.binary())
def test_any_bytes_are_spans_or_a_trace_error(content: bytes) -> None:
    try:
        assert isinstance(spans_of_file(content), tuple)
    except TraceError as error:
        assert "traces.json" in str(error)


def test_texts_of_a_span_can_be_printed() -> None:
    hostile = {**old_span("\ud800", ROOT_SPAN, None), "attributes": {"\ud800": {"a": "\ud800"}}, "events": ["\ud800"]}
    [span] = spans_of_texts([json.dumps(hostile)])
    for text in (span.name, span.events, *span.attributes, *span.attributes.values()):
        text.encode()


def test_a_span_with_times_as_text_and_a_number_as_status_is_read() -> None:
    odd = {**new_span("agent", ROOT_SPAN, None), "start_time_unix_nano": str(NS), "status": {"code": 2}}
    assert spans_of_texts([json.dumps(odd)]) == (replace(READ[0], status="ERROR"),)
