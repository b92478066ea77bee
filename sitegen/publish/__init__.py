"""Publish a built site: to a branch of a git remote, a folder, or an object store.

`publish` is the table of contents: look what the target holds, work out what changes, make the changes. If someone else
publishes to the same place meanwhile (previews of two pull requests), it begins anew with what is there now.
"""

from __future__ import annotations

from collections.abc import Callable

from sitegen.errors import PublishError
from sitegen.publish.branch import Branch, branch_of
from sitegen.publish.changes import Changes, Publication, SiteFile
from sitegen.publish.folder import Folder
from sitegen.publish.parts import no_preview, preview, whole_site
from sitegen.publish.source import checked_site, files_of, held, is_site
from sitegen.publish.target import Target

__all__ = [
    "Branch",
    "Changes",
    "Folder",
    "Publication",
    "SiteFile",
    "Target",
    "branch_of",
    "checked_site",
    "files_of",
    "held",
    "is_site",
    "no_preview",
    "preview",
    "publish",
    "whole_site",
]
ATTEMPTS = 4
"""How often publishing is tried while others publish to the same place."""


def publish(target: Target, make: Callable[[Target], Publication], message: str, dry_run: bool = False) -> Changes:
    """Publish what `make` returns for what the target holds; gives what was changed, or with `dry_run` would be.

    Raises UsageError and PublishError.
    """
    for _ in range(ATTEMPTS):
        target.look()
        publication = make(target)
        changes = target.changes(publication)
        if dry_run or not changes or target.apply(publication, changes, message):
            return changes
    raise PublishError(f"Others publish to {target.describe()} all the time; nothing was published, try again later.")
