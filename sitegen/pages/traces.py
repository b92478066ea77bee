"""The list of an experiment's traces, and a trace's page: its tree of spans over time, with what went in and out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import experiment_page, run_page, trace_page, traces_page
from sitegen.analysis.words import duration, plural, shortened, when
from sitegen.model import Assessment, Experiment, Span, Trace
from sitegen.pages.jsontree import Budget, Node, json_tree
from sitegen.pages.library import NO_LINK, Link
from sitegen.pages.page import Fact

MAX_TRACES = 200
"""Traces of an experiment that are shown: the newest."""
MAX_SPANS = 500
MAX_DEPTH = 24
"""Spans deeper than this stand beside their parent, or browsers give up on the nesting."""
MAX_VALUES = 5000
"""Values of inputs, outputs and events in one page."""
MAX_ATTRIBUTES = 40
PREVIEW = 160
MAX_LENGTH = 1000
WIDTH = 1000
LOOKS = {"OK": "finished", "ERROR": "failed", "IN_PROGRESS": "running"}
INPUTS, OUTPUTS, TYPE = "mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.spanType"
SAID_ELSEWHERE = frozenset((INPUTS, OUTPUTS, TYPE, "mlflow.traceRequestId"))
TAGS_SAID_ELSEWHERE = frozenset(
    "mlflow.traceName mlflow.traceInputs mlflow.traceOutputs mlflow.sourceRun mlflow.trace.session "
    "mlflow.trace.tokenUsage mlflow.trace.sizeBytes mlflow.trace.sizeStats mlflow.trace_schema.version".split()
)


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A trace in the list."""

    trace: Link
    id: str
    time: str
    state: str
    look: str
    duration: str
    request: str
    response: str
    assessments: tuple[str, ...]
    session: str
    run: Link


@dataclass(frozen=True)
class TraceListPage:
    path: str
    title: str
    heading: str
    experiment: Link
    facts: tuple[Fact, ...]
    lines: tuple[TraceLine, ...]
    hint: str
    has_assessments: bool
    has_sessions: bool
    has_runs: bool
    template: str = "traces.html"
    kind: str = "traces"


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    name: str
    kind: str
    value: str
    source: str
    rationale: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened in a span; `trace` is the traceback of an exception."""

    name: str
    at: str
    values: Node | None
    trace: str


@dataclass(frozen=True, slots=True)
class SpanView:
    """A span with those below it. `x` and `width` are in thousandths of the trace's time."""

    id: str
    name: str
    type: str
    status: str
    is_error: bool
    duration: str
    start: str
    x: int
    width: int
    colour: int
    inputs: Node | None
    outputs: Node | None
    attributes: tuple[tuple[str, str], ...]
    events: tuple[EventLine, ...]
    open: bool
    children: tuple[SpanView, ...]


@dataclass(frozen=True)
class TracePage:
    """A trace's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    state: str
    look: str
    experiment: Link
    list: Link
    facts: tuple[Fact, ...]
    request: Node | None
    response: Node | None
    spans: tuple[SpanView, ...]
    spans_hint: str
    no_spans: str
    cut: str
    assessments: tuple[AssessmentLine, ...]
    tags: tuple[tuple[str, str], ...]
    template: str = "trace.html"
    kind: str = "trace"


# The list -----------------------------------------------------------------------------------------------------------


def trace_list_page(
    experiment: Experiment, traces: Sequence[Trace], count: int, runs: Mapping[str, str]
) -> TraceListPage:
    """The list of `traces`, the newest of `count` in the experiment; `runs` are names of runs that have a page."""
    lines = tuple(_line(trace, runs) for trace in traces)
    states: dict[str, int] = {}
    for trace in traces:
        states[trace.state] = states.get(trace.state, 0) + 1
    times = sorted(trace.duration for trace in traces if trace.duration is not None)
    facts = [
        Fact("Traces", str(count)),
        *(Fact(_word(state), str(n)) for state, n in sorted(states.items(), key=lambda item: (-item[1], item[0]))),
        Fact("Median duration", duration(times[len(times) // 2]) if times else ""),
    ]
    return TraceListPage(
        path=traces_page(experiment.experiment_id),
        title=f"{experiment.name}: traces",
        heading="Traces",
        experiment=Link(experiment.name, experiment_page(experiment.experiment_id)),
        facts=tuple(fact for fact in facts if fact.value),
        lines=lines,
        hint=f"the newest {len(lines)} of {count}" if len(lines) < count else "the newest first",
        has_assessments=any(line.assessments for line in lines),
        has_sessions=any(line.session for line in lines),
        has_runs=any(line.run.text for line in lines),
    )


def _line(trace: Trace, runs: Mapping[str, str]) -> TraceLine:
    judged = [f"{one.name} {_short(one.value)}" for one in trace.assessments if one.kind == "feedback"]
    return TraceLine(
        trace=Link(_name(trace), trace_page(trace.trace_id)),
        id=trace.trace_id[:11],
        time=when(trace.request_time) if trace.request_time is not None else "",
        state=_word(trace.state),
        look=LOOKS.get(trace.state, ""),
        duration=duration(trace.duration) if trace.duration is not None else "",
        request=shortened(trace.request_preview, PREVIEW),
        response=shortened(trace.response_preview, PREVIEW),
        assessments=tuple(judged[:4]),
        session=shortened(trace.session, 40),
        run=_run(trace, runs),
    )


def _word(state: str) -> str:
    return state if state == "OK" else state.replace("_", " ").capitalize()


def _name(trace: Trace) -> str:
    root = next((span.name for span in trace.spans if not span.parent_id), "")
    return trace.tags.get("mlflow.traceName") or root or trace.trace_id


def _run(trace: Trace, runs: Mapping[str, str]) -> Link:
    run_id = trace.source_run_id
    if not run_id:
        return NO_LINK
    return Link(runs[run_id], run_page(run_id)) if run_id in runs else Link(run_id[:8])


def _short(value: str) -> str:
    """A JSON text on one line, a text without its quotes."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = value
    return shortened(found if isinstance(found, str) else value, 120)


