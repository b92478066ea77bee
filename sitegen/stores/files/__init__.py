"""The reader of MLflow's file store, the `mlruns` folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitegen.stores.locations import place_of

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions, Store

GIVE = "an mlruns folder"
NAMES = ("mlruns",)


def find(location: str, options: ReadOptions) -> Sequence[Store]:
    """See `contract.Reader`. The folder may also be one experiment or run."""
    from sitegen.stores.files.store import find_at

    path = place_of(location)
    return find_at(os.path.abspath(path), location, options) if path else []
