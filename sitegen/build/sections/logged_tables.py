"""The pages that compare the tables which an experiment's best runs logged, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sitegen.analysis.best import Ranking
from sitegen.analysis.joined import Cell, LoggedTable, read_table
from sitegen.analysis.relations import Relations
from sitegen.analysis.runs_table import ExperimentTable, natural
from sitegen.analysis.words import plural
from sitegen.build.analyse import Analysed
from sitegen.build.context import WorkerContext
from sitegen.build.records import RecordRef, RunRecord, read_records
from sitegen.build.task import Output, Task
from sitegen.model import Experiment
from sitegen.pages.logged_tables import MAX_RUNS, MAX_TABLES, TableOf, tables_page_of
from sitegen.privacy import Privacy, clean_text
from sitegen.stores.artifacts import open_artifact

MAX_BYTES = 5_000_000
"""Bytes of the largest table that is read."""
MAX_IMAGES = 200


@dataclass(frozen=True, slots=True)
class TablesPages(Task):
    """An experiment whose runs logged tables: for each path the best runs that have it, and how many have it."""

    experiment: Experiment
    tables: tuple[tuple[str, tuple[str, ...], int], ...]
    records: tuple[RecordRef, ...]
    left_out: tuple[str, ...]
    is_reusable: ClassVar[bool] = False

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The page, with what was masked in the tables."""
        output = Output()
        records = {record.run.run_id: record for record in read_records(self.records)}
        found: list[TableOf] = []
        missing: list[str] = list(self.left_out)
        for path, run_ids, count in self.tables:
            tables = [_read(records[run_id], path, context.root) for run_id in run_ids]
            kept = tuple(_cleaned(table, context.privacy, path, output) for table in tables if table)
            if kept:
                found.append(TableOf(path, kept, count))
            else:
                missing.append(f"{path} could not be read: it is too large, not with the store, or no table.")
        names = {run_id: record.run.name for run_id, record in records.items()}
        output.pages.append(tables_page_of(self.experiment, found, names, _images(found, records), missing))
        yield output


def tasks(analysed: Analysed) -> list[Task]:
    """The experiments whose runs logged tables."""
    logged = sorted((found for found in analysed.contents.relations if found.tables), key=lambda found: found.run_id)
    if not logged:
        return []
    made = (_task(report.table, report.ranking, logged, analysed.records) for report in analysed.reports)
    return [task for task in made if task]


def _task(
    table: ExperimentTable, ranking: Ranking | None, relations: Iterable[Relations], records: Mapping[str, RecordRef]
) -> TablesPages | None:
    """What is to be compared of an experiment; None if its runs logged no tables."""
    ranks = ranking.ranks if ranking else {}
    order = {row.run_id: (ranks.get(row.run_id, len(ranks) + 1), at) for at, row in enumerate(table.rows)}
    runs: dict[str, list[str]] = {}
    for found in relations:
        for path in found.tables if found.run_id in order else ():
            runs.setdefault(path, []).append(found.run_id)
    if not runs:
        return None
    paths = sorted(runs, key=lambda path: (-len(runs[path]), natural(path)))
    readable = [path for path in paths if path.endswith(".json")]
    chosen = {path: tuple(sorted(runs[path], key=order.__getitem__)[:MAX_RUNS]) for path in readable[:MAX_TABLES]}
    wanted = dict.fromkeys(run_id for several in chosen.values() for run_id in several)
    return TablesPages(
        table.experiment,
        tuple((path, several, len(runs[path])) for path, several in chosen.items()),
        tuple(records[run_id] for run_id in wanted),
        tuple(_left_out(paths, readable)),
    )


def _left_out(paths: Sequence[str], readable: Sequence[str]) -> Iterable[str]:
    """The sentences on tables that are not compared."""
    if len(readable) > MAX_TABLES:
        yield f"{plural(len(readable) - MAX_TABLES, 'further table')} can be found among the artifacts of the runs."
    others = [path for path in paths if not path.endswith(".json")]
    if others:
        yield f"Not read, as they are not JSON: {', '.join(others[:10])}."


def _read(record: RunRecord, path: str, root: str) -> LoggedTable | None:
    """The table at `path` of a run: from its copy in the site where there is one, else from the store."""
    copy = next((one.file.href for one in record.copies if one.file.path == path), "")
    try:
        with Path(root, copy).open("rb") if copy else open_artifact(record.run.artifacts, path) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return None
    return read_table(record.run.run_id, data.decode("utf-8", "replace")) if len(data) <= MAX_BYTES else None


def _cleaned(table: LoggedTable, privacy: Privacy, path: str, output: Output) -> LoggedTable:
    """The table as the site may show it; what was masked and hidden goes into `output`."""
    where = f"run {table.run_id}: {path}"

    def text(raw: str) -> str:
        clean, found = clean_text(raw, privacy, where, output.hidden)
        output.findings.extend(found)
        return clean

    def cell(raw: Cell) -> Cell:
        return raw if raw.number is not None or raw.image else Cell(text(raw.text))

    columns = {text(name): tuple(map(cell, cells)) for name, cells in table.columns.items()}
    return LoggedTable(table.run_id, columns, table.rows, table.total)


def _images(found: Sequence[TableOf], records: Mapping[str, RunRecord]) -> dict[tuple[str, str], str]:
    """The addresses of images in cells, as far as they are in the site."""
    wanted = dict.fromkeys(
        (table.run_id, cell.image)
        for one in found
        for table in one.tables
        for cells in table.columns.values()
        for cell in cells
        if cell.image
    )
    shown = {
        (run_id, one.file.path): one.file.href
        for run_id, record in records.items()
        for one in record.copies
        if one.file.image and one.file.href
    }
    return {key: shown[key] for key in list(wanted)[:MAX_IMAGES] if key in shown}
