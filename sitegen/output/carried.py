"""The files of the user in an output folder: those that no manifest of sitegen lists. They stay, if need be renamed."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from sitegen.output.files import holds
from sitegen.output.manifest import listed


class Renamed(NamedTuple):
    """A file of the user where the site has one: its path, and the path under which it was kept, from the root."""

    path: str
    kept: str


def carry_over(output: Path, stage: Path) -> list[Renamed]:
    """Put what the user put beside our files (CNAME, a badge) into the new site; returns what had to be renamed."""
    renamed = []
    for path in _of_user(output):
        source, name = output / path, path
        if not _is_free(stage, path):
            if _is_same(source, stage / path):
                continue
            name = _free_name(path, (stage, output))
            renamed.append(Renamed(path.as_posix(), name.as_posix()))
        _place(source, stage / name)
    return sorted(renamed)


def make_way(output: Path, stage: Path, path: str, ours: set[str]) -> Iterator[Renamed]:
    """Rename what the user has in the place of our new file `path`, unless it is the same, or of a folder above it."""
    parts = Path(path).parts
    for length in range(1, len(parts) + 1):
        place = Path(*parts[:length])
        target = output / place
        if not os.path.lexists(target):
            return
        is_folder = target.is_dir() and not target.is_symlink()
        is_file = length == len(parts)
        if is_folder == is_file or (is_file and path not in ours and not _is_same(target, stage / path)):
            kept = _free_name(place, (output,))
            target.rename(output / kept)
            yield Renamed(place.as_posix(), kept.as_posix())
            return


def _of_user(output: Path) -> Iterator[Path]:
    """Files, links and empty folders that are not ours, as paths from the root."""
    ours = listed(output)
    for folder, folders, names in os.walk(output):
        where = Path(folder)
        links = [name for name in folders if (where / name).is_symlink()]
        paths = [(where / name).relative_to(output) for name in sorted([*names, *links])]
        yield from (path for path in paths if path.as_posix() not in ours)
        if not folders and not names and where != output:
            yield where.relative_to(output)


def _is_free(root: Path, path: Path) -> bool:
    """Whether nothing is at `path`, and no file where a folder of it would be."""
    above = [root / parent for parent in path.parents if parent != Path()]
    return not os.path.lexists(root / path) and all(one.is_dir() or not os.path.lexists(one) for one in above)


def _is_same(source: Path, target: Path) -> bool:
    if source.is_dir() and not source.is_symlink():
        return target.is_dir()
    with contextlib.suppress(OSError):
        return holds(str(source), target.read_bytes())
    return False


def _free_name(path: Path, roots: tuple[Path, ...]) -> Path:
    """A name for the user's file that none of the folders has: `index.before-sitegen.html`.

    A file whose folder is now a file of ours moves up beside that.
    """
    names = (f"{path.stem}.before-sitegen{number or ''}{path.suffix}" for number in count())
    parent = next(
        one for one in path.parents if all(not os.path.lexists(root / one) or (root / one).is_dir() for root in roots)
    )
    return next(one for one in map(parent.joinpath, names) if not any(os.path.lexists(root / one) for root in roots))


def _place(source: Path, target: Path) -> None:
    """The same file in the new site; a second name of it where the file system has those."""
    if source.is_dir() and not source.is_symlink():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, target, follow_symlinks=False)
