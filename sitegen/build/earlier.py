"""The files of an earlier site that a build takes into account: an input that is named, never what is just there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sitegen.build.digests import digest_of
from sitegen.errors import UsageError
from sitegen.pages.kept_charts import MAX_BYTES

Reader = Callable[[str], bytes | None]
"""Gives the content of a file of the site, by its path from the site's root; None if there is none."""
FOLDER = "data/charts"
"""What is read of an earlier site."""


def earlier_site(folder: Path) -> Reader | None:
    """The reader of the site in `folder`; None if none is named. Raises UsageError where there is no site."""
    if folder == Path():
        return None
    if not (folder / "index.html").is_file():
        raise UsageError(f"{folder} is not a site; give a folder that sitegen built with --since.")

    def read(path: str) -> bytes | None:
        file = folder / path
        try:
            return file.read_bytes() if file.is_file() and file.stat().st_size <= MAX_BYTES else None
        except OSError:
            return None

    return read


def earlier_key(folder: Path) -> str:
    """The digest of what a build reads of the site in `folder`; empty if none is named."""
    read = earlier_site(folder)
    if read is None:
        return ""
    files = sorted(file.relative_to(folder).as_posix() for file in (folder / FOLDER).glob("*.json"))
    return digest_of([[path, read(path)] for path in files])
