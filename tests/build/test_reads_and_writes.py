"""What a build opens and what it touches: no file of a run twice, no file of the site that has not changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_runs" / "mlflow3" / "mlruns"
COUNT_OPENED = """
import collections, json, os, sys
from pathlib import Path
from sitegen.build import build
from sitegen.config import Config
store, out = sys.argv[1:]
opened = collections.Counter()
sys.addaudithook(lambda event, values: opened.update([os.fsdecode(values[0])]) if event == "open" and isinstance(values[0], (str, bytes)) else None)
build(Config(store=store, output=Path(out), jobs=1))
heavy = {"altair", "vl_convert", "pandas"} & sys.modules.keys()
print(json.dumps([sorted(heavy), {path: count for path, count in opened.items() if path.startswith(store)}]))
"""


@dataclass(frozen=True)
class Counted:
    """What a build of the sample in a process of its own did."""

    heavy: list[str]
    """Which of the libraries that take long to import it imported."""
    opened: dict[Path, int]
    """How often it opened each file of the store."""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    command = [sys.executable, "-c", COUNT_OPENED, str(SAMPLE), str(tmp_path_factory.mktemp("counted") / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    heavy, opened = json.loads(done.stdout)
    return Counted(heavy, {Path(path): count for path, count in opened.items()})


def test_no_file_of_a_run_is_opened_twice(counted: Counted) -> None:
    """Parents, the curves and images of the best, logged tables, models and previews included.

    Where the artifacts of a run are that has none in its folder is in its meta.yaml, and is asked before it is read.
    """
    runs = {path.parent for path in SAMPLE.glob("[0-9]*/*/meta.yaml")}
    files = {path: count for path, count in counted.opened.items() if path.is_file() and runs & set(path.parents)}
    assert len(files) > 1000
    twice = {path for path, count in files.items() if count > 1}
    assert {path for path in twice if path.name != "meta.yaml" or any((path.parent / "artifacts").glob("*"))} == set()
    assert max(files.values()) <= 2


def test_a_build_needs_no_library_that_takes_long_to_import(counted: Counted) -> None:
    assert counted.heavy == []


def times(site: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(site).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in site.rglob("*")
        if path.is_file()
    }


def old(site: Path) -> None:
    """Give every file of the site a time in the past, so that a rewritten one stands out."""
    for path in site.rglob("*"):
        if path.is_file():
            os.utime(path, ns=(10**18, 10**18))


@pytest.fixture(params=["a folder that is exchanged", "a git worktree, which stays"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    site = tmp_path / "site"
    build(Config(store=str(SAMPLE), output=site))
    if "git" in request.param:
        (site / ".git").mkdir()
    old(site)
    yield site


def test_a_second_build_of_an_unchanged_store_touches_no_file(site: Path) -> None:
    before = times(site)
    build(Config(store=str(SAMPLE), output=site))
    assert times(site) == before


def test_a_build_with_another_title_rewrites_pages_and_leaves_data_and_artifacts_alone(site: Path) -> None:
    before = times(site)
    build(Config(store=str(SAMPLE), output=site, title="Another"))
    after = times(site)
    changed = {path for path in before if before[path] != after[path]}
    assert {path for path in before if path.endswith(".html")} - {"charts/curve.html", "charts/table.html"} <= changed
    # Pictures of charts name the site that they are from.
    pictures = {path for path in changed if path.startswith("charts/") and path.endswith((".svg", ".png"))}
    assert {path for path in changed - pictures if not path.endswith(".html")} == {
        "data/site.js",
        "data/manifest.json",
        "data/best.json",
    }


def test_a_page_that_someone_edited_is_made_anew_and_not_through_its_second_name(site: Path) -> None:
    page, data = site / "index.html", site / "data" / "site.js"
    page.write_text("edited", "utf-8")
    data.chmod(0o600)
    build(Config(store=str(SAMPLE), output=site))
    assert "edited" not in page.read_text("utf-8")
    assert data.stat().st_mode & 0o777 == 0o644
