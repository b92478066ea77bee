"""MLflow's tables in any SQL database, read by column name.

Which tables and columns exist depends on the MLflow version, so the database is asked: a missing table has no rows, and
a missing column is NULL. All names in queries are constants of this package, so that nothing from a store ever becomes
SQL. Only these tables are read; in particular never `secrets`, `webhooks`, `jobs` or the tables of
users.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any

from sitegen.stores.disk import TEXT_LIMIT, ProblemLog

Row = tuple[Any, ...]

REQUIRED = ("experiments", "runs", "metrics", "params", "tags")
"""The tables that every version of MLflow has."""

METRICS = ("key", "step", "timestamp", "value", "is_nan")
"""The columns of a point, in the order in which `Tables.points` gives them."""

TABLES = (
    *REQUIRED,
    "alembic_version",
    "assessments",
    "datasets",
    "evaluation_datasets",
    "experiment_tags",
    "input_tags",
    "inputs",
    "latest_metrics",
    "logged_model_metrics",
    "logged_model_params",
    "logged_model_tags",
    "logged_models",
    "model_version_tags",
    "model_versions",
    "registered_model_aliases",
    "registered_model_tags",
    "registered_models",
    "scorers",
    "spans",
    "trace_info",
    "trace_request_metadata",
    "trace_tags",
)
"""All tables that are ever read."""

_PAGE = 10_000
_ABSENT = {"step": "0", "is_nan": "0"}


class TableError(Exception):
    """Something in the database that cannot be read; the message says why, in a few words."""


class Tables(ABC):
    """MLflow's tables over one open connection."""

    placeholder: str
    """The driver's placeholder for a value in a query."""
    log_order = ""
    """An `ORDER BY` for the order in which rows were written, if the database keeps it."""

    @abstractmethod
    def columns(self, table: str) -> frozenset[str]:
        """The names of the table's columns, none if there is no such table."""

    @abstractmethod
    def fetch(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""

    @abstractmethod
    def moment(self) -> AbstractContextManager[None]:
        """A transaction in which all reads see the same state. Keep it short: a writer may be waiting."""

    @abstractmethod
    def points(self, run_ids: Sequence[str]) -> Iterator[tuple[int, list[Row]]]:
        """The rows of `metrics` of the runs, as (index of the run, rows), in the order of logging if that is known.

        A run with many points comes in several parts. Not to be used inside `moment`: it opens its own transactions.
        """

    @abstractmethod
    def read_by(
        self, table: str, names: Sequence[str], column: str, keys: Sequence[str], only: tuple[str, str] | None = None
    ) -> dict[str, list[Row]]:
        """The rows whose `column` is one of `keys`, by key; each key has an entry.

        `only` is a column and the constant that it must equal, which lets the database use an index.
        """

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return bool(self.columns(table))

    def select(self, table: str, names: Sequence[str]) -> str:
        """The start of a query for the named columns; those that the table lacks are NULL, or 0."""
        present = self.columns(table)
        fields = ", ".join(f'"{name}"' if name in present else _ABSENT.get(name, "NULL") for name in names)
        return f'SELECT {fields} FROM "{table}"'

    def is_empty(self, table: str) -> bool:
        """Whether the table, which must exist, has no row."""
        return not self.fetch(f'SELECT 1 FROM "{table}" LIMIT 1')

    def read(self, table: str, names: Sequence[str]) -> list[Row]:
        """A whole, small table."""
        return self.fetch(self.select(table, names) + self.log_order) if self.has(table) else []

    def pages(
        self, table: str, names: Sequence[str], key: str, only: tuple[str, object] | None = None
    ) -> Iterator[Row]:
        """A whole, large table in short reads, ordered by its column `key`, which has no duplicates.

        `only` is a column and the value that it must have.
        """
        query, mark = self.select(table, [key, *names]), self.placeholder
        conditions = [f'"{only[0]}" = {mark}'] if only else []
        values: tuple[object, ...] = (only[1],) if only else ()
        after = [f'"{key}" > {mark}']
        last: tuple[object, ...] = ()
        while True:
            wanted = conditions + (after if last else [])
            where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
            rows = self.fetch(f'{query}{where} ORDER BY "{key}" LIMIT {_PAGE}', (*values, *last))
            yield from (row[1:] for row in rows)
            if len(rows) < _PAGE:
                return
            last = (rows[-1][0],)


def records(names: Sequence[str], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as dicts by column name, as the helpers of `meta` need them."""
    return [dict(zip(names, row, strict=True)) for row in rows]


def text(cell: object) -> str:
    """A cell as text, '' for NULL. In SQLite, any column may hold any type."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        return cell.decode(errors="replace")
    return "" if cell is None else str(cell)


def texts(rows: Sequence[Row], where: str, log: ProblemLog) -> dict[str, str]:
    """Rows of (key, value) as params or tags, by key; `where` names the record in problems."""
    cells = [*chain.from_iterable(rows)]
    if set(map(type, cells)) == {str} and sum(map(len, cells)) <= TEXT_LIMIT:
        return dict(sorted(rows))
    found = {}
    for key, value in sorted((text(key), text(value)) for key, value in rows):
        if len(value) > TEXT_LIMIT:
            log.add(f"{where}/{key}", "is longer than 1 MB; truncated")
            value = value[:TEXT_LIMIT]
        found[key] = value
    return found


def grouped(rows: Sequence[Row], keys: Sequence[str]) -> dict[str, list[Row]]:
    """Rows that begin with their key, by key and without it; each of `keys` has an entry."""
    found: dict[str, list[Row]] = {key: [] for key in keys}
    for key, *rest in rows:
        found.setdefault(text(key), []).append(tuple(rest))
    return found
