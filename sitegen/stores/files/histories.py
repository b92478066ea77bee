"""Metric files of a file store to `MetricHistory` values, many files at once.

A line is `timestamp value step`; before MLflow 1.0 `seconds value`; since 3.0 a dataset's name and digest may follow.
Files whose every line has exactly three fields are joined and parsed in one go, which is several times faster than one
by one; the others are parsed line by line.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sitegen.model import MetricHistory
from sitegen.stores.history import INT64, SECONDS, Columns, columns_of, cut, in_order

_PLAIN_BYTES = b"0123456789+-. \nenaifENAIFtyTY"
_PLAIN_FILE = re.compile(rb"(?:-?\d{1,18}+ [-+.\deEnaifNAIFtyTY]++ -?\d{1,18}+\n)++")
_BEYOND_THREE = re.compile(rb"^(\S+ \S+ \S+) [^\n]+$", re.MULTILINE)
_PIECE = 1 << 20
"""Bytes of a file that are split into lines at once."""
_BOM = b"\xef\xbb\xbf"
_ARROW_PAYS = 400_000
"""Bytes parsed by this process from which on importing pyarrow (0.1 s) costs less than doing without."""

_parsed_bytes = 0


class ParsedFile(NamedTuple):
    """A metric file's history, and in a few words what was left out of it ('' if nothing was)."""

    history: MetricHistory
    problem: str


def parse_files(files: Sequence[tuple[str, bytes]]) -> list[ParsedFile]:
    """The histories of metric files given as (key, content), in the same order."""
    if not files:
        return []
    is_ended = all(content.endswith(b"\n") for _, content in files)
    histories = _parse_joined(files) if is_ended else None
    return _parse_mixed(files) if histories is None else [ParsedFile(history, "") for history in histories]


def _parse_mixed(files: Sequence[tuple[str, bytes]]) -> list[ParsedFile]:
    """As `parse_files`, where at least one file is not plain."""
    plain = [_PLAIN_FILE.fullmatch(content) is not None for _, content in files]
    usual = [file for file, is_plain in zip(files, plain, strict=True) if is_plain]
    histories = _parse_joined(usual) if usual else None
    if histories is None:
        return [parse_lines(key, content) for key, content in files]
    waiting = iter(histories)
    return [
        ParsedFile(next(waiting), "") if is_plain else parse_lines(*file)
        for file, is_plain in zip(files, plain, strict=True)
    ]


def parse_lines(key: str, content: bytes) -> ParsedFile:
    """The history in one metric file, line by line where lines are not plain; others are counted and left out."""
    whole, _, end = content.removeprefix(_BOM).rpartition(b"\n")
    pieces: list[Columns] = []
    lengths: set[int] = set()
    skipped = 0
    for piece in _pieces(whole):
        columns, found, left_out = _parse_piece(piece)
        pieces.append(columns)
        lengths |= found
        skipped += left_out
    # A last line without its newline may be half written: it counts only when it is as long as the others.
    cut = end.split()
    last = _point(cut) if len(cut) in (lengths or {3, 5}) else None
    if last:
        pieces.append(columns_of([last]))
    steps, timestamps, values = map(np.concatenate, zip(*(pieces or [columns_of([])]), strict=True))
    history = in_order(key, (steps, timestamps, values))
    return ParsedFile(history, _left_out(skipped, bool(cut) and not last, not len(history)))


