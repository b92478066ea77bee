"""The word index over everything that the search finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sitegen.addresses import Href, experiment_page, placed, run_page
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import plural
from sitegen.build.analyse import Analysed
from sitegen.build.context import WorkerContext
from sitegen.build.digests import hashed
from sitegen.build.task import Output, Task
from sitegen.search import FIELD_WEIGHT, NOTE_WEIGHT, IndexBuilder, Kind, SearchEntry


@dataclass(frozen=True, slots=True)
class SearchIndex(Task):
    """The index. Experiments and runs come from their table, which is in memory anyway, others from their pages."""

    reports: Sequence[Report]
    found: Sequence[tuple[str, str, SearchEntry]]
    """Path, title and entry of each page that carries one."""
    in_parent: ClassVar[bool] = True

    def inputs(self) -> object:
        """What is indexed: of a run all but its metrics, which change most often."""
        return hashed(*(repr(doc).encode("utf-8", "surrogatepass") for doc in self._docs())), self.found

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The files of the index."""
        index = IndexBuilder()
        for kind, page, title, subtitle, fields in self._docs():
            index.add(kind, placed(page, context.site.is_packed), title, subtitle, fields)
        for path, title, entry in self.found:
            index.add(entry.kind, path, title, entry.subtitle, entry.fields)
        for path, text in index.files():
            yield Output(files=[(f"data/{path}", text)])

    def _docs(self) -> Iterator[tuple[Kind, Href, str, str, list[tuple[str, int]]]]:
        """The arguments of `IndexBuilder.add` for each experiment and run."""
        for report in self.reports:
            experiment = report.table.experiment
            fields = [*_own_tags(experiment.tags), (experiment.note, NOTE_WEIGHT)]
            runs = plural(len(report.table.rows), "run")
            yield "experiment", experiment_page(experiment.experiment_id), experiment.name, runs, fields
        for report in self.reports:
            for row in report.table.rows:
                yield "run", run_page(row.run_id), row.name, report.table.experiment.name, _fields(row)


def tasks(analysed: Analysed, made: Output) -> list[Task]:
    """The one index."""
    return [SearchIndex(analysed.reports, made.found)]


def _own_tags(tags: Mapping[str, str]) -> list[tuple[str, int]]:
    return [(f"{key} {value}", FIELD_WEIGHT) for key, value in tags.items() if not key.startswith("mlflow.")]


def _fields(row: RunRow) -> list[tuple[str, int]]:
    return [
        (row.run_id, FIELD_WEIGHT),
        (row.status, FIELD_WEIGHT),
        *((f"{key} {value}", FIELD_WEIGHT) for key, value in row.params.items()),
        *((f"{key} {value}", FIELD_WEIGHT) for key, value in row.tags.items()),
        (row.user, FIELD_WEIGHT),
        (row.source_name, FIELD_WEIGHT),
        (row.note, NOTE_WEIGHT),
    ]
