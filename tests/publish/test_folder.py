"""Publishing to a folder: as a build puts a site in place, previews and the user's own files beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.errors import UsageError
from sitegen.publish import Changes, Folder, Publication, no_preview, preview, publish, whole_site
from sitegen.publish.changes import SiteFile
from sitegen.publish.folder import check_apart
from tests.publish.conftest import OTHER, Sites


def to_folder(root: Path, publication: Publication, adopt: bool = False, dry_run: bool = False) -> Changes:
    return publish(Folder(root, adopt), lambda target: publication, "Publish", dry_run)


def files_in(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_the_folder_holds_the_site_and_keeps_previews_and_own_files(sites: Sites, tmp_path: Path) -> None:
    root = tmp_path / "www"
    to_folder(root, whole_site(sites.after))
    (root / "mine.txt").write_text("mine")
    to_folder(root, preview(sites.after, 7))
    changes = to_folder(root, whole_site(sites.before))
    assert f"runs/{OTHER}.html" in changes.deleted and "index.html" in changes.changed
    assert not any(path.startswith(("assets/", "pr-preview/")) for path in (*changes.changed, *changes.deleted))
    seven = {f"pr-preview/pr-7/{path}" for path in sites.after}
    assert files_in(root) == {*sites.before, "mine.txt"} | seven
    assert not to_folder(root, whole_site(sites.before)), "the same again is nothing to do"
    to_folder(root, no_preview(7))
    assert files_in(root) == {*sites.before, "mine.txt"} and not (root / "pr-preview").exists()


def test_what_is_not_ours_is_kept_under_another_name(sites: Sites, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("theirs")
    with pytest.raises(UsageError, match="holds files that sitegen did not make"):
        to_folder(tmp_path, whole_site(sites.before))
    assert files_in(tmp_path) == {"index.html"}
    to_folder(tmp_path, whole_site(sites.before), adopt=True)
    assert (tmp_path / "index.before-sitegen.html").read_text() == "theirs"


def test_a_dry_run_and_an_interrupt_change_nothing(
    sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "www"
    to_folder(root, whole_site(sites.before))
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    assert to_folder(root, whole_site(sites.after), dry_run=True).added
    read = SiteFile.read

    def interrupted(file: SiteFile) -> bytes:
        if file is sites.after["index.html"]:
            raise KeyboardInterrupt
        return read(file)

    monkeypatch.setattr(SiteFile, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        to_folder(root, whole_site(sites.after))
    assert {file: file.read_bytes() for file in root.rglob("*") if file.is_file()} == before


def test_the_folder_must_be_apart_from_the_site(sites: Sites, tmp_path: Path) -> None:
    for folder in (sites.before_folder, sites.before_folder / "x", sites.before_folder.parent):
        with pytest.raises(UsageError, match="overlap"):
            check_apart(folder, sites.before_folder)
    check_apart(tmp_path, sites.before_folder)
