"""Values as bytes and back: plain data (MessagePack by msgspec), never pickled objects.

MessagePack lacks a few things that stores hold: integers beyond 64 bits, lone surrogates, arrays.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_origin

import msgspec
import numpy as np

from sitegen.analysis.relations import Forms
from sitegen.model import Dataset

T = TypeVar("T")

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN, _WIDE = b"\0", b"\1"
_INT, _TEXT, _PAIRS = 1, 2, 3
"""Extensions: a whole number, a string, and a dict, whose keys may be neither strings nor whole numbers."""


class DamagedRecordError(Exception):
    """A record that a file of an earlier build no longer holds as it was written."""


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
