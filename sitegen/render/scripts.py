"""The order in which a page loads its scripts: the first line of each file names the files that it needs.

    // needs: grid.js, explorer.js; later: query.js

Scripts are classic scripts with `defer`, which run in the order of their elements. Files after `later` are loaded by
scripts on demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sitegen.errors import UsageError
from sitegen.render.themes import Theme

EVERY_PAGE = ("sitegen", "formats", "labels", "decode", "page", "points")

_FIRST_LINE = re.compile(r"// needs: ([^;\n]+)")


def load_order(theme: Theme, names: Iterable[str]) -> list[str]:
    """The scripts `names` and all that they need, each after the files that it needs. Raises UsageError if one is
    missing."""
    order: list[str] = []
    for name in names:
        _add(theme, name, order, ())
    return order


def needs_of(theme: Theme, name: str) -> list[str]:
    """The names in the first line of a script; none if it is `nothing` or the file, of a user's theme, has none."""
    file = theme.find(f"assets/js/{name}.js")
    if file is None:
        raise UsageError(f"The theme {theme.name} has no script {name}.js.")
    with file.open(encoding="utf-8") as lines:
        found = _FIRST_LINE.match(lines.readline())
    needed = found[1].strip().split(", ") if found else []
    return [one.removesuffix(".js") for one in needed if one != "nothing"]


def _add(theme: Theme, name: str, order: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise UsageError(f"The scripts {', '.join((*above, name))} depend on each other.")
    for needed in needs_of(theme, name):
        if needed not in order:
            _add(theme, needed, order, (*above, name))
    if name not in order:
        order.append(name)
