"""What every place to publish to can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from sitegen.output import MANIFEST
from sitegen.output.manifest import entries_in
from sitegen.publish.changes import Changes, Publication

MAX_READ = 100_000_000
"""Bytes of a manifest or a list that is read from a target."""


class Target(Protocol):
    """A place that holds published files, as it was when it was last looked at."""

    def describe(self) -> str:
        """What it is, for messages; without passwords."""

    def look(self) -> None:
        """Look what it holds now. Raises PublishError if that cannot be found out."""

    def paths(self) -> Mapping[str, object]:
        """The files that it holds."""

    def read(self, path: str) -> bytes | None:
        """The content of a small file; None if there is none at `path`."""

    def changes(self, publication: Publication) -> Changes:
        """What `publication` would change. Raises UsageError if it would replace files that are not sitegen's."""

    def apply(self, publication: Publication, changes: Changes, message: str) -> bool:
        """Make these changes; False if it holds something else since `look`, and was left as it is.

        Raises PublishError if that fails.
        """


def known_files(read: Callable[[str], bytes | None], publication: Publication) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of what the manifests say of the files that `publication` replaces, by their paths."""
    folders = [*publication.removes, *([] if publication.replaces is None else [publication.replaces])]
    manifests = ((folder, read(folder + MANIFEST) or b"") for folder in folders)
    return {folder + path: entry for folder, data in manifests for path, entry in entries_in(data).items()}
