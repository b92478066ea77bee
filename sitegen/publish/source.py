"""The site that is published: checked as `sitegen check` does, then read file by file, links never followed."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from sitegen.check import Checked, check_site
from sitegen.check.walk import walk
from sitegen.errors import UsageError
from sitegen.output import MANIFEST, Places, entries, locked
from sitegen.privacy import Privacy
from sitegen.publish.changes import SiteFile, manifest_of
from sitegen.stores.contract import Progress, no_progress

HIDDEN = (".nojekyll", ".well-known")
"""Names with a dot in front that are published: others are of an editor or a desktop, or hold settings."""
_PIECE = 1_000_000


def is_site(place: Path) -> bool:
    """Whether `place` is a folder that sitegen built."""
    return (place / MANIFEST).is_file()


@contextlib.contextmanager
def held(site: Path) -> Iterator[None]:
    """Within it no build replaces the site, where a lock beside it can be had."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            stack.enter_context(locked(Places(site.absolute()).lock))
        yield


def checked_site(site: Path, privacy: Privacy, host: str, progress: Progress = no_progress) -> Checked:
    """What is wrong with the site, as `sitegen check` finds it. Raises UsageError if it is none."""
    return check_site(site, privacy, host, progress=progress)


def files_of(site: Path) -> dict[str, SiteFile]:
    """Every file of a checked site by its path, with a manifest of them all; the user's own files are among them."""
    known = {path: (size, sha256) for path, size, sha256 in entries(site)}
    files = {}
    for entry in walk(site):
        if entry.kind == "file" and entry.path != MANIFEST and not _is_hidden(entry.path):
            source = site / entry.path
            size, sha256 = known.get(entry.path) or _hashed(source)
            files[entry.path] = SiteFile(size, sha256, source)
    files[MANIFEST] = manifest_of(files)
    return files


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") and part not in HIDDEN for part in path.split("/"))


def _hashed(file: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        with file.open("rb") as source:
            while piece := source.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}); nothing was published.") from error
    return size, digest.hexdigest()
