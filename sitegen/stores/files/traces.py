"""Traces of a file store: `traces/<trace id>/` with trace_info.yaml, tags, metadata, assessments and the spans.

The info has other fields in MLflow up to 3.1 (`timestamp_ms`, `execution_time_ms`, `status`) than from 3.6 on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from sitegen.model import Assessment, Trace
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.disk import (
    ProblemLog,
    has_folder,
    inner_folders,
    kinds,
    leaves,
    printable,
    read_folder_texts,
    reason,
)
from sitegen.stores.meta import MetaError, read_meta, time_of
from sitegen.stores.spans import TraceError, read_spans
from sitegen.stores.traces import LOCATION, assessment_of, in_order, preview, state_of, time_of_text

_INFO = "trace_info.yaml"


def read_traces(experiment: str, experiment_id: str, finder: ArtifactFinder) -> Iterator[Trace]:
    """The traces of the experiment folder `experiment`, by id, one at a time; a damaged one is recorded as a problem
    and left out."""
    for name in inner_folders(experiment, "traces", finder.log):
        folder = f"{experiment}/traces/{name}"
        try:
            yield _trace(folder, experiment_id, finder)
        except OSError as error:
            finder.log.add(folder, f"could not be read ({reason(error)}); left out", left_out=True)
        except TraceError as error:
            finder.log.add(folder, f"{error}; left out", left_out=True)


def count_traces(experiment: str) -> int:
    """How many traces the experiment folder `experiment` holds."""
    return len(inner_folders(experiment, "traces"))


def _trace(folder: str, experiment_id: str, finder: ArtifactFinder) -> Trace:
    found, info, log = kinds(folder), _info(folder), finder.log
    name = os.path.basename(folder)
    tags = read_folder_texts(folder, "tags", found, log)
    metadata = read_folder_texts(folder, "request_metadata", found, log)
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
        assessments=in_order(_assessments(folder, found, log)),
        spans=read_spans(artifacts, folder, log),
    )


def _info(folder: str) -> dict[str, Any]:
    try:
        return read_meta(f"{folder}/{_INFO}")
    except MetaError:
        raise TraceError(f"has no {_INFO} that can be read") from None


def _assessments(folder: str, found: dict[str, str], log: ProblemLog) -> Iterator[Assessment]:
    """The assessments that no later one has replaced."""
    if not has_folder(folder, "assessments", found, log):
        return
    for _, path in leaves(f"{folder}/assessments", log):
        try:
            record = read_meta(path)
            assessment = assessment_of(record)
        except (MetaError, RecursionError):
            log.add(path, "is not a readable assessment; left out")
            continue
        if record.get("valid") is not False:
            yield assessment
