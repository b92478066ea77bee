"""Sites with too many runs for a page each: every link leads to the page that draws them, which is there in all sites."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from tests.benchmarks.store import write_files
from tests.linkcheck import problems


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of twelve runs."""
    folder = tmp_path_factory.mktemp("packed") / "mlruns"
    write_files(folder, range(12))
    return folder


@pytest.fixture(scope="module")
def packed(store: Path) -> Path:
    """Its site, with pages for eleven at most."""
    build(Config(store=str(store), output=store.parent / "site", jobs=1, max_run_pages=11))
    return store.parent / "site"


def test_no_run_has_a_page_and_every_link_leads_somewhere(packed: Path) -> None:
    assert not (packed / "runs").exists()
    assert problems(packed) == []
    pages = [page.read_text("utf-8") for page in packed.rglob("*.html")]
    assert sum(page.count('href="../runs.html#') for page in pages) > 12
    assert not any('href="../runs/' in page or 'href="runs/' in page for page in pages)


def test_programs_and_the_search_are_told(packed: Path) -> None:
    best = json.loads((packed / "data" / "best.json").read_text("utf-8"))
    pages = [one["best"]["page"] for one in best["experiments"] if one["best"]]
    assert pages and all(page.startswith("runs.html#") for page in pages)
    found = "".join(path.read_text("utf-8") for path in (packed / "data" / "search").glob("docs-*.js"))
    assert found.count("runs.html#") == 12
    assert "runs/" not in found
    assert '"packed":true' in (packed / "data" / "site.js").read_text("utf-8").replace('\\"', '"')


def test_as_many_pages_as_allowed_are_made(store: Path, tmp_path: Path) -> None:
    build(Config(store=str(store), output=tmp_path / "site", jobs=1, max_run_pages=12))
    assert len(list((tmp_path / "site" / "runs").glob("*.html"))) == 12
    assert (tmp_path / "site" / "runs.html").exists()
