"""The records of runs: what a run's page is made from, kept on disk between reading the runs and making their pages.

A run is read once. Its histories are thinned, its artifacts copied, and the rest goes into a record in a scratch file
of the build, one file per shard, from which a page, a parent's page or an experiment's curves read it. Records
are plain data (MessagePack by msgspec), never pickled objects.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast, get_origin

import msgspec
import numpy as np

from sitegen.analysis.curves import Curve
from sitegen.analysis.relations import Forms
from sitegen.analysis.runs_table import RunRow
from sitegen.build.digests import hashed
from sitegen.model import Dataset, Run
from sitegen.output import SCRATCH
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.models import ModelFolder

T = TypeVar("T")

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN, _WIDE = b"\0", b"\1"
_INT, _TEXT, _PAIRS = 1, 2, 3
"""Extensions: a whole number, a string, and a dict, whose keys may be neither strings nor whole numbers."""


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
    """Where a record is: the file of its shard, and first byte and number of bytes in it."""

    file: str
    start: int
    size: int
    digest: str
    """The digest of its bytes."""
    content: str = ""
    """The digest of all that pages are made from: the record, the copies of the artifacts, the experiment."""


class DamagedRecordError(Exception):
    """A record that a file of an earlier build no longer holds as it was written."""


class RecordWriter:
    """Appends records to the scratch file of one shard."""

    def __init__(self, root: str, shard: str) -> None:
        """`root` is the folder that the site is being built in."""
        self.at = 0
        folder = Path(root, SCRATCH)
        folder.mkdir(exist_ok=True)
        file = folder / shard
        self.path = str(file)
        self._file: IO[bytes] = file.open("wb")

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        with (
            suppress(OSError) if kind else nullcontext()
        ):  # the first error is the one to tell: a full disk says it twice
            self._file.close()

    def add(self, record: RunRecord) -> RecordRef:
        """Append a record, and return where it is."""
        return self.add_bytes(encode(record))

    def add_bytes(self, data: bytes) -> RecordRef:
        """Append a record that is encoded already, or what follows the records; return where it is."""
        self._file.write(data)
        ref = RecordRef(self.path, self.at, len(data), hashed(data))
        self.at += len(data)
        return ref


def read_records(refs: Iterable[RecordRef]) -> Iterator[RunRecord]:
    """The records at `refs`, one at a time, in their order. Raises DamagedRecordError."""
    return (decode(data, RunRecord) for data in read_bytes(refs))


def read_bytes(refs: Iterable[RecordRef]) -> Iterator[bytes]:
    """The bytes of the records at `refs`. Raises DamagedRecordError."""
    for path, several in groupby(refs, key=lambda ref: ref.file):
        with _opened(path) as file:
            for ref in several:
                file.seek(ref.start)
                data = file.read(ref.size)
                if hashed(data) != ref.digest:
                    raise DamagedRecordError(path)
                yield data


def _opened(path: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise DamagedRecordError(path) from error


def encode(record: object) -> bytes:
    """A dataclass as bytes. MessagePack has no integers beyond 64 bits and no lone surrogates: those are encoded as
    extensions."""
    try:
        return _PLAIN + msgspec.msgpack.encode(record, enc_hook=_encode_other)
    except (OverflowError, UnicodeEncodeError):
        plain = msgspec.to_builtins(record, enc_hook=_encode_other, builtin_types=(bytes,))
        return _WIDE + msgspec.msgpack.encode(_wrapped(plain))


def decode(data: bytes, kind: type[T]) -> T:
    """The value of type `kind` that `encode` made into `data`. Raises ValueError for other bytes."""
    if data[:1] == _PLAIN:
        return cast(T, _decoder(cast(Any, kind)).decode(memoryview(data)[1:]))
    plain = msgspec.msgpack.decode(memoryview(data)[1:], ext_hook=_decode_extension)
    return msgspec.convert(plain, kind, dec_hook=_decode_other)


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, dec_hook=_decode_other)


def _encode_other(value: Any) -> Any:
    """Types that MessagePack lacks: arrays (type and bytes, or a list of Python's whole numbers), paths, datasets."""
    if isinstance(value, np.ndarray):
        return ["O", value.tolist()] if value.dtype == object else [value.dtype.str, value.tobytes()]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Forms):
        return list(value)
    raise NotImplementedError(type(value))


def _decode_other(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    if get_origin(kind) is Counter:
        return Counter(value)
    if kind is Forms:
        return Forms(msgspec.convert(value, list[Dataset], dec_hook=_decode_other))
    dtype, content = value
    return np.array(content, dtype=object) if dtype == "O" else np.frombuffer(content, dtype)


def _wrapped(value: Any) -> Any:
    """Plain data, with what MessagePack cannot represent as extensions."""
    if isinstance(value, dict):
        pairs = [[_wrapped(key), _wrapped(inner)] for key, inner in value.items()]
        return msgspec.msgpack.Ext(_PAIRS, msgspec.msgpack.encode(pairs))
    if isinstance(value, list | tuple):
        return type(value)(map(_wrapped, value))
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return msgspec.msgpack.Ext(_INT, str(value).encode())
    if isinstance(value, str) and _LONE_SURROGATE.search(value):
        return msgspec.msgpack.Ext(_TEXT, value.encode("utf-8", "surrogatepass"))
    return value


def _decode_extension(code: int, data: memoryview) -> Any:
    if code == _PAIRS:
        pairs = msgspec.msgpack.decode(data, ext_hook=_decode_extension)
        return {tuple(key) if isinstance(key, list) else key: inner for key, inner in pairs}
    return int(bytes(data)) if code == _INT else bytes(data).decode("utf-8", "surrogatepass")
