"""Stamps: short strings that stay the same as long as files do, from path, size, time and mode, without opening them.

A build compares the stamps of two moments to find what it need not read again. A time says little about a change made
in the same instant, so that each stamp has the newest time with it: see `build/cache.py`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sitegen.model import RunRef
from sitegen.stores.disk import FLAGS

Row = tuple[str, int, int, int]
"""Path, size, time of the last change in ns, mode. Of a folder it has only the path, of what cannot be read -1."""


class Stamp(NamedTuple):
    """`digest` changes with what was stamped; `newest` is the newest time of it in ns since 1970, 0 for none."""

    digest: str
    newest: int = 0


class Snapshot(Protocol):
    """A store as it is at one moment."""

    @property
    def stamp(self) -> Stamp | None:
        """The stamp of all that a build reads of the store, artifacts wherever they are included, traces left out; None
        where that would cost as much as reading it."""
        ...

    def runs(self, refs: Sequence[RunRef]) -> Mapping[str, Stamp]:
        """The stamp of all that is read of each run, by run id; a run that is not in it has to be read."""
        ...


def rows_of(folder: str, by_content: bool = False) -> list[Row]:
    """Every file below `folder`, links as links, in no order, by its path from there; empty folders too.

    With `by_content` a file has the digest of its content behind its path, in place of its time. Several hundred
    thousand files: `scandir` and plain tuples.
    """
    rows: list[Row] = []
    folders = [folder]
    start = len(folder) + 1
    for where in folders:
        is_empty = True
        try:
            with os.scandir(where) as entries:
                for entry in entries:
                    is_empty = False
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        status = entry.stat(follow_symlinks=False)
                        rows.append((entry.path[start:], status.st_size, status.st_mtime_ns, status.st_mode))
        except OSError:
            rows.append((where[start:], -1, -1, -1))
        else:
            if is_empty:
                rows.append((where[start:], 0, 0, 0))
    return [_with_content(f"{folder}/{row[0]}", row) for row in rows] if by_content else rows


def _with_content(path: str, row: Row) -> Row:
    """The row of the file at `path` with its content in place of its time; of what is not a file that can be read as
    it is."""
    if row[3] < 0 or not stat.S_ISREG(row[3]):
        return row
    try:
        handle = os.open(path, FLAGS)
        with os.fdopen(handle, "rb") as file:
            digest = hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:
        return row
    return f"{row[0]}\0{digest}", row[1], 0, row[3]


def row_of(path: str, by_content: bool = False) -> Row:
    """The row of one file, link or folder, see `rows_of`; -1 for all where it is not there."""
    try:
        status = os.lstat(path)
    except OSError:
        return path, -1, -1, -1
    row = path, status.st_size, 0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns, status.st_mode
    return _with_content(path, row) if by_content else row


def stamp_of(rows: Sequence[Row]) -> Stamp:
    """The stamp of some rows, whatever their order."""
    paths, *numbers = zip(*sorted(rows), strict=True) if rows else ((), ())
    digest = hashlib.blake2b("\0".join(paths).encode("utf-8", "surrogateescape"), digest_size=16)
    for several in numbers:
        digest.update(array("q", several).tobytes())
    return Stamp(digest.hexdigest(), max(numbers[1], default=0) if rows else 0)


def joined(stamps: Iterable[Stamp]) -> Stamp:
    """One stamp of several, in their order."""
    several = list(stamps)
    text = "\0".join(stamp.digest for stamp in several)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return Stamp(digest, max((stamp.newest for stamp in several), default=0))


class WholeSnapshot:
    """A store that knows when it has changed, but not which run."""

    def __init__(self, stamp: Stamp) -> None:
        self.stamp = stamp

    def runs(self, refs: Sequence[RunRef]) -> Mapping[str, Stamp]:
        """See `Snapshot`: none of them."""
        return {}
