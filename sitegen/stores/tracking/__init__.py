"""The reader of MLflow's tracking servers, through their REST API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitegen.stores.locations import is_tracking_server

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions, Store

GIVE = "the address of a tracking server"
NAMES: tuple[str, ...] = ()


def find(location: str, options: ReadOptions) -> Sequence[Store]:
    """See `contract.Reader`. No request is sent yet."""
    if not is_tracking_server(location):
        return []
    from sitegen.stores.tracking.server import open_server

    return [open_server(location, options)]
