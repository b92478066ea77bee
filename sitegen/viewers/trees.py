"""JSON and YAML values as folded lists."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from sitegen.analysis.words import plural
from sitegen.viewers.blocks import Tree

SHOWN_NODES = 3_000
"""Values of a document in its page."""
SHOWN_ITEMS = 200
"""Items of one list or mapping."""
SHOWN_TEXT = 500
OPEN_DEPTH = 2
OPEN_ITEMS = 30


def tree_view(value: object) -> Tree:
    """A parsed document, its outer levels open."""
    growing = _Growing()
    growing.node(None, value, 0)
    note = f"The first {SHOWN_NODES:,} values." if growing.left <= 0 else ""
    return Tree(f'<ul class="tree">{"".join(growing.html)}</ul>', note)


class _Growing:
    """Converts a tree to HTML; `left` counts down the values that may still be shown."""

    def __init__(self) -> None:
        self.html: list[str] = []
        self.left = SHOWN_NODES

    def node(self, key: str | None, value: object, depth: int) -> None:
        self.left -= 1
        name = f'<span class="k">{escape(key[:SHOWN_TEXT])}</span> ' if key is not None else ""
        if isinstance(value, Mapping) and value:
            self.branch(name, "{}", [(str(k), v) for k, v in value.items()], depth)
        elif isinstance(value, list | tuple) and value:
            self.branch(name, "[]", [(str(at), v) for at, v in enumerate(value)], depth)
        else:
            self.html.append(f"<li>{name}{_leaf(value)}</li>")

    def branch(self, name: str, brackets: str, items: list[tuple[str, object]], depth: int) -> None:
        is_open = depth < OPEN_DEPTH and (depth == 0 or len(items) <= OPEN_ITEMS)
        count = f'<span class="sub">{brackets[0]}{len(items):,}{brackets[1]}</span>'
        self.html.append(f"<li><details{' open' if is_open else ''}><summary>{name}{count}</summary><ul>")
        shown = 0
        for key, value in items[:SHOWN_ITEMS]:
            if self.left <= 0:
                break
            self.node(key, value, depth + 1)
            shown += 1
        if shown < len(items):
            self.html.append(f'<li class="sub">and {plural(len(items) - shown, "value") + " more"}</li>')
        self.html.append("</ul></details></li>")


def _leaf(value: object) -> str:
    """A value without parts; the class says its type."""
    if value is None:
        return '<span class="v n">null</span>'
    if isinstance(value, bool):
        return f'<span class="v n">{str(value).lower()}</span>'
    if isinstance(value, int | float):
        return f'<span class="v d">{escape(repr(value)[:SHOWN_TEXT])}</span>'
    if isinstance(value, str):
        text = value if len(value) <= SHOWN_TEXT else value[:SHOWN_TEXT] + "…"
        return f'<span class="v s">{escape(text)}</span>'
    if isinstance(value, Mapping):
        return '<span class="v">{}</span>'
    return (
        '<span class="v">[]</span>'
        if isinstance(value, list | tuple)
        else f'<span class="v s">{escape(str(value)[:SHOWN_TEXT])}</span>'
    )
