"""MLflow's SQLite store, usually `mlflow.db`: how to recognise one, and how to read it.

How it is read while a training job writes to it is in `sqlite_file`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sitegen.errors import StoreError
from sitegen.model import Catalog, Problem, RunRef, Trace
from sitegen.stores.artifacts import finder_beside
from sitegen.stores.contract import ReadOptions, RunBatch
from sitegen.stores.disk import ProblemLog, printable, read_bytes
from sitegen.stores.footprint import size_of
from sitegen.stores.sql.catalog import Cataloguer, missing_tables
from sitegen.stores.sql.runs import RunReader
from sitegen.stores.sql.schema import TableError
from sitegen.stores.sql.snapshot import SqlSnapshot
from sitegen.stores.sql.sqlite_copy import copy_of
from sitegen.stores.sql.sqlite_file import SqliteTables, opened
from sitegen.stores.sql.traces import count_parts, count_traces, read_traces
from sitegen.stores.stamps import row_of

KIND = "MLflow SQLite store"

_MAGIC = b"SQLite format 3\0"
_USERS = "basic_auth.db"


def find_at(path: Path, location: str, options: ReadOptions) -> list[SqliteStore]:
    """The store in the file `path`, if it is a SQLite file. Raises StoreError for one that is not a store."""
    return [_in_file(path, location, options)] if _is_sqlite(path) else []


def _is_sqlite(path: Path) -> bool:
    """Whether the file begins as a SQLite database does. Links are followed: the user named this file or its folder."""
    try:
        return read_bytes(os.path.realpath(path), 1).startswith(_MAGIC) if path.is_file() else False
    except OSError:
        return False


def _in_file(path: Path, location: str, options: ReadOptions) -> SqliteStore:
    """The store in a SQLite file. Raises StoreError when it is none."""
    if path.name == _USERS:
        raise StoreError(f"{location} holds MLflow's users and passwords, which sitegen does not open; give mlflow.db.")
    store = SqliteStore(os.path.abspath(path), location, options)
    with store.tables(store.new_log()) as tables:
        missing = missing_tables(tables)
    if missing:
        raise StoreError(
            f"{location} is a database without MLflow's table {missing[0]}: "
            "it is not a run store, or is still being created; give an mlflow.db that holds runs."
        )
    return replace(store, copy=copy_of(store.path))


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """The store in the file `path`; if it cannot be read in place, `copy` is a private copy, else ''."""

    path: str
    location: str
    options: ReadOptions
    copy: str = ""

    @property
    def name(self) -> str:
        """The file's name."""
        return printable(os.path.basename(self.path))

    def catalog(self) -> Catalog:
        """Experiments, models and the list of runs. Raises StoreError when the database cannot be read."""
        log = self.new_log()
        finder = finder_beside(log.root, self.options, log)
        with self.tables(log) as tables:
            return Cataloguer(tables, finder, log, self.options.deleted).catalog(KIND, self.location)

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, in order; deleted ones only with `options.deleted`."""
        log = self.new_log()
        finder = finder_beside(log.root, self.options, log)
        with self.tables(log) as tables:
            reader = RunReader(tables, finder, log, self.options.deleted)
            reader.read(refs)
        return RunBatch(reader.runs, log.problems, reader.deleted)

    def has_runs(self) -> bool:
        """See `KnowsWhetherItHasRuns`."""
        log = self.new_log()
        with self.tables(log) as tables:
            finder = finder_beside(log.root, self.options, log)
            return Cataloguer(tables, finder, log, self.options.deleted).has_runs()

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """See `HasTraces`. The file stays open, but unlocked, while they are looped over."""
        log = self.new_log()
        log.problems = problems
        finder = finder_beside(log.root, self.options, log)
        with self.tables(log) as tables:
            yield from read_traces(tables, experiment_id, finder)

    def trace_count(self, experiment_id: str) -> int:
        """See `HasTraces`."""
        with self.tables(self.new_log()) as tables:
            return count_traces(tables, experiment_id)

    def trace_parts(self) -> dict[str, int]:
        """See `CountsTraceParts`."""
        with self.tables(self.new_log()) as tables:
            return count_parts(tables)

    def signature(self) -> str:
        """Times and sizes of the file and of its log; the same for the same store, in any process."""
        return " ".join(map(_stamp, (self.path, f"{self.path}-wal")))

    def snapshot(self) -> SqlSnapshot:
        """See `HasSnapshots`."""
        log = self.new_log()
        files = [row_of(f"{self.path}{suffix}", self.options.by_content) for suffix in ("", "-wal", "-journal")]
        return SqlSnapshot(self.tables, finder_beside(log.root, self.options, log), files, self.options.by_content)

    def bytes_on_disk(self) -> int:
        """See `Store`."""
        return sum(map(size_of, (self.path, f"{self.path}-wal", f"{self.path}-journal")))

    def new_log(self) -> ProblemLog:
        """An empty collection of problems, named by their place beside the database."""
        return ProblemLog(os.path.dirname(self.path))

    @contextmanager
    def tables(self, log: ProblemLog) -> Iterator[SqliteTables]:
        """The tables, while the database is open. Raises StoreError when it cannot be read."""
        try:
            with opened(self.path, self.copy, log) as tables:
                yield tables
        except TableError as error:
            raise StoreError(f"{self.location} cannot be read: {error}.") from None


def _stamp(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    return f"{found.st_mtime_ns}:{found.st_size}"
