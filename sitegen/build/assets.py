"""Styles, scripts and third-party files, in one folder that is named after their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sitegen.output import Stage
from sitegen.render.themes import Theme

STYLES = (
    "tokens", "layout", "components", "charts", "analysis", "explorer", "artifacts", "models", "custom", "print",
)  # fmt: skip
"""The style sheets, joined in this order into one."""

PAGE_STYLES = ("previews",)
"""Style sheets of one kind of page, which only that kind loads."""


def write_assets(theme: Theme, stage: Stage) -> str:
    """Write the files of `theme`; gives the folder, from the site's root, with a slash at its end."""
    files = {path: file.read_bytes() for path, file in theme.files("assets").items()}
    vendor = {path: file.read_bytes() for path, file in theme.files("vendor").items() if _ships(path)}
    styles = b"".join(files[f"assets/css/{name}.css"] for name in STYLES)
    shipped = {path.removeprefix("assets/"): data for path, data in files.items() if not path.startswith("assets/css/")}
    shipped |= {"site.css": styles, **vendor}
    shipped |= {f"{name}.css": files[f"assets/css/{name}.css"] for name in PAGE_STYLES}
    # Pages of other people load this one: its address must outlive the content of all others.
    stage.write("charts/embed.js", shipped.pop("js/embed.js"))
    digest = hashlib.sha256(b"".join(path.encode() + data for path, data in sorted(shipped.items()))).hexdigest()[:10]
    for path, data in sorted(shipped.items()):
        stage.write(f"assets/{digest}/{path}", data)
    return f"assets/{digest}/"


def _ships(path: str) -> bool:
    """Whether a vendored file is for readers: what runs and its licence, not how it was fetched."""
    return path.endswith((".js", ".css")) or Path(path).name.startswith("LICENSE")
