"""Where the artifacts of a run or logged model are, what is there, and a way to open one.

Artifact URIs are absolute, so those of a store that was moved, committed or downloaded are invalid; the search order
here finds the files again. Nothing is listed or opened that is outside the store, unless it is below a folder that the
user named: a hostile `file:///etc` is refused. What the store is here is in `allowed.py`.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from sitegen.model import Artifact, ArtifactFolder
from sitegen.stores.allowed import Allowed
from sitegen.stores.disk import LINK_OUT, ProblemLog, is_junk_file, printable, reason
from sitegen.stores.moves import Moves

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions

MAX_KEPT_BYTES = 32_000_000
"""Maximum number of bytes of one run's artifacts that are kept in memory while its pages are made."""
_opened: ContextVar[dict[tuple[str, str], bytes] | None] = ContextVar("_opened", default=None)

OUTSIDE = "has an artifact_uri outside the store; not followed (--artifacts DIR names a folder that may be read)"
_MAX_TAIL = 5
_FOLDERS = ("mlruns", "mlartifacts")
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UriFinder:
    """Finds artifact folders by their URIs.

    A URI is looked for where `moves` maps it, if that folder exists; else at its own path, then by its last parts
    in each of `folders`, or in `mlruns` or `mlartifacts` there. Which of them may be read is in `allowed`. A relative
    URI starts at `home`.
    """

    def __init__(
        self, folders: Iterable[str], allowed: Allowed, home: str | None, log: ProblemLog, moves: Moves
    ) -> None:
        self.log = log
        self._bases = list(_bases(folders))
        self._allowed = replace(allowed, named=(*allowed.named, *map(os.path.realpath, moves.folders)))
        self._home = home
        self._moves = moves
        self._known: dict[str, bool] = {}

    def find_by_uri(self, uri: str, owner: str, where: str, has_logged: bool = True) -> ArtifactFolder:
        """The artifacts of the run or model `owner`, logged as at `uri`; `where` names its record in problems.

        If other runs have a folder there and this one has not, it logged none. `has_logged` says whether it is known to
        have logged some, which matters if the folder of all is missing.
        """
        local = local_path_of(uri, self._home)
        found = self._elsewhere("", uri, local, owner, where)
        if found:
            return ArtifactFolder(uri, Path(found), list_files(found, self.log))
        if local is None or self._home is None or _parts(uri)[-2:] != [owner, "artifacts"]:
            return ArtifactFolder(uri)
        expected = self._expected(uri, local, self._home, 2)
        if self._has_place(os.path.dirname(os.path.dirname(local))):
            return ArtifactFolder(uri, Path(self._home, expected))
        return ArtifactFolder(uri, None if has_logged else Path(self._home, expected), expected=expected)

    def missing_place(self, location: str) -> str:
        """The folder of all artifacts, as a path from the store, if it is not there; '' for a place elsewhere.

        `location` is where an experiment's artifacts were logged.
        """
        local = local_path_of(location, self._home)
        if local is None or self._home is None or self._has_place(local):
            return ""
        expected = self._expected(location, local, self._home, 1).split("/")
        return next((part for part in expected if part in _FOLDERS), expected[-1])

    def _expected(self, uri: str, local: str, home: str, most: int) -> str:
        """A place as a path from the store: below it, from `mlruns` on, or its last `most` parts."""
        if local.startswith(home + os.sep):
            return os.path.relpath(local, home).replace(os.sep, "/")
        parts = _parts(uri)
        starts = [at for at, part in enumerate(parts) if part in _FOLDERS]
        return "/".join(parts[starts[-1] :] if starts else parts[-most:])

    def _has_place(self, folder: str) -> bool:
        """Whether artifacts of others are where they were logged, or in a folder where they are looked for."""
        return any(base != self._home for base in self._bases) or self._is_folder(folder)

    def _elsewhere(self, own: str, uri: str, local: str | None, owner: str, where: str) -> str | None:
        moved = self._moves.place_of(uri)
        if moved is not None and os.path.isdir(moved):
            if self._may_read(moved, owner):
                return moved
            self.log.add(where, "has artifacts that lead out of the folder they are mapped to; not followed")
        refused = False
        for path in filter(None, (local, *self._candidates(uri, owner))):
            if path != own and os.path.isdir(path):
                if self._may_read(path, owner):
                    return path
                refused = True
        if refused:
            self.log.add(where, OUTSIDE)
        return None

    def _candidates(self, uri: str, owner: str) -> Iterator[str]:
        parts = _parts(uri)
        if parts[-2:] != [owner, "artifacts"]:
            return
        for base in self._bases:
            for length in range(min(len(parts), _MAX_TAIL), 1, -1):
                # Most tails begin like those of other runs: one check shows that no such folder exists for any.
                if length == 2 or self._is_folder(f"{base}{os.sep}{parts[-length]}"):
                    yield os.path.join(base, *parts[-length:])

    def _is_folder(self, path: str) -> bool:
        if path not in self._known:
            self._known[path] = os.path.isdir(path)
        return self._known[path]

    def _may_read(self, folder: str, owner: str) -> bool:
        return self._allowed.allows(os.path.realpath(folder), owner)


