"""Put a staged site in the place of the old one, by one rename if possible, and repair what a killed build left."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from sitegen.output.files import holds
from sitegen.output.manifest import MANIFEST, listed

ASSETS_FIRST = ("assets/", "data/", "artifacts/", "thumbs/", "charts/", "files/", "runs/", "experiments/")


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
    """Make the staged site the output: by one rename if possible, else file by file."""
    if not places.output.exists():
        places.stage.rename(places.output)
    elif must_stay(places.output):
        replace_files(places.stage, places.output)
    else:
        carry_over(places.output, places.stage)
        swap(places)


def must_stay(output: Path) -> bool:
    """Whether the folder itself cannot be exchanged: a mount, a link, a git worktree, a folder that a shell is in."""
    is_here = Path.cwd().is_relative_to(output.resolve())
    return is_here or output.is_mount() or output.is_symlink() or (output / ".git").exists()


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
    """Linux renameat2(RENAME_EXCHANGE): the site exists at every moment. False if the system call is not available."""
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
        if not _is_same(stage / path, target):
            move(stage / path, target)
    for path in sorted(before - after):
        (output / path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (output / path).parent.rmdir()


def _is_same(source: Path, target: Path) -> bool:
    """Whether the old file may stay, so that its time does not change; false where there is none."""
    with contextlib.suppress(OSError):
        return holds(str(target), source.read_bytes())
    return False


def move(source: Path, target: Path) -> None:
    """Replace a file by another, in one step even across file systems."""
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
