"""Write the files of a site one by one; one that stays the same is the old file under a second name."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from typing import NamedTuple

UMASK = 0o022
"""Folders 0755, files 0644 whatever the user's own mask is: GitHub Pages rejects others."""
_BINARY = getattr(os, "O_BINARY", 0)


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
    """Make `new` a hard link to the file `old` if that holds `data`; returns whether it was done."""
    try:
        if not holds(old, data):
            return False
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
        os.link(old, new, follow_symlinks=False)
    except (OSError, NotImplementedError):  # no such file, or the file system has no hard links
        return False
    return True


def holds(path: str, data: bytes) -> bool:
    """Whether the file at `path` is a regular file with the mode that sitegen sets and holds `data`. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    try:
        status = os.fstat(handle)
        plain = stat.S_ISREG(status.st_mode) and (os.name == "nt" or stat.S_IMODE(status.st_mode) == 0o666 & ~UMASK)
        return plain and status.st_size == len(data) and os.read(handle, len(data) + 1) == data
    finally:
        os.close(handle)


def _write_new(path: str, data: bytes) -> None:
    """Write a new file: an existing one may be a hard link to the previous site's.

    Two workers may write one file at a time, a thumbnail that runs share; then each replaces it as a whole.
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
    except OSError as error:
        error.filename = path  # tells that it was the site's disk
        raise
    finally:
        os.close(handle)
