"""The only room that writes: stage a site beside the old one, then put it in its place whole.

`Stage` is the folder that a build fills. It is a sibling of the output, so that the last step is a rename on one file
system: a build that fails, is interrupted or runs out of disk leaves the previous site as it was. The manifest
(`data/manifest.json`) lists every file of ours; files of the user (CNAME, .git) are not in it and are carried over.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sitegen.errors import UsageError

MANIFEST = "data/manifest.json"
LOCK_SECONDS = 60.0
UMASK = 0o022
"""Folders 0755, files 0644 whatever the user's own mask is: GitHub Pages rejects others."""
# What a disk or its owner can do to a build. Any other error of the system is a bug of ours, to be seen as one.
THE_DISKS_FAULT = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENAMETOOLONG}
)
_BINARY = getattr(os, "O_BINARY", 0)
SCRATCH = ".scratch"
"""Below the folder of a stage: what a build keeps there meanwhile is no part of the site."""
SHARED = "thumbs/"
"""What is named after its content lies here; runs that hold the same write the same."""
ASSETS_FIRST = ("assets/", "data/", "artifacts/", "thumbs/", "charts/", "files/", "runs/", "experiments/")


class Written(NamedTuple):
    """A file of the site: path from its root, bytes, SHA-256."""

    path: str
    size: int
    sha256: str


def write_file(root: str, path: str, content: str | bytes, previous: str = "") -> Written:
    """Write one new file below `root`, whose folders exist already, and say what was written.

    Where the site in the folder `previous` has the same file, that one is taken, so that its time does not change.
    Plain os calls: this runs once or twice for every run, and pathlib would double its cost.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if not (previous and _taken(f"{previous}/{path}", f"{root}/{path}", data)):
        _write_new(f"{root}/{path}", data)
    return Written(path, len(data), hashlib.sha256(data).hexdigest())


def _taken(old: str, new: str, data: bytes) -> bool:
    """Make `new` a second name of the file `old` if that holds `data`; whether it was done."""
    try:
        if not _holds(old, data):
            return False
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
        os.link(old, new, follow_symlinks=False)
    except (OSError, NotImplementedError):  # there is no such file, or the file system has no second names
        return False
    return True


def _holds(path: str, data: bytes) -> bool:
    """Whether the file at `path` is a plain one as we write them and holds `data`. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    try:
        status = os.fstat(handle)
        plain = stat.S_ISREG(status.st_mode) and (os.name == "nt" or stat.S_IMODE(status.st_mode) == 0o666 & ~UMASK)
        return plain and status.st_size == len(data) and os.read(handle, len(data) + 1) == data
    finally:
        os.close(handle)


def _write_new(path: str, data: bytes) -> None:
    """Write a file of its own: one that is there already may be a second name of the previous site's.

    Two workers may write one file at a time, a thumbnail that runs share; then each puts its own in place whole.
    """
    try:
        _create(path, data)
    except FileExistsError:
        own = f"{path}.{os.getpid()}"
        _create(own, data)
        os.replace(own, path)


