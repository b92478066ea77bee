"""The meaning of a location given by the user: a path, an MLflow URI of something on this machine, or a

server. A server's address may contain a password, which is passed to the driver only: everything that is printed is
`shown`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitegen.errors import StoreError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9.-]+)(?:\+[A-Za-z0-9_.-]+)?:")
_SERVERS = {"postgresql": "postgresql", "postgres": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
_TRACKING = frozenset({"http", "https"})
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory"})
_GENERIC_NAMES = frozenset({"mlruns", "mlflow.db", "outputs", "notebooks"})
"""Names that say nothing of what a store is about; that of the folder above does."""


def server_kind(location: str) -> str | None:
    """`postgresql` or `mysql` where the location is the address of such a server, else None."""
    return _SERVERS.get(_scheme(location))


def is_tracking_server(location: str) -> bool:
    """Whether the location is the address of an MLflow tracking server."""
    return _scheme(location) in _TRACKING


def is_bucket(location: str) -> bool:
    """Whether the location is an address in an object store, such as `s3://bucket/runs`."""
    return _scheme(location) in _BUCKETS


def local_path(location: str) -> Path:
    """The path that a location means: a path, a `file:` or a `sqlite:` URI. Raises StoreError for everything else."""
    scheme = _scheme(location)
    if not scheme:
        return Path(location)
    if scheme == "sqlite":
        return _sqlite_path(location)
    if scheme != "file":
        raise StoreError(
            f"{shown(location)} is a {scheme} address, which sitegen does not read; "
            "give an mlruns folder, an mlflow.db, or the address of a tracking server, PostgreSQL or MySQL database."
        )
    parts = urlsplit(location)
    if parts.netloc not in ("", "localhost"):
        raise StoreError(f"{shown(location)} is on the machine {parts.hostname}; give the path of a store on this one.")
    return Path(unquote(parts.path))


def _scheme(location: str) -> str:
    """The scheme of a URI in lower case, without a driver; '' for a path."""
    match = _SCHEME.match(location)
    return "" if match is None or os.path.exists(location) else match[1].lower()


def _sqlite_path(location: str) -> Path:
    """`sqlite:///rel` and `sqlite:////abs`, as SQLAlchemy reads them: no percent-decoding, options after a `?`."""
    path = location.partition(":")[2].partition("?")[0]
    if not path.startswith("///") or path == "///":
        raise StoreError(f"{location} names no file; write sqlite:///mlflow.db, or sqlite:////home/me/mlflow.db.")
    return Path(path[3:])


def place_of(location: str) -> Path | None:
    """The file or folder that a location means, None for a server or bucket. Raises StoreError as `local_path` does."""
    elsewhere = server_kind(location) or is_tracking_server(location) or is_bucket(location)
    return None if elsewhere else local_path(location)


def name_of(location: str) -> str:
    """A name for the store at the location: that of its folder, or of the database; may be ''."""
    if is_tracking_server(location):
        return ""  # host names are private
    place = place_of(location)
    if place is None:
        return shown(location).rstrip("/").rpartition("/")[2]
    path = place.resolve()
    if path.suffix == ".db":
        path = path.parent
    return next((one.name for one in (path, *path.parents) if one.name not in _GENERIC_NAMES), "")


def shown(location: str) -> str:
    """The location as it may be shown: a URI without user, password and options."""
    scheme, found, rest = location.partition("://")
    if not found or not _scheme(location):
        return location
    rest, _, options = rest.partition("?")
    # A password may hold a bare `/`, `@` or `?`: up to the last @ all may be part of it.
    return f"{scheme}://..." if "@" in options else f"{scheme}://{rest.rpartition('@')[2]}"
