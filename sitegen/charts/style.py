"""The style of the drawings: the palette, the style sheet for their classes, and standalone drawings.

In a page the theme's tokens (`--fg`, `--muted`, `--line`, `--bg`, `--c1` .. `--c10`) colour the drawings: the theme's
style sheet holds `STYLE` as it is. A drawing in a file of its own carries the same rules with the colours filled in.
"""

from __future__ import annotations

import re

PALETTE: dict[str, tuple[str, str]] = {
    "bg": ("#ffffff", "#0f1318"),
    "line": ("#d8dde4", "#2b333d"),
    "fg": ("#1a1f26", "#e6eaf0"),
    "muted": ("#57616c", "#9aa5b1"),
    "c1": ("#0062d2", "#5a94ec"),
    "c2": ("#fd5903", "#ff8a3d"),
    "c3": ("#25a572", "#3cf0ae"),
    "c4": ("#906091", "#9a5c95"),
    "c5": ("#562e06", "#fbbb06"),
    "c6": ("#0a357c", "#b3cbf7"),
    "c7": ("#a47ddf", "#6152f2"),
    "c8": ("#843d4e", "#d98a9b"),
    "c9": ("#0b5cad", "#6cb2ff"),
    "c10": ("#7b8794", "#6f7b89"),
}
"""Each token in light and in dark."""

MARGIN = 12
"""Pixels of background around a standalone drawing."""

BEST_COLOUR, OTHER_COLOUR = 9, 10
"""The number of the best run's colour, and of that of runs without a colour of their own."""

COLOURS = tuple(f"c{n}" for n in range(1, 11))

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
        ".drawing .dash { stroke-dasharray: 5 4; }",
        ".drawing .dots { fill: none; stroke: currentColor; stroke-width: 7; stroke-linecap: round; opacity: .75; }",
        ".drawing .hole { fill: none; stroke: var(--bg); stroke-width: 4; stroke-linecap: round; }",
        ".drawing .median { fill: none; stroke: var(--fg); stroke-width: 2; }",
        ".drawing .fill { fill: currentColor; }",
        ".spark { color: var(--c1); overflow: visible; vertical-align: middle; }",
        ".drawing .lead { fill: none; stroke: currentColor; stroke-width: 1; opacity: .6; }",
        *(f".drawing .{name} {{ color: var(--{name}); }}" for name in COLOURS),
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
    return f"{head}<style>{_rules(dark)}</style>{ground}{inside}"


def _rules(dark: bool | None) -> str:
    rules = STYLE + "\n.ground { fill: var(--bg); }"
    # The file's own size holds where no page gives it one.
    rules = rules.replace(" display: block; width: 100%; height: auto; overflow: visible;", "")
    if dark is not None:
        return resolved(rules, dark=dark)
    coloured = "\n".join(line for line in rules.split("\n") if "var(--" in line)
    night = resolved(coloured, dark=True)
    return f"{resolved(rules, dark=False)}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}"
