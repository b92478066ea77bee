"""The word index over everything that the search finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sitegen.addresses import placed
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.build.analyse import Analysed
from sitegen.build.context import WorkerContext
from sitegen.build.indexed import experiment_entry, run_entries
from sitegen.build.task import Later, Output, Task
from sitegen.search import IndexBuilder, SearchEntry


@dataclass(frozen=True, slots=True)
class SearchIndex(Task):
    """The index. Experiments and runs come from their table, others from their pages."""

    tables: Sequence[ExperimentTable]
    found: Sequence[tuple[str, str, SearchEntry]]
    """Path, title and entry of each page that carries one."""
    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The files of the index."""
        index = IndexBuilder()
        entries = [experiment_entry(table) for table in self.tables]
        for kind, page, title, subtitle, fields in entries:
            index.add(kind, page, title, subtitle, fields)
        for table in self.tables:
            for kind, page, title, subtitle, fields in run_entries(table):
                index.add(kind, placed(page, context.site.is_packed), title, subtitle, fields)
        for path, title, entry in self.found:
            index.add(entry.kind, path, title, entry.subtitle, entry.fields)
        for path, text in index.files():
            yield Output(files=[(f"data/{path}", text)])


def tasks(analysed: Analysed, made: Output) -> list[Later]:
    """The one index, which depends on all that it says of each experiment; the values of metrics, which change most
    often, are not part of that."""
    found = made.found
    inputs = [one.facts.indexed for one in analysed.experiments], found
    return [Later(SearchIndex, inputs, lambda: SearchIndex([one.table for one in analysed.experiments], found))]
