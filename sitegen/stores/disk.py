"""Lean, careful reads of the small files that stores are made of.

`os.scandir`, `os.open`, `os.read`, `os.close` and no pathlib: a store of ten thousand runs has hundreds of thousands of
files. Careful, because the store is untrusted: nothing here follows a link, opens a pipe or a device, or reads
beyond a limit.
"""

from __future__ import annotations

import errno
import os
import re

from sitegen.model import Problem

TEXT_LIMIT = 1 << 20
"""Maximum number of bytes of a param, tag or meta.yaml that are read."""

LINK_OUT = "is a link that leaves the store or leads nowhere; not followed"

_CHUNK = 1 << 14
FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_SURROGATES = re.compile("[\ud800-\udfff]")


class ProblemLog:
    """Collects the problems found below `root`."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def add(self, path: str, what: str, left_out: bool = False) -> None:
        """Record the problem `what` at `path` (absolute, below the root)."""
        where = os.path.relpath(path, self.root).replace(os.sep, "/")
        self.problems.append(Problem(printable(where), what, left_out))


def is_junk_file(name: str) -> bool:
    """Whether a file of this name was left by an operating system or an editor."""
    return name in _LITTER or name[:2] == "._" or name[-4:] == ".swp"


def printable(text: str) -> str:
    """`text` with characters that cannot be encoded (from file names that are not UTF-8) replaced."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def reason(error: OSError) -> str:
    """An error of the operating system in its own few words, without the path."""
    if error.errno == errno.ELOOP:
        return "it is a link, which is not followed"
    return error.strerror or type(error).__name__


def is_below(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or in it, both real paths."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def read_bytes(path: str, limit: int = TEXT_LIMIT) -> bytes:
    """The content of a file, cut after `limit` + 1 bytes, so that a longer result means too long. Raises OSError."""
    handle = os.open(path, FLAGS)
    try:
        data = os.read(handle, _CHUNK)
        return data if len(data) < _CHUNK else _read_on(handle, data, limit)
    finally:
        os.close(handle)


def _read_on(handle: int, data: bytes, limit: int) -> bytes:
    pieces, size = [data], len(data)
    while size <= limit:
        piece = os.read(handle, min(1 << 20, limit + 1 - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def kinds(folder: str) -> dict[str, str]:
    """The entries of `folder`: name to `d` (folder), `f` (file) or `?` (link, pipe, ...). Raises OSError."""
    with os.scandir(folder) as entries:
        return {entry.name: _kind(entry) for entry in entries if not is_junk_file(entry.name)}


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_dir(follow_symlinks=False):
        return "d"
    return "f" if entry.is_file(follow_symlinks=False) else "?"


def inner_folders(folder: str, name: str, log: ProblemLog | None = None) -> list[str]:
    """The subfolders of the folder `name` in `folder`, sorted by name; none if that does not exist or is a link."""
    path = f"{folder}/{name}"
    if not os.path.islink(path):
        return folders(path)
    if log:
        log.add(path, LINK_OUT, left_out=True)
    return []


def folders(folder: str) -> list[str]:
    """The subfolders of `folder`, sorted by name; none if it does not exist."""
    try:
        return sorted(name for name, kind in kinds(folder).items() if kind == "d")
    except OSError:
        return []


def child_folders(folder: str, root: str, log: ProblemLog | None = None) -> list[str]:
    """Names of the folders in `folder`, plain ones first, then links to folders in the store; none if it is not there.

    `root` is the real path of the store. Other links are recorded in `log`.
    """
    if os.path.islink(folder) and not _leads_inside(folder, root, log):
        return []
    try:
        found = kinds(folder)
    except OSError:
        return []
    plain = sorted(name for name, kind in found.items() if kind == "d")
    others = sorted(name for name, kind in found.items() if kind == "?" and os.path.islink(f"{folder}/{name}"))
    links = [name for name in others if _leads_inside(f"{folder}/{name}", root, log)]
    return plain + [name for name in links if os.path.isdir(f"{folder}/{name}")]


def _leads_inside(link: str, root: str, log: ProblemLog | None) -> bool:
    is_inside = is_below(os.path.realpath(link), root) and os.path.exists(link)
    if log and not is_inside:
        log.add(link, LINK_OUT, left_out=True)
    return is_inside


def leaves(folder: str, log: ProblemLog) -> list[tuple[str, str]]:
    """Every file below `folder` as (key, path), sorted by key; the key has `/` between its parts."""
    found: list[tuple[str, str]] = []
    waiting = [("", folder)]
    for prefix, where in waiting:
        try:
            with os.scandir(where) as entries:
                for entry in entries:
                    name = entry.name
                    if is_junk_file(name):
                        continue
                    key = prefix + (name if name.isascii() else printable(name))
                    if entry.is_file(follow_symlinks=False):
                        found.append((key, entry.path))
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append((f"{key}/", entry.path))
                    else:
                        log.add(entry.path, "is neither a file nor a folder; left out")
        except OSError as error:
            log.add(where, f"could not be read ({reason(error)}); left out")
    found.sort()
    return found


def read_texts(folder: str, log: ProblemLog) -> dict[str, str]:
    """The params or tags below `folder`: key to string, as in the files."""
    texts: dict[str, str] = {}
    for key, path in leaves(folder, log):
        try:
            data = read_bytes(path)
        except OSError as error:
            log.add(path, f"could not be read ({reason(error)}); left out")
            continue
        texts[key] = _decoded(data, path, log)
    return texts


def _decoded(data: bytes, path: str, log: ProblemLog) -> str:
    if len(data) > TEXT_LIMIT:
        log.add(path, "is longer than 1 MB; truncated")
        data = data[:TEXT_LIMIT]
    try:
        return data.decode()
    except UnicodeDecodeError:
        if len(data) < TEXT_LIMIT:
            log.add(path, "is not UTF-8; what could not be decoded is replaced")
        return data.decode(errors="replace")


def read_folder_texts(folder: str, name: str, found: dict[str, str], log: ProblemLog) -> dict[str, str]:
    """The params or tags in the subfolder `name` of `folder`, where `kinds` found `found`; none if it is missing."""
    return read_texts(f"{folder}/{name}", log) if has_folder(folder, name, found, log) else {}


def has_folder(folder: str, name: str, found: dict[str, str], log: ProblemLog) -> bool:
    """Whether `found` (see `kinds`) has the folder `name`; anything else of that name is noted."""
    kind = found.get(name)
    if kind in ("f", "?"):
        log.add(f"{folder}/{name}", "is not a folder where one is expected; left out")
    return kind == "d"
