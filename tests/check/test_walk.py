"""The order of files, and the set of paths that is kept as hashes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.check.walk import Paths, walk
from tests.stores.mlruns_builder import write


def test_files_come_in_the_order_of_whole_paths_as_a_manifest_has_them(tmp_path: Path) -> None:
    names = ["a/b", "a-b", "a.html", "a/b.c", "a0", "A", "b/c/d", "ä"]
    for name in names:
        write(tmp_path / name, "x")
    found = [entry.path for entry in walk(tmp_path) if entry.kind == "file"]
    assert found == sorted(names)
    assert [entry.path for entry in walk(tmp_path) if entry.kind == "folder"] == ["a", "b", "b/c"]


def test_a_folder_that_cannot_be_read_and_a_file_that_went_away_end_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/b", "c/d", "e"):
        write(tmp_path / name, "x")
    scandir, lstat = os.scandir, os.lstat

    def refused(path: str) -> object:
        if str(path).endswith("/c"):
            raise PermissionError
        return scandir(path)

    def gone(path: str) -> os.stat_result:
        if str(path).endswith("/e"):
            raise FileNotFoundError
        return lstat(path)

    monkeypatch.setattr("sitegen.check.walk.os.scandir", refused)
    monkeypatch.setattr("sitegen.check.walk.os.lstat", gone)
    found = [(entry.path, entry.kind) for entry in walk(tmp_path)]
    assert found == [("a", "folder"), ("a/b", "file"), ("c", "folder"), ("c", "a folder that cannot be read")]


def test_a_path_is_in_the_set_in_just_its_case() -> None:
    paths = Paths(iter(["index.html", "runs/a.html"]))
    assert "runs/a.html" in paths and "index.html" in paths
    assert "runs/A.html" not in paths and "runs" not in paths and "" not in paths
