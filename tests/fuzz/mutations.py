"""Random damage to a store, in bytes, in files and in tables; the same seed gives the same damage."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

TOKENS = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"nan", b"-inf", b"1e999", b"9" * 40, b"-1", b"null", b"true", b"\r\n", b"\n\n", b"\t",
    b"&a [*a, *a]", b"<<: *a", b"!!python/object:os.system", b"[" * 3000, b"{a: " * 300, b"'", b'"', b"---\n", b"../" * 9,
    b"</script><script>", b"\x1b[31m", b"::error::", "\u202e\u2028\U0001f600".encode(), b"%00", b"\\", b": ", b"2026-02-30",
)  # fmt: skip
CELLS = (
    None, b"", b"\xff\xfe\0", b"text in a blob", 2**63 - 1, -(2**63), 0, 1.5, 1e308, float("inf"), "", "nan", "x" * 5000,
    "1", "[" * 3000, "{\"a\": 1}", "\x1b[2J", "\ud7ff\U0010ffff", "../../etc/passwd", "deleted", "READY", "1970-01-01",
)  # fmt: skip

Draw = random.Random


def mutate_bytes(data: bytes, draw: Draw) -> bytes:
    """`data` with one to four small faults."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        draw.choice(_IN_BYTES)(changed, draw)
    return bytes(changed)


def _flip(data: bytearray, draw: Draw) -> None:
    for _ in range(draw.choice((1, 1, 3, 10))):
        if data:
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def _cut(data: bytearray, draw: Draw) -> None:
    del data[draw.randrange(len(data) + 1) :]


def _insert(data: bytearray, draw: Draw) -> None:
    at = draw.randrange(len(data) + 1)
    data[at:at] = draw.choice((draw.choice(TOKENS), draw.randbytes(draw.randrange(1, 40))))


def _replace(data: bytearray, draw: Draw) -> None:
    at = draw.randrange(len(data) + 1)
    data[at : at + draw.randrange(1, 60)] = draw.choice((draw.choice(TOKENS), b"", b"\0" * 30))


def _repeat(data: bytearray, draw: Draw) -> None:
    start = draw.randrange(len(data) + 1)
    data[start:start] = data[start : start + draw.randrange(1, 200)] * draw.choice((1, 3, 50))


def _swap_lines(data: bytearray, draw: Draw) -> None:
    lines = data.split(b"\n")
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    data[:] = b"\n".join(lines)


_IN_BYTES: tuple[Callable[[bytearray, Draw], None], ...] = (_flip, _cut, _insert, _replace, _repeat, _swap_lines)


def mutate_files(store: Path, draw: Draw) -> set[Path]:
    """Damage a file store; returns the paths that are no longer what they were."""
    files = sorted(path for path in store.rglob("*") if path.is_file())
    path = draw.choice(files)
    return draw.choice((_bytes_of, _bytes_of, _bytes_of, _in_files))(path, files, draw)


