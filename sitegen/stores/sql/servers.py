"""MLflow stores in PostgreSQL and MySQL (or MariaDB), by SQLAlchemy URL; the only module that imports SQLAlchemy.

Sessions are read-only. The URL holds a password: it is passed to the driver, and the driver's own messages are never
shown, because they may repeat it.
"""

from __future__ import annotations

import atexit
import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sitegen.errors import StoreError
from sitegen.model import Catalog, Problem, RunRef, Trace
from sitegen.stores.artifacts import finder_beside
from sitegen.stores.contract import ReadOptions, RunBatch
from sitegen.stores.disk import ProblemLog
from sitegen.stores.locations import name_of, server_kind, shown
from sitegen.stores.sql.catalog import Cataloguer, missing_tables
from sitegen.stores.sql.runs import RunReader
from sitegen.stores.sql.schema import METRICS, TABLES, Row, TableError, Tables, grouped, text
from sitegen.stores.sql.snapshot import SqlSnapshot
from sitegen.stores.sql.traces import count_parts, count_traces, read_traces

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine

_SIGNS = {
    "experiments": ("last_update_time",),
    "runs": ("start_time", "end_time", "deleted_time"),
    "params": (),
    "tags": (),
    "metrics": ("timestamp",),
    "registered_models": ("last_updated_time",),
    "model_versions": ("last_updated_time",),
    "logged_models": ("last_updated_timestamp_ms",),
}
_POINTS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class _Kind:
    """What differs between the servers."""

    name: str
    driver: str
    extra: str
    schema: str
    session: tuple[str, ...]
    """Statements at the start of every session: it is read-only, and `"name"` quotes a name."""
    arguments: tuple[tuple[str, Any], ...]
    """The arguments of the driver besides the address."""
    refusals: tuple[str, ...]
    """The server's messages for a wrong user or password."""
    unknown: str
    """The server's messages for a database that does not exist."""


_KINDS = {
    "postgresql": _Kind(
        name="PostgreSQL",
        driver="postgresql+psycopg",
        extra="postgres",
        schema="current_schema()",
        session=("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",),
        arguments=(("connect_timeout", 10), ("prepare_threshold", None)),
        refusals=("authentication failed", "no pg_hba.conf entry", "no password supplied", 'FATAL:  role "'),
        unknown='FATAL:  database "',
    ),
    "mysql": _Kind(
        name="MySQL",
        driver="mysql+pymysql",
        extra="mysql",
        schema="DATABASE()",
        session=("SET SESSION TRANSACTION READ ONLY", "SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')"),
        arguments=(("connect_timeout", 10),),
        refusals=("Access denied",),
        unknown="Unknown database",
    ),
}


def open_server(location: str, options: ReadOptions) -> ServerStore:
    """The store in the database at `location`. Raises StoreError when there is none, or it cannot be reached."""
    store = ServerStore(location, options)
    with store.tables() as tables:
        missing = missing_tables(tables)
    if missing:
        raise StoreError(
            f"{shown(location)} is a database without MLflow's table {missing[0]}; give the one that MLflow uses."
        )
    return store


