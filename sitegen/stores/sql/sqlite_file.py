"""Open a SQLite file without disturbing a training job that writes to it, and without leaving files beside it.

A reader inside a transaction makes a writer's commit wait, and fail after 5 to 20 seconds. So all reads are short: some
tens of milliseconds for what belongs together, a query for the rest. Copying the file first would disturb more: a copy
of a database that is being written to starts over at each commit, or blocks the writer until it is done.

Three kinds of file are read from a private copy, because SQLite would have to write to them: those with the journal of
a crash beside them; those in WAL mode that no process has open; and large ones of MLflow before 1.27, which have no
index of metrics by run.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sitegen.errors import StoreError
from sitegen.stores.disk import ProblemLog, reason
from sitegen.stores.sql.schema import METRICS, TABLES, Row, TableError, Tables, grouped

_BUSY_SECONDS = 10.0
_POINTS_AT_ONCE = 200_000
_POINTS_A_MOMENT = 4_000
_MAX_CELL = 1 << 26
_INDEX_PAYS = 4 << 20
_COPY_TRIES = 3
_SIDES = ("-journal", "-wal")
_BY_RUN = ("metrics", "latest_metrics", "params", "tags")
_IN_PLACE_FAILS = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_VIRTUAL = re.compile(r"\s*create\s+virtual\b", re.IGNORECASE)


@contextmanager
def opened(path: str, copy: str, log: ProblemLog) -> Iterator[SqliteTables]:
    """The tables of the database at `path`, or of its private `copy` (from `copy_of`).

    Raises TableError when it cannot be read, and StoreError when it stays locked, both here and while it is read.
    """
    _refuse_odd_sides(path)
    try:
        connection = _connect(copy, "rw") if copy else _open(path)
    except sqlite3.Error as error:
        raise _describe(error) from None
    except OSError as error:
        raise TableError(f"it could not be copied ({reason(error)})") from None
    with closing(connection):
        yield SqliteTables(connection, log)


def _refuse_odd_sides(path: str) -> None:
    """SQLite would wait for a pipe, and follow a link, in place of the files that it keeps beside a database."""
    for side in (*_SIDES, "-shm"):
        try:
            mode = os.lstat(path + side).st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode):
            raise TableError(f"its {side} file is not a file")


def _describe(error: sqlite3.Error) -> Exception:
    """SQLite's error in a few words, without values of the store."""
    if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"A program that writes to the database kept it locked for {_BUSY_SECONDS:.0f} seconds; try again later."
        )
    return TableError(str(error))


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _open(path: str) -> sqlite3.Connection:
    """A connection to the file itself, or to a private copy of it."""
    if _is_idle_wal(path):
        return _connect(_copied(path), "rw")
    try:
        connection = _connect(path, "ro")
    except sqlite3.OperationalError as error:
        if _code(error) not in _IN_PLACE_FAILS:
            raise
        return _connect(_copied(path), "rw")
    if os.path.getsize(path) < _INDEX_PAYS or not _lacks_index(connection):
        return connection
    with closing(connection):
        return _connect(_indexed(path, connection), "rw")


def _is_idle_wal(path: str) -> bool:
    """Whether the file is in WAL mode and no process has it open; SQLite would leave two files beside it."""
    with Path(path).open("rb") as file:
        head = file.read(20)
    return head[18:20] == b"\2\2" and not os.path.exists(f"{path}-shm")


def _connect(path: str, mode: str) -> sqlite3.Connection:
    """A read-only connection that has been tested."""
    connection = sqlite3.connect(
        f"{Path(path).as_uri()}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
    )
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        connection.execute("PRAGMA query_only=ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _lacks_index(connection: sqlite3.Connection) -> bool:
    """Whether the points of a run can only be found by scanning all points."""
    plan = connection.execute("EXPLAIN QUERY PLAN SELECT value FROM metrics WHERE run_uuid = ''").fetchall()
    return not str(plan[0][-1]).startswith("SEARCH")


# Private copies -----------------------------------------------------------------------------------------------------

_copies: dict[str, tuple[str, tempfile.TemporaryDirectory[str]]] = {}
"""The databases that this process had to copy: their state at the time, and the path of the copy."""


def copy_of(path: str) -> str:
    """The private copy that this process has made of the database at `path`, '' if none was needed."""
    made = _copies.get(path)
    return f"{made[1].name}/copy.db" if made else ""


def _copied(path: str) -> str:
    """The path of a private copy of a database that no process writes to, with the files that belong to it."""
    if path in _copies and _copies[path][0] == _looks(path):
        return copy_of(path)
    for _ in range(_COPY_TRIES):
        before, copy = _looks(path), _new_copy(path)
        for side in ("", *_SIDES):
            if os.path.exists(path + side):
                shutil.copyfile(path + side, copy + side)
        if _looks(path) == before:
            break
    return copy


def _indexed(path: str, connection: sqlite3.Connection) -> str:
    """The path of a private copy with the indexes that MLflow 1.27 brought."""
    if path in _copies and _copies[path][0] == _looks(path):
        return copy_of(path)
    with closing(sqlite3.connect(_new_copy(path))) as copy:
        connection.backup(copy)
        for table in _BY_RUN:
            if copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchall():
                copy.execute(f"CREATE INDEX sitegen_{table} ON {table} (run_uuid)")
        copy.commit()
    return copy_of(path)


def _new_copy(path: str) -> str:
    """The path for a new copy; an older one is removed."""
    older = _copies.pop(path, None)
    if older:
        older[1].cleanup()
    _copies[path] = _looks(path), tempfile.TemporaryDirectory(prefix="sitegen-", ignore_cleanup_errors=True)
    return copy_of(path)


def _looks(path: str) -> str:
    """Times and sizes of the file and what belongs to it."""
    stamps = []
    for side in ("", *_SIDES):
        try:
            found = os.stat(path + side)
        except OSError:
            continue
        stamps.append(f"{side} {found.st_mtime_ns} {found.st_size} {found.st_ino}")
    return "\n".join(stamps)


# Tables -------------------------------------------------------------------------------------------------------------


class SqliteTables(Tables):
    """MLflow's tables in an open SQLite file."""

    placeholder = "?"
    log_order = " ORDER BY rowid"

    def __init__(self, connection: sqlite3.Connection, log: ProblemLog) -> None:
        self.connection = connection
        self.log = log
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
            return self.connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            if self.connection.text_factory is not str or "decode" not in str(error):
                raise _describe(error) from None
        self.connection.text_factory = _decoded
        self.log.add(f"{self.log.root}/texts", "are not all UTF-8; what could not be decoded is replaced")
        return self.fetch(query, values)

    @contextmanager
    def moment(self) -> Iterator[None]:
        """A transaction in which all reads see the same state."""
        self.fetch("BEGIN")
        try:
            yield
        finally:
            if self.connection.in_transaction:
                self.fetch("ROLLBACK")

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


def _decoded(data: bytes) -> str:
    return data.decode(errors="replace")
