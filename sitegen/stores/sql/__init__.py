"""The reader of MLflow's databases: SQLite files, PostgreSQL and MySQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitegen.stores.locations import place_of, server_kind

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions, Store

GIVE = "a database such as mlflow.db"
NAMES = ("mlflow.db", "*.db")


def find(location: str, options: ReadOptions) -> Sequence[Store]:
    """See `contract.Reader`."""
    if server_kind(location):
        from sitegen.stores.sql.servers import open_server

        return [open_server(location, options)]
    from sitegen.stores.sql.sqlite import find_at

    path = place_of(location)
    return find_at(path, location, options) if path else []
