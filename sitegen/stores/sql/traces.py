"""Traces out of MLflow's tables: a page of infos, then the rest for a few traces at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sitegen.model import Assessment, Span, Trace
from sitegen.stores.artifacts import UriFinder
from sitegen.stores.meta import text_of, time_of
from sitegen.stores.spans import MAX_LENGTH, TraceError, has_many_parts, note_too_long, read_spans, spans_of_texts
from sitegen.stores.sql.schema import Row, Tables, records, text, texts
from sitegen.stores.traces import LOCATION, SOURCE_RUN, failure, in_order, preview, state_of

_TOGETHER = 100
_INFO = (
    "request_id",
    "timestamp_ms",
    "execution_time_ms",
    "status",
    "request_preview",
    "response_preview",
    "trace_name",
    "session_id",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "input_cost",
    "output_cost",
    "total_cost",
)
_USAGE = {"mlflow.trace.tokenUsage": "tokens", "mlflow.trace.cost": "cost"}
"""Metadata that newer tables keep in columns: `input_tokens`, `total_cost` and so on."""
_ASSESSMENT = (
    *("assessment_id", "name", "assessment_type", "value", "source_type", "source_id", "rationale", "valid"),
    *("assessment_metadata", "error"),
)


def read_traces(tables: Tables, experiment_id: str, finder: UriFinder) -> Iterator[Trace]:
    """The traces of an experiment by id, a few at a time; a damaged one is recorded as a problem and left out."""
    if not tables.has("trace_info") or not (experiment_id.isascii() and experiment_id.isdigit()):
        return
    rows = tables.pages("trace_info", _INFO, "request_id", ("experiment_id", int(experiment_id)))
    while some := list(islice(rows, _TOGETHER)):
        yield from _traces(tables, experiment_id, records(_INFO, some), finder)


def count_traces(tables: Tables, experiment_id: str) -> int:
    """How many traces an experiment has."""
    if not tables.has("trace_info") or not (experiment_id.isascii() and experiment_id.isdigit()):
        return 0
    query = f'SELECT COUNT(*) FROM "trace_info" WHERE "experiment_id" = {tables.placeholder}'
    return int(tables.fetch(query, (int(experiment_id),))[0][0])


def count_parts(tables: Tables) -> dict[str, int]:
    """How many assessments, expectations and sessions there are, by the word in the singular."""
    counts = {}
    if tables.has("assessments"):
        query = 'SELECT "assessment_type" = \'expectation\', COUNT(*) FROM "assessments" GROUP BY 1'
        by_kind = {bool(is_expected): int(count) for is_expected, count in tables.fetch(query)}
        counts = {"assessment": by_kind.get(False, 0), "expectation": by_kind.get(True, 0)}
    if "session_id" in tables.columns("trace_info"):
        counts["session"] = int(tables.fetch('SELECT COUNT(DISTINCT "session_id") FROM "trace_info"')[0][0])
    return counts


def _traces(
    tables: Tables, experiment_id: str, infos: Sequence[Mapping[str, Any]], finder: UriFinder
) -> Iterator[Trace]:
    ids = [text_of(info, "request_id") for info in infos]
    with tables.moment():
        tags = tables.read_by("trace_tags", ("key", "value"), "request_id", ids)
        metadata = tables.read_by("trace_request_metadata", ("key", "value"), "request_id", ids)
        assessments = tables.read_by("assessments", _ASSESSMENT, "trace_id", ids)
    for trace_id, info in zip(ids, infos, strict=True):
        where = f"{finder.log.root}/traces/{trace_id}"
        own_tags = _with(texts(tags[trace_id], where, finder.log), "mlflow.traceName", info["trace_name"])
        own = _with(texts(metadata[trace_id], where, finder.log), "mlflow.trace.session", info["session_id"])
        for key, unit in _USAGE.items():
            own = _with(own, key, _usage(info, unit))
        try:
            spans = _spans(tables, trace_id, own_tags, finder)
        except TraceError as error:
            finder.log.add(where, f"{error}; left out", left_out=True)
            continue
        yield _trace(experiment_id, info, own_tags, own, assessments[trace_id], spans)


def _with(found: dict[str, str], key: str, cell: object) -> dict[str, str]:
    """Tags or metadata, with the one that newer tables keep in a column."""
    return found if cell is None or key in found else dict(sorted({**found, key: text(cell)}.items()))


def _usage(info: Mapping[str, Any], unit: str) -> str | None:
    """Tokens or cost as MLflow's metadata has them, JSON by kind; None if the table has none."""
    found = {f"{kind}_{unit}": info[f"{kind}_{unit}"] for kind in ("input", "output", "total")}
    known = {key: value for key, value in found.items() if isinstance(value, int | float)}
    return json.dumps(known) if known else None


def _spans(tables: Tables, trace_id: str, tags: Mapping[str, str], finder: UriFinder) -> tuple[Span, ...]:
    """The spans, of one trace at a time because they can be long. Raises TraceError when they are broken."""
    where = f"{finder.log.root}/traces/{trace_id}"
    if tags.get("mlflow.trace.spansLocation") != "TRACKING_STORE":
        return read_spans(finder.find_by_uri(tags.get(LOCATION, ""), trace_id, where), where, finder.log)
    contents = [text(row[0]) for row in tables.read_by("spans", ("content",), "trace_id", [trace_id])[trace_id]]
    if sum(map(len, contents)) > MAX_LENGTH or has_many_parts("".join(contents).encode("utf-8", "replace")):
        note_too_long(where, finder.log)
        return ()
    return spans_of_texts(contents)


def _trace(
    experiment_id: str,
    info: Mapping[str, Any],
    tags: dict[str, str],
    metadata: dict[str, str],
    assessments: Sequence[Row],
    spans: tuple[Span, ...],
) -> Trace:
    return Trace(
        trace_id=text_of(info, "request_id"),
        experiment_id=experiment_id,
        request_time=time_of(info, "timestamp_ms"),
        duration=time_of(info, "execution_time_ms"),
        state=state_of(info, "status"),
        request_preview=preview(info, metadata, "request"),
        response_preview=preview(info, metadata, "response"),
        tags=tags,
        metadata=metadata,
        assessments=in_order(map(_assessment, (found for found in records(_ASSESSMENT, assessments) if _holds(found)))),
        spans=spans,
    )


def _holds(record: Mapping[str, Any]) -> bool:
    """Whether no later assessment has replaced it."""
    return record["valid"] is None or bool(record["valid"])


def _assessment(record: Mapping[str, Any]) -> Assessment:
    return Assessment(
        assessment_id=text_of(record, "assessment_id"),
        name=text_of(record, "name"),
        kind=text_of(record, "assessment_type") or "unknown",
        value=text_of(record, "value") or "null",
        source_type=text_of(record, "source_type"),
        source=text_of(record, "source_id"),
        rationale=text_of(record, "rationale") or failure(_parsed(text_of(record, "error"))),
        run_id=_source_run(text_of(record, "assessment_metadata")),
    )


def _parsed(json_text: str) -> object:
    try:
        return json.loads(json_text) if json_text else None
    except (ValueError, RecursionError):
        return {}


def _source_run(metadata: str) -> str:
    """The evaluation run that the metadata of an assessment, JSON, names; '' if there is none."""
    try:
        found = json.loads(metadata).get(SOURCE_RUN, "") if SOURCE_RUN in metadata else ""
    except (ValueError, AttributeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""
