"""Rules for traces that all kinds of stores share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sitegen.model import Assessment
from sitegen.stores.meta import text_of
from sitegen.stores.spans import json_text

LOCATION = "mlflow.artifactLocation"
SOURCE_RUN = "mlflow.assessment.sourceRunId"
"""In the metadata of an assessment: the evaluation run that made it."""
KINDS = ("feedback", "expectation", "issue")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_of_text(info: Mapping[str, Any], key: str) -> int | None:
    """Milliseconds since 1970 of an ISO time, None if it is not one; one without a zone is UTC."""
    try:
        time = datetime.fromisoformat(text_of(info, key))
    except ValueError:
        return None
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


def state_of(info: Mapping[str, Any], key: str) -> str:
    """A trace's state in MLflow's words, UNKNOWN if there is none."""
    word = text_of(info, key).upper()
    return "UNKNOWN" if not word or word.endswith("UNSPECIFIED") else word


def preview(info: Mapping[str, Any], metadata: Mapping[str, str], side: str) -> str:
    """The start of the `request` or `response`; MLflow up to 3.1 has it in the metadata."""
    older = {"request": "mlflow.traceInputs", "response": "mlflow.traceOutputs"}[side]
    return text_of(info, f"{side}_preview") or metadata.get(older, "")


def in_order(assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
    """The assessments sorted by name, so that the order is the same for every kind of store."""
    return tuple(sorted(assessments, key=lambda found: (found.name, found.assessment_id)))


def assessment_of(record: Mapping[str, Any]) -> Assessment:
    """An assessment, in the form that MLflow writes to files and returns over REST."""
    kind = next((kind for kind in KINDS if isinstance(record.get(kind), dict)), "")
    source = record.get("source")
    source = source if isinstance(source, dict) else {}
    metadata = record.get("metadata")
    return Assessment(
        assessment_id=text_of(record, "assessment_id"),
        name=text_of(record, "assessment_name"),
        kind=kind or "unknown",
        value=_value(kind, record[kind]) if kind else "null",
        source_type=text_of(source, "source_type"),
        source=text_of(source, "source_id"),
        rationale=text_of(record, "rationale") or failure(record[kind].get("error") if kind else None),
        run_id=text_of(metadata, SOURCE_RUN) if isinstance(metadata, dict) else "",
    )


def failure(error: object) -> str:
    """Why a scorer gave no value, in a sentence, of the error that MLflow records in its place; '' without one."""
    if not isinstance(error, Mapping):
        return ""
    reason = text_of(error, "error_message") or text_of(error, "error_code")
    return f"The scorer failed: {reason}" if reason else "The scorer failed."


def _value(kind: str, judgement: Mapping[str, Any]) -> str:
    """The value as JSON text; a list or record is in an expectation as such a string already, an issue is a record."""
    serialized = judgement.get("serialized_value")
    if isinstance(serialized, dict):
        return text_of(serialized, "value")
    return json_text(dict(judgement) if kind == "issue" else judgement.get("value"))
