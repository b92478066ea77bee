"""Put a staged site in the place of the old one, by one rename if possible, and repair what a killed build left."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sitegen.output.carried import Renamed, carry_over, make_way
from sitegen.output.files import holds
from sitegen.output.manifest import MANIFEST, listed

ASSETS_FIRST = ("assets/", "data/", "artifacts/", "thumbs/", "charts/", "files/", "runs/", "experiments/")


STAGE_INSIDE = ".sitegen-stage"
"""The stage of an output on a file system of its own, where the last step must neither fail nor need room."""


@dataclass(frozen=True)
class Places:
    """The output folder and its neighbours: where a site is staged, where the old one goes for a moment, the lock."""

    output: Path

    @cached_property
    def stage(self) -> Path:
        if is_apart(self.output):
            return self.output / STAGE_INSIDE
        return self.output.with_name(f".{self.output.name}.sitegen-stage")

    @property
    def old(self) -> Path:
        return self.output.with_name(f".{self.output.name}.sitegen-old")

    @property
    def lock(self) -> Path:
        return self.output.with_name(f".{self.output.name}.sitegen-lock")


def is_apart(output: Path) -> bool:
    """Whether the output, itself or where it leads to, is on another file system than the folder it is in."""
    with contextlib.suppress(OSError):
        return output.stat().st_dev != output.parent.stat().st_dev
    return False


def repair(places: Places) -> None:
    """Clear what a killed build left: finish or undo a half-made swap, drop its stage."""
    if os.path.lexists(places.old):
        if places.output.exists():
            remove(places.old)
        else:
            places.old.rename(places.output)
    remove(places.stage)


def remove(path: Path) -> None:
    """Delete a file, a link or a folder with all that it holds, if it is there. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def put_in_place(places: Places) -> list[Renamed]:
    """Make the staged site the output: by one rename if possible, else file by file.

    Returns the files of the user that had to be renamed.
    """
    if not places.output.exists():
        places.stage.rename(places.output)
        return []
    if must_stay(places.output):
        return replace_files(places.stage, places.output)
    renamed = carry_over(places.output, places.stage)
    swap(places)
    return renamed


def must_stay(output: Path) -> bool:
    """Whether the folder itself cannot be exchanged: a mount, a link, a git worktree, a folder that a shell is in."""
    is_here = Path.cwd().is_relative_to(output.resolve())
    return is_here or output.is_mount() or output.is_symlink() or (output / ".git").exists()


def swap(places: Places) -> None:
    """Exchange stage and output; in one step on Linux, else in two, which `repair` can finish."""
    if _exchange(places.stage, places.output):
        return
    places.output.rename(places.old)
    try:
        places.stage.rename(places.output)
    except OSError:
        places.old.rename(places.output)
        raise
    shutil.rmtree(places.old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Linux renameat2(RENAME_EXCHANGE): the site exists at every moment. False if the system call is not available."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    at_cwd, exchange = -100, 2
    return rename is not None and rename(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange) == 0


def replace_files(stage: Path, output: Path) -> list[Renamed]:
    """Move the staged files over the old ones, pages after what they need, then delete what is no longer listed.

    Until it is done the manifest lists both, so that what a killed build leaves is known as ours.
    """
    before, after = listed(output), listed(stage)
    renamed = [one for path in sorted(after) for one in make_way(output, stage, path, before)]
    (output / MANIFEST).parent.mkdir(exist_ok=True)
    move(_manifest_of_both(stage, before | after), output / MANIFEST)
    for path in sorted(after, key=_order):
        target = output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not _is_same(stage / path, target):
            move(stage / path, target)
    for path in sorted(before - after):
        with contextlib.suppress(OSError):
            (output / path).unlink()
            (output / path).parent.rmdir()
    return renamed


def _manifest_of_both(stage: Path, paths: set[str]) -> Path:
    both = stage / "both.json"
    files = [[path, 0, ""] for path in sorted(paths - {MANIFEST})]
    both.write_text(json.dumps({"generator": "sitegen", "files": files}), "utf-8")
    return both


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
        try:
            shutil.copyfile(source, near)
            near.replace(target)
        except OSError:
            near.unlink(missing_ok=True)
            raise


def _order(path: str) -> tuple[int, str]:
    if path == MANIFEST:
        return (len(ASSETS_FIRST) + 1, path)
    for place, prefix in enumerate(ASSETS_FIRST):
        if path.startswith(prefix):
            return (place, path)
    return (len(ASSETS_FIRST), path)
