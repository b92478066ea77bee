"""How the rows of some runs are read from Parquet files. pyarrow is imported on first use."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sitegen.errors import StoreError
from sitegen.model import ArtifactFolder
from sitegen.stores.artifacts import UriFinder, finder_beside
from sitegen.stores.disk import ProblemLog
from sitegen.stores.parquet.places import Place

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions

MAGIC = b"PAR1"
LFS = b"version https://git-lfs"


def signature_of(place: Place) -> str:
    """A string that changes when a file of the store does."""
    return hashlib.blake2b(repr(place.files()).encode(), digest_size=16).hexdigest()


def finder_for(place: Place, options: ReadOptions) -> UriFinder:
    """A finder of artifacts in `mlruns` and `mlartifacts` beside the store, and in folders that the user gives, with a
    log."""
    folder = None if place.is_bucket else os.path.dirname(place.root)
    return finder_beside(folder, options, ProblemLog(folder or os.sep))


def find_artifacts(finder: UriFinder, uri: str, owner: str) -> ArtifactFolder:
    """The artifacts of the run or model `owner`, logged as at `uri`; without a root where they are not found."""
    return finder.find_by_uri(uri, owner, os.path.join(finder.log.root, owner))


@lru_cache(maxsize=32)
def open_parquet(place: Place, path: str, stamp: str, repeated: tuple[str, ...] = ()) -> Any:
    """The Parquet file `path` as a `pyarrow.parquet.ParquetFile`, kept open while the store's signature is `stamp`.

    The columns `repeated` are read as dictionaries. Raises StoreError when it is none, or not whole.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        if place.is_bucket:
            return pyarrow.parquet.ParquetFile(place.open(path), read_dictionary=repeated)
        return pyarrow.parquet.ParquetFile(place.path_of(path), read_dictionary=repeated)
    except (pyarrow.ArrowException, OSError, KeyError):
        _check_is_no_pointer(place, path)
        raise StoreError(f"{place.shown_file(path)} is not a complete Parquet file; copy or export it again.") from None


def _check_is_no_pointer(place: Place, path: str) -> None:
    with place.open(path) as file:
        head = file.read(len(LFS))
    if head == LFS:
        raise StoreError(f"{place.shown_file(path)} is a Git LFS pointer, not the file itself; run git lfs pull.")


def rows_of_shards(file: Any, shards: Collection[int]) -> Any:
    """The rows whose `shard` is among `shards`, out of the row groups that may hold some, as a `pyarrow.Table`."""
    import pyarrow
    import pyarrow.compute as pc

    wanted = np.array(sorted(shards), np.int64)
    groups = [group for group in range(file.num_row_groups) if _may_hold(file.metadata.row_group(group), wanted)]
    if not groups:
        return file.schema_arrow.empty_table()
    table = file.read_row_groups(groups, use_threads=False)
    return table.filter(pc.is_in(table["shard"], value_set=pyarrow.array(wanted.tolist())))


def _may_hold(group: Any, wanted: NDArray[np.int64]) -> bool:
    """Whether one of the sorted `wanted` lies between the extremes of the row group's first column, `shard`."""
    found = group.column(0).statistics
    if found is None or not found.has_min_max:
        return True
    return bool(np.searchsorted(wanted, found.min) < np.searchsorted(wanted, found.max, side="right"))


def array_of(column: Any, dtype: Any) -> NDArray[Any]:
    """A column of 64-bit numbers without nulls as an array; pyarrow's own `to_numpy` would import pandas."""
    chunks = [np.frombuffer(c.buffers()[1], dtype, len(c), c.offset * 8) for c in column.chunks if len(c)]
    return np.concatenate(chunks) if chunks else np.empty(0, dtype)


def milliseconds(column: Any) -> Any:
    """A column of times as milliseconds since 1970, whatever their unit; without a zone they are UTC."""
    import pyarrow

    kind = column.type
    stamps = column.cast(pyarrow.timestamp("ms", kind.tz), safe=False)
    return stamps.cast(pyarrow.int64())
