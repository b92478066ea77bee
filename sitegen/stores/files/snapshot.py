"""A file store as it is at one moment: the stamp of each run, and of all the rest.

Each file is looked at, not only those that the quick check of `signature` looks at, since a build that finds nothing
changed does nothing at all. A run is its folder, the datasets of its experiment, and its artifacts where they are
elsewhere; so the place of those is found anew, as the reader finds it (`ArtifactFinder`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sitegen.model import RunRef
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.disk import ProblemLog, is_below, is_junk_file, kinds, read_bytes
from sitegen.stores.meta import MetaError, parse_meta, text_of
from sitegen.stores.stamps import Row, Stamp, joined, row_of, rows_of, stamp_of

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions

_SHARED = ("tags", "datasets", "traces")
_URI = re.compile(rb"^artifact_(?:uri|location): (\S+)$", re.MULTILINE)


class FileSnapshot:
    """The stamps of the store at `root`, or of its part `only` (a path inside the root, '' for the whole)."""

    def __init__(self, root: str, options: ReadOptions, only: str = "") -> None:
        self._root = root
        self._by_content = options.by_content
        self._real_root = os.path.realpath(root)
        self._is_plain = os.path.isabs(root) and os.path.normpath(root) == root
        self._finder = ArtifactFinder(root, options, ProblemLog(root))
        self._runs: dict[str, Stamp] = {}
        self._datasets: dict[str, Stamp] = {}
        self._rest: list[Row] = []
        self._add_root(only)

    @property
    def stamp(self) -> Stamp:
        """See `Snapshot`."""
        return joined(
            (stamp_of(self._rest), *self._datasets.values(), *(self._runs[key] for key in sorted(self._runs)))
        )

    def runs(self, refs: Sequence[RunRef]) -> Mapping[str, Stamp]:
        """See `Snapshot`."""
        return {
            ref.run_id: joined((self._runs[ref.where], self._datasets[os.path.dirname(ref.where)]))
            for ref in refs
            if ref.where in self._runs
        }

    def _add_root(self, only: str) -> None:
        """Stamp the experiments, or those on the way to `only`."""
        trash = f"{self._root}/.trash"
        folders = [name for name in self._folders(self._root) if name != "models"]
        for name in [name for name in folders if name != ".trash"]:
            self._add_experiment(name, only)
        for name in self._folders(trash) if ".trash" in folders else ():
            self._add_experiment(f".trash/{name}", only)
        self._rest += _below("models", rows_of(f"{self._root}/models", self._by_content))

    def _add_experiment(self, where: str, only: str) -> None:
        folder = f"{self._root}/{where}"
        if only and only != where and not only.startswith(f"{where}/"):
            return
        self._datasets[where] = joined((Stamp(where), stamp_of(rows_of(f"{folder}/datasets", self._by_content))))
        for name in self._folders(folder):
            path = f"{folder}/{name}"
            if name in _SHARED:
                self._rest += _below(f"{where}/{name}", rows_of(path, self._by_content))
            elif name == "models":
                for model in self._folders(path):
                    self._rest += _below(f"{where}/models/{model}", self._with_artifacts(f"{path}/{model}", model))
            elif only in ("", where, f"{where}/{name}"):
                place = f"{where}/{name}"
                self._runs[place] = joined((Stamp(place), stamp_of(self._with_artifacts(path, name))))

    def _folders(self, folder: str) -> list[str]:
        """The names of the folders in `folder`, and of links to folders of the store; others go to the rest."""
        found = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False) or self._leads_inside(entry):
                        found.append(entry.name)
                    if not entry.is_dir(follow_symlinks=False):
                        self._rest.append(row_of(entry.path, self._by_content))
        except OSError:
            self._rest.append(row_of(folder, self._by_content))
        return sorted(found)

    def _leads_inside(self, entry: os.DirEntry[str]) -> bool:
        return entry.is_symlink() and entry.is_dir() and is_below(os.path.realpath(entry.path), self._real_root)

    def _with_artifacts(self, folder: str, owner: str) -> list[Row]:
        """The files of a run or model, and those of its artifacts where they are elsewhere."""
        rows = rows_of(folder, self._by_content)
        own = f"{folder}/artifacts"
        inside = [row for row in rows if row[0].startswith("artifacts/")]
        if any(row[3] and not is_junk_file(os.path.basename(row[0].partition("\0")[0])) for row in inside):
            return rows
        try:
            meta = read_bytes(f"{folder}/meta.yaml")
            found = _URI.search(meta)
            if found and self._is_same_place(found[1], own):
                return rows
            fields = parse_meta(meta)
            kind = kinds(folder)
        except (OSError, MetaError):
            return rows
        uri = text_of(fields, "artifact_uri") or text_of(fields, "artifact_location")
        logged = text_of(fields, "run_id") or text_of(fields, "run_uuid") or owner
        root = self._finder.find(folder, kind, uri, logged).root
        return (
            rows
            if root is None or str(root) == own
            else [*rows, *_below(str(root), rows_of(str(root), self._by_content))]
        )

    def _is_same_place(self, uri: bytes, own: str) -> bool:
        """Whether `uri` says in the plainest way that the artifacts are in the folder `own` of the run."""
        place = os.fsencode(own)
        return uri == b"file://" + place or (self._is_plain and uri == place)


def _below(where: str, rows: list[Row]) -> list[Row]:
    """Rows of a folder with their paths from further up."""
    return [(f"{where}/{path}", size, time, mode) for path, size, time, mode in rows]
