"""The sentence for a path that is not a store: what is there, and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.stores.missing import describe_missing
from tests.stores.mlruns_builder import write


def described(path: Path) -> str:
    return describe_missing(path, "data/x", "give a store")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "data/x is empty; give a store."),
        (b"text", "data/x is a file that holds no MLflow runs; give a store."),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n",
            "data/x is a Git LFS pointer, not the file itself; fetch the file with: git lfs pull",
        ),
        (b" version https://git-lfs", "data/x is a file that holds no MLflow runs; give a store."),
    ],
)
def test_a_file_is_described_by_how_it_begins(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert described(write(tmp_path / "x", content)) == sentence


def test_a_path_that_cannot_be_opened_is_described_without_the_real_path(tmp_path: Path) -> None:
    sentence = described(tmp_path / "gone")
    assert sentence == "data/x cannot be read (No such file or directory); check its permissions."


def test_a_folder_with_nothing_but_what_an_operating_system_drops_is_empty(tmp_path: Path) -> None:
    write(tmp_path / ".DS_Store", "x")
    assert described(tmp_path) == "data/x is empty; give a store."
    write(tmp_path / "notes.txt", "x")
    assert described(tmp_path) == "data/x holds no MLflow runs; give a store."


def test_the_first_database_of_a_folder_is_named_before_its_artifacts(tmp_path: Path) -> None:
    write(tmp_path / "1/run/artifacts/model.pkl", "x")
    for name in ("b.db", "a.db", "a.dbx"):
        write(tmp_path / name, "x")
    assert described(tmp_path) == "data/x holds no MLflow runs, and a.db is not a run store; give a store."


def test_a_database_whose_name_cannot_be_encoded_can_be_printed(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.db")).write_bytes(b"x")
    assert "\ufffd.db is not a run store" in described(tmp_path)


def test_a_folder_of_artifacts_alone_says_where_the_runs_are(tmp_path: Path) -> None:
    write(tmp_path / "1/run/artifacts/model.pkl", "x")
    sentence = described(tmp_path)
    assert sentence.startswith("data/x holds only artifacts: MLflow 3 keeps runs in a database, mlflow.db ")
    assert sentence.endswith("; give the path of the database.")
