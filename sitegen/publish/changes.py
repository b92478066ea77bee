"""What is to be published, what is there already, and the difference: which files are added, changed and deleted.

A target gives its files as a mapping from paths to fingerprints (a git blob's id, a SHA-256), and a file is changed
if its fingerprint differs. Files that sitegen did not put there are never deleted, and replaced only if asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.errors import UsageError
from sitegen.output import MANIFEST

KEPT = frozenset({"CNAME", ".nojekyll"})
"""Files at the root of a target that stay once they are there, whoever made them."""
_ORDER = ("assets/", "thumbs/", "artifacts/", "data/", "charts/", "files/")
"""Folders of a site in the order in which they are uploaded: pages come after what they need."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file to be published: its size in bytes and hash, and where its content is."""

    size: int
    sha256: str
    source: Path | bytes

    def read(self) -> bytes:
        """The content. Raises UsageError if it is no longer what was checked; a link is not followed."""
        if isinstance(self.source, bytes):
            return self.source
        try:
            handle = os.open(self.source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(handle, "rb") as file:
                data = file.read(self.size + 1)
        except OSError as error:
            raise UsageError(f"{self.source} cannot be read ({error.strerror}); nothing was published.") from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise UsageError(f"{self.source} changed while the site was being published; publish it again.")
        return data


def small_file(data: bytes) -> SiteFile:
    """A file that is made here, not read from a site."""
    return SiteFile(len(data), hashlib.sha256(data).hexdigest(), data)


def manifest_of(files: Mapping[str, SiteFile], unknown: Iterable[str] = ()) -> SiteFile:
    """The manifest of `files`, as a build writes it. The files in `unknown` are listed without a hash: they are ours,
    but what is in them has to be looked at."""
    entries = {path: [path, one.size, one.sha256] for path, one in files.items() if path != MANIFEST}
    entries |= {path: [path, 0, ""] for path in unknown if path != MANIFEST}
    listing = {"generator": "sitegen", "files": [entries[path] for path in sorted(entries)]}
    return small_file((json.dumps(listing, separators=(",", ":")) + "\n").encode())


@dataclass(frozen=True)
class Publication:
    """What is to be at a target: `files` by their paths there."""

    files: Mapping[str, SiteFile]
    replaces: str | None = None
    """The folder of the site to be replaced, with a slash at its end ('' is the root): what its manifest lists goes."""
    removes: tuple[str, ...] = ()
    """Folders of which nothing but what is in `files` stays; with a slash at their ends."""


@dataclass(frozen=True)
class Changes:
    """The difference between a publication and what is at its target, as sorted paths."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    files: Mapping[str, SiteFile] = field(default_factory=dict)
    """All files of the publication."""

    @property
    def size(self) -> int:
        """The bytes of all files that are added or changed."""
        return sum(self.files[path].size for path in (*self.added, *self.changed))

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.deleted)

    @property
    def uploads(self) -> list[str]:
        """Added and changed files: those that pages need, pages, the pages at the top, the manifests."""
        return sorted((*self.added, *self.changed), key=order_of)


def changes_of(
    publication: Publication,
    existing: Mapping[str, str],
    ours: Iterable[str],
    fingerprint: Callable[[SiteFile], str],
    adopt: bool = False,
) -> Changes:
    """What has to change at a target that holds `existing`, where the replaced site's manifest lists `ours`.

    Raises UsageError when a file that sitegen did not put there would be replaced, unless `adopt`.
    """
    files, own = publication.files, set(ours)
    removed = {path for path in existing if path.startswith(publication.removes or ("\0",))}
    differing = sorted(p for p in files.keys() & existing.keys() if existing[p] != fingerprint(files[p]))
    theirs = [path for path in differing if path not in own | removed | KEPT]
    if theirs and not adopt:
        named = theirs[0] + (f" and {len(theirs) - 1:,} more" if theirs[1:] else "")
        raise UsageError(
            f"{named} would be replaced, which sitegen did not put there; publish elsewhere, or replace what "
            "the site has too with --force-adopt."
        )
    gone = ((own & existing.keys()) | removed) - files.keys() - KEPT
    added = tuple(sorted(files.keys() - existing.keys()))
    return Changes(added, tuple(differing), tuple(sorted(gone)), files)


def order_of(path: str) -> tuple[int, bool, str]:
    """Where a file is in the order of uploads: pages at the top of a site last, before the manifests and lists."""
    if path.endswith(MANIFEST):
        return len(_ORDER) + 2, False, path
    inside = next((number for number, folder in enumerate(_ORDER) if f"/{path}".find(f"/{folder}") >= 0), len(_ORDER))
    is_index = path.rpartition("/")[2] == "index.html"
    return (len(_ORDER) + 1 if is_index else inside), "/" not in path, path
