"""Styles, scripts and third-party files, in one folder that is named after their content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from sitegen.errors import UsageError
from sitegen.markup.data_js import data_script
from sitegen.output import Stage
from sitegen.render.themes import Theme

STYLES = (
    "tokens", "layout", "components", "charts", "explorer", "artifacts", "models", "scores", "custom", "print",
)  # fmt: skip
"""The style sheets, joined in this order into one."""

PAGE_STYLES = ("analysis", "previews")
"""Style sheets of some kinds of page, which only those load."""

_COMMENT = re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
"""A comment on lines of its own; readers of a site need none, and they are a tenth of the styles."""

PLOTLY = "plotly.js-dist-min-4.1.2"
PLOTLY_FILE = "data/libraries/plotly.js"
"""The text of plotly.js, in sites with plotly figures."""


def write_assets(theme: Theme, stage: Stage) -> str:
    """Write the files of `theme`; gives the folder, from the site's root, with a slash at its end."""
    files = {path: file.read_bytes() for path, file in theme.files("assets").items()}
    vendor = {path: file.read_bytes() for path, file in theme.files("vendor").items() if _ships(path)}
    styles = b"".join(_style_sheet(files, name) for name in STYLES)
    shipped = {path.removeprefix("assets/"): data for path, data in files.items() if not path.startswith("assets/css/")}
    shipped |= {"site.css": styles, **vendor}
    shipped |= {f"{name}.css": _style_sheet(files, name) for name in PAGE_STYLES}
    # Pages of other people load this one: its address must outlive the content of all others.
    stage.write("charts/embed.js", shipped.pop("js/embed.js"))
    digest = hashlib.sha256(b"".join(path.encode() + data for path, data in sorted(shipped.items()))).hexdigest()[:10]
    for path, data in sorted(shipped.items()):
        stage.write(f"assets/{digest}/{path}", data)
    return f"assets/{digest}/"


def _style_sheet(files: Mapping[str, bytes], name: str) -> bytes:
    """A style sheet without the comments of the built-in ones; what a theme adds stays as it is."""
    sheet = files[f"assets/css/{name}.css"]
    return sheet if name == "custom" else _COMMENT.sub(b"", sheet)


def plotly_script(theme: Theme) -> str:
    """The file from which pages take the text of plotly.js, which they hand to frames that may load nothing.

    Raises UsageError when a theme lacks it.
    """
    licence, library = theme.find(f"vendor/{PLOTLY}/LICENSE"), theme.find(f"vendor/{PLOTLY}/plotly.min.js")
    if licence is None or library is None:
        raise UsageError(f"The theme {theme.name} has no vendor/{PLOTLY}, which plotly figures are drawn with.")
    notice = licence.read_text("utf-8").replace("*/", "* /")
    return f"/*\n{notice}*/\n{data_script('libraries/plotly', library.read_text('utf-8'))}"


def _ships(path: str) -> bool:
    """Whether every site has a vendored file: what runs and its licence, not how it was fetched, nor plotly.js."""
    return PLOTLY not in path and path.endswith((".js", ".css")) or Path(path).name.startswith("LICENSE")
