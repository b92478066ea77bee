"""The same runs give the same site, byte for byte, wherever they are kept."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from sitegen.export import export_store
from sitegen.stores import open_store
from sitegen.stores.sql import servers
from tests.stores.databases import FIXTURES, VERSIONS
from tests.stores.servers import mariadb, postgresql
from tests.stores.sql.test_servers import connect, fill
from tests.stores.tracking.test_server import mlflow_server

# Where points share step and time, kinds of stores truly differ: in which is the latest, and in their order.
TIES = ("tie", "tie2")
KIND = re.compile(rb"Made from an? [^<]*")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file store that MLflow wrote."""
    copy = Path(shutil.copytree(FIXTURES / "mlruns", tmp_path_factory.mktemp("files") / "mlruns"))
    for key in TIES:
        for file in copy.rglob(f"metrics/{key}"):
            file.unlink()
    return copy


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that MLflow migrated it to."""
    return without_ties(FIXTURES / "migrated.db", tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that MLflow made as such: its experiment ids fit into those of database servers.

    It says nothing of the models that went into runs, which a tracking server over a database leaves out.
    """
    copy = without_ties(FIXTURES / f"mlflow-{VERSIONS[-1]}.db", tmp_path_factory.mktemp("newest"))
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM inputs WHERE source_type = 'RUN_INPUT'")
    return copy


def without_ties(database: Path, folder: Path) -> Path:
    (folder / "mlruns").mkdir()  # else each page says where artifacts were expected
    copy = Path(shutil.copy(database, folder / "mlflow.db"))
    with closing(sqlite3.connect(copy)) as connection, connection:
        for table in ("metrics", "latest_metrics"):
            connection.execute(f"DELETE FROM {table} WHERE key IN (?, ?)", TIES)
    return copy


@pytest.fixture(scope="module")
def wanted(files: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return site(str(files), tmp_path_factory.mktemp("wanted"))


@pytest.fixture(scope="module")
def wanted_of_newest(newest: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return site(str(newest), tmp_path_factory.mktemp("wanted"))


def site(location: str, folder: Path) -> dict[str, bytes]:
    """The files of the site of a store, without what names the kind of store: the footer, and the list of checksums."""
    build(Config(store=location, output=folder / "site", title="Runs", jobs=1))
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "site").rglob("*")
        if path.is_file()
    }
    del files["site/data/manifest.json"]
    return {path: KIND.sub(b"Made from", content) for path, content in files.items()}


def assert_same(found: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    assert sorted(found) == sorted(wanted)
    assert [path for path in wanted if found[path] != wanted[path]] == []


def test_of_a_sqlite_database(database: Path, wanted: dict[str, bytes], tmp_path: Path) -> None:
    assert_same(site(str(database), tmp_path), wanted)


def test_of_an_export(files: Path, wanted: dict[str, bytes], tmp_path: Path) -> None:
    export_store(open_store(str(files)), tmp_path / "export")
    assert_same(site(str(tmp_path / "export"), tmp_path), wanted)


@contextmanager
def filled(kind: str, database: Path) -> Iterator[str]:
    """The address of a database server with the rows of `database`."""
    with {"postgresql": postgresql, "mysql": mariadb}[kind]() as server:
        with closing(connect(server)) as connection, closing(sqlite3.connect(database)) as source:
            fill(connection, source, server.scheme)
        yield server.url()
        servers.close_all()


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_of_a_database_server(kind: str, newest: Path, wanted_of_newest: dict[str, bytes], tmp_path: Path) -> None:
    with filled(kind, newest) as address:
        assert_same(site(address, tmp_path), wanted_of_newest)


@pytest.mark.server
@pytest.mark.mlflow
def test_of_a_tracking_server(newest: Path, wanted_of_newest: dict[str, bytes], tmp_path: Path) -> None:
    copy = shutil.copy(newest, tmp_path / "mlflow.db")
    with mlflow_server(tmp_path, f"sqlite:///{copy}") as address:
        assert_same(site(address, tmp_path), wanted_of_newest)
