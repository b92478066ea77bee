"""Figures of plotly and Vega-Embed in HTML and JSON files: their data, taken out of the file. No script of the file is
run.

A page that plotly writes calls `Plotly.newPlot("id", data, layout, config)`, where all but the first are JSON
(plotly/io/_html.py); a page of Vega-Embed holds `var spec = {...};`. The page in the site draws the figure with the
site's own copy of the library.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sitegen.markup.data_js import inline_json
from sitegen.viewers.blocks import Block, Facts, Plotly, Sentence
from sitegen.viewers.encodings import as_text
from sitegen.viewers.reading import DEPTH_CAP, Unreadable, deepest

MAX_FIGURES = 20
"""Maximum number of figures of one page."""
MAX_CALLS = 60
"""Maximum number of calls in a page that are tried; plotly.js itself has three that are not figures."""
MAX_FIGURE = 5_000_000
"""Maximum number of characters of a figure as JSON."""
DEFAULT_HEIGHT, MAX_HEIGHT = 450, 3000
"""Pixels; the first is plotly's own."""

_CALL = re.compile(r"Plotly\.(?:newPlot|react|plot)\(\s*")
_SPACE = re.compile(r"[\s,]*")
_VEGA = re.compile(r"\bspec\s*=\s*(?=\{)")
_DECODER = json.JSONDecoder()
_TAG = re.compile(r"<[^<>]*>")
_SCRIPT = re.compile(r"<(/?)script\b", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]*>[^<]*</title", re.IGNORECASE)
_NEEDS_TILES = re.compile(r"(?:map|mapbox)$|^(?:choropleth|scattergeo)$")


@dataclass(frozen=True, slots=True)
class Figure:
    """What plotly draws: traces, layout, and the frames of an animation."""

    data: list[Any]
    layout: Mapping[str, Any]

    @property
    def title(self) -> str:
        found = self.layout.get("title")
        text = found.get("text") if isinstance(found, Mapping) else found
        return " ".join(_TAG.sub(" ", text).split())[:200] if isinstance(text, str) else ""

    @property
    def height(self) -> int:
        """Pixels of the frame it is drawn in."""
        found = self.layout.get("height")
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return max(120, min(MAX_HEIGHT, round(found))) if is_number and found == found else DEFAULT_HEIGHT  # type: ignore[arg-type]


def figures_in_html(text: str) -> list[Figure]:
    """The figures that a page draws with plotly, in its order."""
    found: list[Figure] = []
    if "Plotly." not in text:
        return found
    for call in islice(_CALL.finditer(text), MAX_CALLS):
        figure = _figure_at(text, call.end()) if len(found) < MAX_FIGURES else None
        found += [figure] if figure else []
    return found


def _figure_at(text: str, at: int) -> Figure | None:
    """The figure whose call begins its arguments at `at`; None if they are not JSON."""
    try:
        name, at = _DECODER.raw_decode(text, at) if text[at : at + 1] == '"' else _quoted(text, at)
        data, at = _value(text, _SPACE.match(text, at).end())  # type: ignore[union-attr]
        if isinstance(data, Mapping):
            return figure_of(data)
        layout, _ = _value(text, _SPACE.match(text, at).end())  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        return None
    return figure_of({"data": data, "layout": layout}) if isinstance(name, str) else None


def _quoted(text: str, at: int) -> tuple[str, int]:
    """A name in single quotes, and where it ends."""
    end = text.find("'", at + 1, at + 300)
    if text[at : at + 1] != "'" or end < 0:
        raise ValueError("no name")
    return text[at + 1 : end], end + 1


