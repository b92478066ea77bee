"""Find stores and choose their readers: `find_stores`, then `open_stores`; `open_store` does both for one location.

A new kind of store is one module with the interface `contract.Reader`, and its name in `READERS`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import cast

from sitegen.errors import StoreError
from sitegen.stores.contract import Reader, ReadOptions, Store
from sitegen.stores.disk import reason
from sitegen.stores.find import Finder, FoundStores
from sitegen.stores.locations import place_of, shown
from sitegen.stores.missing import describe_missing
from sitegen.stores.several import join

READERS = ("sql", "files", "tracking", "export_import", "parquet")
"""The readers, in the order in which they are tried; each is imported only when tried."""


def find_stores(named: Sequence[str], options: ReadOptions = ReadOptions(), here: str = ".") -> FoundStores:
    """The stores at the `named` locations, or, without any, those found in or near `here`. Raises

    UsageError when nothing is named or found, StoreError when it is unclear which store is meant.
    """
    finder = _finder(options)
    with _disk_errors(", ".join(map(shown, named)) or here):
        return finder.named(named) if named else finder.around(here, os.environ)


def open_store(location: str, options: ReadOptions = ReadOptions()) -> Store:
    """The store at `location`: a path, an MLflow URI such as `file:///p/mlruns`, the address of a server or a bucket.

    Raises StoreError with one sentence when there is none that sitegen can read.
    """
    return open_stores([location], options)


def open_stores(locations: Sequence[str], options: ReadOptions = ReadOptions()) -> Store:
    """The stores at the locations, as one.

    Raises UsageError when a location is given twice, and StoreError, naming it, when one of them cannot be read.
    """
    return open_found(find_stores(locations, options), options)


def open_found(found: FoundStores, options: ReadOptions = ReadOptions()) -> Store:
    """The stores that were found, as one. Raises as `open_stores`."""
    with _disk_errors(", ".join(map(shown, found.locations))):
        if len(found.locations) == 1:
            return _open(found.locations[0], options)
        return join(found.locations, lambda location: _open(location, options))


@contextmanager
def _disk_errors(location: str) -> Iterator[None]:
    """Turns errors of the disk that a location is on into a sentence."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{location} cannot be read ({reason(error)}); check its permissions.") from None


def reader(name: str) -> Reader:
    """The reader of this name."""
    return cast(Reader, import_module(f"sitegen.stores.{name}"))


def _finder(options: ReadOptions) -> Finder:
    names = [pattern for name in READERS for pattern in reader(name).NAMES]
    shallow, deep = (partial(_stores_at, options=options, deep=deep) for deep in (False, True))
    return Finder(shallow, names, lambda location: bool(deep(location)))


def _open(location: str, options: ReadOptions) -> Store:
    path = place_of(location)
    if path is not None and not path.exists():
        raise StoreError(f"{location} does not exist; {_advice()}.")
    found = _stores_at(location, options, deep=False) or _stores_at(location, options, deep=True)
    if not found:
        assert path, "the readers of addresses find a store or raise"
        raise StoreError(describe_missing(path, location, _advice()))
    if options.fetch_artifacts is None:
        return found[0]
    from sitegen.stores.remote import RemoteArtifacts

    return RemoteArtifacts(found[0], options.fetch_artifacts)


def _stores_at(location: str, options: ReadOptions, deep: bool) -> Sequence[Store]:
    """The stores at a location by the first reader that finds some, of those with names or, if `deep`, the others."""
    for one in map(reader, READERS):
        if bool(one.NAMES) != deep and (found := one.find(location, options)):
            return found
    return []


def _advice() -> str:
    """The locations to give instead, as described by the readers."""
    *most, last = [reader(name).GIVE for name in READERS]
    return f"give {', '.join(most)}, or {last}"
