"""PostgreSQL and MariaDB stores, in real servers: what they hold is what the same rows in SQLite hold."""

from __future__ import annotations

import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import psycopg
import pymysql
import pytest

from sitegen.errors import StoreError
from sitegen.model import Catalog, Problem, Run
from sitegen.stores import open_store
from sitegen.stores.contract import Store, with_traces
from sitegen.stores.sql import servers as reader
from sitegen.stores.sql.schema import TABLES
from tests.stores.databases import DELETED, FIXTURES, VERSIONS, as_mlflow_says, golden
from tests.stores.same import differences
from tests.stores.servers import Server, free_port, mariadb, postgresql

pytestmark = pytest.mark.server

NEWEST = FIXTURES / f"mlflow-{VERSIONS[-1]}.db"
SERVERS = {"postgresql": postgresql, "mysql": mariadb}


@pytest.fixture(scope="module", params=sorted(SERVERS))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server whose database `mlflow` has the rows of the SQLite fixture in tables that MLflow itself made."""
    with SERVERS[request.param]() as running:
        with closing(connect(running)) as connection, closing(sqlite3.connect(NEWEST)) as source:
            fill(connection, source, running.scheme)
        yield running
        reader.close_all()


def connect(server: Server, database: str = "mlflow") -> Any:
    """A connection that may write."""
    if server.scheme == "postgresql":
        return psycopg.connect(server.url(database), autocommit=True)
    return pymysql.connect(
        host="127.0.0.1",
        port=server.port,
        user="sitegen_test",
        password=server.password,
        database=database,
        autocommit=True,
    )


def fill(connection: Any, source: sqlite3.Connection, scheme: str) -> None:
    mark = "`" if scheme == "mysql" else '"'
    with connection.cursor() as cursor:
        relaxed = {
            "mysql": ["SET foreign_key_checks = 0", "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"],
            "postgresql": ["SET session_replication_role = replica"],
        }
        schema = (FIXTURES / f"{scheme}.sql").read_text("utf-8")
        statements = [line for line in schema.splitlines() if not line.startswith("--")]
        for statement in [*relaxed[scheme], *"\n".join(statements).split(";\n")]:
            if statement.strip():
                cursor.execute(statement)
        for table in TABLES:
            columns, rows = rows_of(source, table)
            names = ", ".join(f"{mark}{name}{mark}" for name in columns)
            marks = ", ".join(["%s"] * len(columns))
            if rows:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def rows_of(source: sqlite3.Connection, table: str) -> tuple[list[str], list[Sequence[Any]]]:
    found = source.execute(f"SELECT * FROM {table}")
    columns = [part[0] for part in found.description]
    flags = {index for index, name in enumerate(columns) if name == "is_nan"}
    return columns, [[bool(cell) if i in flags else cell for i, cell in enumerate(row)] for row in found]


def read(store: Store) -> tuple[Catalog, list[Run]]:
    catalog = store.catalog()
    return catalog, store.read_runs(catalog.runs).runs


def test_every_value_is_as_mlflows_own_client_reads_it(server: Server) -> None:
    assert as_mlflow_says(open_store(server.url(), DELETED)) == golden(VERSIONS[-1])


def test_it_holds_the_same_as_the_sqlite_store(server: Server) -> None:
    found = differences(open_store(str(NEWEST), DELETED), open_store(server.url(), DELETED))
    # SQLite keeps the order of logging of points at one step and time, a server does not.
    assert [text for text in found if "['tie2']" not in text] == []


@pytest.mark.parametrize("form", ["mysql+pymysql", "mariadb", "postgres", "postgresql+psycopg2"])
def test_urls_are_taken_as_mlflow_takes_them(server: Server, form: str) -> None:
    if form.startswith(server.scheme[:5]) or (form, server.scheme) == ("mariadb", "mysql"):
        url = server.url().replace(server.scheme, form, 1)
        assert len(open_store(url).catalog().runs) == 4


def test_few_runs_at_a_time_read_the_same(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.stores.sql.schema._PAGE", 2)
    monkeypatch.setattr("sitegen.stores.sql.servers._POINTS_AT_ONCE", 3)
    monkeypatch.setattr("sitegen.stores.sql.runs.CHUNK", 2)
    assert as_mlflow_says(open_store(server.url(), DELETED)) == golden(VERSIONS[-1])


@pytest.fixture
def traced(server: Server) -> Iterator[Server]:
    """The server with three traces in experiment 1 and one in experiment 2, in tables like MLflow's."""
    q = "`" if server.scheme == "mysql" else '"'
    tables = {
        "trace_info": "request_id varchar(50) primary key, experiment_id integer, timestamp_ms bigint, "
        "execution_time_ms bigint, status varchar(50), request_preview varchar(1000), response_preview varchar(1000)",
        "trace_tags": f"{q}key{q} varchar(250), value varchar(8000), request_id varchar(50)",
        "assessments": "assessment_id varchar(50), trace_id varchar(50), name varchar(250), "
        "assessment_type varchar(20), value text, source_type varchar(50), source_id varchar(250), valid boolean",
        "spans": "trace_id varchar(50), span_id varchar(50), content text",
    }
    rows: list[tuple[str, tuple[object, ...]]] = [
        ("assessments", ("a-1", "tr-1", "quality", "feedback", "0.5", "HUMAN", "ada", True)),
        ("assessments", ("a-2", "tr-1", "quality", "feedback", "0.1", "HUMAN", "ada", False)),
    ]
    for name, experiment in (("tr-3", 1), ("tr-1", 1), ("tr-2", 1), ("tr-4", 2)):
        rows.append(("trace_info", (name, experiment, 1_700_000_000_000, 7, "OK", "what? ✓", "that")))
        rows.append(("trace_tags", ("mlflow.trace.spansLocation", "TRACKING_STORE", name)))
        rows.append(("spans", (name, "1", '{"name": "agent", "span_id": "0000000000000001"}')))
    with closing(connect(server)) as connection, connection.cursor() as cursor:
        for table, columns in tables.items():
            cursor.execute(f"CREATE TABLE {table} ({columns})")
        for table, row in rows:
            cursor.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
        yield server
        reader.close_all()
        for table in tables:
            cursor.execute(f"DROP TABLE {table}")


