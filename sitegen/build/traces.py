"""Traces, read only when the user asks: which experiments have any, and the newest of one, as they may be shown."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sitegen.model import Experiment, Problem, Trace
from sitegen.pages.page import Page
from sitegen.pages.traces import MAX_TRACES, trace_list_page, trace_page_of
from sitegen.privacy import Finding, Hidden, Privacy, clean_text, clean_trace
from sitegen.stores.contract import Store, with_traces


@dataclass(frozen=True, slots=True)
class TraceJob:
    """An experiment with `count` traces, and the names of its runs by id."""

    experiment: Experiment
    count: int
    runs: Mapping[str, str]


@dataclass(slots=True)
class Traced:
    """The pages of an experiment's traces, and what went wrong or was hidden."""

    pages: list[Page] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    secrets: list[Finding] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)


def trace_counts(store: Store, experiments: Iterable[Experiment]) -> dict[str, int]:
    """How many traces each experiment has; only those that have some. Reads none of them. Raises StoreError."""
    found = with_traces(store)
    if found is None:
        return {}
    counts = {e.experiment_id: found.trace_count(e.experiment_id) for e in experiments}
    return {experiment_id: count for experiment_id, count in counts.items() if count}


def trace_pages(store: Store, job: TraceJob, privacy: Privacy) -> Traced:
    """The list of an experiment's newest traces and a page for each."""
    done = Traced()
    traces = []
    for raw in _newest(store, job.experiment.experiment_id, done.problems):
        trace, secrets = clean_trace(raw, privacy, done.hidden)
        traces.append(trace)
        done.secrets += secrets
    done.problems = [_clean(problem, privacy) for problem in done.problems]
    done.pages.append(trace_list_page(job.experiment, traces, job.count, job.runs))
    done.pages += (trace_page_of(trace, job.experiment, job.runs) for trace in traces)
    return done


def _newest(store: Store, experiment_id: str, problems: list[Problem]) -> list[Trace]:
    """The newest traces, the newest first; no more of them are held at a time."""
    found = with_traces(store)
    if found is None:
        return []
    # The id settles ties, so that nothing depends on the order of reading.
    heap: list[tuple[int, str, int, Trace]] = []
    for number, trace in enumerate(found.traces(experiment_id, problems)):
        entry = (trace.request_time or 0, trace.trace_id, number, trace)
        (heapq.heappush if len(heap) < MAX_TRACES else heapq.heappushpop)(heap, entry)
    return [entry[-1] for entry in sorted(heap, key=lambda e: (-e[0], e[1], e[2]))]


def _clean(problem: Problem, privacy: Privacy) -> Problem:
    return Problem(clean_text(problem.where, privacy)[0], problem.what, problem.left_out)
