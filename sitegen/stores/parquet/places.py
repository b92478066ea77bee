"""Files that are on this disk or behind an address (`s3://`, `gs://`, `az://`, ...), opened and listed alike.

Addresses go through fsspec, which is imported only for them: `pip install 'mlruns-sitegen[remote]'`.
The libraries of each cloud find their own credentials; a `Place` has none.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from sitegen.errors import StoreError
from sitegen.stores.disk import is_below, is_junk_file, printable, reason
from sitegen.stores.footprint import size_of
from sitegen.stores.locations import is_bucket, shown

MAX_ENTRIES = 100_000
"""Maximum number of files and folders in a folder that is searched."""

_INSTALL = "pip install 'mlruns-sitegen[remote]'"


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder on this disk (`root` is a path) or in a bucket (`root` is an address)."""

    root: str

    @property
    def is_bucket(self) -> bool:
        return is_bucket(self.root)

    @property
    def name(self) -> str:
        """The last part of its path or address."""
        return self.shown.rstrip("/").replace(os.sep, "/").rpartition("/")[2]

    @property
    def shown(self) -> str:
        """The place as it may be printed: without a user and password."""
        return shown(printable(self.root))

    def shown_file(self, path: str) -> str:
        """The file `path` below the place, as it may be printed."""
        return f"{self.shown}/{printable(path)}" if path else self.shown

    def open(self, path: str = "") -> BinaryIO:
        """The file `path` below the place, or the place itself, for reading. Raises StoreError."""
        with self._describe(path):
            if not self.is_bucket:
                return open(self.path_of(path), "rb")
            fs, base = self._filesystem()
            return cast(BinaryIO, fs.open(f"{base}/{path}" if path else base, "rb"))

    def path_of(self, path: str) -> str:
        """The path on this disk of the file `path` below the place. Raises OSError for what is not a file inside it."""
        if not path:
            return self.root
        real = os.path.realpath(os.path.join(self.root, path))
        if not is_below(real, os.path.realpath(self.root)):
            raise PermissionError(errno.EACCES, "it is a link that leaves the store")
        if os.path.exists(real) and not os.path.isfile(real):
            raise PermissionError(errno.EACCES, "it is not a file")
        return real

    def is_file(self) -> bool:
        if not self.is_bucket:
            return os.path.isfile(self.root)
        with self._describe():
            fs, base = self._filesystem()
            return bool(fs.isfile(base))

    def bytes_on_disk(self) -> int | None:
        """The bytes of all files in it, None in a bucket."""
        return None if self.is_bucket else size_of(os.path.realpath(self.root))

    def files(self) -> dict[str, str]:
        """The files below the folder: path, with `/`, to a string that changes when the file does; sorted by path.

        For a file, it is itself, as ''. Hidden files and those that begin with `_`, which Spark uses for non-data, are
        left out. Raises StoreError.
        """
        with self._describe():
            found = dict(self._listed() if self.is_bucket else _walked(self.root))
        return dict(sorted(found.items()))

    def _listed(self) -> Iterator[tuple[str, str]]:
        fs, base = self._filesystem()
        for name, info in fs.find(base, detail=True).items():
            path = name[len(base) :].strip("/")
            if not any(map(_is_hidden, path.split("/"))):
                yield path, f"{info.get('size')} {info.get('ETag') or info.get('etag') or info.get('created') or ''}"

    def _filesystem(self) -> tuple[Any, str]:
        try:
            import fsspec

            fs, base = fsspec.core.url_to_fs(self.root)
        except ImportError:
            raise StoreError(f"{self.shown} needs the extra for remote stores: {_INSTALL}") from None
        return fs, str(base).rstrip("/")

    @contextmanager
    def _describe(self, path: str = "") -> Iterator[None]:
        """Turns errors on reading the place, or a file below it, into a sentence. Each

        cloud's library has its own exceptions, so all are caught.
        """
        try:
            yield
        except StoreError:
            raise
        except FileNotFoundError:
            raise StoreError(f"{self.shown_file(path)} does not exist.") from None
        except Exception as error:
            description = reason(error) if isinstance(error, OSError) else str(error) or type(error).__name__
            words = printable(description).replace(self.root, self.shown)
            raise StoreError(f"{self.shown} cannot be read ({words}).") from None


def _is_hidden(name: str) -> bool:
    return name[:1] in "._" or is_junk_file(name)


def _walked(root: str) -> Iterator[tuple[str, str]]:
    """Regular files below `root`; links are followed to files below it, not to folders."""
    if os.path.isfile(root):
        yield "", _stamp(os.stat(root))
        return
    count, real = 0, os.path.realpath(root)
    folders = [("", root)]
    for prefix, folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                count += 1
                if count > MAX_ENTRIES:
                    raise StoreError(
                        f"{printable(root)} holds more than {MAX_ENTRIES} files; give the Parquet file itself."
                    )
                if _is_hidden(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append((f"{prefix}{entry.name}/", entry.path))
                elif entry.is_file() and (not entry.is_symlink() or is_below(os.path.realpath(entry.path), real)):
                    yield prefix + entry.name, _stamp(entry.stat())


def _stamp(found: os.stat_result) -> str:
    return f"{found.st_size} {found.st_mtime_ns}"
