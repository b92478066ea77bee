"""Traces of an export: each with its own spans, of the experiment that was asked for, and damage told."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sitegen.errors import StoreError
from sitegen.stores.parquet.export_format import arrow_schema
from sitegen.stores.parquet.export_traces import count_traces, read_traces
from tests.stores.mlruns_builder import START


def table(tmp_path: Path, name: str, rows: list[dict[str, object]], **options: object) -> pq.ParquetFile:
    path = tmp_path / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(name)), path, row_group_size=2, **options)
    return pq.ParquetFile(path)


def trace(experiment: str, trace_id: str, **more: object) -> dict[str, object]:
    empty = {"tags": "{}", "metadata": "{}", "assessments": "[]", "state": "OK"}
    previews = {"request_preview": "", "response_preview": ""}
    return {"experiment_id": experiment, "trace_id": trace_id, "request_time": START, **empty, **previews, **more}


def span(experiment: str, trace_id: str, span_id: str) -> dict[str, object]:
    ids = {"experiment_id": experiment, "trace_id": trace_id, "span_id": span_id, "parent_id": None}
    return ids | {
        "name": span_id,
        "start_time_ns": 1,
        "end_time_ns": 2,
        "status": "OK",
        "attributes": "{}",
        "events": "[]",
    }


def sample(tmp_path: Path, **options: object) -> tuple[pq.ParquetFile, pq.ParquetFile]:
    traces = [trace(*ids) for ids in (("1", "a"), ("1", "b"), ("1", "c"), ("2", "a"), ("2", "d"))]
    ids = [("1", "a", "s1"), ("1", "a", "s2"), ("1", "c", "s3"), ("2", "a", "s4"), ("2", "a", "s5")]
    spans = [span(*each) for each in ids]
    return table(tmp_path, "traces", traces, **options), table(tmp_path, "spans", spans, **options)


@pytest.mark.parametrize("statistics", [True, False])
@pytest.mark.parametrize(
    ("experiment", "expected"),
    [
        ("1", {"a": ["s1", "s2"], "b": [], "c": ["s3"]}),
        ("2", {"a": ["s4", "s5"], "d": []}),
        ("0", {}),
        ("3", {}),
    ],
)
def test_each_trace_has_its_own_spans_in_order(
    tmp_path: Path, experiment: str, expected: dict[str, list[str]], statistics: bool
) -> None:
    traces, spans = sample(tmp_path, write_statistics=statistics)
    found = list(read_traces(traces, spans, experiment))
    assert {one.trace_id: [own.span_id for own in one.spans] for one in found} == expected
    assert {one.experiment_id for one in found} <= {experiment}
    assert count_traces(traces, experiment) == len(expected)


def test_a_trace_has_the_values_that_were_exported(tmp_path: Path) -> None:
    given = {"assessment_id": "x", "name": "good", "kind": "feedback", "value": "1", "source_type": "HUMAN",
             "source": "ada", "rationale": ""}  # fmt: skip
    row = trace("1", "a", tags='{"k": "v"}', assessments=json.dumps([given]), duration=7)
    (found,) = read_traces(table(tmp_path, "traces", [row]), table(tmp_path, "spans", []), "1")
    assert (found.request_time, found.duration, dict(found.tags)) == (START, 7, {"k": "v"})
    assert [(one.name, one.source) for one in found.assessments] == [("good", "ada")]


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    _, spans = sample(tmp_path)
    broken = table(tmp_path, "traces", [trace("1", "a", tags="{")])
    with pytest.raises(StoreError) as caught:
        list(read_traces(broken, spans, "1"))
    assert str(caught.value) == "The table traces of the export is damaged (JSONDecodeError); export the store again."
