"""The pages of traces, which are read only when the user asks: the newest of each experiment, as they may be shown."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from sitegen.build.analyse import Analysed
from sitegen.build.context import WorkerContext
from sitegen.build.task import Output, Task
from sitegen.model import Experiment, Problem, Trace
from sitegen.pages.traces import MAX_TRACES, trace_list_page, trace_page_of
from sitegen.privacy import Privacy, clean_text, clean_trace
from sitegen.stores.contract import Store, with_traces


@dataclass(frozen=True, slots=True)
class TracePages(Task):
    """An experiment with `count` traces, and the names of its runs by id."""

    experiment: Experiment
    count: int
    runs: Mapping[str, str]
    is_reusable: ClassVar[bool] = False

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The list of the newest traces, and a page for each."""
        output = Output()
        traces = []
        for raw in _newest(context.store, self.experiment.experiment_id, output.problems):
            trace, findings = clean_trace(raw, context.privacy, output.hidden)
            traces.append(trace)
            output.findings += findings
        output.problems = [_clean(problem, context.privacy) for problem in output.problems]
        output.pages.append(trace_list_page(self.experiment, traces, self.count, self.runs))
        yield output
        for trace in traces:
            yield Output(pages=[trace_page_of(trace, self.experiment, self.runs)])


def tasks(analysed: Analysed) -> list[Task]:
    """The experiments whose traces are shown."""
    tables = {one.experiment_id: one.table for one in analysed.experiments if one.experiment_id in analysed.traces}
    return [
        TracePages(tables[key].experiment, count, {row.run_id: row.name for row in tables[key].rows})
        for key, count in analysed.traces.items()
        if key in tables
    ]


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
