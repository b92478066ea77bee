"""Spans of traces: the JSON that MLflow up to 3.1 and from 3.6 on writes, in files and in databases.

JSON in a span (inputs, outputs, events) stays text: it can be anything that an application was given.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sitegen.model import ArtifactFolder, Span
from sitegen.stores.artifacts import open_artifact
from sitegen.stores.disk import ProblemLog, printable, reason
from sitegen.stores.meta import status_of, text_of, whole_of

FILE = "traces.json"
MAX_LENGTH = 10 << 20
"""Maximum number of bytes, or letters, of the spans of one trace that are read."""
MAX_PARTS = 500_000
"""Maximum number of lists and objects in the spans of one trace that are read."""

_HEX = re.compile(r"[0-9a-f]{16}")
_CODES = {0: "UNSET", 1: "OK", 2: "ERROR"}


class TraceError(Exception):
    """A trace that cannot be read; the message says why, in a few words."""


def read_spans(folder: ArtifactFolder, where: str, log: ProblemLog) -> tuple[Span, ...]:
    """The spans in the artifacts of the trace at `where`; none if they are not on this machine or too long.

    Raises TraceError when they are there and broken.
    """
    try:
        with open_artifact(folder, FILE) as file:
            data = file.read(MAX_LENGTH + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise TraceError(f"has a {FILE} that could not be read ({reason(error)})") from None
    if len(data) > MAX_LENGTH or has_many_parts(data):
        note_too_long(where, log)
        return ()
    return spans_of_file(data)


def has_many_parts(data: bytes) -> bool:
    """Whether JSON has so many lists and objects that its value takes hundreds of megabytes."""
    return data.count(b"[") + data.count(b"{") > MAX_PARTS


def note_too_long(where: str, log: ProblemLog) -> None:
    """Note that the spans of the trace at `where` are not read."""
    log.add(
        where, f"has spans of more than {MAX_LENGTH >> 20} MB or {MAX_PARTS:,} parts; the trace is shown without them"
    )


def spans_of_file(data: bytes) -> tuple[Span, ...]:
    """The spans in the content of a `traces.json`. Raises TraceError."""
    try:
        found = json.loads(data)
        spans = found["spans"]
        if not isinstance(spans, list):
            raise TypeError
        return _by_start(map(_span, spans))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise TraceError(f"has a {FILE} that holds no spans") from None


def spans_of_texts(texts: Iterable[str]) -> tuple[Span, ...]:
    """The spans that are each the JSON text of a database's cell. Raises TraceError."""
    try:
        return _by_start(_span(json.loads(text)) for text in texts)
    except (ValueError, TypeError, RecursionError):
        raise TraceError("has a span that cannot be read") from None


def _by_start(spans: Iterable[Span]) -> tuple[Span, ...]:
    """By start, and of equal starts the root first."""
    return tuple(sorted(spans, key=lambda span: (span.start_time_ns, span.parent_id is not None, span.span_id)))


def _span(record: object) -> Span:
    """One span; the older form has its ids in `context` and other names for times. Raises TypeError if it is not a
    record."""
    if not isinstance(record, dict):
        raise TypeError
    context, status = record.get("context"), record.get("status")
    code = {"status": status.get("code") if isinstance(status, dict) else record.get("status_code")}
    attributes = record.get("attributes")
    return Span(
        span_id=_hex(text_of(context if isinstance(context, dict) else record, "span_id")),
        parent_id=_hex(text_of(record, "parent_id") or text_of(record, "parent_span_id")) or None,
        name=text_of(record, "name"),
        start_time_ns=_first_whole(record, "start_time_unix_nano", "start_time") or 0,
        end_time_ns=_first_whole(record, "end_time_unix_nano", "end_time"),
        status=status_of(code, _CODES).removeprefix("STATUS_CODE_") or "UNSET",
        attributes=_json_texts(attributes) if isinstance(attributes, dict) else {},
        events=json_text(record.get("events") or []),
    )


def _first_whole(record: Mapping[str, Any], *keys: str) -> int | None:
    return next((found for key in keys if (found := whole_of(record, key)) is not None), None)


def _hex(text: str) -> str:
    """A span's id as hex digits; the newer form has it in base64."""
    if _HEX.fullmatch(text):
        return text
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return text


def _json_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Attributes, which are JSON strings already where MLflow wrote them."""
    found = {printable(key): printable(v) if isinstance(v, str) else json_text(v) for key, v in values.items()}
    return dict(sorted(found.items()))


def json_text(value: object) -> str:
    """A value out of JSON or YAML as JSON text, as MLflow writes it; values that JSON cannot represent become
    strings."""
    return json.dumps(value, default=str, skipkeys=True)
