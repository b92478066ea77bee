"""The reader of Parquet and CSV files: sitegen's own exports, and run tables of `mlflow.search_runs`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitegen.stores.locations import is_bucket, place_of

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions, Store

GIVE = "Parquet or CSV files"
NAMES: tuple[str, ...] = ()


def find(location: str, options: ReadOptions) -> Sequence[Store]:
    """See `contract.Reader`. It looks at all files of a folder or bucket."""
    from sitegen.stores.parquet.recognise import find_at, open_bucket

    if is_bucket(location):
        return [open_bucket(location, options)]
    path = place_of(location)
    return find_at(path, location, options) if path else []
