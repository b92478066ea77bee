"""The manifest of a site: which of its files sitegen wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

MANIFEST = "data/manifest.json"
_START = '{"generator":"sitegen","files":['
_PIECE = 1_000_000
"""Characters that are read at a time."""


def listed(site: Path) -> set[str]:
    """The paths in the manifest of a site; none if it has no manifest of sitegen."""
    try:
        return {*entries_in((site / MANIFEST).read_bytes())}
    except OSError:
        return set()


def entries_in(manifest: bytes) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of each file that a manifest lists, and of itself (0 and ''); none if it is not sitegen's.

    Listed files may be deleted later, so paths outside the site, in an edited manifest, are ignored.
    """
    try:
        read = json.loads(manifest)
        files = [(str(path), size, sha256) for path, size, sha256 in read["files"] if read["generator"] == "sitegen"]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return {}
    found = {path: (size, sha256) for path, size, sha256 in files if _is_inside(path)}
    return found | {MANIFEST: (0, "")} if files else {}


def _is_inside(path: str) -> bool:
    return bool(path) and not path.startswith("/") and ".." not in path.split("/")


def entries(site: Path) -> Iterator[tuple[str, int, str]]:
    """Path, size and SHA-256 of each file in the manifest, in the order of paths, read a piece at a time.

    Raises OSError if there is none, and ValueError if it is not as sitegen writes it.
    """
    with (site / MANIFEST).open(encoding="utf-8") as file:
        if file.read(len(_START)) != _START:
            raise ValueError("it does not begin as a manifest of sitegen does")
        last = ""
        for entry in _values(file):
            match entry:
                case [str(path), int(size), str(sha256)] if path > last:
                    yield path, size, sha256
                case _:
                    raise ValueError("it has an entry that is not a path, a size and a hash, in the order of paths")
            last = path


def _values(file: TextIO) -> Iterator[object]:
    """The values of a JSON list whose `[` has been read."""
    decoder, waiting = json.JSONDecoder(), ""
    while piece := file.read(_PIECE):
        waiting += piece
        at = 0
        # An entry whose `]` has been read is whole: no path holds a bracket (`addresses.file_name`).
        while waiting[at : at + 1] == "[" and waiting.find("]", at) >= 0:
            value, at = decoder.raw_decode(waiting, at)
            yield value
            at += waiting[at : at + 1] == ","
        waiting = waiting[at:]
        if len(waiting) > _PIECE:
            raise ValueError("it holds an entry without end")
    if waiting.strip() != "]}":
        raise ValueError("it does not end as a manifest of sitegen does")
