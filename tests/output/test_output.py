"""The swap of sites: whole or not at all, never over what is not ours, readable by any host."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.errors import UsageError
from sitegen.output import MANIFEST, Places, files, listed, locked, place, staged
from sitegen.output import lock as lock_room
from sitegen.output.place import STAGE_INSIDE

OLD = {"index.html": "old", "runs/a.html": "old run", "data/site.js": "old data"}
NEW = {"index.html": "new", "runs/b.html": "new run", "data/site.js": "new data", "assets/x/site.css": "css"}


def build(site: Path, files: dict[str, str], adopt: bool = False) -> None:
    with staged(site, stores=[None], adopt=adopt) as stage:
        for path, text in files.items():
            stage.write(path, text)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def texts(folder: Path) -> dict[str, str]:
    return {path: data.decode() for path, data in tree(folder).items() if path != MANIFEST}


def refusal(site: Path, store: Path | None = None) -> str:
    with pytest.raises(UsageError) as caught, staged(site, stores=[store]):
        pass
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    build(tmp_path / "site", OLD)
    return tmp_path / "site"


# Whole or not at all ------------------------------------------------------------------------------------------------


def test_a_new_site_takes_the_place_of_the_old_one(site: Path) -> None:
    build(site, NEW)
    assert texts(site) == NEW
    assert [p.name for p in site.parent.iterdir()] == ["site"], "nothing is left beside the site"


def test_folders_above_the_output_are_made(tmp_path: Path) -> None:
    build(tmp_path / "a" / "b" / "site", NEW)
    assert texts(tmp_path / "a" / "b" / "site") == NEW


def test_the_manifest_lists_every_file_with_size_and_hash(site: Path) -> None:
    assert listed(site) == {*OLD, MANIFEST} == set(tree(site))


def test_an_error_leaves_the_previous_site(site: Path) -> None:
    before = tree(site)
    with pytest.raises(KeyError), staged(site, stores=[None]) as stage:
        stage.write("index.html", "half")
        raise KeyError
    assert tree(site) == before
    assert [p.name for p in site.parent.iterdir()] == ["site"]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_a_full_disk_at_any_write_leaves_the_previous_site(site: Path, monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    before, write, calls = tree(site), os.write, 0

    def failing(handle: int, data: memoryview) -> int:
        nonlocal calls
        calls += 1
        if calls == n:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data)

    monkeypatch.setattr(files.os, "write", failing)
    with pytest.raises(UsageError, match="No space left on device"):
        build(site, NEW)
    monkeypatch.undo()
    assert tree(site) == before
    assert [p.name for p in site.parent.iterdir()] == ["site"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts a file system")
def test_a_mount_that_fills_up_keeps_the_previous_site(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path / "site"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount")
    try:
        build(tmp_path / "site", OLD)
        before = tree(tmp_path / "site")
        with pytest.raises(UsageError, match="No space left on device; make room"):
            build(tmp_path / "site", {**NEW, **{f"runs/{n}.html": "x" * 4000 for n in range(20)}})
        assert tree(tmp_path / "site") == before
        build(tmp_path / "site", NEW)
        assert texts(tmp_path / "site") == NEW
        assert [p.name for p in tmp_path.iterdir()] == ["site"]
    finally:
        subprocess.run(["umount", tmp_path / "site"], check=True)


def test_an_output_on_another_file_system_is_staged_inside_it(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a full disk is met before the first file is replaced, and what a killed build leaves there goes."""
    monkeypatch.setattr(place, "is_apart", lambda output: output.is_dir())
    monkeypatch.setattr(place, "must_stay", lambda output: True)
    (site / STAGE_INSIDE / "old").mkdir(parents=True)
    with staged(site, stores=[None]) as stage:
        assert Path(stage.root) == site / STAGE_INSIDE
        stage.write("index.html", "new")
    assert texts(site) == {"index.html": "new"}


