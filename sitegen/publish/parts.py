"""What can be published at a target: a whole site, a preview of a pull request, or nothing in its place."""

from __future__ import annotations

from collections.abc import Mapping

from sitegen.errors import UsageError
from sitegen.publish.changes import Publication, SiteFile

PREVIEWS = "pr-preview/"
"""The folder of previews; publishing a site leaves it as it is."""
_NOINDEX = b'<meta name="robots" content="noindex'


def whole_site(files: Mapping[str, SiteFile], prefix: str = "") -> Publication:
    """The site as the target, or as its folder `prefix`."""
    return Publication({prefix + path: file for path, file in files.items()}, replaces=prefix)


def preview(files: Mapping[str, SiteFile], number: int) -> Publication:
    """The site as the preview of a pull request. Raises UsageError if search engines may list it."""
    if _NOINDEX not in files["index.html"].read():
        raise UsageError("The site lets search engines list it, which a preview must not; build it without --index.")
    folder = preview_folder(number)
    return Publication({folder + path: file for path, file in files.items()}, removes=(folder,))


def no_preview(number: int) -> Publication:
    """Nothing in the place of a preview."""
    return Publication({}, removes=(preview_folder(number),))


def preview_folder(number: int) -> str:
    """Where the preview of a pull request is, with a slash at its end."""
    return f"{PREVIEWS}pr-{number}/"
