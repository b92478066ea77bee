"""Bounded reads of untrusted files: how much of a file is read, and how YAML and JSON are parsed. Any error becomes

one sentence (`Unreadable`), which the page shows in place of the content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from sitegen.model import ArtifactFolder
from sitegen.stores.artifacts import open_artifact
from sitegen.stores.meta import BoundedLoader

TEXT_CAP = 1_000_000
"""Maximum number of bytes of text that a preview reads, which can be parsed in well under a second."""
NODE_CAP = 300_000
"""Values of a parsed document, aliases counted as often as they are used, since a short YAML file can expand to a
billion values."""
DEPTH_CAP = 200
"""Maximum nesting of brackets; the parsers recurse once for each."""

MAX_YAML_VALUES = 100_000
"""Values of a YAML text, at most, by the marks between them; its parser takes 5 microseconds and 200 bytes for each."""

_BRACKETS = re.compile(r"[\[\]{}]")
_INDENTS = re.compile(r"^[ ?-]{2,}", re.MULTILINE)


class Unreadable(Exception):
    """Why there is no preview, as a sentence."""


def read_bytes(folder: ArtifactFolder, path: str, most: int = TEXT_CAP + 1) -> bytes:
    """The first `most` bytes of an artifact: by default one more than a preview takes. Raises Unreadable."""
    try:
        with open_artifact(folder, path) as file:
            return file.read(most)
    except OSError as error:
        raise Unreadable("The file could not be read.") from error


def parse_json(text: str, most: int = TEXT_CAP) -> Any:
    """The value of a JSON text of at most `most` characters. Raises Unreadable."""
    return _parsed(text, json.loads, "JSON", most)


def parse_yaml(text: str) -> Any:
    """The value of a YAML text, by the loader that makes nothing but plain values. Raises Unreadable."""
    if "\n---" in text.strip():
        raise Unreadable("The file holds several YAML documents.")
    if sum(map(text.count, (",", "\n", "[", "{", "? "))) > MAX_YAML_VALUES:
        raise Unreadable("The file holds too many values to be shown as YAML.")
    return _parsed(text, lambda t: yaml.load(t, BoundedLoader), "YAML", TEXT_CAP)


def _parsed(text: str, parse: Callable[[str], Any], name: str, most: int) -> Any:
    if len(text) > most:
        raise Unreadable(f"The file is too large to be shown as {name}.")
    if text.count("[") + text.count("{") > NODE_CAP:
        raise Unreadable(f"The file holds too many values to be shown as {name}.")
    if deepest(text) > DEPTH_CAP:
        raise Unreadable(f"The file is nested too deeply to be shown as {name}.")
    try:
        value = parse(text)
        few = _count(value, NODE_CAP) < NODE_CAP
    except (ValueError, yaml.YAMLError, RecursionError, OverflowError, TypeError, AttributeError) as error:
        raise Unreadable(f"The file is not valid {name}.") from error
    if not few:
        raise Unreadable(f"The file holds too many values to be shown as {name}.")
    return value


def deepest(text: str) -> int:
    """How many brackets are open at the most, strings not told apart; indentation counts as nesting too."""
    depth = most = 0
    for bracket in _BRACKETS.findall(text):
        depth += 1 if bracket in "[{" else -1
        most = max(most, depth)
    indent = max(map(len, _INDENTS.findall(text)), default=0)
    return max(most, indent // 2)


def _count(value: object, most: int) -> int:
    """The values in `value`, counted no further than `most`."""
    found, waiting = 0, [value]
    while waiting and found < most:
        found += 1
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple | set):
            waiting.extend(one)
    return found
