"""An export as it is at one moment: its files, and the artifacts that are read beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sitegen.errors import StoreError
from sitegen.stores.parquet.places import Place
from sitegen.stores.stamps import WholeSnapshot, rows_of, stamp_of

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions


def snapshot_of(place: Place, options: ReadOptions, folders: Callable[[], Iterable[str]]) -> WholeSnapshot | None:
    """The stamp of all files below `place` and below the `folders` of artifacts, which are asked for once.

    None in a bucket, where a look at each file costs a request, and where the folders cannot be told: reading the
    export says what is wrong with it. Which run has changed is not known, since a row group has thousands.
    """
    import pyarrow

    if place.is_bucket:
        return None
    rows = rows_of(place.root, options.by_content)
    try:
        for folder in folders():
            found = rows_of(folder, options.by_content)
            rows += [(f"{folder}/{path}", size, time, mode) for path, size, time, mode in found]
    except (pyarrow.ArrowException, StoreError, OSError, ValueError, TypeError, KeyError):
        return None
    return WholeSnapshot(stamp_of(rows))
