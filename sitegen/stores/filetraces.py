"""Traces of a file store: `traces/<trace id>/` with trace_info.yaml, tags, metadata, assessments and the spans.

The info has other fields in MLflow up to 3.1 (`timestamp_ms`, `execution_time_ms`, `status`) than from 3.6 on.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sitegen.model import Assessment, Trace
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.disk import ProblemLog, folders, has_folder, kinds, leaves, printable, read_folder_texts, reason
from sitegen.stores.meta import MetaError, read_meta, text_of, time_of
from sitegen.stores.spans import TraceError, json_text, read_spans

LOCATION = "mlflow.artifactLocation"
KINDS = ("feedback", "expectation", "issue")

_INFO = "trace_info.yaml"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_traces(experiment: str, experiment_id: str, finder: ArtifactFinder) -> Iterator[Trace]:
    """The traces of the experiment folder `experiment`, by id, one at a time; a broken one is noted and left out."""
    for name in folders(f"{experiment}/traces"):
        folder = f"{experiment}/traces/{name}"
        try:
            yield _trace(folder, experiment_id, finder)
        except OSError as error:
            finder.notes.add(folder, f"could not be read ({reason(error)}); left out", left_out=True)
        except TraceError as error:
            finder.notes.add(folder, f"{error}; left out", left_out=True)


def count_traces(experiment: str) -> int:
    """How many traces the experiment folder `experiment` holds."""
    return len(list(folders(f"{experiment}/traces")))


def _trace(folder: str, experiment_id: str, finder: ArtifactFinder) -> Trace:
    found, info, notes = kinds(folder), _info(folder), finder.notes
    name = os.path.basename(folder)
    tags = read_folder_texts(folder, "tags", found, notes)
    metadata = read_folder_texts(folder, "request_metadata", found, notes)
    artifacts = finder.find(folder, found, tags.get(LOCATION, ""), name)
    return Trace(
        trace_id=printable(name),
        experiment_id=experiment_id,
        request_time=time_of(info, "timestamp_ms") if "timestamp_ms" in info else time_of_text(info, "request_time"),
        duration=time_of(info, "execution_duration_ms" if "execution_duration_ms" in info else "execution_time_ms"),
        state=state_of(info, "state" if "state" in info else "status"),
        request_preview=preview(info, metadata, "request"),
        response_preview=preview(info, metadata, "response"),
        tags=tags,
        metadata=metadata,
        assessments=in_order(_assessments(folder, found, notes)),
        spans=read_spans(artifacts, folder, notes),
    )


def _info(folder: str) -> dict[str, Any]:
    try:
        return read_meta(f"{folder}/{_INFO}")
    except MetaError:
        raise TraceError(f"has no {_INFO} that can be read") from None


def time_of_text(info: Mapping[str, Any], key: str) -> int | None:
    """Milliseconds since 1970 of an ISO time, None where it is none; one without a zone is UTC."""
    try:
        time = datetime.fromisoformat(text_of(info, key))
    except ValueError:
        return None
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


def state_of(info: Mapping[str, Any], key: str) -> str:
    """A trace's state in MLflow's word, UNKNOWN where there is none."""
    word = text_of(info, key).upper()
    return "UNKNOWN" if not word or word.endswith("UNSPECIFIED") else word


def preview(info: Mapping[str, Any], metadata: Mapping[str, str], side: str) -> str:
    """The start of the `request` or `response`; MLflow up to 3.1 has it in the metadata."""
    older = {"request": "mlflow.traceInputs", "response": "mlflow.traceOutputs"}[side]
    return text_of(info, f"{side}_preview") or metadata.get(older, "")


def in_order(assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
    """By name, so that it does not matter where they were kept."""
    return tuple(sorted(assessments, key=lambda found: (found.name, found.assessment_id)))


def _assessments(folder: str, found: dict[str, str], notes: ProblemLog) -> Iterator[Assessment]:
    """The assessments that no later one has replaced."""
    if not has_folder(folder, "assessments", found, notes):
        return
    for _, path in leaves(f"{folder}/assessments", notes):
        try:
            record = read_meta(path)
            assessment = assessment_of(record)
        except (MetaError, RecursionError):
            notes.add(path, "is no assessment that can be read; left out")
            continue
        if record.get("valid") is not False:
            yield assessment


def assessment_of(record: Mapping[str, Any]) -> Assessment:
    """An assessment as MLflow writes it in a file and says it over REST."""
    kind = next((kind for kind in KINDS if isinstance(record.get(kind), dict)), "")
    source = record.get("source")
    source = source if isinstance(source, dict) else {}
    return Assessment(
        assessment_id=text_of(record, "assessment_id"),
        name=text_of(record, "assessment_name"),
        kind=kind or "unknown",
        value=_value(kind, record[kind]) if kind else "null",
        source_type=text_of(source, "source_type"),
        source=text_of(source, "source_id"),
        rationale=text_of(record, "rationale"),
    )


def _value(kind: str, judgement: Mapping[str, Any]) -> str:
    """The value as JSON text; a list or record is in an expectation as such a text already, an issue is a record."""
    serialized = judgement.get("serialized_value")
    if isinstance(serialized, dict):
        return text_of(serialized, "value")
    return json_text(dict(judgement) if kind == "issue" else judgement.get("value"))
