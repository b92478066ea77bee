"""The cache: what a build leaves for the next one, in a folder outside the site that may be deleted at any time.

It holds plain data of cleaned values, with a checksum; whatever is missing, damaged, or of another version counts as
absent. It is as private and as trusted as the site beside it: whoever can write to it can write wrong numbers, or
markup where a preview holds finished HTML. Where it comes from others (a cache of CI that pull requests may fill), a
secret in `SITEGEN_CACHE_KEY` makes all checksums depend on it, so that what was not written with the secret counts as
damaged, and files of the previous site are taken by content alone (`previous.py`).

`state` is the last build as a whole, `tasks` the outputs of its tasks, `runs/<shard>` the runs of a shard: their
records, then a `SavedShard`. All are replaced file by file; any mixture of two builds is a valid cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import TypeVar

import platformdirs

from sitegen.build.digests import hashed
from sitegen.build.packing import decode, encode
from sitegen.config import Config

T = TypeVar("T")

SECRET = "SITEGEN_CACHE_KEY"
MAX_SITES = 20
"""How many sites are remembered in the user's cache folder; those that were built longest ago are dropped."""
_FOOT = 8 + 32


class Cache:
    """The cache of one site in `folder`. `version` is that of the program: other versions see nothing of it."""

    def __init__(self, folder: Path, version: str, secret: str = "") -> None:
        self.folder = folder
        self.is_secret = bool(secret)
        self._key = hashlib.blake2b(f"{version}\0{secret}".encode("utf-8", "surrogateescape")).digest()

    def shard_file(self, shard: str) -> str:
        """Where the runs of a shard are kept."""
        return str(self.folder / "runs" / shard)

    def load(self, name: str, kind: type[T]) -> T | None:
        """What the file `name` holds after its records, if any; None where that is nothing that this class wrote."""
        try:
            with (self.folder / name).open("rb") as file:
                end = file.seek(-_FOOT, os.SEEK_END)
                foot = file.read()
                size = int.from_bytes(foot[:8], "big")
                if size > end:
                    return None
                file.seek(end - size)
                data = file.read(size)
        except OSError:
            return None
        if self._checksum(name, data) != foot[8:]:
            return None
        try:
            return decode(data, kind)
        except ValueError:
            return None

    def sealed(self, name: str, value: object) -> bytes:
        """`value` as the end of the file `name`."""
        data = encode(value)
        return data + len(data).to_bytes(8, "big") + self._checksum(name, data)

    def save(self, name: str, value: object) -> None:
        """Replace the file `name`."""
        self._replace(name, self.sealed(name, value))

    def take_shards(self, scratch: Path, shards: set[str]) -> None:
        """Move the files of the shards that were read anew out of the `scratch` folder of a build, and drop those that
        are not among `shards`, all that the store has."""
        kept = self.folder / "runs"
        kept.mkdir(parents=True, exist_ok=True)
        for file in sorted(scratch.iterdir()) if scratch.is_dir() else ():
            near = kept / f"{file.name}.new"
            shutil.move(file, near)
            near.replace(kept / file.name)
        for file in kept.iterdir():
            if file.name not in shards:
                file.unlink()

    def clear(self) -> None:
        """Delete it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _replace(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        near = path.with_name(f"{path.name}.new")
        near.write_bytes(data)
        near.replace(path)

    def _checksum(self, name: str, data: bytes) -> bytes:
        return hashlib.blake2b(name.encode() + b"\0" + data, key=self._key, digest_size=32).digest()


def open_cache(config: Config, version: str) -> Cache | None:
    """The cache of the site that `config` asks for; None if there is to be none or its folder cannot be made."""
    if config.no_cache:
        return None
    secret = os.environ.get(SECRET, "")
    if str(config.cache) != ".":
        places = repr((config.stores, str(config.output)))
        return _made(Cache(config.cache / _name_of(places), version, secret))
    try:
        places = repr((str(Path.cwd()), config.stores, str(config.output.absolute())))
    except OSError:  # the folder that the command runs in is gone
        return None
    root = platformdirs.user_cache_path("sitegen") / "sites"
    cache = _made(Cache(root / _name_of(places), version, secret))
    if cache:
        _drop_old(root)
    return cache


def _name_of(places: str) -> str:
    return hashed(places.encode("utf-8", "surrogateescape"))


def _made(cache: Cache) -> Cache | None:
    with contextlib.suppress(OSError):
        cache.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.utime(cache.folder)
        return cache
    return None


def _drop_old(root: Path) -> None:
    """Delete the caches of the sites that were built longest ago."""
    with contextlib.suppress(OSError):
        sites = sorted(root.iterdir(), key=lambda site: site.stat().st_mtime_ns, reverse=True)
        for site in sites[MAX_SITES:]:
            shutil.rmtree(site, ignore_errors=True)
