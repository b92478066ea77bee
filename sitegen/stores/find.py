"""Which stores to read: those at the locations that a user names, or, if none is named, those in or near the current
folder.

A named path is read alone if it is a store with runs. A folder that merely contains stores stands for all of them that
have runs. MLflow 3 keeps runs in `mlflow.db` and only artifacts in `./mlruns`, so a folder without runs stands for the
database beside it. An empty database is skipped if there are runs near it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sitegen.errors import StoreError, UsageError
from sitegen.stores.contract import KnowsWhetherItHasRuns, Store
from sitegen.stores.disk import is_below, is_junk_file
from sitegen.stores.locations import place_of, shown

MAX_CHILDREN = 1000
"""Maximum number of subfolders that are searched."""
_ARTIFACT_FOLDERS = ("mlruns", "mlartifacts")


@dataclass(frozen=True, slots=True)
class FoundStores:
    """The locations to read, and `why`, shown after them; '' if they are what the user named."""

    locations: tuple[str, ...]
    why: str = ""

    @property
    def places(self) -> list[Path]:
        """The files and folders on this machine that contain the stores: nothing may be written there."""
        places = [place for place in map(place_of, self.locations) if place]
        beside = [place.parent / name for place in places if os.path.isfile(place) for name in _ARTIFACT_FOLDERS]
        return [*places, *beside]

    @property
    def sentence(self) -> str:
        """Which stores are read and why, as a sentence for the closing summary."""
        return f"Read {_listed(list(map(shown, self.locations)))}{f', {self.why}' if self.why else ''}."


class Finder:
    """Finds stores. `stores_at` gives those at exactly a location, `names` are patterns of their names in a folder.

    `is_deep` tests whether a location is a store for a reader that looks at every file of a folder.
    """

    def __init__(
        self, stores_at: Callable[[str], Sequence[Store]], names: Sequence[str], is_deep: Callable[[str], bool]
    ) -> None:
        self._stores_at = stores_at
        self._names = names
        self._is_deep = is_deep
        self._runs: dict[str, frozenset[str]] = {}

    def named(self, locations: Sequence[str]) -> FoundStores:
        """The stores at these locations."""
        found = [self._with_runs_checked(self._named(location)) for location in locations]
        why = "; ".join(dict.fromkeys(one.why for one in found if one.why))
        return FoundStores(tuple(location for one in found for location in one.locations), why)

    def around(self, here: str, environment: Mapping[str, str]) -> FoundStores:
        """The stores to read if none is named. Raises UsageError if there is none. First the one

        that MLflow's environment names, then those in this folder, one folder below, and at the top of the project.
        """
        if uri := environment.get("MLFLOW_TRACKING_URI", "").strip():
            return self._told(uri)
        tries = [(here, "found here"), *self._projects(here)]
        empty: list[str] = []
        for folder, why in tries:
            held = self._held(folder)
            if found := self._with_runs(held, why):
                return found
            empty += held
            if folder == here and (found := self._below(here)):
                return found
        if empty:
            return FoundStores((empty[0],), "found here, which holds no runs")
        if link := next((str(path) for path in self._matching(here) if leaves(path, here)), ""):
            raise UsageError(f"{link} is a link that leaves this folder: name it to read it, as sitegen build {link}")
        raise UsageError(
            "No store was named, MLFLOW_TRACKING_URI is not set, and there is no mlflow.db or mlruns folder here, "
            "one folder below, or at the top of the project; name one, for example: sitegen build ./mlruns"
        )

    def _with_runs_checked(self, found: FoundStores) -> FoundStores:
        """`found`. Raises StoreError if it has no runs and a store near it has."""
        location = found.locations[0]
        if len(found.locations) == 1 and self._is_store(location) and not self._has_runs(location):
            near = self._runs_near(location)
            if near:
                raise StoreError(f"{location} holds no runs, but {_listed(near)} does; name that one to read it.")
        return found

    def _told(self, uri: str) -> FoundStores:
        """The store that the environment names. Raises StoreError if it does not exist."""
        path = place_of(uri)
        found = self._named(uri)
        if path is not None and found.locations == (uri,) and not path.exists():
            raise StoreError(f"MLFLOW_TRACKING_URI is {shown(uri)}, which does not exist: change it, or name a store.")
        return FoundStores(found.locations, ", ".join(filter(None, ("which MLFLOW_TRACKING_URI names", found.why))))

    def _runs_near(self, location: str) -> list[str]:
        """The stores with runs in, beside and one folder below the folder of a store without runs."""
        path = place_of(location)
        if path is None:
            return []
        parent = _parent(str(path))
        folders = [str(path), parent] if path.is_dir() else [parent]
        folders = [*folders, *(child for folder in folders for child in _children(folder))]
        near = dict.fromkeys(held for folder in folders for held in self._held(folder))
        return [one for one in near if not os.path.samefile(one, path) and self._has_runs(one)]

    # One location --------------------------------------------------------------------------------------------------

    def _named(self, location: str) -> FoundStores:
        path = place_of(location)
        if path is None or path.is_file():
            return FoundStores((location,))
        if path.is_dir():
            return self._in_folder(location, str(path))
        beside = self._database_beside(str(path)) if path.name in _ARTIFACT_FOLDERS else None
        if beside is None:
            return FoundStores((location,))
        return FoundStores((beside,), f"the database beside {location}, which does not exist")

    def _in_folder(self, location: str, folder: str) -> FoundStores:
        """The stores that a folder stands for: itself, the stores in it, the database beside it, or those one folder
        below."""
        if self._is_store(folder):
            return self._file_store(location, folder)
        held = self._held(folder)
        if found := self._with_runs(held):
            return found
        if holds_artifacts(folder) and (beside := self._database_beside(folder)):
            return FoundStores((beside,), f"the database beside {location}, which holds only artifacts")
        if found := self._below(folder):
            return found
        return FoundStores((held[0] if held and not self._is_deep(location) else location,))

    def _file_store(self, location: str, folder: str) -> FoundStores:
        """A folder that is a store itself, unless it has no runs and a database in it or beside it has."""
        if self._holds_databases(folder) and not self._has_runs(folder):
            if found := self._with_runs(self._held(folder)):
                return found
            if beside := self._database_beside(folder):
                return FoundStores((beside,), f"the database beside {location}, which holds no runs")
        return FoundStores((location,))

    def _with_runs(self, held: Sequence[str], why: str = "") -> FoundStores | None:
        """The stores of a folder that have runs, without copies, such as the file store that a database was migrated
        from."""
        full = [one for one in held if self._has_runs(one)]
        if not full:
            return None
        kept = [one for at, one in enumerate(full) if not self._is_copy(one, full[:at], full[at + 1 :])]
        left = [one for one in full if one not in kept]
        notes = [why] if why else []
        if left:
            notes.append(f"as the runs of {_listed(left)} are all there too")
        return FoundStores(tuple(kept), ", ".join(notes))

    def _is_copy(self, location: str, before: Sequence[str], after: Sequence[str]) -> bool:
        own = self._run_ids(location)
        return any(own <= self._run_ids(one) for one in before) or any(own < self._run_ids(one) for one in after)

    def _below(self, folder: str) -> FoundStores | None:
        """The stores with runs in the one folder of `folder` that holds some. Raises StoreError where several do."""
        tried = (self._with_runs(self._held(child), "one folder below") for child in _children(folder))
        full = [found for found in tried if found]
        if len(full) > 1:
            places = [location for found in full for location in found.locations]
            raise StoreError(f"There are runs in several folders: {_listed(places)}; name the ones to read.")
        return full[0] if full else None

    def _projects(self, here: str) -> Iterator[tuple[str, str]]:
        """The nearest folder above `here` that holds a `.git`."""
        start = Path(here).resolve()
        for parent in start.parents:
            if (parent / ".git").exists():
                yield os.path.relpath(parent, start), "found at the top of the project"
                return

    # What is in a folder -------------------------------------------------------------------------------------------

    def _held(self, folder: str) -> list[str]:
        """The stores in a folder, by the names that stores have there."""
        found = (str(path) for path in self._matching(folder) if not leaves(path, folder))
        return [location for location in found if self._is_store(location)]

    def _matching(self, folder: str) -> list[Path]:
        """What is named as stores are in a folder."""
        found = (path for pattern in self._names for path in sorted(Path(folder).glob(pattern)))
        return [path for path in dict.fromkeys(found) if not is_junk_file(path.name)]

    def _database_beside(self, folder: str) -> str | None:
        """The first database with runs in the folder that `folder` is in."""
        files = (held for held in self._held(_parent(folder)) if os.path.isfile(held))
        return next((held for held in files if self._has_runs(held)), None)

    def _holds_databases(self, folder: str) -> bool:
        """Whether there is a database in the folder or beside it: a quick check before runs are counted."""
        return any(os.path.isfile(held) for place in (folder, _parent(folder)) for held in self._held(place))

    def _is_store(self, location: str) -> bool:
        try:
            return bool(self._stores_at(location))
        except StoreError:
            return False

    def _has_runs(self, location: str) -> bool:
        try:
            return any(_has_runs(store) for store in self._stores_at(location))
        except StoreError:
            return False

    def _run_ids(self, location: str) -> frozenset[str]:
        """The runs of the store at a location; none if it cannot be read."""
        if location not in self._runs:
            try:
                ids = frozenset(ref.run_id for store in self._stores_at(location) for ref in store.catalog().runs)
            except StoreError:
                ids = frozenset()
            self._runs[location] = ids
        return self._runs[location]


def _has_runs(store: Store) -> bool:
    return store.has_runs() if isinstance(store, KnowsWhetherItHasRuns) else bool(store.catalog().runs)


def holds_artifacts(folder: str) -> bool:
    """Whether a folder is where MLflow puts artifacts, by its name or by what is in it."""
    path = Path(folder)
    patterns = ("*/*/artifacts", "*/models/*/artifacts", "*/traces/*/artifacts")
    named = os.path.basename(os.path.realpath(folder)) in _ARTIFACT_FOLDERS
    return named or any(next(path.glob(pattern), None) is not None for pattern in patterns)


def _children(folder: str) -> list[str]:
    """The folders in a folder, sorted, without links and hidden ones."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(e.name for e in entries if e.name[0] != "." and e.is_dir(follow_symlinks=False))
    except OSError:
        return []
    return [os.path.normpath(os.path.join(folder, name)) for name in names[:MAX_CHILDREN]]


def leaves(path: str | Path, folder: str) -> bool:
    """Whether `path` is a link that leaves `folder`; whoever wants its target read can name that."""
    return os.path.islink(path) and not is_below(os.path.realpath(path), os.path.realpath(folder))


def _parent(path: str) -> str:
    """The folder that a path is in, as a relative path where the path is one."""
    return os.path.normpath(os.path.join(path, os.pardir))


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