def _create(path: str, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
    finally:
        os.close(handle)


class Stage:
    """A folder being filled: `root`, as text; `previous` is the folder of the site before it, '' for none."""

    def __init__(self, root: Path, previous: Path | None = None) -> None:
        self.root = str(root)
        self.previous = str(previous) if previous else ""
        self.written: list[Written] = []
        self.shared: set[str] = set()

    def write(self, path: str, content: str | bytes) -> None:
        Path(self.root, path).parent.mkdir(parents=True, exist_ok=True)
        self.written.append(write_file(self.root, path, content, self.previous))

    def record(self, written: Iterable[Written]) -> None:
        """Take into the manifest what a worker wrote; a file that several runs share (a thumbnail) is listed once."""
        for entry in written:
            if not entry.path.startswith(SHARED):
                self.written.append(entry)
            elif entry.path not in self.shared:
                self.shared.add(entry.path)
                self.written.append(entry)

    def finish(self) -> None:
        """Write the manifest, last of all; nothing stays in the folder that is not listed in it."""
        shutil.rmtree(Path(self.root, SCRATCH), ignore_errors=True)
        files = [list(entry) for entry in sorted(self.written)]
        self.write(MANIFEST, json.dumps({"generator": "sitegen", "files": files}, separators=(",", ":")) + "\n")


@dataclass(frozen=True)
class Places:
    """The output folder and its neighbours: where a site is staged, where the old one goes for a moment, the lock."""

    output: Path

    @property
    def stage(self) -> Path:
        return self.output.with_name(f".{self.output.name}.sitegen-stage")

    @property
    def old(self) -> Path:
        return self.output.with_name(f".{self.output.name}.sitegen-old")

    @property
    def lock(self) -> Path:
        return self.output.with_name(f".{self.output.name}.sitegen-lock")


@contextlib.contextmanager
def staged(output: Path, *, stores: Iterable[Path | None], adopt: bool = False) -> Iterator[Stage]:
    """A stage for `output`; leaving the block without an error puts the new site in place.

    Raises UsageError when the output cannot be used: it overlaps a store, holds files that are not a site of ours
    (unless `adopt`), another build holds it, or the disk does not take the site.
    """
    output = output.absolute()
    places = Places(output)
    try:
        check_output(output, stores, adopt)
        output.parent.mkdir(parents=True, exist_ok=True)
        with locked(places.lock), masked():
            repair(places)
            places.stage.mkdir()
            try:
                stage = Stage(places.stage, output if output.is_dir() else None)
                yield stage
                stage.finish()
                put_in_place(places)
            finally:
                shutil.rmtree(places.stage, ignore_errors=True)
    except OSError as error:
        if error.errno not in THE_DISKS_FAULT:
            raise
        raise UsageError(
            f"Cannot write to {output}: {error.strerror}; make room, or choose another folder with -o."
        ) from error


@contextlib.contextmanager
def masked() -> Iterator[None]:
    """Make new files and folders readable by all, also those of the worker processes started meanwhile."""
    before = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(before)


def check_output(output: Path, stores: Iterable[Path | None], adopt: bool) -> None:
    """Refuse an output whose replacement would lose something; a store is None that is not on this machine."""
    real = output.resolve()
    if real == Path(real.anchor) or real == Path.home().resolve():
        raise UsageError(f"{output} cannot be the output; give a folder of its own with -o.")
    for place in (store.resolve() for store in stores if store is not None):
        if real == place or real.is_relative_to(place):
            raise UsageError(f"The output {output} is inside the store; choose a folder outside it with -o.")
        if place.is_relative_to(real):
            raise UsageError(
                f"The store is inside the output {output}, which a build replaces; choose another with -o."
            )
    if os.path.lexists(output) and not output.is_dir():
        raise UsageError(f"The output {output} is a file; give a folder with -o.")
    if output.is_dir() and not adopt and not listed(output) and any(path.name != ".git" for path in output.iterdir()):
        raise UsageError(
            f"{output} holds files that sitegen did not make; give an empty folder, or --force-adopt to build there."
        )


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of an output; the system lets go of it when the process ends, however it ends."""
    deadline = time.monotonic() + LOCK_SECONDS
    handle = _locked_handle(path)
    while handle is None:
        if time.monotonic() > deadline:
            raise UsageError(
                f"Another build has been writing to this output for {LOCK_SECONDS:.0f} s; wait for it, or stop it."
            )
        time.sleep(0.1)
        handle = _locked_handle(path)
    try:
        yield
    finally:
        # Removed while it is held: whoever opened it meanwhile sees that and opens anew. Windows keeps open files.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _locked_handle(path: Path) -> int | None:
    """The lock file, open and locked, or None when another build has it.

    A file that was locked but is no longer the one at `path` was removed by the build before: it locks nobody out.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with contextlib.suppress(OSError):
        if _try_lock(handle) and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    os.close(handle)
    return None


if sys.platform == "win32":  # pragma: no cover

    def _try_lock(handle: int) -> bool:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:

    def _try_lock(handle: int) -> bool:
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def repair(places: Places) -> None:
    """Clear what a killed build left: finish or undo a half-made swap, drop its stage."""
    if places.old.exists():
        if places.output.exists():
            shutil.rmtree(places.old)
        else:
            places.old.rename(places.output)
    if places.stage.exists():
        shutil.rmtree(places.stage)


def put_in_place(places: Places) -> None:
    """Make the staged site the output: by one rename where that can be done, else file by file."""
    if not places.output.exists():
        places.stage.rename(places.output)
    elif must_stay(places.output):
        replace_files(places.stage, places.output)
    else:
        carry_over(places.output, places.stage)
        swap(places)


def must_stay(output: Path) -> bool:
    """Whether the folder itself may not be exchanged: a mount, a link, a git worktree, where a shell may be in."""
    is_here = Path.cwd().is_relative_to(output.resolve())
    return is_here or output.is_mount() or output.is_symlink() or (output / ".git").exists()


def listed(site: Path) -> set[str]:
    """The paths in the manifest of a site; none when it has none of ours.

    What is listed may be deleted later, so nothing outside the site is taken from a manifest that somebody edited.
    """
    try:
        manifest = json.loads((site / MANIFEST).read_text("utf-8"))
        paths = {str(entry[0]) for entry in manifest["files"]} if manifest["generator"] == "sitegen" else set()
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return set()
    return {path for path in paths if path and not path.startswith("/") and ".." not in path.split("/")} | (
        {MANIFEST} if paths else set()
    )


def carry_over(output: Path, stage: Path) -> None:
    """Copy what the user put beside our files (CNAME, a badge) into the new site; ours win over theirs."""
    ours = listed(output)
    for folder, folders, names in os.walk(output):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in [*names, *links]:
            source = Path(folder, name)
            path = source.relative_to(output)
            target = stage / path
            if path.as_posix() not in ours and not os.path.lexists(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)


def swap(places: Places) -> None:
    """Exchange stage and output; in one step on Linux, else in two, which `repair` can finish."""
    if _exchange(places.stage, places.output):
        return
    places.output.rename(places.old)
    places.stage.rename(places.output)
    shutil.rmtree(places.old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Linux renameat2(RENAME_EXCHANGE): at no moment is there no site. False where it is not to be had."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    at_cwd, exchange = -100, 2
    return rename is not None and rename(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange) == 0


def replace_files(stage: Path, output: Path) -> None:
    """Move the staged files over the old ones, pages after what they need, then delete what is no longer listed."""
    before, after = listed(output), listed(stage)
    for path in sorted(after, key=_order):
        target = output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        move(stage / path, target)
    for path in sorted(before - after):
        (output / path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (output / path).parent.rmdir()


def move(source: Path, target: Path) -> None:
    """Put a file in the place of another, in one step even where they are on two file systems."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        near = target.with_name(f".{target.name}.sitegen-new")
        shutil.copyfile(source, near)
        near.replace(target)


def _order(path: str) -> tuple[int, str]:
    if path == MANIFEST:
        return (len(ASSETS_FIRST) + 1, path)
    for place, prefix in enumerate(ASSETS_FIRST):
        if path.startswith(prefix):
            return (place, path)
    return (len(ASSETS_FIRST), path)
