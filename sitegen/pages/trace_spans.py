"""The spans of a trace as a tree over time, with what went in and out of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.analysis.words import duration
from sitegen.model import Span
from sitegen.pages.jsontree import Budget, Node, json_tree

MAX_DEPTH = 24
"""Spans nested deeper are shown beside their parent, since browsers limit nesting."""
MAX_ATTRIBUTES = 40
MAX_LENGTH = 1000
WIDTH = 1000
INPUTS, OUTPUTS, TYPE = "mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.spanType"
SAID_ELSEWHERE = frozenset((INPUTS, OUTPUTS, TYPE, "mlflow.traceRequestId"))


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened in a span; `trace` is the traceback of an exception."""

    name: str
    """What happened: `exception`."""
    at: str
    """When, counted from the first span; empty if that is not known."""
    values: Node | None
    """What was recorded of it, as a JSON tree; none if nothing was."""
    trace: str
    """The traceback of an exception; empty for any other event."""


@dataclass(frozen=True, slots=True)
class SpanView:
    """A span with those below it."""

    id: str
    """Its id on the page."""
    name: str
    """Its name."""
    type: str
    """What kind of step it is, in small letters: `chat model`; empty if that is not known."""
    status: str
    """Its status where it is neither `OK` nor unset; else empty."""
    duration: str
    """How long it took: `12 ms`."""
    start: str
    """When it began, counted from the first span."""
    x: int
    """Where its bar begins, in thousandths of the trace's time."""
    width: int
    """How long its bar is, in thousandths of the trace's time; at least 2."""
    colour: str
    """The class that colours its bar: `bad` for an error, else `c1`."""
    inputs: Node | None
    """What went in, as a JSON tree; none if nothing was recorded."""
    outputs: Node | None
    """What came out, as a JSON tree; none if nothing was recorded."""
    attributes: tuple[tuple[str, str], ...]
    """Key and value of its other attributes; at most 40."""
    events: tuple[EventLine, ...]
    """What happened in it, in order; at most 50."""
    open: bool
    """Whether it is shown open: the innermost spans with an error are."""
    children: tuple[SpanView, ...]
    """The spans below it."""


class SpanTree:
    """The spans of a trace as a tree. A span whose parent is missing, or is below it, is at the root."""

    def __init__(self, spans: Sequence[Span], budget: Budget) -> None:
        self.spans = spans
        self.budget = budget
        known = {span.span_id for span in spans}
        self.children: dict[str, list[int]] = {}
        self.roots: list[int] = []
        for at, span in enumerate(spans):
            if span.parent_id and span.parent_id in known and span.parent_id != span.span_id:
                self.children.setdefault(span.parent_id, []).append(at)
            else:
                self.roots.append(at)
        self.start = min((span.start_time_ns for span in spans), default=0)
        self.end = max((span.end_time_ns or span.start_time_ns for span in spans), default=0)
        self.seen: set[int] = set()

    def views(self) -> tuple[SpanView, ...]:
        """The roots with all that is below them; spans in a circle of parents come last, where it is cut."""
        found = [view for at in (*self.roots, *range(len(self.spans))) for view in self._view(at, 0)]
        return tuple(found)

    def _view(self, at: int, depth: int) -> list[SpanView]:
        """The span with its children inside it; from `MAX_DEPTH` on, all spans below it are shown beside it."""
        if at in self.seen:
            return []
        self.seen.add(at)
        if depth >= MAX_DEPTH:
            return [self._with(self._own(self.spans[one], one), ()) for one in (at, *self._below(at))]
        children = self.children.get(self.spans[at].span_id, [])
        own = self._own(self.spans[at], at)
        return [self._with(own, tuple(view for child in children for view in self._view(child, depth + 1)))]

    def _below(self, at: int) -> list[int]:
        """All spans below one, each before its children."""
        found: list[int] = []
        waiting = self.children.get(self.spans[at].span_id, [])[::-1]
        while waiting:
            one = waiting.pop()
            if one not in self.seen:
                self.seen.add(one)
                found.append(one)
                waiting += self.children.get(self.spans[one].span_id, [])[::-1]
        return found

    def _own(self, span: Span, at: int) -> dict[str, object]:
        total = max(1, self.end - self.start)
        end = span.end_time_ns if span.end_time_ns is not None else self.end
        x = min(WIDTH - 2, WIDTH * (span.start_time_ns - self.start) // total)
        is_error = span.status == "ERROR"
        kind = _text(span.attributes.get(TYPE, ""))
        return {
            "id": f"span-{at + 1}",
            "name": span.name or "(no name)",
            "type": "" if kind == "UNKNOWN" else kind.replace("_", " ").lower(),
            "status": "" if span.status in ("OK", "UNSET") else state_word(span.status),
            "duration": span_time(span.end_time_ns - span.start_time_ns)
            if span.end_time_ns is not None
            else "not ended",
            "start": span_time(span.start_time_ns - self.start),
            "x": x,
            "width": max(2, min(WIDTH - x, WIDTH * (end - span.start_time_ns) // total)),
            "colour": "bad" if is_error else "c1",
            "inputs": self._tree(span, INPUTS),
            "outputs": self._tree(span, OUTPUTS),
            "attributes": tuple(
                (key, _text(value)[:MAX_LENGTH])
                for key, value in list(span.attributes.items())[:MAX_ATTRIBUTES]
                if key not in SAID_ELSEWHERE
            ),
            "events": tuple(self._events(span)),
            "open": is_error and not any(self.spans[i].status == "ERROR" for i in self.children.get(span.span_id, [])),
        }

    @staticmethod
    def _with(own: dict[str, object], children: tuple[SpanView, ...]) -> SpanView:
        return SpanView(**own, children=children)  # type: ignore[arg-type]

    def _tree(self, span: Span, key: str) -> Node | None:
        text = span.attributes.get(key, "")
        return json_tree(text, self.budget) if text and text != "null" else None

    def _events(self, span: Span) -> list[EventLine]:
        try:
            found = json.loads(span.events)
            return [self._event(one, span) for one in found[:50] if isinstance(one, dict)]
        except (ValueError, TypeError, RecursionError):
            return []

    def _event(self, event: Mapping[str, object], span: Span) -> EventLine:
        time = next((t for key in ("time_unix_nano", "timestamp") if isinstance(t := event.get(key), int)), None)
        values = event.get("attributes")
        values = dict(values) if isinstance(values, dict) else {}
        trace = values.pop("exception.stacktrace", "")
        return EventLine(
            name=str(event.get("name", ""))[:200] or "event",
            at=span_time(time - self.start) if time is not None and time >= self.start else "",
            values=json_tree(json.dumps(values), self.budget) if values else None,
            trace=str(trace)[:20_000],
        )


def state_word(state: str) -> str:
    return state if state == "OK" else state.replace("_", " ").capitalize()


def _text(value: str) -> str:
    """The string that a JSON text stands for, if it is one."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, str) else value


def span_time(nanoseconds: int) -> str:
    """A time inside a trace, where a thousandth of a second is long: `0.4 ms`, `12 ms`, `1.5 s`."""
    if nanoseconds < 0:
        return "0 ms"
    if nanoseconds < 10_000_000:
        return f"{nanoseconds / 1e6:.2g} ms"
    return duration(nanoseconds // 1_000_000)
