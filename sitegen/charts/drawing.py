"""Drawings for first paint: charts as small SVG strings, without scripts, ids or inline style.

All numbers are drawn by pure functions: same values, same bytes. Coordinates are pixels at the drawing's own width
(640, or 360 for small multiples), where text is 12 pixels; the page's style sheet scales a drawing to its container.
The policy of the pages forbids inline style, so colour and weight come from classes (rules in `style.py`):

- `drawing` on each chart's `<svg>`, `spark` on a sparkline's
- `c1` .. `c12` on a group: the series colour, used below it as `currentColor`, and its dash: `c1` the accent, `c12` the
  grey of runs that were not chosen, between them the hues of those that were
- `line` a curve, `end` the mark at its end, `lead` from there to its name, `faint` an earlier attempt of a resumed run,
  `band` the area around it, `dots` points (sub-paths of no length with round caps), `hole` the background inside the
  point of a run that did not finish, `fill` bars and end points, `median` a tick
- `grid` and `axis` hairlines, `strong` text that is read first (other text is muted)

This module has what all drawings share; `curves_svg.py` draws curves, `runs_svg.py` one mark per run.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from os.path import commonprefix
from typing import NamedTuple

from sitegen.charts.axes import Axis
from sitegen.charts.paths import pixels

LINE_HEIGHT = 14
SEPARATORS = "-_/.:= "
"""Where a beginning that names share may be cut off."""
ROW_HEIGHT = 28
LABEL_GAP = 6


class Frame(NamedTuple):
    """The rectangle inside the axes, in pixels from the drawing's upper left corner."""

    left: float
    right: float
    top: float
    bottom: float


def drawing(width: int, height: int, body: Sequence[str], label: str, *, empty: bool, hooks: str = "") -> str:
    """The drawing around `body`; `hooks` are further attributes, from which scripts know its axes."""
    if empty:
        body = [text_at(width / 2, height / 2, "nothing to draw", width, anchor="middle")]
    return (
        f'<svg class="drawing" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}"{hooks}>'
        + "".join(body)
        + "</svg>"
    )


def frame_of(width: int, height: int, y_axis: Axis, right: float, top: float = 24.0) -> Frame:
    """The frame in whole pixels, so that lines are sharp and numbers short; `right` is the room beside it, `top` the
    room above it."""
    left = max([text_width(label) for label in y_axis.labels], default=0.0) + LABEL_GAP + 2
    return Frame(math.ceil(min(left, width / 2)), math.floor(width - min(right, width / 3)), top, height - 38.0)


def rows_frame(width: int, names: Sequence[str], right: float, below: int) -> Frame:
    left = min(max([text_width(name) for name in names], default=0.0) + 8, width * 0.35)
    top = 6.0 if below > 20 else 24.0
    return Frame(left, width - right, top, top + ROW_HEIGHT * max(1, len(names)))


def axes(frame: Frame, x_axis: Axis, y_axis: Axis, x_title: str, y_title: str, *, x_grid: bool = False) -> str:
    places = [round(float(y)) for y in y_axis.place(y_axis.ticks, frame.bottom, frame.top)]
    grid = "".join(f"M{pixels(frame.left)} {pixels(y)}H{pixels(frame.right)}" for y in places)
    labels = "".join(
        f'<text x="{pixels(frame.left - LABEL_GAP)}" y="{pixels(y + 4)}">{text}</text>'
        for y, text in zip(places, y_axis.labels, strict=True)
    )
    title = text_at(0, 12, y_title, frame.right)
    return f'<path class="grid" d="{grid}"/><g text-anchor="end">{labels}</g>{title}' + x_ticks(
        frame, x_axis, x_title, grid=x_grid
    )


