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
MAX_LINES = 3
DRAWING = WIDTH - 2 * EDGE, 138
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


def card(words: CardWords, chart: Chart | None) -> bytes:
    """The picture as PNG. Raises ImportError where vl-convert is not installed."""
    return png(card_svg(words, chart))


def card_svg(words: CardWords, chart: Chart | None) -> str:
    """The picture as SVG, half as large; `chart` None leaves the lower half to the words."""
    left = WIDTH - 2 * EDGE - (_NUMBER_WIDTH if words.value else 0)
    lines = list(itertools.islice(wrapped(words.said, left * _TEXT_SIZE / 14), MAX_LINES))
    texts = [
        _text(EDGE, 40, words.site, 13, left),
        _text(EDGE, 72, words.title, 27, left, "strong"),
        *(_text(EDGE, 98 + 20 * at, line, 14, left) for at, line in enumerate(lines)),
    ]
    if words.value:
        right = WIDTH - EDGE
        texts += [_text(right, 40, words.measure, 13, _NUMBER_WIDTH - 16, at="end")]
        texts += [_text(right, 78, words.value, 32, _NUMBER_WIDTH - 16, "strong", at="end")]
    drawing = _drawing(chart) if chart else ""
    ground = '<rect class="ground" width="100%" height="100%"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}"><style>{rules_alone(False)}</style>{ground}{"".join(texts)}{drawing}</svg>'
    )


def _drawing(chart: Chart) -> str:
    """The drawing at the lower edge, no larger than its room."""
    opening, inside = drawn_at(chart, *DRAWING, names=False).split(">", 1)
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', opening)[0])
    scale = min(1, DRAWING[0] / width, DRAWING[1] / height)
    place = f"translate({EDGE} {HEIGHT - 14 - height * scale:.0f}) scale({scale:.3f})"
    return f'<g transform="{place}">{inside.removesuffix("</svg>")}</g>'


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
