"""Files of DVC among the artifacts of a run: which data they point to, by path, hash and size.

`<data>.dvc` is the pointer that `dvc add` and `dvc import` write, `dvc.lock` the state of a pipeline
(https://dvc.org/doc/user-guide/project-structure).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from sitegen.model import ArtifactFolder, TrackedFile
from sitegen.stores.artifacts import open_artifact
from sitegen.stores.disk import printable
from sitegen.stores.meta import MetaError, parse_meta

POINTER, LOCK = ".dvc", "dvc.lock"
MAX_BYTES = 100_000
MAX_FILES = 8
"""Files of DVC that are read of one run."""
MAX_TRACKED = 50
"""Paths of data that are kept of one run."""
_HASHES = ("md5", "etag", "checksum")
_MAX_VALUE = 100
_CODE = frozenset((".py", ".ipynb", ".r", ".sh", ".jl", ".sql"))


def read_dvc(folder: ArtifactFolder) -> tuple[TrackedFile, ...]:
    """The data that the files of DVC in `folder` point to, by path; files that cannot be read are passed over.

    Of a pipeline these are the files that it starts from: what a stage makes follows from them, the code and the
    params, and so do models, which differ with every run.
    """
    if folder.root is None:
        return ()
    found: dict[str, TrackedFile] = {}
    for path in [file.path for file in folder.files if _is_of_dvc(file.path) and file.size <= MAX_BYTES][:MAX_FILES]:
        for one in _read(folder, path):
            found.setdefault(one.path, one)
    return tuple(found[path] for path in sorted(found))[:MAX_TRACKED]


def _is_of_dvc(path: str) -> bool:
    return path.endswith(POINTER) or posixpath.basename(path) == LOCK


def _read(folder: ArtifactFolder, path: str) -> Iterator[TrackedFile]:
    try:
        with open_artifact(folder, path) as file:
            meta = parse_meta(file.read(MAX_BYTES))
    except (OSError, ValueError, MetaError):
        return
    if path.endswith(POINTER):
        yield from _tracked(meta.get("outs"))
        return
    stages = meta.get("stages")
    values = [stage for stage in stages.values() if isinstance(stage, dict)] if isinstance(stages, dict) else []
    made = {one.path for stage in values for one in _tracked(stage.get("outs"))}
    for stage in values:
        yield from (one for one in _tracked(stage.get("deps")) if one.path not in made and not _is_code(one.path))


def _is_code(path: str) -> bool:
    return posixpath.splitext(path)[1].lower() in _CODE


def _tracked(entries: Any) -> Iterator[TrackedFile]:
    """The entries of a list `outs` or `deps` that have a path and a hash."""
    for entry in entries if isinstance(entries, list) else ():
        path = entry.get("path") if isinstance(entry, dict) else None
        if not isinstance(path, str) or not path:
            continue
        digest = next((value for key in _HASHES if isinstance(value := entry.get(key), str) and value), "")
        size = entry.get("size")
        if digest:
            is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**63
            yield TrackedFile(printable(path)[:_MAX_VALUE], printable(digest)[:_MAX_VALUE], size if is_size else None)
