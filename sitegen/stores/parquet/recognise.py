"""Which kind of store the Parquet or CSV files at a place are.

There are two kinds: the export of sitegen itself (`export`) and the run table that
`mlflow.search_runs(...).to_parquet()` gives (`run_tables`), in one file or in many.
"""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.errors import StoreError
from sitegen.stores.contract import ReadOptions, Store
from sitegen.stores.disk import read_bytes
from sitegen.stores.parquet.export import ExportStore
from sitegen.stores.parquet.export_format import DESCRIPTION
from sitegen.stores.parquet.files import LFS, MAGIC, signature_of
from sitegen.stores.parquet.places import Place
from sitegen.stores.parquet.run_tables import RunTableStore


def find_at(path: Path, location: str, options: ReadOptions) -> list[Store]:
    """The store that the file or folder `path` on this disk is; none if there is no Parquet or CSV in it.

    Raises StoreError for a file named `.parquet` that is not one.
    """
    is_part = path.suffix == ".parquet" and path.is_file() and (path.parent / DESCRIPTION).is_file()
    if is_part:
        path = path.parent
    if not path.exists() or (path.is_file() and not _is_table(path, location)):
        return []
    store = _open(Place(os.path.abspath(path)), location, options)
    return [store] if store else []


def _is_table(path: Path, location: str) -> bool:
    """Whether a file is a run table, by its first bytes."""
    try:
        head = read_bytes(os.path.realpath(path), limit=0)
    except OSError:
        return False
    is_named = path.suffix.lower() in (".parquet", ".csv")
    if head.startswith(LFS) and is_named:
        raise StoreError(f"{location} is a Git LFS pointer, not the file itself; run git lfs pull.")
    if path.suffix.lower() == ".parquet" and not head.startswith(MAGIC):
        raise StoreError(f"{location} is not a Parquet file, despite its name.")
    return head.startswith(MAGIC) or path.suffix.lower() == ".csv"


def open_bucket(location: str, options: ReadOptions) -> Store:
    """The store at an address such as `s3://bucket/runs`. Raises StoreError when there is none."""
    place = Place(location.rstrip("/"))
    store = _open(place, place.shown, options)
    if store is None:
        raise StoreError(f"{place.shown} holds no Parquet files; give a run table or an export of sitegen.")
    return store


def _open(place: Place, location: str, options: ReadOptions) -> Store | None:
    if place.is_file():
        return RunTableStore(place, location, options, ("",), signature_of(place))
    files = place.files()
    if DESCRIPTION in files:
        return ExportStore(place, location, options, signature_of(place))
    tables = tuple(path for path in files if path.endswith(".parquet"))
    return RunTableStore(place, location, options, tables, signature_of(place)) if tables else None
