"""A folder of this machine, or of a share: put in place as `sitegen build` does, each part in one step."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from sitegen.check.walk import walk
from sitegen.errors import UsageError
from sitegen.output import MANIFEST, check_output, staged
from sitegen.publish.changes import Changes, Publication, SiteFile, changes_of
from sitegen.publish.target import MAX_READ, known_files


class Folder:
    """The folder `root`, which need not exist. With `adopt` it may hold files that sitegen did not make."""

    def __init__(self, root: Path, adopt: bool = False) -> None:
        self.root = root
        self.adopt = adopt
        self._sizes: dict[str, int] = {}

    def describe(self) -> str:
        return str(self.root)

    def look(self) -> None:
        if self.root.is_dir():
            self._sizes = {one.path: one.size for one in walk(self.root) if one.kind != "folder"}

    def paths(self) -> Mapping[str, int]:
        return self._sizes

    def read(self, path: str) -> bytes | None:
        if path not in self._sizes:
            return None
        with contextlib.suppress(OSError), (self.root / path).open("rb") as file:
            return file.read(MAX_READ)
        return None

    def changes(self, publication: Publication) -> Changes:
        if publication.replaces == "":
            check_output(self.root, (), self.adopt)
        known = known_files(self.read, publication)
        entries = ((path, size, *known.get(path, (-1, ""))) for path, size in self._sizes.items())
        existing = {path: sha256 if there == size else "" for path, there, size, sha256 in entries}
        for manifest in (path for path in publication.files if path.endswith(MANIFEST) and path in existing):
            is_same = self.read(manifest) == publication.files[manifest].read()
            existing[manifest] = publication.files[manifest].sha256 if is_same else ""
        # What the user has in the place of a file is renamed, not replaced (`output/carried.py`).
        return changes_of(publication, existing, known, lambda file: file.sha256, adopt=True)

    def apply(self, publication: Publication, changes: Changes, message: str) -> bool:
        """See `Target`: first the parts in folders of their own, then what links to them, then what is taken away."""
        parts: dict[str, dict[str, SiteFile]] = {}
        for path, file in publication.files.items():
            folder = next((one for one in publication.removes if path.startswith(one)), publication.replaces or "")
            parts.setdefault(folder, {})[path.removeprefix(folder)] = file
        for folder in sorted(parts, key=lambda one: one == publication.replaces):
            self._put(folder, parts[folder])
        for folder in publication.removes:
            if folder not in parts:
                shutil.rmtree(self.root / folder, ignore_errors=True)
                with contextlib.suppress(OSError):
                    (self.root / folder).parent.rmdir()
        return True

    def _put(self, folder: str, files: Mapping[str, SiteFile]) -> None:
        with staged(self.root / folder, stores=(), adopt=True) as stage:
            for path, file in files.items():
                if path != MANIFEST:
                    stage.write(path, file.read())


def check_apart(folder: Path, site: Path) -> None:
    """Raises UsageError if the folder is the site, inside it or around it."""
    one, other = folder.resolve(), site.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise UsageError(f"{folder} and the site {site} overlap; publish to a folder beside it.")