def _pieces(content: bytes) -> Iterator[bytes]:
    """Lines, some `_PIECE` bytes at a time, each with its newline: Python's objects take ten times the memory."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + _PIECE)
        yield content[start:] + b"\n" if end < 0 else content[start : end + 1]
        start = end + 1 if end >= 0 else len(content)


def _parse_piece(piece: bytes) -> tuple[Columns, set[int], int]:
    """Columns of the points, numbers of fields that lines have, and how many lines are not points."""
    short, count = _BEYOND_THREE.subn(rb"\1", piece)
    parsed = _parse_joined([("", short)]) if not count or count == piece.count(b"\n") else None
    if parsed:
        [found] = parsed
        return (found.steps, found.timestamps, found.values), {5 if count else 3}, 0
    rows = [fields for fields in map(bytes.split, piece.split(b"\n")) if fields]
    points = [point for point in map(_point, rows) if point]
    return columns_of(points), {len(row) for row in rows}, len(rows) - len(points)


def _point(fields: list[bytes]) -> tuple[int, int, float] | None:
    """Step, timestamp and value, or None when the fields are not a point."""
    if len(fields) < 2:
        return None
    try:
        step = int(fields[2]) if len(fields) > 2 else 0
        timestamp = int(fields[0])
        value = float(fields[1])
    except ValueError:
        return None
    if 0 < timestamp < SECONDS:
        timestamp *= 1000
    return (step, timestamp, value) if -INT64 <= timestamp < INT64 else None


def _left_out(skipped: int, is_cut: bool, is_empty: bool) -> str:
    description = []
    if skipped:
        description.append(
            f"has {skipped} {'line that is not a point' if skipped == 1 else 'lines that are not points'}; skipped"
        )
    if is_cut:
        description.append("has a last line that is cut; skipped")
    if is_empty:
        description.append("has no points")
    return "; ".join(description)


def _parse_joined(files: Sequence[tuple[str, bytes]]) -> list[MetricHistory] | None:
    """The histories of newline-ended files, or None when a line has not exactly three plain fields."""
    joined = b"".join([content for _, content in files])
    if joined.translate(None, _PLAIN_BYTES):
        return None
    columns = _columns(joined)
    ends = np.cumsum([content.count(b"\n") for _, content in files])
    if columns is None or len(columns[0]) != ends[-1]:
        return None
    steps, timestamps, values = columns
    is_seconds = (timestamps > 0) & (timestamps < SECONDS)
    if is_seconds.any():
        timestamps = np.where(is_seconds, timestamps * 1000, timestamps)
    return cut([key for key, _ in files], ends, (steps, timestamps, values))


def _columns(joined: bytes) -> Columns | None:
    global _parsed_bytes
    _parsed_bytes += len(joined)
    if "pyarrow" in sys.modules or _parsed_bytes > _ARROW_PAYS:
        return columns_by_arrow(joined)
    return columns_by_python(joined)


def columns_by_python(joined: bytes) -> Columns | None:
    """The columns of lines of three fields, or None when they are something else."""
    if not _PLAIN_FILE.fullmatch(joined):
        return None
    fields = joined.split()
    try:
        values = np.array(list(map(float, fields[1::3])), dtype=np.float64)
    except ValueError:
        return None
    steps = np.array(list(map(int, fields[2::3])), dtype=np.int64)
    return steps, np.array(list(map(int, fields[0::3])), dtype=np.int64), values


def columns_by_arrow(joined: bytes) -> Columns | None:
    """As `columns_by_python`, four times as fast once pyarrow is loaded; `joined` has no bytes but `_PLAIN_BYTES`."""
    import pyarrow
    from pyarrow import csv

    names = ("timestamp", "value", "step")
    types = (pyarrow.int64(), pyarrow.float64(), pyarrow.int64())
    try:
        table = csv.read_csv(
            pyarrow.BufferReader(joined),
            read_options=csv.ReadOptions(use_threads=False, column_names=names, block_size=1 << 18),
            parse_options=csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=dict(zip(names, types, strict=True)), null_values=[], check_utf8=False
            ),
        )
    except pyarrow.ArrowInvalid:
        return None
    timestamps, values, steps = map(_numpy, table.columns, (np.int64, np.float64, np.int64))
    return steps, timestamps, values


def _numpy(column: Any, dtype: Any) -> NDArray[Any]:
    """A column without nulls as an array; pyarrow's own `to_numpy` would import pandas."""
    chunks = [np.frombuffer(c.buffers()[1], dtype, len(c), c.offset * 8) for c in column.chunks if len(c)]
    return np.concatenate(chunks) if chunks else np.empty(0, dtype)
