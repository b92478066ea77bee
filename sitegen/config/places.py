"""Whether a folder is inside a store, whose files must not decide how it is published."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

_STORE_NAMES = frozenset(("mlruns", "mlartifacts"))
_MAX_ENTRIES = 200
"""Maximum number of entries of a folder that are searched for experiments."""


def store_around(folder: Path) -> Path | None:
    """The store, experiment, run or export that `folder` is or is below, by what MLflow and sitegen write there."""
    folder = folder.resolve()
    return next((one for one in (folder, *folder.parents) if _is_store(one)), None)


def _is_store(folder: Path) -> bool:
    if folder.name in _STORE_NAMES or (folder / "sitegen-export.json").is_file() or _is_record(folder):
        return True
    try:
        with os.scandir(folder) as entries:
            found = [entry.path for entry in islice(entries, _MAX_ENTRIES) if entry.name.isdigit()]
    except OSError:
        return False
    return any(_is_record(Path(path)) for path in found)


def _is_record(folder: Path) -> bool:
    """Whether `folder` is an experiment or a run of a file store."""
    try:
        with (folder / "meta.yaml").open("rb") as file:
            start = file.read(4_000)
    except OSError:
        return False
    return b"artifact_location:" in start or b"artifact_uri:" in start
