"""Open a SQLite file without disturbing a training job that writes to it, and without leaving files beside it.

A reader inside a transaction makes a writer's commit wait, and fail after 5 to 20 seconds. So all reads are short: some
tens of milliseconds for what belongs together, a query for the rest. Copying the file first would disturb more: a copy
of a database that is being written to starts over at each commit, or blocks the writer until it is done.

Three kinds of file are read from a private copy (`sqlite_copy`), because SQLite would have to write to them: those with
the journal of a crash beside them; those in WAL mode that no process has open; and large ones of MLflow before 1.27,
which have no index of metrics by run.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sitegen.errors import StoreError
from sitegen.stores.disk import ProblemLog, reason
from sitegen.stores.sql.schema import METRICS, REQUIRED, TABLES, Row, TableError, Tables, grouped
from sitegen.stores.sql.sqlite_copy import SIDES, copied, indexed
from sitegen.stores.sql.sqlite_driver import (
    BUSY_SECONDS,
    IN_PLACE_FAILS,
    LOCKED,
    Connection,
    DriverError,
    connect,
    fetch,
)

_POINTS_AT_ONCE = 200_000
_POINTS_A_MOMENT = 4_000
_INDEX_PAYS = 4 << 20
_VIRTUAL = re.compile(r"\s*create\s+virtual\b", re.IGNORECASE)


@contextmanager
def opened(path: str, copy: str, log: ProblemLog) -> Iterator[SqliteTables]:
    """The tables of the database at `path`, or of its private `copy` (from `copy_of`).

    Raises TableError when it cannot be read, and StoreError when it stays locked, both here and while it is read.
    """
    _refuse_odd_sides(path)
    try:
        connection, place, is_copy = (connect(copy, True), copy, True) if copy else _open(path)
    except DriverError as error:
        raise _describe(error) from None
    except OSError as error:
        raise TableError(f"it could not be copied ({reason(error)})") from None
    tables = SqliteTables(connection, log, place, is_copy)
    try:
        yield tables
    finally:
        tables.close()


def _refuse_odd_sides(path: str) -> None:
    """SQLite would wait for a pipe, and follow a link, in place of the files that it keeps beside a database."""
    for side in SIDES:
        try:
            mode = os.lstat(path + side).st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode):
            raise TableError(f"its {side} file is not a file")


def _describe(error: DriverError) -> Exception:
    """SQLite's error in a few words, without values of the store."""
    if error.code in LOCKED:
        return StoreError(
            f"A program that writes to the database kept it locked for {BUSY_SECONDS:.0f} seconds; try again later."
        )
    return TableError("its schema has text that is not UTF-8" if error.is_text else str(error))


def _open(path: str) -> tuple[Connection, str, bool]:
    """A connection to the file itself, or to a private copy; the path of what was opened; whether it is a copy."""
    if _is_idle_wal(path):
        return _connected(copied(path))
    try:
        connection = connect(path, False)
    except DriverError as error:
        if error.code not in IN_PLACE_FAILS:
            raise
        return _connected(copied(path))
    if os.path.getsize(path) < _INDEX_PAYS or not _lacks_index(connection):
        return connection, path, False
    with closing(connection):
        return _connected(indexed(path, connection))


def _connected(copy: str) -> tuple[Connection, str, bool]:
    return connect(copy, True), copy, True


def _is_idle_wal(path: str) -> bool:
    """Whether the file is in WAL mode and no process has it open; SQLite would leave two files beside it."""
    with Path(path).open("rb") as file:
        head = file.read(20)
    return head[18:20] == b"\2\2" and not os.path.exists(f"{path}-shm")


def _lacks_index(connection: Connection) -> bool:
    """Whether the points of a run can only be found by scanning all points."""
    plan = fetch(connection, "EXPLAIN QUERY PLAN SELECT value FROM metrics WHERE run_uuid = ''")
    return not str(plan[0][-1]).startswith("SEARCH")


# Tables -------------------------------------------------------------------------------------------------------------


