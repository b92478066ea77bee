"""The style of the drawings: the palette, the style sheet for their classes, and standalone drawings.

In a page the theme's tokens (`--fg`, `--muted`, `--line`, `--bg`, `--c1` .. `--c12`) colour the drawings: the theme's
style sheet holds `STYLE` as it is. A drawing in a file of its own carries the same rules with the colours filled in.
"""

from __future__ import annotations

import re

PALETTE: dict[str, tuple[str, str]] = {
    "bg": ("#ffffff", "#0f1318"),
    "line": ("#d8dde4", "#2b333d"),
    "fg": ("#1a1f26", "#e6eaf0"),
    "muted": ("#57616c", "#9aa5b1"),
    "c1": ("#0b5cad", "#6cb2ff"),
    "c2": ("#2c9a88", "#3bbd9f"),
    "c3": ("#8c8b3d", "#aaa95c"),
    "c4": ("#e04e24", "#fb794d"),
    "c5": ("#e93172", "#fe6c93"),
    "c6": ("#617de6", "#919afb"),
    "c7": ("#b6770b", "#da950b"),
    "c8": ("#b151e3", "#d079f0"),
    "c9": ("#a17696", "#c891b3"),
    "c10": ("#2e93b1", "#2ab6d5"),
    "c11": ("#1da12b", "#5cc02f"),
    "c12": ("#7b8794", "#6f7b89"),
}
"""Each token in light and in dark."""

MARGIN = 12
"""Pixels of background around a standalone drawing."""

BEST_COLOUR, OTHER_COLOUR = 1, 12
"""The number of the accent, which the best run has and whatever is drawn alone; and of the grey of runs that were not
chosen."""

HUES = tuple(range(2, 12))
"""The numbers of the colours of runs that were chosen together: ten hues of one lightness."""

COLOURS = tuple(f"c{n}" for n in range(1, 13))

DASHES: dict[int, str] = {1: "5 4", 2: "2 3", 3: "9 3 2 3", 4: "12 5"}
"""The dashes of hues by the rest of their place among the hues divided by five; the first of five is a whole line. With
the mark at the curve's end, round for the first five and square for the others, no two hues look alike in grey."""


def _lines_of(rest: int) -> str:
    """The selector of the curves, and of their keys, whose hues have this dash."""
    names = ", ".join(f".c{hue}" for place, hue in enumerate(HUES) if place % 5 == rest)
    return f".drawing :is({names}) .line, .drawing .line:is({names})"


STYLE = "\n".join(
    [
        ".drawing { display: block; width: 100%; height: auto; overflow: visible; }",
        ".drawing text { font: 12px system-ui, sans-serif; fill: var(--muted); font-variant-numeric: tabular-nums; }",
        ".drawing .strong { fill: var(--fg); }",
        ".drawing .grid { stroke: var(--line); fill: none; shape-rendering: crispEdges; }",
        ".drawing .axis { stroke: var(--muted); fill: none; shape-rendering: crispEdges; }",
        ".drawing .line, .spark path { fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round;"
        " stroke-linejoin: round; }",
        ".drawing .band { fill: currentColor; opacity: .22; }",
        ".drawing .faint { opacity: .35; }",
        ".drawing .dots { fill: none; stroke: currentColor; stroke-width: 7; stroke-linecap: round; opacity: .75; }",
        ".drawing .hole { fill: none; stroke: var(--bg); stroke-width: 4; stroke-linecap: round; }",
        ".drawing .median { fill: none; stroke: var(--fg); stroke-width: 2; }",
        ".drawing .fill { fill: currentColor; }",
        ".drawing .end { fill: none; stroke: currentColor; stroke-width: 6; stroke-linecap: round; }",
        ".spark { color: var(--c1); overflow: visible; vertical-align: middle; }",
        ".drawing .lead { fill: none; stroke: currentColor; stroke-width: 1; opacity: .6; }",
        *(f".drawing .{name} {{ color: var(--{name}); }}" for name in COLOURS),
        *(f"{_lines_of(rest)} {{ stroke-dasharray: {dash}; }}" for rest, dash in DASHES.items()),
        ".drawing :is(.c7, .c8, .c9, .c10, .c11) :is(.end, .dots) { stroke-linecap: square; }",
    ]
)
"""The rules for the classes that `drawing.py` uses, with the theme's tokens."""


def resolved(text: str, *, dark: bool) -> str:
    """`text` with every `var(--token)` of the palette replaced by its colour."""
    return re.sub(r"var\(--(\w+)\)", lambda match: PALETTE[match[1]][dark], text)


def standalone(svg: str, dark: bool | None = None) -> str:
    """A drawing of `drawing.py` as a file of its own: name space, size, style and background inside, without
    references.

    It follows the reader's light or dark setting; `dark` true or false fixes one of them, as pictures (PNG) need.
    """
    opening, inside = svg.split(">", 1)
    width, height = (int(size) + 2 * MARGIN for size in re.findall(r'viewBox="0 0 (\d+) (\d+)"', opening)[0])
    label = re.findall(r'aria-label="[^"]*"', opening)[0]
    kind = re.findall(r'class="\w+"', opening)[0]
    box = f'viewBox="-{MARGIN} -{MARGIN} {width} {height}" width="{width}" height="{height}"'
    ground = f'<rect class="ground" x="-{MARGIN}" y="-{MARGIN}" width="{width}" height="{height}"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {kind} {box} role="img" {label}>'
    return f"{head}<style>{rules_alone(dark)}</style>{ground}{inside}"


def rules_alone(dark: bool | None) -> str:
    """The style sheet of a drawing in a file of its own, with the colours filled in; `dark` None has both."""
    rules = STYLE + "\n.ground { fill: var(--bg); }\n.drawing .title { font-size: 14px; font-weight: 600; }"
    # The file's own size holds where no page gives it one.
    rules = rules.replace(" display: block; width: 100%; height: auto; overflow: visible;", "")
    if dark is not None:
        return resolved(rules, dark=dark)
    coloured = "\n".join(line for line in rules.split("\n") if "var(--" in line)
    night = resolved(coloured, dark=True)
    return f"{resolved(rules, dark=False)}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}"