class ArtifactFinder(UriFinder):
    """Finds artifact folders of the file store at `root`, and in folders that the user gives."""

    def __init__(self, root: str, options: ReadOptions, log: ProblemLog) -> None:
        self.root = root
        home = os.path.dirname(root)
        named = [os.path.abspath(path) for path in options.artifact_roots]
        real = os.path.realpath(root)
        own = (real, _inside_of(home, "mlartifacts"))
        allowed = Allowed(tuple(map(os.path.realpath, named)), own, store=real)
        super().__init__((*named, root, home), allowed, home, log, Moves(options.artifact_map))

    def find(self, folder: str, found: dict[str, str], uri: str, owner: str) -> ArtifactFolder:
        """The artifacts of the run or model `owner`, logged as at `uri`.

        `folder` is its folder in the store, in which `kinds` found `found`.
        """
        own = f"{folder}/artifacts"
        kind = found.get("artifacts")
        is_readable = kind == "d" or (kind == "?" and os.path.isdir(own) and self._may_read(own, owner))
        if kind == "?" and not is_readable:
            self.log.add(own, LINK_OUT)
        files = list_files(own, self.log) if is_readable else ()
        is_ours = is_readable or kind is None
        if files or (is_ours and uri == f"file://{own}"):
            return ArtifactFolder(uri, Path(own), files)
        local = local_path_of(uri, self._home)
        elsewhere = self._elsewhere(own, uri, local, owner, folder) if local != own else None
        if elsewhere:
            return ArtifactFolder(uri, Path(elsewhere), list_files(elsewhere, self.log))
        return ArtifactFolder(uri, Path(own) if is_ours and self._is_own(own, uri, local) else None)

    def _is_own(self, own: str, uri: str, local: str | None) -> bool:
        """Whether `uri` is `own` at an earlier place of this store: then there are no artifacts."""
        tail = os.path.relpath(own, self.root).replace(os.sep, "/")
        return not uri or (local is not None and local.replace("\\", "/").endswith("/" + tail))


def finder_beside(folder: str | None, options: ReadOptions, log: ProblemLog) -> UriFinder:
    """A finder for a database in `folder`, beside which MLflow puts artifacts; None if it is not in a folder."""
    named = [os.path.abspath(path) for path in options.artifact_roots]
    allowed = Allowed(tuple(map(os.path.realpath, named)))
    moves = Moves(options.artifact_map)
    if folder is None:
        return UriFinder(named, allowed, None, log, moves)
    real = os.path.realpath(folder)
    own = tuple(_inside_of(folder, name) for name in _FOLDERS)
    allowed = replace(allowed, own=own, around=real, store=real)
    return UriFinder((*named, folder), allowed, folder, log, moves)


def _bases(folders: Iterable[str]) -> Iterator[str]:
    """The folders that may hold the tail of a URI, without doubles, only those that exist."""
    seen = set()
    for folder in folders:
        for base in (folder, os.path.join(folder, "mlruns"), os.path.join(folder, "mlartifacts")):
            if base not in seen and os.path.isdir(base):
                seen.add(base)
                yield base


def _inside_of(folder: str, name: str) -> str:
    """The real path that `folder/name` has if it is not a link: a link in an untrusted store may point anywhere."""
    return os.path.join(os.path.realpath(folder), name)


