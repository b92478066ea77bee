"""A short string that changes when a file store does, from `stat` and the runs' meta.yaml.

Of every run: the folders' times (a new param, tag or metric changes one), meta.yaml's content, and each tag file,
because tags are what people edit after a run has ended. Of a run that has not ended also each of its other files, so
that a point logged to an open run is noticed. It misses changes inside a param or metric file of a run that has ended,
which MLflow never makes. 10,000 runs take about a second of CPU.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from sitegen.stores.disk import read_bytes

_RUN_FOLDERS = ("params", "metrics", "inputs", "outputs", "artifacts")
_WHOLE = ("tags", "models", "datasets")
_ENDED = (b"\nend_time: 1", b"\nend_time: 2")


def signature_of(root: str) -> str:
    """The signature of the store (or part of one) at `root`; what cannot be read counts as absent."""
    digest = hashlib.blake2b(digest_size=16)
    for line in _store(root):
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _store(root: str) -> Iterator[str]:
    yield from _tree(f"{root}/models")
    for folder in _folders(root):
        if os.path.basename(folder) != "models":
            yield from _experiment(folder)
    for folder in _folders(f"{root}/.trash"):
        yield from _experiment(folder)


def _experiment(folder: str) -> Iterator[str]:
    yield _stat(f"{folder}/meta.yaml")
    for child in _folders(folder):
        if os.path.basename(child) in _WHOLE:
            yield from _tree(child)
        else:
            yield from _run(child)


def _run(folder: str) -> Iterator[str]:
    try:
        meta = read_bytes(f"{folder}/meta.yaml")
    except OSError:
        return
    yield f"{folder} {meta!r}"
    yield from _tree(f"{folder}/tags")
    if not any(mark in meta for mark in _ENDED):
        yield from _tree(folder)
    for name in _RUN_FOLDERS:
        yield _stat(f"{folder}/{name}")


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _tree(folder: str) -> Iterator[str]:
    """Each file below `folder` and each folder, links as links."""
    folders = [folder]
    for where in folders:
        yield _stat(where)
        try:
            with os.scandir(where) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                yield _stat(entry.path)


def _stat(path: str) -> str:
    try:
        found = os.lstat(path)
    except OSError:
        return ""
    return f"{path} {found.st_mtime_ns} {found.st_size}\n"