@dataclass(frozen=True, slots=True)
class ServerStore:
    """The store in the database at the address `url`, which may contain a password."""

    url: str = field(repr=False)
    options: ReadOptions

    @property
    def name(self) -> str:
        """The name of the database."""
        return name_of(self.url)

    def catalog(self) -> Catalog:
        """Experiments, models and the list of runs. Raises StoreError when the database cannot be read."""
        log = ProblemLog("/")
        finder = finder_beside(None, self.options, log)
        with self.tables() as tables:
            cataloguer = Cataloguer(tables, finder, log, self.options.deleted)
            return cataloguer.catalog(f"MLflow {_kind_of(self.url).name} store", shown(self.url))

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, in order; deleted ones only with `options.deleted`."""
        log = ProblemLog("/")
        finder = finder_beside(None, self.options, log)
        with self.tables() as tables:
            reader = RunReader(tables, finder, log, self.options.deleted)
            reader.read(refs)
        return RunBatch(reader.runs, log.problems, reader.deleted)

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """See `HasTraces`. A connection is kept while they are looped over."""
        log = ProblemLog("/")
        log.problems = problems
        finder = finder_beside(None, self.options, log)
        with self.tables() as tables:
            yield from read_traces(tables, experiment_id, finder)

    def trace_count(self, experiment_id: str) -> int:
        """See `HasTraces`."""
        with self.tables() as tables:
            return count_traces(tables, experiment_id)

    def trace_parts(self) -> dict[str, int]:
        """See `CountsTraceParts`."""
        with self.tables() as tables:
            return count_parts(tables)

    def signature(self) -> str:
        """Counts and largest times of what MLflow writes: a server has no cheaper sign of a change."""
        with self.tables() as tables, tables.moment():
            return repr([tables.fetch(query) for query in _signs(tables)])

    def snapshot(self) -> SqlSnapshot:
        """See `HasSnapshots`."""
        return SqlSnapshot(
            lambda _: self.tables(), finder_beside(None, self.options, ProblemLog("/")), None, self.options.by_content
        )

    def bytes_on_disk(self) -> int | None:
        """See `Store`."""
        return None

    @contextmanager
    def tables(self) -> Iterator[ServerTables]:
        """The tables, while a session lasts. Raises StoreError when the server cannot be reached or read."""
        kind = _kind_of(self.url)
        try:
            engine = _engine(self.url)
            from sqlalchemy.exc import SQLAlchemyError
        except ModuleNotFoundError:
            raise StoreError(
                f"Reading {kind.name} needs a driver that is not installed; "
                f"run pip install 'mlruns-sitegen[{kind.extra}]' and build again."
            ) from None
        try:
            with engine.connect() as connection:
                yield ServerTables(connection, kind)
        except (SQLAlchemyError, TableError) as error:
            raise StoreError(_sentence(shown(self.url), kind, str(error))) from None


def _kind_of(url: str) -> _Kind:
    kind = server_kind(url)
    assert kind, "open_store sends only addresses of servers here"
    return _KINDS[kind]


_engines: dict[str, Engine] = {}
"""The engines of this process by address; each keeps one connection open between reads."""


def _engine(url: str) -> Engine:
    if url not in _engines:
        _engines[url] = _new_engine(url)
    return _engines[url]


@atexit.register
def close_all() -> None:
    """Close the connections of this process."""
    while _engines:
        _engines.popitem()[1].dispose()


def _new_engine(url: str) -> Engine:
    import sqlalchemy

    kind = _kind_of(url)
    try:
        address = sqlalchemy.make_url(url).set(drivername=kind.driver)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        form = f"{kind.driver.partition('+')[0]}://user:password@host/database"
        raise StoreError(f"{shown(url)} is not the address of a database; write it like {form}.") from None
    engine = sqlalchemy.create_engine(
        address, pool_size=1, pool_pre_ping=True, hide_parameters=True, connect_args=dict(kind.arguments)
    )
    sqlalchemy.event.listen(engine, "connect", functools.partial(_begin_session, kind))
    return engine


def _begin_session(kind: _Kind, connection: Any, record: object) -> None:
    with connection.cursor() as cursor:
        for statement in kind.session:
            cursor.execute(statement)
    connection.commit()


def _sentence(location: str, kind: _Kind, description: str) -> str:
    """What went wrong, in sitegen's own words: the driver's may repeat the password."""
    if kind.unknown in description:
        return f"{location}: the server has no database of that name; check the address."
    if any(sign in description for sign in kind.refusals):
        return f"{location}: the server refused the user or the password; check the address."
    if "onnect" in description or "resolve" in description:
        return f"{location}: no {kind.name} server could be reached there; check the address and that it is running."
    return f"{location}: the database could not be read; check that the user may read MLflow's tables."


def _signs(tables: ServerTables) -> list[str]:
    """Queries whose answers change with the store."""
    return [
        f"SELECT count(*){''.join(f', max({name})' for name in names if name in tables.columns(table))} FROM {table}"
        for table, names in _SIGNS.items()
        if tables.has(table)
    ]


class ServerTables(Tables):
    """MLflow's tables over one session."""

    placeholder = "%s"

    def __init__(self, connection: Connection, kind: _Kind) -> None:
        self.connection = connection
        self._kind = kind
        self._columns = self._read_columns()

    def _read_columns(self) -> dict[str, frozenset[str]]:
        names = ", ".join(f"'{table}'" for table in TABLES)
        rows = self.fetch(
            "SELECT table_name, column_name FROM information_schema.columns "
            f"WHERE table_schema = {self._kind.schema} AND table_name IN ({names})"
        )
        found: dict[str, set[str]] = {}
        for table, column in rows:
            found.setdefault(text(table), set()).add(text(column))
        return {table: frozenset(columns) for table, columns in found.items()}

    def columns(self, table: str) -> frozenset[str]:
        """The names of the table's columns, none if there is no such table."""
        return self._columns.get(table, frozenset())

    def fetch(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query, in a transaction of its own unless inside `moment`."""
        with self.moment():
            return [tuple(row) for row in self._execute(query, values)]

    def _execute(self, query: str, values: Sequence[object]) -> CursorResult[Any]:
        return self.connection.exec_driver_sql(query, tuple(values))

    @contextmanager
    def moment(self) -> Iterator[None]:
        """A transaction in which all reads see the same state; nested ones are part of the outer one."""
        if self.connection.in_transaction():
            yield
        else:
            with self.connection.begin():
                yield

    def read_by(
        self, table: str, names: Sequence[str], column: str, keys: Sequence[str], only: tuple[str, str] | None = None
    ) -> dict[str, list[Row]]:
        """See `Tables.read_by`."""
        if not keys or column not in self.columns(table):
            return {key: [] for key in keys}
        return grouped(self.fetch(self._by(table, names, column, keys, only), keys), keys)

    def _by(
        self, table: str, names: Sequence[str], column: str, keys: Sequence[str], only: tuple[str, str] | None = None
    ) -> str:
        also = f"\"{only[0]}\" = '{only[1]}' AND " if only else ""
        marks = ", ".join(["%s"] * len(keys))
        return f'{self.select(table, [column, *names])} WHERE {also}"{column}" IN ({marks})'

    def points(self, run_ids: Sequence[str]) -> Iterator[tuple[int, list[Row]]]:
        """See `Tables.points`. The order of logging is not known; points of one step and time come by their value."""
        if not run_ids:
            return
        indexes = {run_id: index for index, run_id in enumerate(run_ids)}
        query = self._by("metrics", METRICS, "run_uuid", run_ids)
        query += ' ORDER BY "run_uuid", "key", "step", "timestamp", "value"'
        with self.moment():
            self.connection.execution_options(stream_results=True, max_row_buffer=_POINTS_AT_ONCE)
            try:
                for part in self._execute(query, run_ids).partitions(_POINTS_AT_ONCE):
                    by_run = grouped([tuple(row) for row in part], ())
                    yield from ((indexes[run_id], rows) for run_id, rows in by_run.items() if run_id in indexes)
            finally:
                self.connection.execution_options(stream_results=False)