def local_path_of(uri: str, relative_to: str | None) -> str | None:
    """The path on this machine of an artifact URI or path, or None if it is not on a disk."""
    if uri.startswith("file:"):
        parts = urlsplit(uri)
        path = unquote(parts.path)
        return os.path.normpath(path) if parts.netloc in ("", "localhost") and "\0" not in path else None
    scheme = uri.partition(":")[0]
    is_drive = len(scheme) == 1 and scheme.isalpha() and ":" in uri
    if (
        not uri
        or "\0" in uri
        or (is_drive and os.name != "nt")
        or ("://" in uri or uri.startswith(("dbfs:", "mlflow-")))
    ):
        return None
    if relative_to is None and not os.path.isabs(uri):
        return None
    return os.path.normpath(os.path.join(relative_to or "", uri))


def _parts(uri: str) -> list[str]:
    """The parts of a URI's path after the last unsafe one, such as `..`."""
    path = uri.replace("\\", "/")
    if uri.startswith("file:"):
        path = unquote(path)
    parts = path.rstrip("/").split("/")
    astray = [index for index, part in enumerate(parts) if part in ("", ".", "..") or ":" in part or "\0" in part]
    return parts[astray[-1] + 1 :] if astray else parts


def list_files(root: str, log: ProblemLog) -> tuple[Artifact, ...]:
    """The regular files below `root`, sorted by path. Links to files inside `root` count as files.

    Linked folders are not entered: inside `root` their files are listed anyway, and outside they are not part of the
    store.
    """
    found: list[Artifact] = []
    folders = [("", root)]
    for prefix, where in folders:
        try:
            with os.scandir(where) as entries:
                for entry in entries:
                    if is_junk_file(entry.name):
                        continue
                    path = prefix + entry.name
                    if path != printable(path):
                        log.add(entry.path, "has a name that is not UTF-8; left out")
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append((path + "/", entry.path))
                    else:
                        size = _size(entry, root, log)
                        if size is not None:
                            found.append(Artifact(path, size))
        except OSError as error:
            log.add(where, f"could not be read ({reason(error)}); left out")
    found.sort(key=lambda artifact: artifact.path)
    return tuple(found)


def _size(entry: os.DirEntry[str], root: str, log: ProblemLog) -> int | None:
    """The size of a file that may be listed, else None."""
    if entry.is_file(follow_symlinks=False):
        return entry.stat(follow_symlinks=False).st_size
    if not entry.is_symlink():
        log.add(entry.path, "is neither a file nor a folder; left out")
        return None
    target = _inside(root, entry.path)
    if target is None:
        log.add(entry.path, "is a link that leaves the artifacts or leads nowhere; not followed")
        return None
    return os.stat(target).st_size if os.path.isfile(target) else None


def _inside(root: str, path: str) -> str | None:
    """The real path of `path` if it is below `root` and exists, else None."""
    real, real_root = os.path.realpath(path), os.path.realpath(root)
    if not real.startswith(real_root + os.sep) and real != real_root:
        return None
    return real if os.path.exists(real) else None


@contextlib.contextmanager
def opened_once() -> Iterator[None]:
    """Within it, each artifact is opened once: `open_artifact` caches small files. A model's `MLmodel` is copied,

    previewed and read for the pages of runs and models, but read only once from a network drive or a bucket. It lasts
    for one run, so that nothing out of date is kept.
    """
    token = _opened.set({})
    try:
        yield
    finally:
        _opened.reset(token)


def open_artifact(folder: ArtifactFolder, path: str) -> BinaryIO:
    """The artifact `path` of `folder`, open for reading.

    Raises OSError when it is not a regular file below the folder's root, whatever `path` and links point to.
    """
    path = folder.stored.get(path, path)
    kept = _opened.get()
    if kept is None:
        return _open(folder, path)
    key = (str(folder.root), path)
    if key not in kept:
        file = _open(folder, path)
        if os.fstat(file.fileno()).st_size + sum(map(len, kept.values())) > MAX_KEPT_BYTES:
            return file
        with file:
            kept[key] = file.read(MAX_KEPT_BYTES)
    return io.BytesIO(kept[key])


def _open(folder: ArtifactFolder, path: str) -> BinaryIO:
    target = _inside(str(folder.root), os.path.join(str(folder.root), path)) if folder.root else None
    if target is None:
        raise FileNotFoundError(f"no artifact {path}")
    handle = os.open(target, _OPEN_FLAGS)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(f"no regular file {path}")
    return os.fdopen(handle, "rb")
