"""The folder that a build fills: what is listed of it, what is dropped, which errors are the disk's."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from sitegen.errors import UsageError
from sitegen.output.files import Written
from sitegen.output.manifest import MANIFEST
from sitegen.output.stage import SCRATCH, Stage, check_output, masked, staged


def test_a_file_that_runs_share_is_listed_once_and_others_each_time(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.record([Written("thumbs/a.webp", 1, "h"), Written("runs/a.html", 1, "h")])
    stage.record([Written("thumbs/a.webp", 1, "h"), Written("thumbs/b.webp", 1, "h"), Written("runs/b.html", 1, "h")])
    assert [entry.path for entry in stage.written] == ["thumbs/a.webp", "runs/a.html", "thumbs/b.webp", "runs/b.html"]


def test_the_manifest_is_sorted_and_what_a_build_kept_meanwhile_is_dropped(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    for path in ("z.html", "a/b.html"):
        stage.write(path, "é")
    (tmp_path / SCRATCH).mkdir()
    (tmp_path / SCRATCH / "records").write_text("x")
    stage.finish()
    assert not (tmp_path / SCRATCH).exists()
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert manifest["generator"] == "sitegen"
    assert [(path, size) for path, size, _ in manifest["files"]] == [("a/b.html", 2), ("z.html", 2)]


@pytest.mark.parametrize(("code", "is_the_disks"), [(errno.ENOSPC, True), (errno.EROFS, True), (errno.EPIPE, False)])
def test_only_what_a_disk_can_do_is_a_users_mistake(tmp_path: Path, code: int, is_the_disks: bool) -> None:
    error = OSError(code, "The disk says no")
    with pytest.raises(UsageError if is_the_disks else OSError) as caught, staged(tmp_path / "site", stores=[]):
        raise error
    assert (caught.value is error) is not is_the_disks
    if is_the_disks:
        assert str(caught.value).endswith("The disk says no; make room, or choose another folder with -o.")
    assert list(tmp_path.iterdir()) == [], "no stage and no lock are left"


def test_the_users_mask_is_restored(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with pytest.raises(RuntimeError), masked():
            (tmp_path / "folder").mkdir()
            raise RuntimeError
        assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o755
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)


def test_an_output_beside_the_store_is_fine_and_one_that_overlaps_it_is_not(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    store.mkdir()
    check_output(tmp_path / "runs-site", [store, None], adopt=False)
    for output, words in (
        (store, "inside the store"),
        (store / "x", "inside the store"),
        (tmp_path, "store is inside"),
    ):
        with pytest.raises(UsageError, match=words):
            check_output(output, [None, store], adopt=True)


def test_files_of_others_need_force_adopt(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    check_output(tmp_path, [], adopt=False)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="files that sitegen did not make.*--force-adopt"):
        check_output(tmp_path, [], adopt=False)
    check_output(tmp_path, [], adopt=True)
