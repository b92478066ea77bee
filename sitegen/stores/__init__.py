"""Choose the reader of a store: `open_store` for one location, `open_stores` for several together.

A new kind of store is one module with the face of `contract.Reader`, and its name in `READERS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import cast

from sitegen.errors import StoreError
from sitegen.stores.chosen import the_one_with_runs
from sitegen.stores.contract import Reader, ReadOptions, Store
from sitegen.stores.locations import place_of
from sitegen.stores.missing import describe_missing
from sitegen.stores.several import join

READERS = ("tracking", "sql", "files", "parquet")
"""The readers, in the order in which they are asked; each is imported when it is its turn."""
_LAST = ("parquet",)
"""Readers that look at every file of a folder: asked only where the others found nothing."""


def open_store(location: str, options: ReadOptions = ReadOptions()) -> Store:
    """The store at `location`: a path, an MLflow URI such as `file:///p/mlruns`, the address of a server or a bucket.

    Raises StoreError with one sentence when there is none that sitegen can read.
    """
    store = _open(location, options)
    if options.fetch_artifacts is None:
        return store
    from sitegen.stores.remote import RemoteArtifacts

    return RemoteArtifacts(store, options.fetch_artifacts)


def open_stores(locations: Sequence[str], options: ReadOptions = ReadOptions()) -> Store:
    """The store at the only location, or those at all of them as one.

    Raises UsageError when a location is given twice, and StoreError, naming it, when one of them cannot be read.
    """
    if len(locations) == 1:
        return open_store(locations[0], options)
    return join(locations, lambda location: open_store(location, options))


def reader(name: str) -> Reader:
    """The reader of this name."""
    return cast(Reader, import_module(f"sitegen.stores.{name}"))


def _open(location: str, options: ReadOptions) -> Store:
    path = place_of(location)
    if path is not None and not path.exists():
        raise StoreError(f"There is nothing at {location}; give the path of an mlruns folder or an mlflow.db.")
    found: list[Store] = []
    for name in READERS:
        if not (found and name in _LAST):
            found += reader(name).find(location, options)
    if not found:
        assert path, "the readers of addresses find a store or raise"
        raise StoreError(describe_missing(path, location))
    return found[0] if len(found) == 1 else the_one_with_runs(found)
