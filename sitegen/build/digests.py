"""Digests of values: two values that differ, in type or content, have different digests, in any process.

Values are dataclasses, containers and plain data, as pages and tasks are made of. Some have a digest already: a report
and a run are made from records whose digests are known.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import PurePath
from typing import Any, cast

import numpy as np

Known = Mapping[type, Callable[[Any], str]]
"""What gives the digest of values of a type, in place of their content."""
NOTHING_KNOWN: Known = {}
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})


class NoDigestError(Exception):
    """A value of a type that has no digest."""


def digest_of(value: object, known: Known = NOTHING_KNOWN) -> str:
    """The digest of `value`, 32 hex digits. Raises NoDigestError."""
    return hashed(repr(_plain(value, known)).encode("utf-8", "surrogatepass"))


def hashed(*parts: bytes) -> str:
    """The digest of bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _plain(value: Any, known: Known) -> object:
    """`value` as nested lists of plain data, whose `repr` tells all apart."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind in known:
        return [kind.__qualname__, known[kind](value)]
    if dataclasses.is_dataclass(value):
        return [_name(kind), *(_plain(getattr(value, name), known) for name in _fields(kind))]
    if isinstance(value, list | tuple):
        return [_name(kind), *(_plain(one, known) for one in value)]
    if isinstance(value, Mapping):
        return ["{", *([_plain(key, known), _plain(one, known)] for key, one in value.items())]
    return _plain_other(value, known)


def _plain_other(value: Any, known: Known) -> object:
    if isinstance(value, set | frozenset):
        return ["set", *sorted(repr(_plain(one, known)) for one in value)]
    if isinstance(value, str | PurePath):
        return [_name(cast(Any, type(value))), str(value)]
    if isinstance(value, np.ndarray):
        return ["array", value.dtype.str, value.shape, value.tolist() if value.dtype == object else value.tobytes()]
    raise NoDigestError(type(value).__name__)


@cache
def _name(kind: Any) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