class SqliteTables(Tables):
    """MLflow's tables in an open SQLite file."""

    placeholder = "?"
    log_order = " ORDER BY rowid"

    def __init__(self, connection: Connection, log: ProblemLog, path: str, is_copy: bool) -> None:
        self.log = log
        self._connection = connection
        self._place = path, is_copy
        self._is_tolerant = False
        self._columns: dict[str, frozenset[str]] = {}
        self._searches: dict[str, bool] = {}
        found = self.fetch("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        # A view or a virtual table may be made to compute for ever.
        self._present = {name for name, made in found if name in TABLES and not _VIRTUAL.match(str(made))}

    def columns(self, table: str) -> frozenset[str]:
        """The names of the table's columns, none if there is no such table."""
        if table not in self._columns:
            rows = self.fetch(f"PRAGMA table_info({table})") if table in self._present else []
            self._columns[table] = frozenset(row[1] for row in rows)
        return self._columns[table]

    def fetch(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query. Raises TableError or StoreError, see `opened`."""
        try:
            return fetch(self._connection, query, values)
        except DriverError as error:
            if self._is_tolerant or not error.is_text:
                raise _describe(error) from None
        self._be_tolerant()
        return self.fetch(query, values)

    def _be_tolerant(self) -> None:
        """Go on with a connection that replaces what is not UTF-8."""
        self.log.add(f"{self.log.root}/texts", "are not all UTF-8; what could not be decoded is replaced")
        is_inside = self._connection.in_transaction
        self._connection.close()
        try:
            self._connection = connect(*self._place, is_tolerant=True)
        except DriverError as error:
            raise _describe(error) from None
        self._is_tolerant = True
        if is_inside:
            self.fetch("BEGIN")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """A transaction in which all reads see the same state."""
        self.fetch("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self.fetch("ROLLBACK")

    def read(self, table: str, names: Sequence[str]) -> list[Row]:
        """See `Tables.read`. A damaged table beside experiments and runs costs what it holds, not the store."""
        try:
            return super().read(table, names)
        except TableError as error:
            if table in REQUIRED:
                raise
            self.log.add(f"{self.log.root}/{table}", f"could not be read ({error}); what it holds is left out")
            return []

    def pages(
        self, table: str, names: Sequence[str], key: str, only: tuple[str, object] | None = None
    ) -> Iterator[Row]:
        """See `Tables.pages`. A table whose index is damaged is read as a whole, without it."""
        rows = super().pages(table, names, key, only)
        try:
            first = next(rows, None)
        except TableError:
            where = f' WHERE "{only[0]}" = ?' if only else ""
            query = f"{self.select(table, [key, *names])} NOT INDEXED{where}"
            found = self.fetch(query, (only[1],) if only else ())
            rows = (row[1:] for row in sorted(found, key=lambda row: str(row[0])))
            first = next(rows, None)
        if first is not None:
            yield first
            yield from rows

    def read_by(
        self, table: str, names: Sequence[str], column: str, keys: Sequence[str], only: tuple[str, str] | None = None
    ) -> dict[str, list[Row]]:
        """See `Tables.read_by`. One query per key if there is an index, which is faster than `IN`."""
        if column not in self.columns(table):
            return {key: [] for key in keys}
        also = f"\"{only[0]}\" = '{only[1]}' AND " if only else ""
        query = f'{self.select(table, names)} WHERE {also}"{column}" = ? ORDER BY rowid'
        if self._is_search(query):
            return {key: self.fetch(query, (key,)) for key in keys}
        marks = ", ".join("?" * len(keys))
        rows = self.fetch(
            f'{self.select(table, [column, *names])} WHERE {also}"{column}" IN ({marks}){self.log_order}', keys
        )
        return grouped(rows, keys)

    def _is_search(self, query: str) -> bool:
        """Whether SQLite has an index for a query with one value."""
        if query not in self._searches:
            plan = self.fetch(f"EXPLAIN QUERY PLAN {query}", ("",))
            self._searches[query] = str(plan[0][-1]).startswith("SEARCH")
        return self._searches[query]

    def points(self, run_ids: Sequence[str]) -> Iterator[tuple[int, list[Row]]]:
        """See `Tables.points`. Runs are read together until there are many points, so that writers are not blocked for
        long."""
        query = f'{self.select("metrics", METRICS)} WHERE "run_uuid" = ? AND rowid > ? ORDER BY rowid'
        if not self._is_search(query.replace(" AND rowid > ?", "")):
            found = self.read_by("metrics", METRICS, "run_uuid", run_ids)
            yield from ((index, found[run_id]) for index, run_id in enumerate(run_ids))
            return
        index = 0
        while index < len(run_ids):
            parts = self._first_parts(f"{query} LIMIT {_POINTS_AT_ONCE}", run_ids[index:])
            yield from enumerate(parts, index)
            index += len(parts)
            after, rows = 0, parts[-1]
            while len(rows) == _POINTS_AT_ONCE:
                after = self._last_rowid(run_ids[index - 1], after)
                rows = self.fetch(f"{query} LIMIT {_POINTS_AT_ONCE}", (run_ids[index - 1], after))
                yield index - 1, rows

    def _first_parts(self, query: str, run_ids: Sequence[str]) -> list[list[Row]]:
        """Of the first of these runs all points, or the first part of them: as much as is read in one transaction."""
        parts: list[list[Row]] = []
        count = 0
        with self.moment():
            for run_id in run_ids:
                parts.append(self.fetch(query, (run_id, 0)))
                count += len(parts[-1])
                if count >= _POINTS_A_MOMENT or len(parts[-1]) == _POINTS_AT_ONCE:
                    break
        return parts

    def _last_rowid(self, run_id: str, after: int) -> int:
        """The last rowid of a full part that begins after `after`."""
        query = "SELECT rowid FROM metrics WHERE run_uuid = ? AND rowid > ? ORDER BY rowid LIMIT 1 OFFSET ?"
        found = self.fetch(query, (run_id, after, _POINTS_AT_ONCE - 1))
        return int(found[0][0]) if found else after
