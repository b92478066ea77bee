"""An object store: only changed files are uploaded, each page after what it needs, and what is gone is deleted last.

What changed is known from the manifest that is stored with the site, and from the sizes of one listing. While files are
uploaded, the stored manifest says of those that they are sitegen's, but not what they hold: so whatever an interrupted
upload leaves is put right by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from sitegen.errors import PublishError, UsageError
from sitegen.output import MANIFEST
from sitegen.publish.changes import Changes, Publication, SiteFile, changes_of, manifest_of, order_of
from sitegen.publish.target import MAX_READ, known_files
from sitegen.publish.types import keeping_of, type_of
from sitegen.stores.remote import reason, size_of

SCHEMES = ("s3", "gs", "gcs", "az", "abfs", "abfss")
"""Schemes of addresses, as fsspec has them."""
AT_ONCE = 16
"""Files that are uploaded at a time."""


class Bucket:
    """The folder `root` of the fsspec file system `files`, called `address` in messages."""

    def __init__(self, files: Any, root: str, address: str, adopt: bool = False) -> None:
        self._files = files
        self._root = root.strip("/")
        self._address = address
        self.adopt = adopt
        self._sizes: dict[str, int] = {}

    def describe(self) -> str:
        return self._address

    def look(self) -> None:
        start = f"{self._root}/"
        try:
            found = self._listing()
        except Exception as error:  # each file system has errors of its own, here and below; they may hold keys
            raise PublishError(f"{self._address} cannot be listed ({reason(error)}).") from None
        below = ((path.lstrip("/"), size_of(entry)) for path, entry in found.items())
        self._sizes = {path.removeprefix(start): size for path, size in below if path.startswith(start)}

    def _listing(self) -> Mapping[str, Any]:
        self._files.invalidate_cache()
        try:
            found: Mapping[str, Any] = self._files.find(self._root, detail=True)
        except FileNotFoundError:
            return {}
        return found

    def paths(self) -> Mapping[str, int]:
        return self._sizes

    def read(self, path: str) -> bytes | None:
        if path not in self._sizes:
            return None
        try:
            return bytes(self._files.cat_file(f"{self._root}/{path}", start=0, end=MAX_READ))
        except Exception as error:
            raise PublishError(f"The stored file {path} cannot be read ({reason(error)}).") from None

    def changes(self, publication: Publication) -> Changes:
        known = known_files(self.read, publication)
        entries = ((path, size, *known.get(path, (-1, ""))) for path, size in self._sizes.items())
        existing = {path: sha256 if stored == size else "" for path, stored, size, sha256 in entries}
        for path in publication.files:
            if path.endswith(MANIFEST) and self.read(path) == publication.files[path].read():
                existing[path] = publication.files[path].sha256
        return changes_of(publication, existing, known, lambda file: file.sha256, self.adopt)

    def apply(self, publication: Publication, changes: Changes, message: str) -> bool:
        """See `Target`."""
        self._each(self._put, _unsure_manifests(changes).items())
        for _, group in groupby(changes.uploads, lambda path: order_of(path)[0]):
            self._each(self._put, [(path, changes.files[path]) for path in group])
        if changes.deleted:
            self._delete([f"{self._root}/{path}" for path in changes.deleted])
        return True

    def _each(self, do: Callable[[str, SiteFile], None], items: Iterable[tuple[str, SiteFile]]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = [pool.submit(do, *item) for item in items]
            try:
                for one in done:
                    one.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _put(self, path: str, file: SiteFile) -> None:
        data = file.read()
        headers = _headers(self._files.protocol, path)
        try:
            self._files.pipe_file(f"{self._root}/{path}", data, **headers)
        except Exception as error:
            raise PublishError(
                f"{self._address} did not take all files ({reason(error)}); publish again to complete it."
            ) from None

    def _delete(self, places: list[str]) -> None:
        try:
            self._files.rm(places)
        except Exception as error:
            raise PublishError(
                f"{self._address} took the new site, but old files could not be deleted ({reason(error)})."
            ) from None


def bucket_at(address: str, adopt: bool = False) -> Bucket:
    """The bucket or the folder of one at an address such as `s3://bucket/runs`. Credentials are found by the library
    of that cloud. Raises UsageError if there can be no such place, or the library is not installed."""
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES or not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(f"{parts.scheme}:// addresses cannot be published to; give one such as s3://bucket/runs.")
    try:
        import fsspec

        files, root = fsspec.core.url_to_fs(address)
    except ImportError:
        raise UsageError(
            f"Publishing to {parts.scheme}:// addresses needs a library that is not installed; "
            "run pip install 'mlruns-sitegen[remote]'."
        ) from None
    except Exception as error:  # such as credentials that cannot be read
        raise PublishError(f"{address} cannot be opened ({reason(error)}).") from None
    return Bucket(files, root, address.rstrip("/"), adopt)


def _unsure_manifests(changes: Changes) -> dict[str, SiteFile]:
    """The manifests of what is about to change: what will be replaced or deleted is ours, its content unknown."""
    touched = (*changes.uploads, *changes.deleted)
    found = {}
    for manifest in (path for path in changes.files if path.endswith(MANIFEST)):
        folder = manifest.removesuffix(MANIFEST)
        unsure = {path for path in touched if path.startswith(folder)}
        sure = {path: file for path, file in changes.files.items() if path.startswith(folder) and path not in unsure}
        if unsure - {manifest}:
            below = {path.removeprefix(folder): file for path, file in sure.items()}
            found[manifest] = manifest_of(below, [path.removeprefix(folder) for path in unsure])
    return found


def _headers(protocol: str | tuple[str, ...], path: str) -> dict[str, Any]:
    """The arguments with which a cloud's file system takes the headers of a file."""
    names = (protocol,) if isinstance(protocol, str) else protocol
    if "s3" in names:
        return {"ContentType": type_of(path), "CacheControl": keeping_of(path)}
    if "gs" in names:
        return {"content_type": type_of(path), "fixed_key_metadata": {"cache_control": keeping_of(path)}}
    if "abfs" in names:
        from azure.storage.blob import ContentSettings  # comes with adlfs

        return {"content_settings": ContentSettings(content_type=type_of(path), cache_control=keeping_of(path))}
    return {}
