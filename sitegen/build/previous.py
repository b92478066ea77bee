"""The files of the site that was built before, as far as they are still what that build wrote."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sitegen.output import Written


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file of the site: bytes, SHA-256, and the time of the last change in ns when it was put in place."""

    path: str
    size: int
    sha256: str
    time: int


class PreviousSite:
    """Takes files of the previous site into the stage. `files` is what the build that wrote them left in its cache.

    A file counts as the one that was written if its size and time are the same; if only its time differs (a site that
    was copied or restored), or if times are not to be trusted (`by_content`), by its SHA-256.
    """

    def __init__(self, previous: str, stage: str, files: Iterable[SavedFile], by_content: bool = False) -> None:
        self._previous = previous
        self._stage = stage
        self._files = {file.path: file for file in files} if previous else {}
        self._by_content = by_content
        self._folders: set[str] = set()
        self._taken: set[str] = set()

    def take(self, several: Iterable[Written]) -> bool:
        """Take the files `several` into the stage; False if one of them is not there as it was written."""
        return all(map(self._take, several))

    def is_whole(self) -> bool:
        """Whether there is one, and every file of it is there as it was written."""
        return bool(self._files) and all(map(self._is_same, self._files.values()))

    def _take(self, written: Written) -> bool:
        if written.path in self._taken:
            return True
        file = self._files.get(written.path)
        if file is None or file.sha256 != written.sha256 or not self._is_same(file):
            return False
        folder = written.path.rpartition("/")[0]
        if folder not in self._folders:
            Path(self._stage, folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        self._taken.add(written.path)
        return _linked(f"{self._previous}/{written.path}", f"{self._stage}/{written.path}")

    def _is_same(self, file: SavedFile) -> bool:
        path = f"{self._previous}/{file.path}"
        try:
            status = os.lstat(path)
            if not stat.S_ISREG(status.st_mode) or status.st_size != file.size or not has_site_mode(status.st_mode):
                return False
            if status.st_mtime_ns == file.time and not self._by_content:
                return True
            return hashlib.sha256(Path(path).read_bytes()).hexdigest() == file.sha256
        except OSError:
            return False


def has_site_mode(mode: int) -> bool:
    """Whether a file has the mode that sitegen gives to the files of a site."""
    return os.name == "nt" or stat.S_IMODE(mode) == 0o644


def _linked(old: str, new: str) -> bool:
    """Make `new` a second name of `old`, or a copy with its time where the file system has no hard links."""
    try:
        os.link(old, new, follow_symlinks=False)
    except FileExistsError:  # written by the build itself before
        return True
    except (OSError, NotImplementedError):
        try:
            shutil.copy2(old, new, follow_symlinks=False)
        except OSError:
            return False
    return True
