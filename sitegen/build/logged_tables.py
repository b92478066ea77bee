"""Reads the tables that an experiment's best runs logged, out of their artifacts, for the page that compares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sitegen.addresses import file_name
from sitegen.analysis.best import Ranking
from sitegen.analysis.joined import Cell, LoggedTable, read_table
from sitegen.analysis.relations import Relations
from sitegen.analysis.runs_table import ExperimentTable, natural
from sitegen.analysis.words import plural
from sitegen.model import Artifact, Experiment, Run, RunRef
from sitegen.pages.logged_tables import MAX_RUNS, MAX_TABLES, TableOf, TablesPage, tables_page_of
from sitegen.privacy import Finding, Hidden, Privacy, clean_run, clean_text
from sitegen.stores.artifacts import open_artifact
from sitegen.stores.contract import Store
from sitegen.viewers.copying import copy_file

MAX_BYTES = 5_000_000
"""Bytes of the largest table that is read."""
MAX_IMAGES = 200


@dataclass(frozen=True, slots=True)
class TablesJob:
    """An experiment whose runs logged tables: for each path the best runs that have it, and how many have it."""

    experiment: Experiment
    tables: tuple[tuple[str, tuple[str, ...], int], ...]
    refs: tuple[RunRef, ...]
    left_out: tuple[str, ...]


@dataclass(slots=True)
class Evaluated:
    """The page, and what was masked or hidden in it."""

    page: TablesPage
    secrets: list[Finding] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)


def tables_job(
    table: ExperimentTable, ranking: Ranking | None, relations: Iterable[Relations], refs: Mapping[str, RunRef]
) -> TablesJob | None:
    """What is to be read of an experiment; None where its runs logged no tables."""
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
    return TablesJob(
        table.experiment,
        tuple((path, several, len(runs[path])) for path, several in chosen.items()),
        tuple(refs[run_id] for run_id in wanted),
        tuple(_left_out(paths, readable)),
    )


def _left_out(paths: Sequence[str], readable: Sequence[str]) -> Iterable[str]:
    """What is said of tables that are not compared."""
    if len(readable) > MAX_TABLES:
        yield f"{plural(len(readable) - MAX_TABLES, 'further table')} can be found among the artifacts of the runs."
    others = [path for path in paths if not path.endswith(".json")]
    if others:
        yield f"Not read, as they are not JSON: {', '.join(others[:10])}."


def evaluate(store: Store, job: TablesJob, privacy: Privacy) -> Evaluated:
    """Read the tables, and make the page."""
    hidden = Hidden()
    secrets: list[Finding] = []
    runs = {run.run_id: clean_run(run, privacy)[0] for run in store.read_runs(job.refs).runs}
    found: list[TableOf] = []
    missing: list[str] = list(job.left_out)
    for path, run_ids, count in job.tables:
        tables = [_read(runs[run_id], path) for run_id in run_ids if run_id in runs]
        kept = tuple(_cleaned(table, privacy, path, secrets, hidden) for table in tables if table)
        if kept:
            found.append(TableOf(path, kept, count))
        else:
            missing.append(f"{path} could not be read: it is too large, not with the store, or no table.")
    images = _images(found, runs, privacy)
    names = {run_id: run.name for run_id, run in runs.items()}
    return Evaluated(tables_page_of(job.experiment, found, names, images, missing), secrets, hidden)


def _read(run: Run, path: str) -> LoggedTable | None:
    try:
        with open_artifact(run.artifacts, path) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return None
    return read_table(run.run_id, data.decode("utf-8", "replace")) if len(data) <= MAX_BYTES else None


def _cleaned(table: LoggedTable, privacy: Privacy, path: str, secrets: list[Finding], hidden: Hidden) -> LoggedTable:
    """The table as the site may show it."""
    where = f"run {table.run_id}: {path}"

    def text(raw: str) -> str:
        clean, found = clean_text(raw, privacy, where, hidden)
        secrets.extend(found)
        return clean

    def cell(raw: Cell) -> Cell:
        return raw if raw.number is not None or raw.image else Cell(text(raw.text))

    columns = {text(name): tuple(map(cell, cells)) for name, cells in table.columns.items()}
    return LoggedTable(table.run_id, columns, table.rows, table.total)


def _images(found: Sequence[TableOf], runs: Mapping[str, Run], privacy: Privacy) -> dict[tuple[str, str], str]:
    """The addresses of images in cells, as far as the site carries them."""
    wanted = dict.fromkeys(
        (table.run_id, cell.image)
        for one in found
        for table in one.tables
        for cells in table.columns.values()
        for cell in cells
        if cell.image
    )
    addresses = {}
    for run_id, path in list(wanted)[:MAX_IMAGES]:
        size = next((file.size for file in runs[run_id].artifacts.files if file.path == path), None)
        if size is not None:
            copied, _ = copy_file(
                runs[run_id].artifacts, Artifact(path, size), f"artifacts/{file_name(run_id)}", privacy
            )
            if copied.image and copied.href:
                addresses[run_id, path] = copied.href
    return addresses
