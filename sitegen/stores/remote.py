"""Artifacts in object stores, over fsspec, for any kind of run store: listed and fetched only when the user asks.

A run's artifact URI is untrusted text, and the user's credentials may give access to many buckets: so only a folder
that ends in `<run id>/artifacts` is listed, in one listing, and each file is read with a range that ends where the
listing says. A bucket that cannot be listed is not tried again for every other run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from sitegen.errors import StoreError
from sitegen.model import Artifact, Catalog, Problem, Run, RunRef
from sitegen.stores.contract import RunBatch, Store
from sitegen.stores.disk import printable
from sitegen.stores.fetching import FetchError, Wanted, fetch
from sitegen.stores.scratch import Scratch

_PROTOCOLS = {
    "s3": "s3", "s3a": "s3", "gs": "gs", "wasb": "abfs", "wasbs": "abfs", "abfs": "abfs", "abfss": "abfs",
    "dbfs": "dbfs", "hdfs": "hdfs",
}  # fmt: skip
"""fsspec's protocol for each scheme of MLflow's artifact URIs."""


@dataclass(frozen=True, slots=True)
class RemoteArtifacts:
    """A store whose runs' artifacts are fetched from object stores where they are in one."""

    store: Store
    wanted: Wanted
    scratch: Scratch = field(default_factory=Scratch, repr=False)

    @property
    def name(self) -> str:
        """The name of the store."""
        return self.store.name

    def catalog(self) -> Catalog:
        """The catalog of the store."""
        return self.store.catalog()

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`. Raises StoreError when what reads an object store is not installed."""
        batch = self.store.read_runs(refs)
        fetcher = _Fetcher(self, batch.problems)
        batch.runs = [fetcher.run(run) for run in batch.runs]
        return batch

    def signature(self) -> str:
        """The signature of the store; artifacts are not looked at."""
        return self.store.signature()

    def bytes_on_disk(self) -> int | None:
        """See `Store`; what was fetched is not counted."""
        return self.store.bytes_on_disk()


class _Fetcher:
    """Fetches for one chunk of runs; remembers the buckets that cannot be listed."""

    def __init__(self, store: RemoteArtifacts, problems: list[Problem]) -> None:
        self.store = store
        self.problems = problems
        self.broken: dict[str, str] = {}

    def run(self, run: Run) -> Run:
        """The run with its artifacts, if they are in an object store."""
        uri = run.artifacts.uri
        if run.artifacts.root is not None or run.artifacts.files or not is_remote(uri, run.run_id):
            return run
        folder = os.path.join(self.store.scratch.path, "artifacts", run.run_id)

        def note(what: str) -> None:
            self.problems.append(Problem(f"runs/{run.run_id}", printable(what)))

        return replace(run, artifacts=fetch(uri, Bucket(uri, self.broken), folder, self.store.wanted, note))


def is_remote(uri: str, run_id: str) -> bool:
    """Whether a URI names a run's own folder in an object store."""
    scheme, _, path = uri.partition(":")
    parts = path.rstrip("/").split("/")
    return (
        scheme in _PROTOCOLS and parts[-2:] == [run_id, "artifacts"] and ".." not in parts and run_id not in ("", ".")
    )


class Bucket:
    """The folder at `uri` in an object store; `broken` has the reasons why buckets cannot be listed, by bucket.

    See `fetching.Source`.
    """

    def __init__(self, uri: str, broken: dict[str, str]) -> None:
        parts = urlsplit(uri)
        self._scheme = parts.scheme
        self._place = f"{parts.scheme}://{parts.netloc}"
        self._path = path_of(uri)
        self._broken = broken
        self._account = parts.netloc.rpartition("@")[2].partition(".")[0] if "@" in parts.netloc else ""
        self._system: Any = None

    def files(self) -> Iterable[Artifact]:
        """The files below the folder, in one listing; none if it does not exist."""
        if self._place in self._broken:
            raise FetchError(self._broken[self._place])
        try:
            found = self._open().find(self._path, detail=True)
        except FileNotFoundError:
            return []
        except StoreError:
            raise
        except Exception as error:  # each file system has errors of its own
            self._broken[self._place] = reason(error)
            raise FetchError(reason(error)) from None
        return [Artifact(_below(self._path, path), size_of(entry)) for path, entry in found.items()]

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, cut after `limit` + 1 bytes by the range that is asked for."""
        try:
            data = self._open().cat_file(f"{self._path}/{path}", start=0, end=limit + 1)
        except Exception as error:  # as above
            raise FetchError(reason(error)) from None
        return bytes(data[: limit + 1])

    def _open(self) -> Any:
        if self._system is None:
            self._system = file_system(self._scheme, self._account)
        return self._system


def file_system(scheme: str, account: str = "") -> Any:
    """The fsspec file system for a scheme, with credentials from where its library finds them. Raises StoreError."""
    try:
        import fsspec

        return fsspec.filesystem(_PROTOCOLS[scheme], **_options(_PROTOCOLS[scheme], account))
    except ImportError:
        raise StoreError(
            f"Artifacts are at {scheme}:// addresses, and the library that reads them is not installed; "
            "run pip install 'mlruns-sitegen[remote]', or build without --fetch-artifacts."
        ) from None


def _options(protocol: str, account: str) -> Mapping[str, Any]:
    """Options that MLflow's own client takes from the environment and fsspec does not."""
    if protocol == "s3" and (endpoint := os.environ.get("MLFLOW_S3_ENDPOINT_URL")):
        return {"client_kwargs": {"endpoint_url": endpoint}}
    if protocol == "abfs" and account:
        return {"account_name": account}
    if protocol == "dbfs":
        host = os.environ.get("DATABRICKS_HOST", "").removeprefix("https://").rstrip("/")
        return {"instance": host, "token": os.environ.get("DATABRICKS_TOKEN", "")}
    return {}


def path_of(uri: str) -> str:
    """The path inside fsspec's file system: with the bucket or container in front where there are such."""
    parts = urlsplit(uri)
    if parts.scheme in ("dbfs", "hdfs"):
        return parts.path.rstrip("/")
    container = parts.netloc.partition("@")[0]
    return f"{container}/{parts.path.strip('/')}"


def _below(root: str, path: str) -> str:
    """A path of a listing, relative to the folder that was listed; '' for one that is not below it."""
    base = root.strip("/") + "/"
    path = path.lstrip("/")
    return path[len(base) :] if path.startswith(base) else ""


def size_of(entry: Any) -> int:
    """The size that a listing gives, -1 if it gives none."""
    size = entry.get("size") if isinstance(entry, dict) else None
    return size if isinstance(size, int) else -1


def reason(error: Exception) -> str:
    """The type of an error; its message may contain addresses and keys, and is not shown."""
    return type(error).__name__
