"""The order of files, and the set of paths that is kept as hashes."""

from __future__ import annotations

from pathlib import Path

from sitegen.check.walk import Paths, walk
from tests.stores.mlruns_builder import write


def test_files_come_in_the_order_of_whole_paths_as_a_manifest_has_them(tmp_path: Path) -> None:
    names = ["a/b", "a-b", "a.html", "a/b.c", "a0", "A", "b/c/d", "ä"]
    for name in names:
        write(tmp_path / name, "x")
    found = [entry.path for entry in walk(tmp_path) if entry.kind == "file"]
    assert found == sorted(names)
    assert [entry.path for entry in walk(tmp_path) if entry.kind == "folder"] == ["a", "b", "b/c"]


def test_a_path_is_in_the_set_in_just_its_case() -> None:
    paths = Paths(iter(["index.html", "runs/a.html"]))
    assert "runs/a.html" in paths and "index.html" in paths
    assert "runs/A.html" not in paths and "runs" not in paths and "" not in paths
