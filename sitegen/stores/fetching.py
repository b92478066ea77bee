"""Artifacts that are elsewhere, fetched into a private folder on this machine if the user asks for it.

Where they come from is a `Source`: a tracking server (`tracking`) or an object store (`remote`). No name is trusted: a
path that leads out of the folder, or is not valid on this machine, is left out. Only files that the site would copy or
preview are fetched; the others are listed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from sitegen.model import Artifact, ArtifactFolder
from sitegen.stores.disk import is_junk_file

FILES = 5_000
"""Maximum number of files of a run that are listed."""

Wanted = Callable[[Artifact], bool]
"""Whether the content of a file is to be fetched, by its path and size."""
Note = Callable[[str], None]


class FetchError(Exception):
    """Something could not be listed or fetched; the message says why, in a few words without addresses."""


class Source(Protocol):
    """Where the artifacts of one run are."""

    def files(self) -> Iterable[Artifact]:
        """The files there, in any order, their paths as the source gives them. Raises FetchError."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, cut after `limit` + 1 bytes. Raises FetchError."""
        ...


def fetch(uri: str, source: Source, folder: str, wanted: Wanted, note: Note) -> ArtifactFolder:
    """The artifacts of a run that are at `source`, those that are `wanted` in `folder`; `note` is called with what went
    wrong.

    Files that are in the folder already, from an earlier reading of the run, are not fetched again.
    """
    try:
        files = _listed(source, note)
    except FetchError as error:
        note(f"has artifacts that could not be listed ({error})")
        return ArtifactFolder(uri)
    for file in files:
        if wanted(file):
            _bring(source, file, folder, note)
    return ArtifactFolder(uri, Path(folder), files)


def _listed(source: Source, note: Note) -> tuple[Artifact, ...]:
    found: dict[str, Artifact] = {}
    bad = 0
    for file in source.files():
        if len(found) == FILES:
            note(f"has more than {FILES:,} artifacts; the others are left out")
            break
        if is_safe(file.path) and file.size >= 0:
            found[file.path] = file
        else:
            bad += 1
    if bad:
        note(f"has {bad} artifacts with impossible names or sizes; left out")
    return tuple(found[path] for path in sorted(found) if not is_junk_file(path.rpartition("/")[2]))


def is_safe(path: str) -> bool:
    """Whether a path stays inside its folder on every operating system."""
    parts = path.split("/")
    return all(part and part.strip(". ") and len(part.encode("utf-8", "replace")) <= 255 for part in parts) and not any(
        letter in '\\:\0"<>|?*' or letter < " " or "\ud800" <= letter <= "\udfff" for letter in path
    )


def _bring(source: Source, file: Artifact, folder: str, note: Note) -> None:
    target = os.path.join(folder, *file.path.split("/"))
    try:
        if os.path.exists(target):
            return
        data = source.read(file.path, file.size)
        if len(data) != file.size:
            raise FetchError("it changed in the meantime")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _write(target, data)
    except FetchError as error:
        note(f"has an artifact {file.path} that could not be fetched ({error})")
    except OSError as error:
        note(f"has an artifact {file.path} that could not be saved on this machine ({error.strerror})")


def _write(target: str, data: bytes) -> None:
    """Write a file in one step, since another worker may fetch for the same run."""
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(target), prefix=".", delete=False) as file:
        file.write(data)
    os.replace(file.name, target)
