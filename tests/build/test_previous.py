"""Files of the previous site are taken only as they were written."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from sitegen.build.previous import PreviousSite, SavedFile
from sitegen.output import Written

PATH = "runs/a.html"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site" / PATH
    path.parent.mkdir(parents=True)
    path.write_bytes(b"page")
    path.chmod(0o644)
    (tmp_path / "stage").mkdir()
    return tmp_path / "site"


def saved(site: Path, time: int | None = None) -> SavedFile:
    content = hashlib.sha256(b"page").hexdigest()
    return SavedFile(PATH, 4, content, (site / PATH).stat().st_mtime_ns if time is None else time)


def previous(site: Path, *files: SavedFile, by_content: bool = False) -> PreviousSite:
    return PreviousSite(str(site), str(site.with_name("stage")), files, by_content)


def written(content: bytes = b"page") -> list[Written]:
    return [Written(PATH, len(content), hashlib.sha256(content).hexdigest())]


def test_a_file_that_is_the_same_is_taken_under_a_second_name(site: Path) -> None:
    assert previous(site, saved(site)).take(written())
    assert (site.with_name("stage") / PATH).stat().st_ino == (site / PATH).stat().st_ino


def test_a_file_is_copied_where_there_are_no_hard_links(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "another device")

    monkeypatch.setattr(os, "link", refuse)
    assert previous(site, saved(site)).take(written())
    copy = (site.with_name("stage") / PATH).stat()
    assert (copy.st_size, copy.st_mtime_ns) == (4, (site / PATH).stat().st_mtime_ns)


def test_a_file_with_another_time_is_known_by_its_content(site: Path) -> None:
    assert previous(site, saved(site, time=1)).take(written())
    (site / PATH).write_bytes(b"edit")
    assert not previous(site, saved(site, time=1)).is_whole()


def test_a_file_that_was_edited_or_is_another_is_not_taken(site: Path) -> None:
    known = saved(site)
    assert not previous(site, known).take(written(b"past"))
    assert not previous(site).take(written())
    (site / PATH).write_bytes(b"edit")
    os.utime(site / PATH, ns=(known.time, known.time))
    assert previous(site, known).is_whole()  # the price of trusting times
    assert not previous(site, known, by_content=True).take(written())
    (site / PATH).chmod(0o600)
    assert not previous(site, known).is_whole()
    (site / PATH).unlink()
    (site / PATH).symlink_to("b.html")
    assert not previous(site, known).is_whole()


def test_no_site_is_not_a_whole_one(site: Path) -> None:
    assert not previous(site).is_whole()
    assert not PreviousSite("", str(site), [saved(site)]).is_whole()
