"""`sitegen embed`: one chart as a picture or as a page in one file."""

from __future__ import annotations

from html import escape
from pathlib import Path

from sitegen.build.one_chart import OneChart, one_chart
from sitegen.config import Config
from sitegen.config.places import store_around
from sitegen.errors import UsageError
from sitegen.stores.contract import Progress

ENDINGS = (".svg", ".png", ".html")
STYLE = (
    "body{margin:16px;font:14px/1.5 system-ui,sans-serif;color-scheme:light dark}svg{max-width:100%;height:auto}"
    "td,th{padding:2px 12px 2px 0;text-align:left}"
)


def embed(config: Config, chart: str, file: Path, progress: Progress) -> None:
    """Write a chart to `file`, in the form that its ending says. Raises UsageError, and as `build`."""
    if file.suffix not in ENDINGS:
        raise UsageError(f"{file} must end with .svg, .png or .html.")
    if store_around(file.absolute().parent):
        raise UsageError(f"{file} is inside a store, which is never written to; choose another file with -o.")
    data = _content(one_chart(config, chart, progress), file.suffix)
    try:
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    except OSError as error:
        raise UsageError(f"Cannot write {file}: {error.strerror}; choose another file with -o.") from error


def _content(found: OneChart, ending: str) -> str | bytes:
    if ending == ".html":
        return _page(found)
    if ending not in found.files:
        raise UsageError("A picture as PNG needs vl-convert; pip install 'mlruns-sitegen[images]', or write SVG.")
    return found.files[ending]


def _page(found: OneChart) -> str:
    """A page without scripts: the picture, and its data as a table."""
    view, svg = found.view, str(found.files[".svg"])
    head = "".join(f"<th>{escape(column)}</th>" for column in view.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in view.rows)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(view.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{svg}"
        f"<details><summary>Data</summary><table><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></details>\n"
        f"</body>\n</html>\n"
    )
