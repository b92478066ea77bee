"""Which folders are inside a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.config.places import store_around
from tests.stores.mlruns_builder import RUN, experiment, run, write


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A file store under a name of its own."""
    run(experiment(tmp_path / "results", "1"), RUN, artifacts={"report/index.html": "x"})
    return tmp_path / "results"


@pytest.mark.parametrize("below", ["", "1", f"1/{RUN}", f"1/{RUN}/artifacts/report"])
def test_a_store_and_what_is_below_it(store: Path, below: str) -> None:
    assert store_around(store / below) is not None


def test_the_folder_that_holds_a_store_is_not_inside_it(store: Path) -> None:
    assert store_around(store.parent) is None
    assert store_around(store.parent / "config") is None


@pytest.mark.parametrize("name", ["mlruns", "mlartifacts"])
def test_folders_of_these_names_are_stores(tmp_path: Path, name: str) -> None:
    assert store_around(tmp_path / name / "a" / "b") == (tmp_path / name).resolve()


def test_an_export_is_a_store(tmp_path: Path) -> None:
    write(tmp_path / "out" / "sitegen-export.json", "{}")
    assert store_around(tmp_path / "out" / "tables") == (tmp_path / "out").resolve()


def test_a_meta_file_of_something_else_makes_no_store(tmp_path: Path) -> None:
    write(tmp_path / "site" / "meta.yaml", "title: a page\n")
    assert store_around(tmp_path / "site") is None
