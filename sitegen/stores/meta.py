"""MLflow's meta.yaml: a line parser for what MLflow writes, and PyYAML's safe loader for everything else.

The line parser takes 15 us where the C loader takes 180, and there is one file a run. It handles a few kinds of lines;
with any other line, the whole file goes to the loader.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from typing import Any

import yaml

from sitegen.stores.disk import TEXT_LIMIT, printable, read_bytes, reason

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONG_NUMBER = 64


class BoundedLoader(_SafeLoader):  # type: ignore[misc]
    """The safe loader; numbers of very many digits, which it takes long for, stay strings."""

    def construct_yaml_int(self, node: yaml.ScalarNode) -> Any:
        """A whole number, or a string if it is too long to be written by MLflow."""
        return node.value if len(node.value) > _LONG_NUMBER else super().construct_yaml_int(node)

    def construct_yaml_float(self, node: yaml.ScalarNode) -> Any:
        """A number, or a string if it is too long to be written by MLflow."""
        return node.value if len(node.value) > _LONG_NUMBER else super().construct_yaml_float(node)


BoundedLoader.add_constructor("tag:yaml.org,2002:int", BoundedLoader.construct_yaml_int)
BoundedLoader.add_constructor("tag:yaml.org,2002:float", BoundedLoader.construct_yaml_float)


class _Loader(BoundedLoader):
    """The same without merge keys, with which a small file can be expensive."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Do not expand `<<`, which is then an error."""


MAX_WAITS = 100
"""How often a process waits 0.1 s for a file that MLflow is writing anew."""
_waits = 0
_NODES = 10_000
_DEPTH = 50
_RECENT = 10.0
_LAST_MILLISECOND = 8_640_000_000_000_000

# A plain scalar that YAML 1.1 can only read as text: words that start with a letter or `/`, or a run id (32 hex digits
# with a letter among them, which is neither a number nor `0b...`).
_WORD = r"[\w./@%+=-]+(?::+[\w./@%+=-]+)*"
_LINE = re.compile(
    r"([a-z_]+): (?:"
    r"(?P<whole>0|-?[1-9]\d{0,17})"
    r"|'(?P<quoted>[ -&(-~]*)'"
    rf"|(?P<plain>(?!0b)(?=\d*[a-f])[0-9a-f]{{32}}|(?=[^\W\d]|/){_WORD}(?: {_WORD})*)"
    r"|(?P<empty>\[\]|\{\})"
    r")",
    re.ASCII,
)
_SPECIAL = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


class MetaError(Exception):
    """A meta.yaml that cannot be used; the message gives the reason in a few words."""


def read_meta(path: str) -> dict[str, Any]:
    """The content of a meta.yaml. Raises MetaError.

    MLflow rewrites the file in place, so an empty one that was changed within the last seconds is read again.
    """
    try:
        data = read_bytes(path)
        for _ in range(2):
            if data.strip() or not _is_recent(path) or not _may_wait():
                break
            time.sleep(0.1)
            data = read_bytes(path)
    except FileNotFoundError:
        raise MetaError("has no meta.yaml") from None
    except OSError as error:
        raise MetaError(f"has a meta.yaml that could not be read ({reason(error)})") from None
    return parse_meta(data)


def _may_wait() -> bool:
    """Whether to wait for a file once more: a store of thousands of empty ones must not make a build wait for each."""
    global _waits
    _waits += 1
    return _waits <= MAX_WAITS


def _is_recent(path: str) -> bool:
    return abs(time.time() - os.stat(path).st_mtime) < _RECENT


def parse_meta(data: bytes) -> dict[str, Any]:
    """The mapping that a meta.yaml holds. Raises MetaError when it holds none, or what MLflow cannot have written."""
    if len(data) > TEXT_LIMIT:
        raise MetaError("has a meta.yaml of more than 1 MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MetaError("has a meta.yaml that is not UTF-8") from None
    quick = parse_lines(text)
    return quick if quick is not None else _load(text)


def parse_lines(text: str) -> dict[str, Any] | None:
    """The content of the YAML `text`, or None if it has a line that this parser does not handle."""
    if not text.endswith("\n") or "\r" in text:
        return None
    meta: dict[str, Any] = {}
    for line in text[:-1].split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        key, value, kind = match[1], match[match.lastindex or 0], match.lastgroup
        if kind == "whole":
            meta[key] = int(value)
        elif kind == "quoted":
            meta[key] = value
        elif kind == "empty":
            meta[key] = [] if value == "[]" else {}
        elif value.lower() not in _SPECIAL:
            meta[key] = value
        elif value == "null":
            meta[key] = None
        else:
            return None
        if key in _SPECIAL:
            return None
    return meta


def _load(text: str) -> dict[str, Any]:
    if not text.strip():
        raise MetaError("has an empty meta.yaml")
    try:
        _refuse_deep_nesting(text)
        meta = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        raise MetaError("has a meta.yaml that is not valid YAML") from None
    if not isinstance(meta, dict):
        raise MetaError("has a meta.yaml that is not a list of fields")
    _refuse_many_nodes(meta)
    return meta


def _refuse_deep_nesting(text: str) -> None:
    """The C loader descends without limit and would crash the process; its event parser does not."""
    if sum(text.count(opener) for opener in ("[", "{", "- ", "-\t", "? ", "?\t")) < 1000:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            raise MetaError("has a meta.yaml that is nested too deeply")


def _refuse_many_nodes(meta: dict[Any, Any]) -> None:
    """Aliases can make a small file expand to a huge value, so the expanded nodes are counted."""
    waiting: list[Any] = [meta]
    for seen, node in enumerate(waiting):
        if seen > _NODES:
            raise MetaError("has a meta.yaml with too many entries")
        if isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, list | tuple | set):
            waiting.extend(node)


def text_of(meta: Mapping[str, Any], key: str) -> str:
    """The field as text, '' if it is missing or null."""
    value = meta.get(key)
    if isinstance(value, str):
        return printable(value)
    return "" if value is None else printable(str(value))


def time_of(meta: Mapping[str, Any], key: str) -> int | None:
    """The field as milliseconds since 1970, None if it is missing, null or no time that a calendar knows."""
    value = whole_of(meta, key)
    return value if value is not None and abs(value) <= _LAST_MILLISECOND else None


def whole_of(meta: Mapping[str, Any], key: str) -> int | None:
    """The field as a whole number, None if it is not one."""
    value = meta.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def texts_of(meta: Mapping[str, Any], key: str) -> dict[str, str]:
    """The field as a mapping of strings, empty if it is not one."""
    value = meta.get(key)
    if not isinstance(value, dict):
        return {}
    return {printable(str(name)): "" if text is None else printable(str(text)) for name, text in value.items()}


def status_of(meta: Mapping[str, Any], numbered: Mapping[int, str]) -> str:
    """The field `status`, which is a number in most versions, as a word; '' for an unknown number."""
    number = whole_of(meta, "status")
    return text_of(meta, "status").upper() if number is None else numbered.get(number, "")


def lifecycle_of(meta: Mapping[str, Any], where: str) -> str:
    """`active` or `deleted`; everything in `.trash` is deleted, since old versions did not change the field."""
    is_deleted = where.startswith(".trash/") or text_of(meta, "lifecycle_stage") == "deleted"
    return "deleted" if is_deleted else "active"
