"""NumPy arrays: shape, type and first values, read without ever unpickling."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sitegen.analysis.words import number, plural, size
from sitegen.viewers.blocks import Block, Facts, Heading, Sentence, Table
from sitegen.viewers.csv import table_of
from sitegen.viewers.reading import Unreadable

SHOWN_VALUES = 200
SHOWN_WIDTH = 20
READ_BYTES = 4_000_000
"""Bytes of one array that are read: enough for its first values, and for the statistics of a small one."""
MAX_ARRAYS = 30
MAX_HEADER = 10_000
"""Bytes of the longest header that is read; the same as in NumPy."""
MAX_LISTING = 1_000_000
"""Bytes of the longest list of the members of an archive that is read: some 15,000 arrays."""
_END, _END64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_TAIL = 22 + 65_535
"""Bytes at the end of an archive in which its list is described: a record, and a comment."""


def npy_view(file: IO[bytes]) -> tuple[Block, ...]:
    """The array in an `.npy` file. Raises Unreadable."""
    try:
        shape, fortran, dtype = _header(file)
        return _array(file, shape, fortran, dtype)
    except (ValueError, OSError, EOFError, TypeError, SyntaxError, OverflowError, RecursionError, MemoryError) as error:
        raise Unreadable("The file is not a NumPy array that can be read.") from error


def npz_view(file: IO[bytes]) -> tuple[Block, ...]:
    """The arrays in an `.npz` file, each unpacked no further than it is shown. Raises Unreadable."""
    if _listing_size(file) > MAX_LISTING:
        raise Unreadable("The file holds too many arrays to be shown.")
    try:
        with zipfile.ZipFile(file) as archive:
            members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
            blocks: list[Block] = [Facts((("Arrays", f"{len(members):,}"),))]
            for member in members[:MAX_ARRAYS]:
                blocks.append(Heading(member.filename.removesuffix(".npy")[:200]))
                blocks += _member(archive, member)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("The file is not an archive of NumPy arrays that can be read.") from error
    if len(members) > MAX_ARRAYS:
        blocks.append(Sentence(f"And {plural(len(members) - MAX_ARRAYS, 'array')} more."))
    return tuple(blocks)


def _listing_size(file: IO[bytes]) -> int:
    """The bytes of an archive's list of members (APPNOTE 6.3, sections 4.3.14 to 4.3.16), which is read whole; 0 if
    there is none."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL - 20))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at >= 20 and tail[at - 20 : at - 16] == _LOCATOR:
        at = tail.rfind(_END64, 0, at)
        # Without the record that the locator is for, the list may be of any size.
        return int.from_bytes(tail[at + 40 : at + 48], "little") if at >= 0 else MAX_LISTING + 1
    return int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[Block, ...]:
    # NumPy packs in these two ways; others take memory as their headers say.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return (Sentence("The array is packed in a way that sitegen does not read."),)
    try:
        with archive.open(member) as file:
            return npy_view(file)
    except Unreadable as problem:
        return (Sentence(str(problem)),)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order and type, by NumPy's own parser, which takes literals only and refuses long headers."""
    version = npy.read_magic(file)
    is_first = version == (1, 0)
    length = file.read(2 if is_first else 4)
    if int.from_bytes(length, "little") > MAX_HEADER:
        raise ValueError("a header that NumPy would not read")
    read = npy.read_array_header_1_0 if is_first else npy.read_array_header_2_0
    shape, fortran, dtype = read(io.BytesIO(length + file.read(int.from_bytes(length, "little"))))
    if any(n < 0 for n in shape):
        raise ValueError("a negative length")
    return shape, fortran, dtype


def _array(file: IO[bytes], shape: tuple[int, ...], fortran: bool, dtype: np.dtype[Any]) -> tuple[Block, ...]:
    count = 1
    for length in shape:
        count *= length
    named = [
        ("Shape", " × ".join(map(str, shape)) or "a single value"),
        ("Type", str(dtype)[:200]),
        ("Values", f"{count:,}"),
    ]
    named.append(("Size", size(count * dtype.itemsize)))
    if dtype.hasobject:
        return Facts(tuple(named)), Sentence("It holds Python objects, which sitegen never loads.")
    if dtype.names or not dtype.itemsize or not count:
        return (Facts(tuple(named)),)
    if dtype.itemsize > READ_BYTES:
        return Facts(tuple(named)), Sentence("Its values are too long to be shown.")
    take = min(count, READ_BYTES // dtype.itemsize)
    data = file.read(take * dtype.itemsize)
    values = np.frombuffer(data[: len(data) // dtype.itemsize * dtype.itemsize], dtype=dtype)
    whole = len(values) == count
    if whole and dtype.kind in "fiu":
        named += _statistics(values)
    return Facts(tuple(named)), *_values(values, shape, fortran, whole)


def _statistics(values: NDArray[Any]) -> list[tuple[str, str]]:
    finite = values[np.isfinite(values)].astype(np.float64)
    odd = len(values) - len(finite)
    found = [("NaN or infinite", f"{odd:,}")] if odd else []
    if len(finite):
        numbers = {"Min": finite.min(), "Max": finite.max(), "Mean": finite.mean()}
        found = [*((name, number(float(value))) for name, value in numbers.items()), *found]
    return found


def _values(values: NDArray[Any], shape: tuple[int, ...], fortran: bool, whole: bool) -> tuple[Table, ...]:
    """The first values: a matrix as rows and columns, all else as a list in the order of the file."""
    if len(shape) == 2 and whole:
        matrix = values.reshape(shape, order="F" if fortran else "C")
        names = ["", *map(str, range(min(shape[1], SHOWN_WIDTH)))]
        rows = ([at, *map(_value, row[:SHOWN_WIDTH])] for at, row in enumerate(matrix[:SHOWN_VALUES]))
        shown = table_of(names, rows, shape[0])
        return (replace(shown, note=_matrix_note(shape)),)
    listed = ([at, _value(value)] for at, value in enumerate(values[:SHOWN_VALUES]))
    title = ["Index", "Value"] if len(shape) < 2 else ["Place in the file", "Value"]
    total = 1
    for length in shape:
        total *= length
    return (table_of(title, listed, total),)


def _matrix_note(shape: tuple[int, ...]) -> str:
    if shape[0] <= SHOWN_VALUES and shape[1] <= SHOWN_WIDTH:
        return ""
    return f"The first {min(shape[0], SHOWN_VALUES)} rows and {min(shape[1], SHOWN_WIDTH)} columns."


def _value(value: Any) -> object:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float):
        return number(plain)
    return plain if isinstance(plain, str | int | bool) else str(plain)