# A trace ------------------------------------------------------------------------------------------------------------


def trace_page_of(trace: Trace, experiment: Experiment, runs: Mapping[str, str]) -> TracePage:
    """The page of a trace."""
    budget = Budget(MAX_VALUES)
    root = next((span for span in trace.spans if not span.parent_id), None)
    request = (
        (root and root.attributes.get(INPUTS)) or trace.metadata.get("mlflow.traceInputs") or trace.request_preview
    )
    response = (
        (root and root.attributes.get(OUTPUTS)) or trace.metadata.get("mlflow.traceOutputs") or trace.response_preview
    )
    spans = trace.spans[:MAX_SPANS]
    views = _Tree(spans, budget).views()
    return TracePage(
        path=trace_page(trace.trace_id),
        title=_name(trace),
        state=_word(trace.state),
        look=LOOKS.get(trace.state, ""),
        experiment=Link(experiment.name, experiment_page(experiment.experiment_id)),
        list=Link("Traces", traces_page(experiment.experiment_id)),
        facts=_facts(trace, runs),
        request=json_tree(request, budget) if request else None,
        response=json_tree(response, budget) if response else None,
        spans=views,
        spans_hint=f"the first {MAX_SPANS} of {len(trace.spans)}"
        if len(trace.spans) > MAX_SPANS
        else plural(len(trace.spans), "span"),
        no_spans="" if trace.spans else "The spans of this trace are not with the store.",
        cut=f"The page would be too long: {plural(budget.cut, 'list')} of values in it are cut." if budget.cut else "",
        assessments=tuple(map(_assessment, trace.assessments)),
        tags=tuple(
            (key, value[:MAX_LENGTH])
            for key, value in sorted({**trace.metadata, **trace.tags}.items())
            if value and key not in TAGS_SAID_ELSEWHERE
        ),
    )


def _facts(trace: Trace, runs: Mapping[str, str]) -> tuple[Fact, ...]:
    run = _run(trace, runs)
    facts = [
        Fact("Trace id", trace.trace_id, mono=True, copy=trace.trace_id),
        Fact("Time", when(trace.request_time) if trace.request_time is not None else ""),
        Fact("Duration", duration(trace.duration) if trace.duration is not None else ""),
        Fact("Source run", run.text, run.href),
        Fact("Session", trace.session),
        Fact("Tokens", _tokens(trace.metadata.get("mlflow.trace.tokenUsage", ""))),
    ]
    return tuple(fact for fact in facts if fact.value)


def _tokens(text: str) -> str:
    try:
        found = json.loads(text) if text else {}
        parts = [(word, found.get(f"{word}_tokens")) for word in ("input", "output", "total")]
    except (ValueError, AttributeError, RecursionError):
        return ""
    return ", ".join(f"{count} {word}" for word, count in parts if isinstance(count, int))


def _assessment(one: Assessment) -> AssessmentLine:
    source = one.source_type.replace("_", " ").capitalize().replace("Llm", "LLM")
    return AssessmentLine(
        name=one.name,
        kind=one.kind.capitalize(),
        value=_short(one.value) if len(one.value) < MAX_LENGTH else one.value[:MAX_LENGTH] + "…",
        source=", ".join(filter(None, (source, one.source))),
        rationale=one.rationale[:MAX_LENGTH],
    )


class _Tree:
    """The spans of a trace as a tree. A span whose parent is not there, or is below it, is at the root."""

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
        """The span with its children inside it; from `MOST_DEPTH` on all below it stand beside it."""
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
            "status": "" if span.status in ("OK", "UNSET") else _word(span.status),
            "is_error": is_error,
            "duration": _span_time(span.end_time_ns - span.start_time_ns)
            if span.end_time_ns is not None
            else "not ended",
            "start": _span_time(span.start_time_ns - self.start),
            "x": x,
            "width": max(2, min(WIDTH - x, WIDTH * (end - span.start_time_ns) // total)),
            "colour": 2 if is_error else 1,
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
            at=_span_time(time - self.start) if time is not None and time >= self.start else "",
            values=json_tree(json.dumps(values), self.budget) if values else None,
            trace=str(trace)[:20_000],
        )


def _text(value: str) -> str:
    """A JSON text's own text where it is one."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, str) else value


def _span_time(nanoseconds: int) -> str:
    """A time inside a trace, where a thousandth of a second is long: `0.4 ms`, `12 ms`, `1.5 s`."""
    if nanoseconds < 0:
        return "0 ms"
    if nanoseconds < 10_000_000:
        return f"{nanoseconds / 1e6:.2g} ms"
    return duration(nanoseconds // 1_000_000)