def _value(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins at `at`. Raises ValueError; also for a value that is nested too deeply."""
    if text[at : at + 1] not in ("[", "{"):
        raise ValueError("no figure")
    value, end = _DECODER.raw_decode(text, at)
    if end - at > MAX_FIGURE or deepest(text[at:end]) > DEPTH_CAP:
        raise ValueError("too large")
    return value, end


def figure_of(value: object) -> Figure | None:
    """The figure that a JSON value is, in plotly's form `{"data": [...], "layout": {...}}`; None for others."""
    if not isinstance(value, Mapping) or not set(value) <= {"data", "layout", "frames", "config"}:
        return None
    data, layout = value.get("data"), value.get("layout", {})
    if not isinstance(data, list) or not isinstance(layout, Mapping) or not (data or "layout" in value):
        return None
    is_plotly = all(isinstance(trace, Mapping) and ("type" in trace or {"x", "y", "z"} & set(trace)) for trace in data)
    return Figure(data, layout) if is_plotly else None


def figures_in_json(text: str) -> list[Figure]:
    """The figures of a JSON file: one, or the list that stands for a page with several. Raises Unreadable."""
    if len(text) > MAX_FIGURE or deepest(text) > DEPTH_CAP:
        raise Unreadable("The figure is too large to be drawn here.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The file is not valid JSON.") from error
    figures = list(map(figure_of, value)) if isinstance(value, list) else [figure_of(value)]
    return [figure for figure in figures if figure]


def figures_json(figures: list[Figure]) -> bytes:
    """Figures in the form that `plotly.io.from_json` reads; several as a list."""
    values = [{"data": figure.data, "layout": figure.layout} for figure in figures]
    return json.dumps(values if len(values) > 1 else values[0], separators=(",", ":")).encode()


def looks_like_figure(head: str) -> bool:
    """Whether a JSON file begins like a plotly figure, for which a larger size is allowed."""
    return re.match(r'\s*\{\s*"data"\s*:\s*\[\s*\{', head) is not None


def plotly_view(figures: list[Figure]) -> Iterator[Block]:
    """Each figure with its facts; a sentence names what would need the web."""
    for number, figure in enumerate(figures, 1):
        kinds = Counter(str(trace.get("type", "scatter"))[:40] for trace in figure.data)
        traces = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        name = figure.title or (f"Figure {number}" if len(figures) > 1 else "Figure")
        try:
            value = inline_json({"data": figure.data, "layout": figure.layout})
        except ValueError:  # NaN and infinity are not JSON; plotly takes null for a gap
            value = inline_json(_finite({"data": figure.data, "layout": figure.layout}))
        yield Facts((("Plotly figure", name), ("Traces", traces or "none")))
        if any(_NEEDS_TILES.search(kind) for kind in kinds):
            yield Sentence("The map under it comes from the web, and is not drawn here.")
        yield Plotly(value, name, figure.height)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))) else value


def text_beside(text: str) -> str:
    """The text of a page outside scripts, styles and its title: empty if it has nothing but its figures."""
    first, *rest = _TITLE.sub("", without_scripts(text)).split("<style")
    words = [first, *(part.partition("</style")[2] for part in rest)]
    return " ".join(_TAG.sub(" ", f" {' '.join(words)} ").replace(">", " ").split())


def without_scripts(text: str) -> str:
    """`text` without its script elements. Not a security measure: the result is shown where no script can run."""
    parts, at = [], 0
    for found in _SCRIPT.finditer(text):
        if found.start() < at:
            continue
        parts.append(text[at : found.start()])
        closing = _closing(text, found.start())
        at = text.find(">", closing) + 1 if closing >= 0 else len(text)
        if at == 0 or closing < 0:
            return "".join(parts)
    return "".join((*parts, text[at:]))


def _closing(text: str, start: int) -> int:
    """Where the script that begins at `start` is closed; -1 if it is not."""
    for found in _SCRIPT.finditer(text, start + 1):
        if found[1]:
            return found.start()
    return -1


def vega_in_html(text: str) -> Mapping[str, Any] | None:
    """The chart of a page that Vega-Embed draws; None if there is none."""
    if "vegaEmbed" not in text:
        return None
    for found in islice(_VEGA.finditer(text), MAX_CALLS):
        try:
            value, _ = _value(text, found.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, Mapping) and "$schema" in value:
            return value
    return None


def extracted(data: bytes) -> bytes:
    """The figures of an HTML file that contains plotly.js and nothing else, as JSON; else empty. The library

    (4.8 MB), which the site has once, is left out.
    """
    if b"Plotly." not in data or b"plotly.js v" not in data:
        return b""
    text = as_text(data)
    figures = figures_in_html(text)
    return figures_json(figures) if figures and not text_beside(text) else b""
