"""Read evaluations: from traces, when the user asks for those, and from the copies of the tables that runs logged."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from sitegen.analysis.evaluated import Gathered, evaluation_of_table, is_results_table, runs_of
from sitegen.analysis.evaluation import Evaluation
from sitegen.analysis.joined import read_table
from sitegen.analysis.runs_table import RunRow
from sitegen.build.context import WorkerContext
from sitegen.build.records import RunRecord
from sitegen.build.task import Output, Task
from sitegen.model import Trace
from sitegen.pages.traces import MAX_TRACES
from sitegen.privacy import clean_trace
from sitegen.stores.contract import with_traces
from sitegen.viewers.copies import CopiedArtifact

MAX_BYTES = 5_000_000
"""Bytes of the largest table that is read."""
MAX_RUNS = 1_000
"""The newest runs of an experiment among which evaluations are looked for."""


@dataclass(frozen=True, slots=True)
class ReadEvaluations(Task):
    """Gather the evaluations among the traces of an experiment; `runs` are its newest, the newest first."""

    experiment_id: str
    runs: tuple[str, ...]
    is_reusable: ClassVar[bool] = False

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The evaluations, as they may be shown. What cannot be read is named where the traces' pages are made."""
        store = with_traces(context.store)
        output, gathered = Output(), Gathered(self.runs)
        newest: list[tuple[int, str]] = []
        for raw in store.traces(self.experiment_id, []) if store else ():
            heapq.heappush(newest, (raw.request_time or 0, raw.trace_id))
            if len(newest) > MAX_TRACES:
                heapq.heappop(newest)
            if runs_of(raw):
                trace, findings = clean_trace(_without_inner_spans(raw), context.privacy)
                gathered.add(trace)
                output.findings += findings
        output.contents.evaluations = {one.run_id: one for one in gathered.evaluations({key for _, key in newest})}
        yield output


def _without_inner_spans(trace: Trace) -> Trace:
    """The trace with its first span alone, which has the inputs."""
    return replace(trace, spans=tuple(span for span in trace.spans if not span.parent_id)[:1])


def evaluation_tasks(rows: Iterable[RunRow]) -> list[ReadEvaluations]:
    """The experiments of these runs."""
    runs: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        runs.setdefault(row.experiment_id, []).append((-(row.start_time or 0), row.run_id))
    return [
        ReadEvaluations(key, tuple(run_id for _, run_id in heapq.nsmallest(MAX_RUNS, found)))
        for key, found in sorted(runs.items())
    ]


def results_table(record: RunRecord) -> CopiedArtifact | None:
    """The copy of the rows that `mlflow.evaluate` logged in a run; None if there is none in the site."""
    return next((one for one in record.copies if is_results_table(one.file.path) and one.file.href), None)


def logged_evaluation(record: RunRecord, root: str) -> Evaluation | None:
    """The evaluation whose rows a run logged as a table, out of its copy in the site at `root`, which is clean."""
    copy = results_table(record)
    if copy is None:
        return None
    try:
        with Path(root, copy.file.href).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        return None
    table = read_table(record.run.run_id, data.decode("utf-8", "replace")) if len(data) <= MAX_BYTES else None
    return evaluation_of_table(table, copy.file.path) if table else None
