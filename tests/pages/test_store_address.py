"""How snippets reach the store, by its kind and the profile."""

from __future__ import annotations

import pytest

from sitegen.model import Catalog, Experiment
from sitegen.pages.store_address import SERVER, UNKNOWN_STORE, StoreAddress, store_address


def catalog(kind: str, location: str, artifacts: str = "") -> Catalog:
    return Catalog(kind, location, (Experiment("1", "e", artifact_location=artifacts),), ())


@pytest.mark.parametrize(
    ("kind", "location", "public", "internal"),
    [
        ("MLflow file store", "/home/ada/runs/", "mlruns", "runs"),
        ("MLflow file store", ".", "mlruns", "mlruns"),
        ("MLflow SQLite store", "/srv/team.db", "sqlite:///mlflow.db", "sqlite:///team.db"),
        ("MLflow tracking server", "http://ml.corp:5000/", SERVER, "http://ml.corp:5000"),
        ("MLflow tracking server", "http://ada:pw@ml.corp", SERVER, SERVER),
        ("MLflow PostgreSQL store", "postgresql://h/db", *["postgresql://USER:PASSWORD@HOST/DATABASE"] * 2),
        ("MLflow file store and MLflow SQLite store", "a and b", "", ""),
    ],
)
def test_the_address_is_right_for_the_kind_and_says_nothing_private(
    kind: str, location: str, public: str, internal: str
) -> None:
    assert store_address(catalog(kind, location), True).uri == public
    assert store_address(catalog(kind, location), False).uri == internal


def test_artifacts_behind_a_server_are_loaded_through_it() -> None:
    assert store_address(catalog("MLflow SQLite store", "mlflow.db", "mlflow-artifacts:/1"), False).uri == SERVER


def test_a_file_store_is_opened_as_newer_versions_of_mlflow_ask_for_it() -> None:
    files = StoreAddress("my runs", "the folder of the store", is_files=True)
    assert files.python() == (
        'os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"',
        'mlflow.set_tracking_uri("my runs")  # the folder of the store',
    )
    assert files.shell() == ("export MLFLOW_ALLOW_FILE_STORE=true", "export MLFLOW_TRACKING_URI='my runs'")
    assert UNKNOWN_STORE.python() == UNKNOWN_STORE.shell() == ()
    assert UNKNOWN_STORE.in_words() == "With MLFLOW_TRACKING_URI set to the store. "
