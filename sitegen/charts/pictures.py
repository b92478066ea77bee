"""Pictures of a chart for places that have nothing else: title, caption and legend are in them, with the drawing.

They hold no reference, script or font. One follows the reader's light or dark setting; the others are fixed.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import NamedTuple

from sitegen.charts.chart import Chart
from sitegen.charts.drawing import LINE_HEIGHT, colour_class, escape, fitted, text_width
from sitegen.charts.redraw import drawn_at
from sitegen.charts.style import MARGIN, rules_alone

WIDTH, HEIGHT = 720, 320
NARROW, NARROW_HEIGHT = 336, 220
"""Size of the drawing in a picture, and in one for phones; the margins come on top of that."""
NAMED_FROM = 480
"""The width from which there is room for names beside curves."""
MAX_CAPTION_LINES = 3
MAX_LEGEND = 12
SCALE = 2
"""Pixels of a PNG for one of the drawing."""
PNG_COLOURS = 64
"""Colours of a PNG: a third of the bytes that it has with all of them."""
KEY = 22
"""Width of a key in a legend, with the room behind it."""


class Words(NamedTuple):
    """What a picture says beside its drawing."""

    title: str
    caption: str
    source: str
    """Where it is from; empty for nothing."""


def picture(chart: Chart, words: Words, size: tuple[int, int] = (WIDTH, HEIGHT), dark: bool | None = None) -> str:
    """A picture of `chart` as SVG; `size` is that of the drawing. `dark` None follows the reader's setting."""
    width, height = size
    svg = drawn_at(chart, width, height, names=width >= NAMED_FROM)
    opening, inside = svg.split(">", 1)
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', opening)[0])
    head, top = _head(chart, words, width)
    legend, below = _legend(chart, width, top + height) if size[0] < NAMED_FROM else ("", 0)
    whole = top + height + below + (LINE_HEIGHT + 4 if words.source else 0)
    foot = _text(0, whole - 2, fitted(words.source, width)) if words.source else ""
    box = f"-{MARGIN} -{MARGIN} {width + 2 * MARGIN} {whole + 2 * MARGIN}"
    [named] = re.findall(r'aria-label="([^"]*)"', opening)
    label = f"{escape(words.title)}: {named}"
    ground = f'<rect class="ground" x="-{MARGIN}" y="-{MARGIN}" width="100%" height="100%"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="{box}" width="{width + 2 * MARGIN}"'
        f' height="{whole + 2 * MARGIN}" role="img" aria-label="{label}"><style>{rules_alone(dark)}</style>{ground}'
        f'{head}<g transform="translate(0 {top})">{inside.removesuffix("</svg>")}</g>{legend}{foot}</svg>'
    )


def has_pictures() -> bool:
    """Whether PNGs can be made: what draws them, vl-convert, is installed."""
    return find_spec("vl_convert") is not None


def png(svg: str) -> bytes:
    """A picture with fixed colours as PNG, twice its size. Raises ImportError where vl-convert is not installed."""
    import vl_convert
    from PIL import Image

    drawn = Image.open(io.BytesIO(vl_convert.svg_to_png(_without_is(svg), scale=SCALE))).convert("RGB")
    few = drawn.quantize(PNG_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette, ground = few.getpalette() or [], few.getpixel((0, 0))
    assert isinstance(ground, int)
    # The ground keeps its colour exactly, so that it can be that of a page.
    palette[3 * ground : 3 * ground + 3] = drawn.getpixel((0, 0))
    few.putpalette(palette)
    found = io.BytesIO()
    few.save(found, "PNG")
    return found.getvalue()


def _head(chart: Chart, words: Words, width: int) -> tuple[str, int]:
    """Title and caption, and how high they are."""
    said = f"{chart.x.title} by {chart.y.title}" if chart.kind == "strip" else f"{chart.y.title} by {chart.x.title}"
    about = said if chart.kind in ("curves", "strip") and said != words.title else ""
    lines = list(wrapped(" · ".join(filter(None, (about, words.caption))), width))[:MAX_CAPTION_LINES]
    title = f'<text class="strong title" x="0" y="12">{escape(fitted(words.title, width * 0.85))}</text>'
    texts = [_text(0, 30 + 16 * at, line) for at, line in enumerate(lines)]
    return title + "".join(texts), 24 + 16 * len(lines)


def wrapped(text: str, width: float) -> Iterator[str]:
    """`text` in lines no wider than `width`, each cut where a word is wider."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer) > width:
            yield line
            longer = word
        line = fitted(longer, width)
    if line:
        yield line


def _legend(chart: Chart, width: int, top: float) -> tuple[str, int]:
    """The keys of several curves below the drawing, and how high they are."""
    series = [one for one in chart.data if not one.faint] if chart.kind == "curves" else []
    if len(series) < 2:
        return "", 0
    x, row, drawn = 0.0, 0, []
    for one in series[:MAX_LEGEND]:
        name = fitted(one.label, width - KEY)
        if x and x + KEY + text_width(name) > width:
            x, row = 0.0, row + 1
        y = round(top + 16 + 18 * row)
        drawn.append(f'<path class="line {colour_class(one.colour)}" d="M{x:.0f} {y - 4}h16"/>')
        drawn.append(_text(x + KEY, y, name, "strong"))
        x += KEY + text_width(name) + 12
    if len(series) > MAX_LEGEND:
        drawn.append(_text(0, round(top + 16 + 18 * (row + 1)), f"{len(series) - MAX_LEGEND} more", ""))
        row += 1
    return "".join(drawn), 18 * (row + 1) + 8


def _text(x: float, y: float, text: str, css: str = "") -> str:
    named = f' class="{css}"' if css else ""
    return f'<text{named} x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'


def _without_is(svg: str) -> str:
    """The rules of a picture without `:is(...)`, which the renderer of PNGs does not know: a selector for each."""
    return re.sub(r"[^{}>]*:is\([^{}]*(?=\{)", lambda rule: ", ".join(_spelt(rule[0])) + " ", svg)


def _spelt(selectors: str) -> Iterator[str]:
    for selector in re.split(r",\s*(?![^()]*\))", selectors.strip()):
        parts = re.split(r":is\(([^()]*)\)", selector)
        choices = [part.split(", ") if at % 2 else [part] for at, part in enumerate(parts)]
        yield from map("".join, itertools.product(*choices))
