"""How much room files and folders take on this machine's disk."""

from __future__ import annotations

import os


def size_of(path: str) -> int:
    """The bytes of a file, or of all files below a folder; links in it and what cannot be read count nothing."""
    if not os.path.isdir(path):
        return os.path.getsize(path) if os.path.isfile(path) else 0
    total, folders = 0, [path]
    while folders:
        files, deeper = _listed(folders.pop())
        total += files
        folders += deeper
    return total


def _listed(folder: str) -> tuple[int, list[str]]:
    """The bytes of the files in a folder, and the folders in it."""
    total, folders = 0, []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return total, folders
    return total, folders
