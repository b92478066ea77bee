"""Traces by way of a tracking server: searched by its REST API 3.0, or 2.0 if MLflow is older, by id.

A page of the search holds infos and assessments; the spans of each trace are one more request, the one that MLflow's
own pages make, which servers from MLflow 2.14 on answer wherever the spans are stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sitegen.model import Problem, Span, Trace
from sitegen.stores.disk import ProblemLog, printable
from sitegen.stores.meta import text_of, time_of
from sitegen.stores.spans import MAX_LENGTH, TraceError, has_many_parts, note_too_long, spans_of_file
from sitegen.stores.traces import assessment_of, in_order, preview, state_of, time_of_text
from sitegen.stores.tracking.api import Api, ApiError, objects
from sitegen.stores.tracking.records import Json, pairs, part

_TOGETHER = 100
_MAX_TOGETHER = 500
"""Maximum number of traces in one answer."""
_BY_ID = ("request_id ASC",)
_SPANS = "/ajax-api/2.0/mlflow/get-trace-artifact"
_SECONDS = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?s")


def read_traces(api: Api, experiment_id: str, log: ProblemLog) -> Iterator[Trace]:
    """The traces of an experiment by id; a damaged one is recorded as a problem and left out. Raises StoreError as
    `api` does."""
    try:
        for info in _infos(api, experiment_id):
            trace_id = text_of(info, "trace_id") or text_of(info, "request_id")
            where = f"{log.root}traces/{printable(trace_id)}"
            try:
                yield _trace(trace_id, experiment_id, info, _spans(api, trace_id, where, log))
            except TraceError as error:
                log.add(where, f"{error}; left out", left_out=True)
    except ApiError as error:
        what = f"({error}); MLflow has them from 2.14 on" if error.status == 404 else f"({error})"
        where = f"experiments/{experiment_id}"
        log.problems.append(Problem(where, f"has traces that the server did not return {what}", left_out=True))


def count_traces(api: Api, experiment_id: str) -> int:
    """How many traces an experiment has, 0 if the server does not say; counted by the server from MLflow 3.9 on."""
    counted = {"metric_name": "trace_count", "view_type": "TRACES", "aggregations": [{"aggregation_type": "COUNT"}]}
    try:
        answer = api.post("/api/3.0/mlflow/traces/metrics", {"experiment_ids": [experiment_id], **counted})
        points = [part(point, "values") for point in objects(answer, "data_points")]
        return sum(int(found) for values in points for found in values.values() if isinstance(found, int | float))
    except (ApiError, ValueError, OverflowError):
        pass
    try:
        return sum(1 for _ in _infos(api, experiment_id, _MAX_TOGETHER))
    except ApiError:
        return 0


def _infos(api: Api, experiment_id: str, together: int = _TOGETHER) -> Iterator[dict[str, Any]]:
    """The info of each trace, without its spans, `together` at a time."""
    try:
        yield from _newer(api, experiment_id, together)
    except ApiError as error:
        if error.status not in (404, 405):
            raise
        yield from _older(api, experiment_id, together)


def _newer(api: Api, experiment_id: str, together: int) -> Iterator[dict[str, Any]]:
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment_id}}
    asked = {"locations": [location], "max_results": together, "order_by": _BY_ID}
    return api.pages("/api/3.0/mlflow/traces/search", asked, "traces")


def _older(api: Api, experiment_id: str, together: int) -> Iterator[dict[str, Any]]:
    asked = {"experiment_ids": experiment_id, "max_results": together, "order_by": _BY_ID[0]}
    return api.pages("traces", asked, "traces", "GET")


def _spans(api: Api, trace_id: str, where: str, log: ProblemLog) -> tuple[Span, ...]:
    """The spans; none if the server has none or they are too long. Raises TraceError when they are broken."""
    try:
        data = api.download(_SPANS, [("request_id", trace_id)], MAX_LENGTH)
    except ApiError as error:
        if error.status != 404:
            log.add(where, f"has spans that the server did not return ({error}); the trace is shown without them")
        return ()
    if len(data) > MAX_LENGTH or has_many_parts(data):
        note_too_long(where, log)
        return ()
    return spans_of_file(data)


def _trace(trace_id: str, experiment_id: str, info: Json, spans: tuple[Span, ...]) -> Trace:
    metadata = _texts(info, "trace_metadata") or _texts(info, "request_metadata")
    state = state_of(info, "state" if "state" in info else "status")
    return Trace(
        trace_id=printable(trace_id),
        experiment_id=experiment_id,
        request_time=time_of(info, "timestamp_ms") if "timestamp_ms" in info else time_of_text(info, "request_time"),
        duration=duration_of(info, state),
        state=state,
        request_preview=preview(info, metadata, "request"),
        response_preview=preview(info, metadata, "response"),
        tags=_texts(info, "tags"),
        metadata=metadata,
        assessments=in_order(assessment_of(a) for a in objects(info, "assessments") if a.get("valid") is not False),
        spans=spans,
    )


def _texts(info: Json, key: str) -> dict[str, str]:
    """Tags or metadata: an object in the newer API, a list of pairs in the older one."""
    found = info.get(key)
    if not isinstance(found, Mapping):
        return dict(sorted(pairs(info, key).items()))
    named = part(info, key)
    return {printable(name): text_of(named, name) for name in sorted(named)}


def duration_of(info: Json, state: str) -> int | None:
    """Milliseconds; the newer API has it as `0.665s`, the older one has 0 for a trace that has not ended."""
    if "execution_duration" in info:
        match = _SECONDS.fullmatch(text_of(info, "execution_duration"))
        return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0")[:3]) if match else None
    milliseconds = time_of(info, "execution_time_ms")
    return None if not milliseconds and state == "IN_PROGRESS" else milliseconds
