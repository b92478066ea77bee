"""How much room a store takes on this machine's disk."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.stores import Chosen, Store
from sitegen.stores.locations import place_of
from sitegen.stores.mlruns import MlrunsStore
from sitegen.stores.sqlite import SqliteStore


def bytes_on_disk(store: Store, location: str) -> int | None:
    """The bytes of all files of the store, artifacts only where they lie in it; None when it is not on this machine."""
    if isinstance(store, Chosen):
        return bytes_on_disk(store.store, location)
    if isinstance(store, MlrunsStore):
        return _size(os.path.join(store.root, store.only_experiment, store.only_run))
    if isinstance(store, SqliteStore):
        return sum(map(_size, (store.path, f"{store.path}-wal", f"{store.path}-journal")))
    place = place_of(location)
    return None if place is None else _size(str(Path(place).resolve()))


def _size(path: str) -> int:
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
