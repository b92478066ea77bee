"""The records of runs: what a run's page is made from, kept on disk between reading the runs and making their pages.

A run is read once. Its histories are thinned, its artifacts copied, and the rest goes into a record in a scratch file
of the build, one file per shard, from which a page, a parent's page or an experiment's curves read it. Records
are plain data (MessagePack by msgspec), never pickled objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec
import numpy as np

from sitegen.analysis.curves import Curve
from sitegen.analysis.runs_table import RunRow
from sitegen.model import Run
from sitegen.output import SCRATCH
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.models import ModelFolder

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN, _WIDE = b"\0", b"\1"
_INT, _TEXT = 1, 2


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as its page needs it: cleaned, its `run.metrics` empty, since `row` has the summaries, `curves` the points.

    `copies` are its artifacts in the site, `models` the model folders among them.
    """

    run: Run
    row: RunRow
    curves: Mapping[str, Curve]
    copies: tuple[CopiedArtifact, ...]
    models: tuple[ModelFolder, ...] = ()


class RecordRef(NamedTuple):
    """Where a record is: its scratch file, and first byte and number of bytes in it."""

    shard: str
    start: int
    size: int


class RecordWriter:
    """Appends records to the scratch file of one shard."""

    def __init__(self, root: str, shard: str) -> None:
        """`root` is the folder that the site is being built in."""
        self.shard = shard
        self.at = 0
        folder = Path(root, SCRATCH)
        folder.mkdir(exist_ok=True)
        self._file: IO[bytes] = (folder / shard).open("wb")

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        with (
            suppress(OSError) if kind else nullcontext()
        ):  # the first error is the one to tell: a full disk says it twice
            self._file.close()

    def add(self, record: RunRecord) -> RecordRef:
        """Append a record, and return where it is."""
        data = encode(record)
        self._file.write(data)
        ref = RecordRef(self.shard, self.at, len(data))
        self.at += len(data)
        return ref


def read_records(root: str, refs: Iterable[RecordRef]) -> Iterator[RunRecord]:
    """The records at `refs`, one at a time, in their order."""
    for shard, several in groupby(refs, key=lambda ref: ref.shard):
        with Path(root, SCRATCH, shard).open("rb") as file:
            for ref in several:
                file.seek(ref.start)
                yield decode(file.read(ref.size))


def encode(record: RunRecord) -> bytes:
    """`record` as bytes. MessagePack has no integers beyond 64 bits and no lone surrogates: those are encoded as
    extensions."""
    try:
        return _PLAIN + msgspec.msgpack.encode(record, enc_hook=_encode_other)
    except (OverflowError, UnicodeEncodeError):
        plain = msgspec.to_builtins(record, enc_hook=_encode_other, builtin_types=(bytes,))
        return _WIDE + msgspec.msgpack.encode(_wrapped(plain))


def decode(data: bytes) -> RunRecord:
    """The record that `encode` made into `data`."""
    if data[:1] == _PLAIN:
        return _decoder().decode(memoryview(data)[1:])
    plain = msgspec.msgpack.decode(memoryview(data)[1:], ext_hook=_decode_extension)
    return msgspec.convert(plain, RunRecord, dec_hook=_decode_other)


@cache
def _decoder() -> msgspec.msgpack.Decoder[RunRecord]:
    return msgspec.msgpack.Decoder(RunRecord, dec_hook=_decode_other)


def _encode_other(value: Any) -> Any:
    """Types that MessagePack lacks: arrays (type and bytes, or a list of Python's whole numbers) and paths."""
    if isinstance(value, np.ndarray):
        return ["O", value.tolist()] if value.dtype == object else [value.dtype.str, value.tobytes()]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _decode_other(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    dtype, content = value
    return np.array(content, dtype=object) if dtype == "O" else np.frombuffer(content, dtype)


def _wrapped(value: Any) -> Any:
    """Plain data, with what MessagePack cannot represent as extensions."""
    if isinstance(value, dict):
        return {_wrapped(key): _wrapped(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_wrapped, value))
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return msgspec.msgpack.Ext(_INT, str(value).encode())
    if isinstance(value, str) and _LONE_SURROGATE.search(value):
        return msgspec.msgpack.Ext(_TEXT, value.encode("utf-8", "surrogatepass"))
    return value


def _decode_extension(code: int, data: memoryview) -> Any:
    return int(bytes(data)) if code == _INT else bytes(data).decode("utf-8", "surrogatepass")
