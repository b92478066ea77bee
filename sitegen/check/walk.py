"""The files of a site, in the order of their paths, and a set of paths that takes eight bytes for each."""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

_NOT_OURS = frozenset((".git/",))


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a site by its path from the site's root; `kind` is `file`, `folder`, or what else it is."""

    path: str
    kind: str
    size: int = 0


def walk(site: Path) -> Iterator[Entry]:
    """Every file, folder, link and other thing below `site`, sorted by path (a folder before what is in it).

    A `.git` folder is left out: it is the user's, and its names are no part of a site.
    """
    yield from _walk(str(site), "")


def _walk(folder: str, prefix: str) -> Iterator[Entry]:
    # With its slash a folder is where its files are in the order of whole paths: `a-b` is before `a/b`.
    # Names alone are kept, since one folder may hold a million.
    try:
        with os.scandir(folder) as found:
            names = sorted(one.name + "/" * one.is_dir(follow_symlinks=False) for one in found)
    except OSError:
        yield Entry(prefix[:-1], "a folder that cannot be read")
        return
    for name in names:
        path = prefix + name
        if name.endswith("/"):
            if name not in _NOT_OURS:
                yield Entry(path[:-1], "folder")
                yield from _walk(f"{folder}/{name[:-1]}", path)
            continue
        try:
            status = os.lstat(f"{folder}/{name}")
        except OSError:  # it was taken away since; the manifest says whether it is missing
            continue
        if stat.S_ISREG(status.st_mode):
            yield Entry(path, "file", status.st_size)
        else:
            yield Entry(path, "a link" if stat.S_ISLNK(status.st_mode) else "no regular file")


class Paths:
    """A set of strings as sorted hashes of 64 bits: one in some billions of strings would be taken for another."""

    def __init__(self, strings: Iterator[str]) -> None:
        self._hashes = array("Q", sorted(array("Q", map(hash_of, strings))))

    def __contains__(self, string: str) -> bool:
        wanted = hash_of(string)
        at = bisect_left(self._hashes, wanted)
        return at < len(self._hashes) and self._hashes[at] == wanted


def hash_of(string: str) -> int:
    """A hash of 64 bits, the same in every process."""
    return int.from_bytes(blake2b(string.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")
