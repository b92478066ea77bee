"""What a manifest may name: our own files below the site, nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sitegen.output.manifest import MANIFEST, listed


def site(folder: Path, content: object) -> Path:
    (folder / MANIFEST).parent.mkdir()
    (folder / MANIFEST).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return folder


def ours(*paths: object) -> dict[str, object]:
    return {"generator": "sitegen", "files": [[path, 1, "hash"] for path in paths]}


def test_the_files_and_the_manifest_itself_are_listed(tmp_path: Path) -> None:
    found = listed(site(tmp_path, ours("index.html", "runs/a..b.html", "runs/...html")))
    assert found == {"index.html", "runs/a..b.html", "runs/...html", MANIFEST}


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "runs/../../x", "runs/..", ""])
def test_a_path_that_leaves_the_site_is_not_taken(tmp_path: Path, path: str) -> None:
    assert listed(site(tmp_path, ours(path, "index.html"))) == {"index.html", MANIFEST}


@pytest.mark.parametrize(
    "content",
    [
        {"generator": "another", "files": [["index.html"]]},
        {"files": [["index.html"]]},
        {"generator": "sitegen"},
        {"generator": "sitegen", "files": [[]]},
        {"generator": "sitegen", "files": 3},
        [1],
        "not JSON",
        "[" * 100_000,
        ours(),
    ],
    ids=["another", "none", "no-files", "empty-entry", "number", "list", "text", "deep", "empty"],
)
def test_a_manifest_that_is_not_ours_lists_nothing(tmp_path: Path, content: object) -> None:
    assert listed(site(tmp_path, content)) == set()


def test_a_folder_without_a_manifest_lists_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path) == listed(tmp_path / "missing") == set()
