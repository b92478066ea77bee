"""The list of an experiment's traces, and a trace's page: its tree of spans over time, with what went in and out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import experiment_page, run_page, trace_page, traces_page
from sitegen.analysis.words import duration, plural, shortened, when
from sitegen.model import Assessment, Experiment, Trace
from sitegen.pages.jsontree import Budget, Node, json_tree
from sitegen.pages.library import NO_LINK, Link
from sitegen.pages.page import Fact
from sitegen.pages.trace_spans import INPUTS, MAX_LENGTH, OUTPUTS, SpanTree, SpanView, state_word

MAX_TRACES = 200
"""Traces of an experiment that are shown: the newest."""
MAX_SPANS = 500
MAX_VALUES = 5000
"""Values of inputs, outputs and events in one page."""
PREVIEW = 160
LOOKS = {"OK": "finished", "ERROR": "failed", "IN_PROGRESS": "running"}
TAGS_SAID_ELSEWHERE = frozenset(
    "mlflow.traceName mlflow.traceInputs mlflow.traceOutputs mlflow.sourceRun mlflow.trace.session "
    "mlflow.trace.tokenUsage mlflow.trace.sizeBytes mlflow.trace.sizeStats mlflow.trace_schema.version".split()
)


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A trace in the list."""

    trace: Link
    """Its name, with its page."""
    id: str
    """The beginning of its id."""
    time: str
    """When it began, in UTC; empty if that is not known."""
    state: str
    """Its state in words: `OK`, `Error`."""
    look: str
    """The class that colours the state: `finished`, `failed` or `running`."""
    duration: str
    """How long it took; empty if that is not known."""
    request: str
    """The beginning of what went in; at most 160 characters."""
    response: str
    """The beginning of what came out; at most 160 characters."""
    assessments: tuple[str, ...]
    """Names and values of its feedback; at most 4."""
    session: str
    """The session that it is part of; empty for none."""
    run: Link
    """The run that it came from."""


@dataclass(frozen=True)
class TraceListPage:
    """The list of an experiment's traces."""

    path: str
    title: str
    heading: str
    """The page's heading."""
    experiment: Link
    """The experiment."""
    facts: tuple[Fact, ...]
    """How many traces there are, by state, and their median duration."""
    lines: tuple[TraceLine, ...]
    """The traces, the newest first; at most 200."""
    hint: str
    """How they are sorted, and how many are shown where that is not all of them."""
    has_assessments: bool
    """Whether any of them was assessed."""
    has_sessions: bool
    """Whether any of them is part of a session."""
    has_runs: bool
    """Whether any of them came from a run."""
    template: str = "traces.html"
    kind: str = "traces"


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """An assessment of a trace."""

    name: str
    """What was judged: `correctness`."""
    kind: str
    """`Feedback` or `Expectation`."""
    value: str
    """The judgement; JSON where it is not text."""
    source: str
    """Who judged: `LLM judge, gpt-4`."""
    rationale: str
    """The reason that was given."""


@dataclass(frozen=True)
class TracePage:
    """A trace's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    state: str
    """Its state in words: `OK`, `Error`."""
    look: str
    """The class that colours the state: `finished`, `failed` or `running`."""
    experiment: Link
    """Its experiment."""
    list: Link
    """The list of the experiment's traces."""
    facts: tuple[Fact, ...]
    """Id, time, duration, source run, session, tokens."""
    request: Node | None
    """What went in, as a JSON tree; none if nothing was recorded."""
    response: Node | None
    """What came out, as a JSON tree; none if nothing was recorded."""
    spans: tuple[SpanView, ...]
    """Its spans as trees, the first 500."""
    spans_hint: str
    """How many spans there are."""
    no_spans: str
    """A sentence if the spans are not in the store; else empty."""
    cut: str
    """A sentence where values had to be cut for the page to stay readable; else empty."""
    assessments: tuple[AssessmentLine, ...]
    """Its assessments, by people and LLM judges."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its tags and metadata that the page does not show elsewhere."""
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
        *(Fact(state_word(state), str(n)) for state, n in sorted(states.items(), key=lambda item: (-item[1], item[0]))),
        Fact("Median duration", duration(times[len(times) // 2]) if times else ""),
    ]
    return TraceListPage(
        path=traces_page(experiment.experiment_id),
        title=f"{experiment.name}: traces",
        heading="Traces",
        experiment=Link(experiment.name, experiment_page(experiment.experiment_id)),
        facts=tuple(fact for fact in facts if fact.value),
        lines=lines,
        hint=f"the newest {len(lines)} of {count}" if len(lines) < count else "newest first",
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
        state=state_word(trace.state),
        look=LOOKS.get(trace.state, ""),
        duration=duration(trace.duration) if trace.duration is not None else "",
        request=shortened(trace.request_preview, PREVIEW),
        response=shortened(trace.response_preview, PREVIEW),
        assessments=tuple(judged[:4]),
        session=shortened(trace.session, 40),
        run=_run(trace, runs),
    )


def _name(trace: Trace) -> str:
    root = next((span.name for span in trace.spans if not span.parent_id), "")
    return trace.tags.get("mlflow.traceName") or root or trace.trace_id


def _run(trace: Trace, runs: Mapping[str, str]) -> Link:
    run_id = trace.source_run_id
    if not run_id:
        return NO_LINK
    return Link(runs[run_id], run_page(run_id)) if run_id in runs else Link(run_id[:8])


def _short(value: str) -> str:
    """A JSON text on one line, a string without its quotes."""
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
    views = SpanTree(spans, budget).views()
    return TracePage(
        path=trace_page(trace.trace_id),
        title=_name(trace),
        state=state_word(trace.state),
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
