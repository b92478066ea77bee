"""Private copies of SQLite files that cannot be read where they are; see `sqlite_file`.

They last as long as the process.
"""

from __future__ import annotations

import os
import shutil
import tempfile

from sitegen.stores.sql.sqlite_driver import Connection, back_up, fetch

_COPY_TRIES = 3
_COPIED_SIDES = ("-journal", "-wal")
SIDES = (*_COPIED_SIDES, "-shm")
"""How the names of the files that SQLite keeps beside a database end."""
_BY_RUN = ("metrics", "latest_metrics", "params", "tags")

_copies: dict[str, tuple[str, tempfile.TemporaryDirectory[str]]] = {}
"""The databases that this process had to copy: their state at the time, and the path of the copy."""


def copy_of(path: str) -> str:
    """The private copy that this process has made of the database at `path`, '' if none was needed."""
    made = _copies.get(path)
    return f"{made[1].name}/copy.db" if made else ""


def copied(path: str) -> str:
    """The path of a private copy of a database that no process writes to, with the files that belong to it.

    Raises OSError when it cannot be copied.
    """
    if path in _copies and _copies[path][0] == _looks(path):
        return copy_of(path)
    for _ in range(_COPY_TRIES):
        before, copy = _looks(path), _new_copy(path)
        for side in ("", *_COPIED_SIDES):
            if os.path.exists(path + side):
                shutil.copyfile(path + side, copy + side)
        if _looks(path) == before:
            break
    return copy


def indexed(path: str, connection: Connection) -> str:
    """The path of a private copy with the indexes that MLflow 1.27 brought. Raises DriverError and OSError."""
    if path in _copies and _copies[path][0] == _looks(path):
        return copy_of(path)
    marks = ", ".join("?" * len(_BY_RUN))
    there = fetch(connection, f"SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ({marks})", _BY_RUN)
    indexes = [f"CREATE INDEX sitegen_{table} ON {table} (run_uuid)" for (table,) in there]
    back_up(connection, _new_copy(path), indexes)
    return copy_of(path)


def _new_copy(path: str) -> str:
    """The path for a new copy; an older one is removed."""
    older = _copies.pop(path, None)
    if older:
        older[1].cleanup()
    _copies[path] = _looks(path), tempfile.TemporaryDirectory(prefix="sitegen-", ignore_cleanup_errors=True)
    return copy_of(path)


def _looks(path: str) -> str:
    """Times and sizes of the file and what belongs to it."""
    stamps = []
    for side in ("", *_COPIED_SIDES):
        try:
            found = os.stat(path + side)
        except OSError:
            continue
        stamps.append(f"{side} {found.st_mtime_ns} {found.st_size} {found.st_ino}")
    return "\n".join(stamps)