def test_traces_are_read_in_pages(traced: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.stores.sql.schema._PAGE", 2)
    store = with_traces(open_store(traced.url()))
    assert store
    problems: list[Problem] = []
    found = list(store.traces("1", problems))
    assert ([trace.trace_id for trace in found], problems) == (["tr-1", "tr-2", "tr-3"], [])
    assert (found[0].request_preview, found[0].duration, found[0].spans[0].name) == ("what? ✓", 7, "agent")
    assert [(a.assessment_id, a.value, a.source) for a in found[0].assessments] == [("a-1", "0.5", "ada")]


def test_the_session_cannot_write(server: Server) -> None:
    store = open_store(server.url())
    assert isinstance(store, reader.ServerStore)
    with pytest.raises(StoreError), store.tables() as tables, tables.moment():
        tables.fetch("DELETE FROM tags")
    assert len(read(store)[1][0].tags) > 0


def test_the_password_is_shown_nowhere(server: Server) -> None:
    store = open_store(server.url())
    catalog, _ = read(store)
    assert catalog.location == f"{server.scheme}://127.0.0.1:{server.port}/mlflow"
    assert server.password not in f"{store!r} {catalog!r} {store.signature()} {store.name}"
    assert store.name == "mlflow"


@pytest.mark.parametrize("fault", ["password", "database", "port", "tables"])
def test_what_is_wrong_is_said_in_one_sentence_without_the_password(server: Server, fault: str) -> None:
    said = {
        "password": "refused the user or the password",
        "database": "no database of that name",
        "port": "no (PostgreSQL|MySQL) server could be reached",
        "tables": "without MLflow's table experiments",
    }
    url = {
        "password": server.url(password="wr0ng"),
        "database": server.url("nowhere"),
        "port": server.url().replace(f":{server.port}/", f":{free_port()}/"),
        "tables": server.url("postgres" if server.scheme == "postgresql" else "information_schema"),
    }[fault]
    with pytest.raises(StoreError, match=said[fault]) as caught:
        open_store(url)
    text = f"{caught.value} {caught.value.__context__ if not caught.value.__suppress_context__ else ''}"
    assert "\n" not in text
    assert not any(secret in text for secret in (server.password, "wr0ng", "sitegen_test"))
    assert caught.value.exit_code == 4


def test_the_signature_changes_with_the_store(server: Server) -> None:
    store = open_store(server.url())
    before = store.signature()
    assert store.signature() == before
    with closing(connect(server)) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE registered_models SET last_updated_time = last_updated_time + 1")
        assert store.signature() != before
        cursor.execute("UPDATE registered_models SET last_updated_time = last_updated_time - 1")


def test_a_store_travels_to_other_processes(server: Server) -> None:
    store = open_store(server.url())
    refs = store.catalog().runs
    copy = pickle.loads(pickle.dumps(store))
    assert [run.run_id for run in copy.read_runs(refs).runs] == [ref.run_id for ref in refs]


@pytest.mark.parametrize(
    ("url", "extra", "module"),
    [
        ("postgresql://u:pw@h/d", "postgres", "psycopg"),
        ("mysql+pymysql://u:pw@h/d", "mysql", "pymysql"),
        ("mysql://u:pw@h/d2", "mysql", "sqlalchemy"),
    ],
)
def test_a_missing_driver_is_named_with_its_install_line(
    url: str, extra: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    reader.close_all()
    with pytest.raises(StoreError, match=rf"pip install 'mlruns-sitegen\[{extra}\]'"):
        open_store(url)


def test_an_address_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(StoreError, match="not the address of a database") as caught:
        open_store("postgresql://u:s3cret@h:port/d")
    assert "s3cret" not in str(caught.value)


def test_sqlalchemy_is_not_imported_without_need() -> None:
    code = "import sys; from sitegen.stores import open_store; open_store(sys.argv[1]).catalog(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(NEWEST)], capture_output=True, text=True, check=True)
    assert "sqlalchemy" not in done.stdout.split()
