"""What shows an experiment elsewhere: the pictures of links in chats and social networks, and badges.

A picture of a link is 1200 x 630 pixels, drawn half as large. It is seen small and on any ground, so it has few words,
large ones, and one drawing.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from sitegen.charts.chart import Chart
from sitegen.charts.drawing import escape, fitted, text_width
from sitegen.charts.pictures import png, wrapped
from sitegen.charts.redraw import drawn_at
from sitegen.charts.style import rules_alone

WIDTH, HEIGHT = 600, 315
EDGE = 32
MAX_LINES = 2
DRAWING = WIDTH - 2 * EDGE, 132
TABLE_COLUMNS, TABLE_ROWS, ROW_HEIGHT = 5, 6, 22
NAMES_SHARE = 0.34
"""The part of a table's width that its names have."""
_TEXT_SIZE = 12
_NUMBER_WIDTH = 190


class CardWords(NamedTuple):
    """What a card says."""

    site: str
    title: str
    value: str
    """The best value; empty for none."""
    measure: str
    """What it is of: `lowest val_loss`."""
    said: str
    """The verdict, or what else there is to say in a sentence."""


class CardTable(NamedTuple):
    """The start of a table: its headings, and rows of as many cells; the first column has names, the others values."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def card(words: CardWords, below: Chart | CardTable | None) -> bytes:
    """The picture as PNG. Raises ImportError where vl-convert is not installed."""
    return png(card_svg(words, below))


def card_svg(words: CardWords, below: Chart | CardTable | None) -> str:
    """The picture as SVG, half as large; with nothing `below`, the lower half is left to the words."""
    whole = WIDTH - 2 * EDGE
    left = whole - (_NUMBER_WIDTH if words.value else 0)
    lines = list(itertools.islice(wrapped(words.said, whole * _TEXT_SIZE / 14), MAX_LINES))
    texts = [
        _text(EDGE, 40, words.site, 13, left),
        _text(EDGE, 72, words.title, 27, left, "strong"),
        *(_text(EDGE, 98 + 20 * at, line, 14, whole) for at, line in enumerate(lines)),
    ]
    if words.value:
        right = WIDTH - EDGE
        texts += [_text(right, 40, words.measure, 13, _NUMBER_WIDTH - 16, at="end")]
        texts += [_text(right, 78, words.value, 32, _NUMBER_WIDTH - 16, "strong", at="end")]
    drawing = _table(below) if isinstance(below, CardTable) else _drawing(below) if below else ""
    ground = '<rect class="ground" width="100%" height="100%"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}"><style>{rules_alone(False)}</style>{ground}{"".join(texts)}{drawing}</svg>'
    )


def _drawing(chart: Chart) -> str:
    """The drawing at the lower edge, no larger than its room, and what it shows above it."""
    opening, inside = drawn_at(chart, *DRAWING, names=False).split(">", 1)
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', opening)[0])
    scale = min(1, DRAWING[0] / width, DRAWING[1] / height)
    place = f"translate({EDGE} {HEIGHT - 14 - height * scale:.0f}) scale({scale:.3f})"
    said = _text(EDGE, HEIGHT - 14 - DRAWING[1] - 8, chart.y.title if chart.kind == "curves" else "", 12, DRAWING[0])
    return f'{said}<g transform="{place}">{inside.removesuffix("</svg>")}</g>'


def _table(table: CardTable) -> str:
    """As many rows and columns as there is room for, at the lower edge."""
    columns = len(table.head[:TABLE_COLUMNS])
    names = DRAWING[0] * NAMES_SHARE if columns > 1 else DRAWING[0]
    width = (DRAWING[0] - names) / max(1, columns - 1)
    lines = (table.head, *table.rows)[: TABLE_ROWS + 1]
    top = HEIGHT - 14 - ROW_HEIGHT * TABLE_ROWS
    drawn = []
    for line, cells in enumerate(lines):
        y = top + ROW_HEIGHT * line
        for column, text in enumerate(cells[:columns]):
            x, room, at = (EDGE, names, "start") if not column else (EDGE + names + width * column, width, "end")
            drawn.append(_text(x, y, text, 13, room - 12, "strong" if line and not column else "", at))
    return "".join(drawn)


def _text(x: float, y: float, text: str, size: int, room: float, css: str = "", at: str = "start") -> str:
    """A line of text of `size` pixels, cut to `room`."""
    style = f"font-size: {size}px" + ("; font-weight: 600" if css else "")
    cut = escape(fitted(text, room * _TEXT_SIZE / size))
    return f'<text class="{css}" style="{style}" text-anchor="{at}" x="{x:.0f}" y="{y:.0f}">{cut}</text>'


def badge_svg(label: str, message: str, colour: str) -> str:
    """A badge: a label on grey and a message on `colour` (six hexadecimal digits), 20 pixels high."""
    left, right = (round(text_width(text) * 11 / 12) + 12 for text in (label, message))
    texts = "".join(
        f'<text x="{x}" y="14" textLength="{width - 12}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for x, width, text in ((6, left, label), (left + 6, right, message))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img">'
        f"<title>{escape(label)}: {escape(message)}</title>"
        f'<rect width="{left + right}" height="20" rx="3" fill="#444"/>'
        f'<path fill="#{colour}" d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3}z"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g></svg>\n'
    )
