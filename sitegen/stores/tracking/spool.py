"""Runs as a tracking server returned them, kept in a private file that workers read."""

from __future__ import annotations

import json
import os
import tempfile
from typing import IO, Any

from sitegen.stores.tracking.records import Json


class Spool:
    """Runs as the server returned them, in one file; `keep` returns the place from which `kept` reads a run."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._end = 0

    @classmethod
    def create(cls, folder: str) -> Spool:
        handle, path = tempfile.mkstemp(dir=folder, prefix="runs-")
        os.close(handle)
        return cls(open(path, "r+b", buffering=1 << 20))

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def keep(self, run: Json) -> str:
        """Append a run, and return its place."""
        data = json.dumps(run, separators=(",", ":")).encode()
        self._file.write(data)
        start, self._end = self._end, self._end + len(data)
        return f"{os.path.basename(self._file.name)}:{start}:{len(data)}"


def kept(folder: str, where: str) -> dict[str, Any] | None:
    """The run that was kept at `where`, None if the file does not exist (on another machine, for example)."""
    name, start, length = where.split(":")
    try:
        with open(os.path.join(folder, os.path.basename(name)), "rb") as file:
            file.seek(int(start))
            found = json.loads(file.read(int(length)))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
