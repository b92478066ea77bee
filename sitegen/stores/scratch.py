"""A private temporary folder for a reader: it is removed with the store that made it.

Workers get its path with the store and read what the parent wrote; only the process that made it removes it.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref


class Scratch:
    """A folder that only this user can read, made when `path` is first asked for."""

    def __init__(self, path: str = "") -> None:
        self._path = path

    @property
    def path(self) -> str:
        if not self._path:
            self._path = tempfile.mkdtemp(prefix="sitegen-store-")
            weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
        return self._path

    def __reduce__(self) -> tuple[type[Scratch], tuple[str]]:
        return Scratch, (self.path,)
