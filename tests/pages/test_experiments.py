"""Long lists of a run's page: files by folder, folded metrics and params."""

from __future__ import annotations

from pathlib import Path

from sitegen.build import build
from sitegen.config import Config
from sitegen.pages.files import PAGE_FILES, PAGE_FOLDERS, folders_of
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from tests import html
from tests.stores.mlruns_builder import experiment, run


def copies(*paths: str) -> list[CopiedArtifact]:
    return [
        CopiedArtifact(CopiedFile(path, 10, "Text", f"artifacts/r/{n}.txt"), f"files/r/{n}.txt.html")
        for n, path in enumerate(paths)
    ]


def test_files_are_listed_by_folder_the_root_first() -> None:
    found = folders_of(copies("b.txt", "a/x.txt", "a/b/y.txt", "c.txt"))
    assert [(f.name, [line.name for line in f.files], f.open, f.hint) for f in found] == [
        ("", ["b.txt", "c.txt"], True, "2 files, 20 B"), ("a", ["x.txt"], True, "1 file, 10 B"), ("a/b", ["y.txt"], True, "1 file, 10 B"),
    ]  # fmt: skip


def test_few_files_are_open_many_are_folded_but_for_the_root() -> None:
    found = folders_of(copies("b.txt", *(f"a/{n}.txt" for n in range(60))))
    assert [f.open for f in found] == [True, False]
    assert sum(len(f.files) for f in found) == 61


def test_very_many_files_are_cut_and_every_folder_says_by_how_much() -> None:
    paths = [f"d{folder:02}/{n}.txt" for folder in range(30) for n in range(100)]
    found = folders_of(copies(*paths))
    assert sum(len(f.files) for f in found) <= PAGE_FILES
    assert {f.more for f in found} == {"and 87 files more"}
    assert sum(len(f.files) for f in folders_of(copies(*paths), len(paths))) == 3000
    assert len(folders_of(copies(*(f"d{n}/x.txt" for n in range(900))))) == PAGE_FOLDERS


def test_a_line_leads_to_the_preview_and_to_the_file() -> None:
    line = folders_of(copies("a/x.txt"))[0].files[0]
    assert (line.folder, line.name, line.view, line.href) == (
        "a/",
        "x.txt",
        "files/r/0.txt.html",
        "artifacts/r/0.txt",
    )


def test_a_page_shows_the_distribution_of_no_more_than_500_metrics(tmp_path: Path) -> None:
    metrics = {f"m{at}": "1700000000000 0.5 0\n" for at in range(503)}
    folder = experiment(tmp_path / "mlruns", "1")
    run(folder, "a" * 32, metrics=metrics)
    build(Config(store=str(tmp_path / "mlruns"), output=tmp_path / "site"))
    section = html.section(html.read(tmp_path / "site" / "experiments" / "1.html"), "metrics")
    assert len(html.cells(section)) == 500
    assert "last values over all runs; the first 500 of 503 metrics" in html.text(section)
