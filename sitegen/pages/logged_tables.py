"""The tables that the runs of an experiment logged (`mlflow.log_table`, `mlflow.evaluate`), compared row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import experiment_page, run_page, tables_page
from sitegen.analysis.joined import Cell, Joined, JoinedRow, LoggedTable, join, means
from sitegen.analysis.words import number, plural
from sitegen.model import Experiment
from sitegen.pages.library import Link

MAX_RUNS = 6
"""Runs whose tables are compared: the best."""
MAX_TABLES = 12
MAX_ROWS = 200
MAX_CELLS = 3000
MAX_LENGTH = 400


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of a logged table."""

    text: str
    """What it shows."""
    sort: str
    """What scripts sort it by, where that is not its text."""
    css: str
    """Its classes: `num` for a number, `missing` for that of a run that has no such row."""
    image: str = ""
    """Where its picture is; empty if it has none."""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of several runs' tables."""

    shared: tuple[CellView, ...]
    """The cells that are the same in all runs."""
    cells: tuple[CellView, ...]
    """The cells of each column, one for each run."""
    differs: bool
    """Whether the runs differ in it."""


@dataclass(frozen=True, slots=True)
class MeanRow:
    """The means of one run."""

    run: Link
    """The run."""
    rows: str
    """How many rows it logged."""
    values: tuple[tuple[str, str], ...]
    """The mean of each column, rounded and in all its digits."""


@dataclass(frozen=True, slots=True)
class TableView:
    """One logged table of several runs."""

    id: str
    """Its id on the page."""
    path: str
    """Its path among the artifacts."""
    hint: str
    """How many rows and runs there are."""
    line: str
    """What is not shown of it, in a sentence; may be empty."""
    runs: tuple[Link, ...]
    """The runs that logged it, the best first."""
    shared: tuple[str, ...]
    """Headings of the columns that are the same in all runs."""
    columns: tuple[str, ...]
    """Headings of the columns that each run has."""
    rows: tuple[RowView, ...]
    """The rows, first those in which runs differ."""
    has_differences: bool
    """Whether runs differ in any row."""
    mean_columns: tuple[str, ...]
    """Headings of the columns that are numbers."""
    means: tuple[MeanRow, ...]
    """The means of those columns, by run; empty if none is a number."""


@dataclass(frozen=True)
class TablesPage:
    """The page of an experiment's logged tables. Texts are final: the template only lays them out."""

    path: str
    title: str
    experiment: Link
    """The experiment."""
    lede: str
    """What the page shows, in a sentence."""
    tables: tuple[TableView, ...]
    """The logged tables, by path."""
    left_out: tuple[str, ...]
    """What is not shown, a sentence each."""
    template: str = "tables.html"
    kind: str = "tables"


@dataclass(frozen=True, slots=True)
class TableOf:
    """A logged table: the tables of the best runs that have it, and how many runs have it."""

    path: str
    tables: tuple[LoggedTable, ...]
    runs: int


def tables_page_of(
    experiment: Experiment,
    found: Sequence[TableOf],
    names: Mapping[str, str],
    images: Mapping[tuple[str, str], str],
    left_out: Sequence[str],
) -> TablesPage:
    """The page; `names` of the runs, `images` the addresses of images in cells by run and path."""
    return TablesPage(
        path=tables_page(experiment.experiment_id),
        title=f"{experiment.name}: tables",
        experiment=Link(experiment.name, experiment_page(experiment.experiment_id)),
        lede="Tables that runs logged; the rows of several runs stand side by side where their inputs are the same.",
        tables=tuple(_view(one, at, names, images) for at, one in enumerate(found)),
        left_out=tuple(left_out),
    )


