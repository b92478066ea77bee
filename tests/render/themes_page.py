#!/usr/bin/env python3
"""Write docs/themes.md: its beginning from here, what templates are given from the classes of pages.

python -m tests.render.themes_page
"""

from __future__ import annotations

import types
import typing
from collections import Counter
from pathlib import Path
from typing import Any

from sitegen.pages.page import Page, Site
from tests.render.contexts import NOT_FOR_THEMES, classes, explanations, hints, is_record, pages, written

FILE = Path(__file__).parent.parent.parent / "docs" / "themes.md"

BEGINNING = """\
# Themes

A theme is a folder with a `theme.toml`, named by `theme` in `sitegen.toml` or by `--theme`. Each file in it replaces
the file with the same path of the theme that it extends, so most themes are two files:

```
ours/theme.toml                   extends = "default"
ours/assets/css/custom.css        :root { --accent: teal }
```

A name without a `/` is that of a built-in theme; a folder is named by a path, such as `./ours`.
`extends` takes a built-in theme (`default` if it is left out), or a path from the theme's folder to one beside it or in it,
such as `"../base"`. Links that leave a theme are not followed. `custom.css` of the default theme is empty and comes after all other styles. The tokens for
colours, type and spacing are in [`tokens.css`](../themes/default/assets/css/tokens.css); the theme `paper` sets some of
them and changes nothing else.

`sitegen theme preview ./ours -o preview` makes one page with every component in its states (verdicts, statuses, tables,
charts, messages, long names), light and dark, with example values. [The design](design.md) says what they are for.

## Templates

A theme may also hold templates, in `templates/`, written in [Jinja](https://jinja.palletsprojects.com/). Those of the
default theme are in [`themes/default/templates`](../themes/default/templates): replace a whole one, or extend
`base.html` and fill its blocks (`policy`, `description`, `scripts`, `header`, `main`, `footer`). Templates are programs:
use themes of people you trust.

Templates are given these names:

| name | |
|---|---|
| `page` | the values of the page that is rendered; its fields are below |
| `site` | what all pages share |
| `url(...)` | the function that makes an address relative to the page: `<a href="{{ url(page.experiment_href) }}">` |
| `rooted(...)` | finished HTML with addresses of the site in it (notes, Markdown), for this page: `{{ rooted(page.note) }}` |
| `preview(...)` | description, Open Graph and Twitter tags, and the canonical address: `{{ preview(page) }}` in the head |
| `scripts(...)` | what loads the scripts of these names and those that they need: `{{ scripts("table", "charts") }}` |
| `root` | the way from the page to the site's root, such as `../`, for scripts |

- Texts are final: rounded, with their unit, and empty where there is nothing to say. Everything that is printed is
  escaped, but for the fields called finished HTML or finished SVG, which take `|safe`.
- Every field of the type "address" goes through `url`, and so do addresses that you write: `{{ url('index.html') }}`.
- A name that a page does not have stops the build with an error message.
- Scripts look for `data-` attributes and ids; the default templates show which
  ([architecture](architecture.md#hooks-between-html-and-scripts)).

What follows is made from the classes in `sitegen/pages/` by `python -m tests.render.themes_page`.
"""


def text() -> str:
    """The whole of docs/themes.md."""
    own = dict.fromkeys(pages().values())
    rest = [one for one in classes() if one not in own and one is not Site]
    table = [f"| `{template}` | {link(page)} | {first_line(page)} |" for template, page in pages().items()]
    parts = [
        BEGINNING,
        "## Pages\n\n| template | `page` is a | |\n|---|---|---|\n" + "\n".join(table) + "\n",
        "Every page has these:\n\n" + rows(written(Page), hints_of_page()),
        section(Site, "`site`"),
        *(section(one) for one in own),
        "## What pages hold\n",
        *(section(one) for one in rest),
    ]
    return "\n".join(parts)


def hints_of_page() -> dict[str, Any]:
    return {name: hints(Page)[name] for name in written(Page)}


def section(one: type, heading: str = "") -> str:
    """A class: what it is, and a table of its fields, those of every page left out."""
    common = written(Page) if one in pages().values() else {}
    own = {name: said for name, said in explanations(one).items() if name in hints(one) and name not in common}
    own = {name: said for name, said in own.items() if (one.__name__, name) not in NOT_FOR_THEMES}
    return f"### {heading or title(one)}\n\n{first_line(one)}\n\n{rows(own, hints(one))}"


def rows(said: dict[str, str], of: dict[str, Any]) -> str:
    lines = [f"| `{name}` | {kind(of[name])} | {' '.join(line.split())} |" for name, line in said.items()]
    return "| field | type | |\n|---|---|---|\n" + "\n".join(lines) + "\n" if lines else ""


def first_line(one: type) -> str:
    return (one.__doc__ or "").partition("\n")[0]


def title(one: type) -> str:
    """The class's name, with its module where several are called so."""
    same = Counter(other.__name__ for other in classes())[one.__name__] > 1
    return f"{one.__name__} ({one.__module__.rpartition('.')[2]})" if same else one.__name__


def link(one: type) -> str:
    anchor = title(one).lower().replace(" ", "-").replace("(", "").replace(")", "")
    return f"[{one.__name__}](#{anchor})"


def kind(hint: Any) -> str:
    """A type in words: `list of MetricLine`, `text, text`, `Leaderboard or none`."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if is_record(hint):
        return link(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(kind(part) for part in parts)
    if origin is tuple and parts[-1] is Ellipsis:
        inner = kind(parts[0])
        return f"list of ({inner})" if "," in inner else f"list of {inner}"
    if origin is tuple:
        return ", ".join(map(kind, parts))
    if origin is not None:
        return f"mapping of {kind(parts[0])} to {kind(parts[1])}"
    words = {str: "text", bool: "yes or no", int: "whole number", type(None): "none"}
    return words[hint] if hint in words else {"Href": "address"}[hint.__name__]


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
    print(f"{FILE} written")
