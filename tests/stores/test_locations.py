"""What a location means, and that a password in it is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.errors import StoreError
from sitegen.stores.locations import local_path, name_of, place_of, server_kind, shown


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("./mlruns", "mlruns"),
        ("file:///p/with%20space", "/p/with space"),
        ("file:/p/mlruns", "/p/mlruns"),
        ("sqlite:///rel/mlflow.db", "rel/mlflow.db"),
        ("sqlite:////abs/mlflow.db", "/abs/mlflow.db"),
        ("sqlite:///a%20b.db?timeout=3", "a%20b.db"),
        ("SQLite+pysqlite:///a.db", "a.db"),
    ],
)
def test_paths_and_local_uris_name_a_path(location: str, path: str) -> None:
    assert local_path(location) == place_of(location) == Path(path)


@pytest.mark.parametrize(
    ("location", "description"),
    [
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("file://elsewhere/p", "on the machine elsewhere"),
        ("mssql+pyodbc://u:s3cret@h/d", "mssql address"),
        ("http://u:s3cret@h:5000", "http address"),
        ("databricks://u:s3cret@profile", "databricks address"),
    ],
)
def test_other_addresses_are_refused_without_their_secrets(location: str, description: str) -> None:
    with pytest.raises(StoreError, match=description) as caught:
        local_path(location)
    assert "s3cret" not in str(caught.value)


def test_a_path_that_looks_like_a_uri_is_a_path_where_it_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mysql:x").mkdir()
    assert server_kind("mysql:x") is None
    assert local_path("mysql:x") == Path("mysql:x")


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("/p/project/mlruns", "project"),
        ("/p/project", "project"),
        ("/p/project/mlflow.db", "project"),
        ("sqlite:////p/project/runs.db", "project"),
        ("postgresql+psycopg2://u:pw@h:5432/tracking?sslmode=require", "tracking"),
    ],
)
def test_a_store_is_called_after_its_folder_or_database(location: str, name: str) -> None:
    assert name_of(location) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_no_password_is_ever_shown(password: str) -> None:
    secret = f"{password}zqx"
    for location in (
        f"postgresql://user:{secret}@host:1/db",
        f"mysql+pymysql://user:{secret}@host/db?password={secret}",
    ):
        assert "zqx" not in shown(location)
        assert "user" not in shown(location)