def x_ticks(frame: Frame, axis: Axis, title: str, *, grid: bool) -> str:
    places = [round(float(x)) for x in axis.place(axis.ticks, frame.left, frame.right)]
    rise = frame.bottom - frame.top if grid else -4
    lines = "".join(f"M{pixels(x)} {pixels(frame.bottom)}v{pixels(-rise)}" for x in places)
    labels = "".join(
        f'<text x="{pixels(_inside(x, text, frame))}" y="{pixels(frame.bottom + 17)}">{text}</text>'
        for x, text in zip(places, axis.labels, strict=True)
    )
    return (
        f'<path class="grid" d="{lines}"/>'
        f'<path class="axis" d="M{pixels(frame.left)} {pixels(frame.bottom)}H{pixels(frame.right)}"/>'
        f'<g text-anchor="middle">{labels}</g>'
        + text_at(frame.right, frame.bottom + 33, title, frame.right - frame.left, anchor="end")
    )


def _inside(x: float, text: str, frame: Frame) -> float:
    """The middle of a tick's label, moved so that the label stays inside the drawing."""
    return min(x, frame.right + 14 - text_width(text) / 2)


def axis_hook(name: str, axis: Axis, start: float, end: float) -> str:
    """An attribute from which scripts place values: the ends of `axis` and where they are, in pixels of the drawing."""
    log = " log" if axis.log else ""
    return f' data-{name}="{axis.lo!r} {axis.hi!r} {pixels(start)} {pixels(end)}{log}"'


def x_count(width: int) -> int:
    return 8 if width > 480 else 4


def colour_class(number: int) -> str:
    """The class of a colour: 1 for the best run or what is drawn alone, 2 to 11 the hues, 12 the grey of the others."""
    return f"c{number}"


def text_at(x: float, y: float, text: str, room: float, *, anchor: str = "", strong: bool = False) -> str:
    if not text:
        return ""
    attributes = (' class="strong"' if strong else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text{attributes} x="{pixels(x)}" y="{pixels(y)}">{escape(fitted(text, room))}</text>'


def text_width(text: str) -> float:
    """About how wide a string of 12 pixels is; fonts differ, so a little too wide rather than too narrow."""
    if text.isascii():
        return 7.2 * len(text)
    return sum(12.0 if c == "…" or unicodedata.east_asian_width(c) in "WF" else 7.2 for c in text)


def fitted(text: str, room: float) -> str:
    """`text`, cut with an ellipsis to be no wider than `room`."""
    text = text[:500]
    if text_width(text) <= room + 0.1:  # what was measured to fit must not fail by a rounding
        return text
    while text and text_width(text) + 9 > room:
        text = text[:-1]
    return text.rstrip() + "…"


def fitted_apart(texts: Sequence[str], room: float) -> list[str]:
    """Names beside each other, each no wider than `room`: cut where they agree, at a common beginning and in their
    middles. `fittedApart` in themes/default/assets/js/curve-ticks.js does the same; change both."""
    texts = [text[:500] for text in texts]
    if all(text_width(text) <= room + 0.1 for text in texts):
        return texts
    start = _common_start(texts)
    return [_cut_middle("…" + text[start:] if start else text, room) for text in texts]


def _common_start(texts: Sequence[str]) -> int:
    """How many characters all of `texts` begin with, up to a separator; 0 where that is not worth an ellipsis."""
    if len(texts) < 2:
        return 0
    common = commonprefix(list(texts))
    length = max(common.rfind(one) for one in SEPARATORS) + 1
    return length if length > 2 and all(len(text) > length for text in texts) else 0


def _cut_middle(text: str, room: float) -> str:
    if text_width(text) <= room + 0.1:
        return text
    for kept in range(min(len(text) - 1, int(room / 7)), 1, -1):
        cut = f"{text[: (kept + 1) // 2].rstrip()}…{text[len(text) - kept // 2 :].lstrip()}"
        if text_width(cut) <= room + 0.1:
            return cut
    return fitted(text, room)


# What XML 1.0 has no place for, however it is written: control characters, lone surrogates, the two non-characters.
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
# What turns the direction of the text around it, named as pages name it.
_TURNING = {code: f"⟨U+{code:04X}⟩" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_ESCAPES = (
    _ILLEGAL | _TURNING | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
)


def escape(text: str) -> str:
    """`text` for an element or a quoted attribute of SVG, without the characters that XML forbids.

    Those that turn the direction of text are named.
    """
    return text.translate(_ESCAPES)
