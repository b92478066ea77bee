"""The two drivers of SQLite: apsw, which makes rows in less than half the time, and the standard library's `sqlite3`.

Both give the same objects. `sqlite3` is used

- where it is loaded already, as in a notebook or a training script that uses `sitegen.load`: apsw has an SQLite of its
  own, and a process loses the locks of one SQLite on a file when the other closes that file
  (https://sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application);
- for text that is not UTF-8, which apsw refuses and `sqlite3` can replace.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import apsw

from sitegen.stores.sql.schema import Row

if TYPE_CHECKING:
    import sqlite3

BUSY_SECONDS = 10.0
_MAX_CELL = 1 << 26
LOCKED = (apsw.SQLITE_BUSY, apsw.SQLITE_LOCKED)
IN_PLACE_FAILS = (apsw.SQLITE_READONLY, apsw.SQLITE_CANTOPEN)


class Cursor(Protocol):
    """The rows that a query finds."""

    def fetchall(self) -> list[Row]:
        """All that are left."""


class Connection(Protocol):
    """What the connections of both drivers have in common."""

    @property
    def in_transaction(self) -> bool:
        """Whether one was begun."""

    def execute(self, query: str, values: Sequence[object] = (), /) -> Cursor:
        """Run a query."""

    def close(self) -> None:
        """Close the file."""


class DriverError(Exception):
    """What SQLite says: its primary result code, or 0, and its message. `is_text` is about text that is not UTF-8."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        code = getattr(error, "result", 0) or getattr(error, "sqlite_errorcode", 0)
        self.code = code & 0xFF
        self.is_text = isinstance(error, UnicodeDecodeError) or "Could not decode" in str(error)


def _is_loaded() -> bool:
    """Whether the standard library's driver is: see above."""
    return "_sqlite3" in sys.modules


def connect(path: str, is_copy: bool, is_tolerant: bool = False) -> Connection:
    """A tested read-only connection to a database, or to a private copy, whose side files SQLite may write.

    `is_tolerant` replaces text that is not UTF-8. Raises DriverError.
    """
    made: Connection | None = None
    try:
        made = _by_library(path, is_copy, is_tolerant) if is_tolerant or _is_loaded() else _by_apsw(path, is_copy)
        made.execute("PRAGMA trusted_schema=OFF").fetchall()
        made.execute("SELECT count(*) FROM sqlite_master").fetchall()
        made.execute("PRAGMA query_only=ON").fetchall()
    except Exception as error:
        if made:
            made.close()
        raise DriverError(error) from None
    return made


def _by_apsw(path: str, is_copy: bool) -> apsw.Connection:
    made = apsw.Connection(path, apsw.SQLITE_OPEN_READWRITE if is_copy else apsw.SQLITE_OPEN_READONLY)
    made.set_busy_timeout(round(BUSY_SECONDS * 1000))
    made.limit(apsw.SQLITE_LIMIT_LENGTH, _MAX_CELL)
    return made


def _by_library(path: str, is_copy: bool, is_tolerant: bool) -> sqlite3.Connection:
    import sqlite3

    place = f"{Path(path).as_uri()}?mode={'rw' if is_copy else 'ro'}"
    made = sqlite3.connect(place, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    made.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL)
    if is_tolerant:
        made.text_factory = _decoded
    return made


def _decoded(data: bytes) -> str:
    return data.decode(errors="replace")


def fetch(connection: Connection, query: str, values: Sequence[object] = ()) -> list[Row]:
    """All rows of a query. Raises DriverError."""
    try:
        return connection.execute(query, values).fetchall()
    except Exception as error:
        if isinstance(error, MemoryError):
            raise
        raise DriverError(error) from None


def back_up(connection: Connection, path: str, statements: Sequence[str]) -> None:
    """Copy a whole database to a new file at `path`, and run statements on the copy. Raises DriverError."""
    try:
        if isinstance(connection, apsw.Connection):
            _back_up_by_apsw(connection, path, statements)
        else:
            _back_up_by_library(connection, path, statements)
    except Exception as error:
        raise DriverError(error) from None


def _back_up_by_apsw(connection: apsw.Connection, path: str, statements: Sequence[str]) -> None:
    copy = apsw.Connection(path)
    try:
        with copy.backup("main", connection, "main") as backup:
            backup.step()
        for statement in statements:
            copy.execute(statement)
    finally:
        copy.close()


def _back_up_by_library(connection: object, path: str, statements: Sequence[str]) -> None:
    import sqlite3

    assert isinstance(connection, sqlite3.Connection), "the other driver"
    copy = sqlite3.connect(path, isolation_level=None)
    try:
        connection.backup(copy)
        for statement in statements:
            copy.execute(statement)
    finally:
        copy.close()