def _view(one: TableOf, at: int, names: Mapping[str, str], images: Mapping[tuple[str, str], str]) -> TableView:
    joined = join(one.tables)
    columns = _fitting(joined, len(one.tables))
    rows, line = _shown(joined, len(joined.shared) + len(columns) * len(one.tables))
    runs = tuple(Link(names.get(table.run_id, table.run_id[:8]), run_page(table.run_id)) for table in one.tables)
    numeric = [name for name in joined.columns if any(means(one.tables, name))]
    return TableView(
        id=f"table-{at + 1}",
        path=one.path,
        hint=_hint(one),
        line=" ".join(filter(None, (_joined_by(joined, one), line, _columns_line(joined, columns)))),
        runs=runs,
        shared=joined.shared,
        columns=columns,
        rows=tuple(_row(row, len(columns), one.tables, images) for row in rows),
        has_differences=len(one.tables) > 1 and any(row.differs for row in rows) and not all(r.differs for r in rows),
        mean_columns=tuple(numeric[:12]),
        means=_means(one, numeric[:12], runs) if numeric else (),
    )


def _hint(one: TableOf) -> str:
    shown = len(one.tables)
    return plural(shown, "run") if shown == one.runs else f"the best {shown} of {one.runs} runs"


def _fitting(joined: Joined, tables: int) -> tuple[str, ...]:
    """As many of the columns as leave room for 20 rows."""
    room = max(1, (MAX_CELLS // 20 - len(joined.shared)) // max(1, tables))
    return joined.columns[:room]


def _columns_line(joined: Joined, columns: Sequence[str]) -> str:
    left = len(joined.columns) - len(columns)
    return f"{plural(left, 'further column')} left out." if left else ""


def _shown(joined: Joined, width: int) -> tuple[list[JoinedRow], str]:
    """The rows that fit, those that differ first if not all fit; and a sentence on what is left out."""
    room = min(MAX_ROWS, MAX_CELLS // max(1, width))
    count = len(joined.rows)
    if count <= room:
        return list(joined.rows), ""
    ordered = sorted(joined.rows, key=lambda row: not row.differs)
    order = ", those that differ first" if any(row.differs for row in joined.rows) else ""
    return ordered[:room], f"{room} of {count:,} rows are shown{order}."


def _joined_by(joined: Joined, one: TableOf) -> str:
    cut = any(table.rows < table.total for table in one.tables)
    read = f"The first {max(table.rows for table in one.tables):,} rows of each were read." if cut else ""
    if len(one.tables) < 2:
        return read
    differ = sum(row.differs for row in joined.rows)
    by = f"the same {joined.keys[0]}" if joined.keys else "the same row number, as no column tells the rows apart"
    say = f"{differ:,} of {plural(len(joined.rows), 'row')} differ" if differ else "no row differs"
    line = f"Rows with {by} stand side by side; {say}."
    return f"{line} {read}".strip()


def _row(row: JoinedRow, columns: int, tables: Sequence[LoggedTable], images: Mapping[tuple[str, str], str]) -> RowView:
    cells = [
        _cell(cell, table.run_id, images)
        for values in row.values[:columns]
        for cell, table in zip(values, tables, strict=True)
    ]
    shared = tuple(_cell(cell, tables[0].run_id, images) for cell in row.shared)
    return RowView(shared, tuple(cells), row.differs)


def _cell(cell: Cell | None, run_id: str, images: Mapping[tuple[str, str], str]) -> CellView:
    if cell is None:
        return CellView("", "", "missing")
    if cell.image:
        return CellView(cell.text, cell.text[:100], "", images.get((run_id, cell.image), ""))
    if cell.number is not None and cell.text not in ("true", "false"):
        return CellView(number(cell.number), repr(cell.number), "num")
    text = cell.text if len(cell.text) <= MAX_LENGTH else cell.text[: MAX_LENGTH - 1] + "…"
    return CellView(text, "", "val long" if len(text) > 60 else "val")


def _means(one: TableOf, columns: Sequence[str], runs: Sequence[Link]) -> tuple[MeanRow, ...]:
    by_column = [means(one.tables, name) for name in columns]
    rows = []
    for at, (table, run) in enumerate(zip(one.tables, runs, strict=True)):
        found = [column[at] for column in by_column]
        values = tuple((number(f[0]), f"{f[0]!r} over {plural(f[1], 'row')}") if f else ("", "") for f in found)
        rows.append(MeanRow(run, f"{table.total:,}", values))
    return tuple(rows)