def _bytes_of(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    path.write_bytes(mutate_bytes(path.read_bytes(), draw))
    return {path}


def _in_files(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    return draw.choice((_delete, _delete_folder, _swap, _as_folder, _as_link, _as_pipe, _rename, _copy_folder))(
        path, files, draw
    )


def _delete(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    path.unlink()
    return {path}


def _delete_folder(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    shutil.rmtree(path.parent)
    return {path.parent}


def _swap(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    other = draw.choice(files)
    ours, theirs = path.read_bytes(), other.read_bytes()
    path.write_bytes(theirs)
    other.write_bytes(ours)
    return {path, other}


def _as_folder(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    path.unlink()
    path.mkdir()
    if draw.random() < 0.5:
        (path / "inner").write_bytes(b"1")
    return {path}


def _as_link(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    path.unlink()
    path.symlink_to(draw.choice(("/etc/passwd", path.name, "nowhere", draw.choice(files), path.parent, "/dev/zero")))
    return {path}


def _as_pipe(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    path.unlink()
    os.mkfifo(path)
    return {path}


def _rename(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    place = draw.choice((path, path.parent))
    name = draw.choice(
        (b"\xff\xfe", b"-", b"a\nb", b"x" * 200, b"%2e%2e", b"con", b" ", b"0" * 32, "\u202e.png".encode())
    )
    target = place.with_name(os.fsdecode(name))
    if not os.path.lexists(target):
        place.rename(target)
    return {place, target}


def _copy_folder(path: Path, files: list[Path], draw: Draw) -> set[Path]:
    """A copy of a folder in a place where it does not belong: runs that occur twice, runs in runs."""
    target = draw.choice(files).parent / draw.choice((path.parent.name, "copy"))
    if target.exists() or path.parent in target.parents or path.parent == target:
        return set()
    shutil.copytree(path.parent, target)
    return {target}


def mutate_database(path: Path, draw: Draw) -> None:
    """Damage a database in its bytes or in its tables."""
    if draw.random() < 0.5:
        _page_bytes(path, draw)
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for _ in range(draw.choice((1, 1, 3))):
            try:
                draw.choice(_IN_TABLES)(connection, draw)
            except (sqlite3.Error, OverflowError):
                return


def _page_bytes(path: Path, draw: Draw) -> None:
    data = bytearray(path.read_bytes())
    start = draw.choice((0, draw.randrange(len(data))))
    end = start + draw.choice((100, 4096, len(data)))
    data[start:end] = mutate_bytes(bytes(data[start:end]), draw)
    path.write_bytes(data)


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def _set_cell(connection: sqlite3.Connection, draw: Draw) -> None:
    table = draw.choice(_tables(connection))
    column = draw.choice(_columns(connection, table))
    connection.execute("PRAGMA ignore_check_constraints=ON")
    where = "" if draw.random() < 0.2 else f' WHERE rowid IN (SELECT rowid FROM "{table}" ORDER BY random() LIMIT 1)'
    where = where.replace("random()", f"(rowid * {draw.randrange(1, 99)}) % 97")
    value = draw.choice(CELLS)
    mark = "CAST(? AS TEXT)" if isinstance(value, bytes) and draw.random() < 0.5 else "?"
    connection.execute(f'UPDATE OR REPLACE "{table}" SET "{column}" = {mark}{where}', (value,))


def _drop(connection: sqlite3.Connection, draw: Draw) -> None:
    connection.execute(f'DROP TABLE "{draw.choice(_tables(connection))}"')


def _drop_column(connection: sqlite3.Connection, draw: Draw) -> None:
    table = draw.choice(_tables(connection))
    connection.execute(f'ALTER TABLE "{table}" DROP COLUMN "{draw.choice(_columns(connection, table))}"')


def _as_view(connection: sqlite3.Connection, draw: Draw) -> None:
    table = draw.choice(_tables(connection))
    connection.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_old"')
    connection.execute(f'CREATE VIEW "{table}" AS SELECT * FROM "{table}_old"')


def _trigger(connection: sqlite3.Connection, draw: Draw) -> None:
    table = draw.choice(_tables(connection))
    connection.execute(
        f'CREATE TRIGGER t{draw.randrange(99)} AFTER INSERT ON "{table}" BEGIN DELETE FROM "{table}"; END'
    )


def _schema(connection: sqlite3.Connection, draw: Draw) -> None:
    """Damage to the text of the schema, which is itself a table."""
    connection.execute("PRAGMA writable_schema=ON")
    rows = connection.execute("SELECT rowid, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    rowid, text = draw.choice(rows)
    changed = mutate_bytes(str(text).encode(), draw)
    connection.execute("UPDATE sqlite_master SET sql = CAST(? AS TEXT) WHERE rowid = ?", (changed, rowid))


def _cycle(connection: sqlite3.Connection, draw: Draw) -> None:
    """Runs that are each other's parent."""
    runs = [run for (run,) in connection.execute("SELECT run_uuid FROM runs ORDER BY run_uuid")]
    for run, parent in zip(runs, [*runs[1:], runs[0]], strict=True):
        connection.execute(
            "INSERT OR REPLACE INTO tags (key, value, run_uuid) VALUES ('mlflow.parentRunId', ?, ?)", (parent, run)
        )


_IN_TABLES = (_set_cell, _set_cell, _set_cell, _set_cell, _drop, _drop_column, _as_view, _trigger, _schema, _cycle)
