"""Records come back from their scratch file as they went in, whatever a store can hold."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.analysis.curves import Curve
from sitegen.build.packing import decode, encode
from sitegen.build.read import reduce_run
from sitegen.build.records import RecordWriter, RunRecord, read_records
from sitegen.model import Artifact, ArtifactFolder, Dataset, DatasetInput, MetricHistory, ModelOutput, Run
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.models import ModelFolder
from tests.examples import examples

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
"""Lone surrogates too: a tracking server can send them."""
STEP = st.integers(-(2**70), 2**70)
VALUE = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def histories(draw: st.DrawFn) -> MetricHistory:
    points = draw(st.lists(st.tuples(STEP, st.integers(-(2**60), 2**60), VALUE), min_size=1, max_size=5))
    points.sort(key=lambda point: point[:2])
    steps = [step for step, _, _ in points]
    huge = any(not -(2**63) <= step < 2**63 for step in steps)
    return MetricHistory(
        draw(TEXT),
        np.array(steps, dtype=object if huge else np.int64),
        np.array([time for _, time, _ in points], dtype=np.int64),
        np.array([value for _, _, value in points], dtype=np.float64),
        len(points) - 1,
    )


@st.composite
def records(draw: st.DrawFn) -> RunRecord:
    texts = st.dictionaries(TEXT, TEXT, max_size=3)
    metrics = {history.key: history for history in draw(st.lists(histories(), max_size=3))}
    run = Run(
        run_id=draw(TEXT),
        experiment_id="1",
        name=draw(TEXT),
        status="FINISHED",
        lifecycle_stage="active",
        start_time=draw(st.none() | STEP),
        end_time=draw(st.none() | STEP),
        user="",
        source_name=draw(TEXT),
        source_type="LOCAL",
        artifacts=ArtifactFolder("file:///a", draw(st.none() | st.just(Path("/a"))), (Artifact(draw(TEXT), 3),)),
        params=draw(texts),
        tags=draw(texts),
        metrics=metrics,
        inputs=(DatasetInput(Dataset(draw(TEXT), "d1", "local", "{}"), draw(texts)),),
        model_inputs=("m-1",),
        model_outputs=(ModelOutput("m-2", 4),),
    )
    row, curves = reduce_run(run, [(key, "mean of last 2") for key in metrics])
    copies = (CopiedArtifact(CopiedFile(draw(TEXT), 3, "Text")),)
    return RunRecord(run, row, curves, copies, (ModelFolder("model", 10, 1, inputs=(("x", "long"),)),))


def same(one: Any, other: Any) -> bool:
    """Equality that goes into arrays and takes NaN for equal to NaN."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and len(one) == len(other) and all(map(same, one.tolist(), other.tolist()))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(other) and all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return bool(one == other)


@given(records())
@settings(max_examples=examples(0.5))
def test_a_record_comes_back_as_it_went_in(record: RunRecord) -> None:
    assert same(decode(encode(record), RunRecord), record)


def test_records_are_read_from_the_files_of_their_shards(tmp_path: Path) -> None:
    made = {name: [_record(f"{name}{number}") for number in range(3)] for name in ("a", "b")}
    refs = []
    for shard, several in made.items():
        with RecordWriter(str(tmp_path), shard) as writer:
            refs += [writer.add(record) for record in several]
    wanted = [refs[4], refs[0], refs[2]]
    assert [record.run.run_id for record in read_records(wanted)] == ["b1", "a0", "a2"]


def _record(run_id: str) -> RunRecord:
    run = Run(run_id, "1", run_id, "FINISHED", "active", 1, 2, "", "", "LOCAL", ArtifactFolder(""))
    row, _ = reduce_run(run)
    points = np.arange(3)
    return RunRecord(run, row, {"loss": Curve(points, points, points.astype(np.float64))}, ())