def test_a_short_write_is_continued(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(files.os, "write", lambda handle, data: write(handle, data[:2]))
    build(site, NEW)
    monkeypatch.undo()
    assert texts(site) == NEW


def test_an_error_that_is_a_bug_is_not_dressed_up(site: Path) -> None:
    with pytest.raises(FileNotFoundError), staged(site, stores=[None]):
        Path("no such file").read_bytes()


def test_without_an_exchange_the_swap_takes_two_steps(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_exchange", lambda one, other: False)
    build(site, NEW)
    assert texts(site) == NEW
    assert [p.name for p in site.parent.iterdir()] == ["site"]


# After a kill -------------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from sitegen.output import staged
with staged(Path(sys.argv[1]), stores=[None]) as stage:
    stage.write("index.html", "half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_build_leaves_the_old_site_and_is_cleared_away_by_the_next(site: Path) -> None:
    before = tree(site)
    code = subprocess.run([sys.executable, "-c", KILLED, site], cwd=Path(__file__).parents[2], check=False).returncode
    assert code == -signal.SIGKILL
    assert tree(site) == before
    assert Places(site).stage.exists()
    build(site, NEW)
    assert texts(site) == NEW
    assert [p.name for p in site.parent.iterdir()] == ["site"]


def test_a_swap_that_was_cut_in_half_is_undone(site: Path) -> None:
    site.rename(Places(site).old)
    with pytest.raises(KeyError), staged(site, stores=[None]):
        assert texts(site) == OLD
        raise KeyError
    assert texts(site) == OLD


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_whatever_lies_in_the_way_of_the_stage_is_cleared(site: Path, kind: str) -> None:
    for left in (Places(site).stage, Places(site).old):
        if kind == "file":
            left.write_text("x")
        elif kind == "link":
            left.symlink_to(site.parent / "kept")
        else:
            (left / "sub").mkdir(parents=True)
    (site.parent / "kept").mkdir()
    build(site, NEW)
    assert sorted(p.name for p in site.parent.iterdir()) == ["kept", "site"]


def test_a_swap_that_only_missed_its_end_is_finished(site: Path) -> None:
    build(Places(site).old, NEW)
    build(site, NEW)
    assert texts(site) == NEW
    assert [p.name for p in site.parent.iterdir()] == ["site"]


# What may be an output ----------------------------------------------------------------------------------------------


def test_overlaps_with_the_store_are_refused(tmp_path: Path) -> None:
    store = tmp_path / "p" / "mlruns"
    store.mkdir(parents=True)
    assert "is inside the store" in refusal(store / "site", store)
    assert "is inside the store" in refusal(store, store)
    assert "store is inside the output" in refusal(tmp_path / "p", store)
    (tmp_path / "link").symlink_to(store)
    assert "is inside the store" in refusal(tmp_path / "link" / "site", store)


def test_root_and_home_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "cannot be the output" in refusal(tmp_path)
    assert "cannot be the output" in refusal(Path("/"))


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("file", "gone", "loop"):
        assert f"is below {tmp_path / name}, which is a file" in refusal(tmp_path / name / "a" / "site")
    assert "is a file" in refusal(tmp_path / "loop")
    assert (tmp_path / "file").read_text() == "mine"


def test_folders_that_were_made_for_a_site_go_with_it(tmp_path: Path) -> None:
    with pytest.raises(KeyError), staged(tmp_path / "a" / "b" / "site", stores=[None]):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine")
    assert "is a file" in refusal(tmp_path / "site")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert "is a file" in refusal(tmp_path / "gone")


def test_a_folder_of_somebody_else_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "site" / "data").mkdir(parents=True)
    (tmp_path / "site" / "data" / "manifest.json").write_text('{"files": [["thesis.tex", 1, ""]]}')
    (tmp_path / "site" / "thesis.tex").write_text("years of work")
    before = tree(tmp_path / "site")
    assert "files that sitegen did not make" in refusal(tmp_path / "site")
    assert tree(tmp_path / "site") == before


def test_force_adopt_keeps_the_other_files(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.tex").write_text("years of work")
    build(tmp_path / "site", OLD, adopt=True)
    assert texts(tmp_path / "site") == {**OLD, "thesis.tex": "years of work"}
    build(tmp_path / "site", NEW)
    assert texts(tmp_path / "site") == {**NEW, "thesis.tex": "years of work"}


def test_an_empty_folder_can_be_an_output(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    build(tmp_path / "site", NEW)
    assert texts(tmp_path / "site") == NEW


# What is carried over -----------------------------------------------------------------------------------------------


def test_files_of_the_user_are_carried_over(site: Path) -> None:
    (site / "CNAME").write_text("runs.example.org")
    (site / "badges").mkdir()
    (site / "badges" / "b.svg").write_text("<svg/>")
    (site / "latest").symlink_to("badges")
    build(site, NEW)
    assert texts(site) == {**NEW, "CNAME": "runs.example.org", "badges/b.svg": "<svg/>"}
    assert (site / "latest").readlink() == Path("badges")


@pytest.mark.parametrize("stays", [False, True], ids=["swapped", "file by file"])
def test_what_a_user_has_in_the_place_of_our_files_is_kept_under_another_name(site: Path, stays: bool) -> None:
    """Files, folders where a file is to be, files where a folder is to be; not what is the same as ours."""
    if stays:
        (site / ".git").write_text("gitdir: elsewhere")
    (site / "runs" / "b.html").write_text("somebody's")
    (site / "runs" / "b.before-sitegen.html").write_text("an earlier one")
    (site / "assets").write_text("a file")
    (site / "404.html").mkdir()
    (site / "404.html" / "mine.txt").write_text("mine")
    (site / "same.html").write_text("same")
    with staged(site, stores=[None]) as stage:
        for path, text in {**NEW, "404.html": "404", "same.html": "same"}.items():
            stage.write(path, text)
    kept = {path: text for path, text in texts(site).items() if path != ".git"}
    folder = "404.before-sitegen.html/mine.txt" if stays else "mine.before-sitegen.txt"
    assert kept == {
        **NEW, "404.html": "404", "same.html": "same", "runs/b.before-sitegen1.html": "somebody's",
        "runs/b.before-sitegen.html": "an earlier one", "assets.before-sitegen": "a file", folder: "mine",
    }  # fmt: skip
    assert ("runs/b.html", "runs/b.before-sitegen1.html") in stage.renamed
    assert {("assets", "assets.before-sitegen")} < set(stage.renamed)
    assert len(stage.renamed) == 3, "what is the same as ours is not renamed"
    build(site, NEW)
    assert texts(site) == {
        **NEW,
        **{path: text for path, text in texts(site).items() if "before-sitegen" in path or path == ".git"},
    }


def test_odd_files_of_the_user_are_carried_over(site: Path) -> None:
    os.mkfifo(site / "pipe")
    (site / "empty").mkdir()
    (site / "gone").symlink_to("nowhere")
    (site / "my.txt").write_text("mine")
    times = (site / "my.txt").stat().st_mtime_ns
    build(site, NEW)
    assert (site / "pipe").is_fifo() and (site / "empty").is_dir() and (site / "gone").is_symlink()
    assert (site / "my.txt").stat().st_mtime_ns == times


@pytest.mark.parametrize("git", ["file", "folder"])
def test_a_git_worktree_is_replaced_file_by_file(site: Path, git: str) -> None:
    (site / ".git").write_text("gitdir: elsewhere") if git == "file" else (site / ".git" / "objects").mkdir(
        parents=True
    )
    (site / "CNAME").write_text("runs.example.org")
    kept = site.stat().st_ino, (site / ".git").stat().st_ino
    build(site, NEW)
    assert (site.stat().st_ino, (site / ".git").stat().st_ino) == kept
    assert {k: v for k, v in texts(site).items() if k != ".git"} == {**NEW, "CNAME": "runs.example.org"}
    assert listed(site) == {*NEW, MANIFEST}


def test_a_fresh_git_worktree_needs_no_force(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / ".git").write_text("gitdir: elsewhere")
    build(tmp_path / "site", NEW)
    assert set(NEW) < set(texts(tmp_path / "site"))


def test_a_linked_output_stays_a_link(site: Path) -> None:
    (site.parent / "link").symlink_to(site)
    build(site.parent / "link", NEW)
    assert (site.parent / "link").is_symlink()
    assert texts(site) == NEW


def test_the_folder_that_a_shell_is_in_stays_that_folder(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site)
    here = Path().stat().st_ino
    build(Path(), NEW)
    assert Path().stat().st_ino == here
    assert texts(site) == NEW


def test_files_move_between_file_systems(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / ".git").write_text("gitdir: elsewhere")
    replace = Path.replace

    def side_by_side(self: Path, target: Path) -> Path:
        if "sitegen-stage" in str(self):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", side_by_side)
    build(site, NEW)
    assert {k: v for k, v in texts(site).items() if k != ".git"} == NEW


def test_a_manifest_that_somebody_edited_deletes_nothing_outside_the_site(site: Path) -> None:
    (site / ".git").write_text("gitdir: elsewhere")
    precious = site.parent / "precious.txt"
    precious.write_text("keep")
    files = f'[["../precious.txt", 4, ""], ["{precious}", 4, ""], ["runs/a.html", 7, ""]]'
    (site / MANIFEST).write_text(f'{{"generator": "sitegen", "files": {files}}}')
    build(site, NEW)
    assert precious.read_text() == "keep"
    assert not (site / "runs" / "a.html").exists()


# Modes --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="no modes")
@pytest.mark.usefixtures("strict_umask")
def test_every_host_may_read_the_site_whatever_the_umask(tmp_path: Path) -> None:
    build(tmp_path / "site", OLD)
    build(tmp_path / "site", NEW)
    site = tmp_path / "site"
    modes = {p.relative_to(site).as_posix(): p.stat().st_mode & 0o7777 for p in [site, *site.rglob("*")]}
    assert {m for p, m in modes.items() if (site / p).is_dir()} == {0o755}
    assert {m for p, m in modes.items() if (site / p).is_file()} == {0o644}
    assert os.umask(0o077) == 0o077, "the mask of the process is put back"


# Two builds at once -------------------------------------------------------------------------------------------------


def test_a_second_build_gives_up_with_a_sentence(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_room, "LOCK_SECONDS", 0.2)
    with locked(Places(site).lock), pytest.raises(UsageError, match="Another build has been writing"):
        build(site, NEW)
    assert texts(site) == OLD


def test_a_second_build_waits_for_the_first(site: Path) -> None:
    with staged(site, stores=[None]) as stage:
        second = threading.Thread(target=build, args=(site, {"index.html": "second"}))
        second.start()
        time.sleep(0.2)
        stage.write("index.html", "first")
    second.join(10)
    assert texts(site) == {"index.html": "second"}


def test_a_lock_is_only_had_by_one_however_often_it_is_removed(tmp_path: Path) -> None:
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(5):
            with locked(tmp_path / "lock"):
                inside += 1
                most = max(most, inside)
                time.sleep(0.002)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_that_was_removed_locks_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The race: a build opens the lock, the one before removes it, and both would hold a lock of that name."""
    lock, try_lock = tmp_path / "lock", lock_room._try_lock
    removed = []

    def removing(handle: int) -> bool:
        if not removed:
            removed.append(lock.unlink())
        return try_lock(handle)

    monkeypatch.setattr(lock_room, "_try_lock", removing)
    with locked(lock):
        assert lock.exists(), "the lock that is held is the one at the path"
