"""The manifest of a site: which of its files sitegen wrote."""

from __future__ import annotations

import json
from pathlib import Path

MANIFEST = "data/manifest.json"


def listed(site: Path) -> set[str]:
    """The paths in the manifest of a site; none if it has no manifest of

    sitegen. Listed files may be deleted later, so paths outside the site, in an edited manifest, are ignored.
    """
    try:
        manifest = json.loads((site / MANIFEST).read_text("utf-8"))
        paths = {str(entry[0]) for entry in manifest["files"]} if manifest["generator"] == "sitegen" else set()
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return set()
    return {path for path in paths if path and not path.startswith("/") and ".." not in path.split("/")} | (
        {MANIFEST} if paths else set()
    )
