"""The recipes of docs/publishing.md, made from the templates of `sitegen init`: `python -m tests.docs.recipes` writes them.

A block below `<!-- recipe: NAME -->` is the file that `sitegen init --ci NAME` writes; `action` is made here. In the other
recipes only what pip installs is filled in.
"""

from __future__ import annotations

import re
from pathlib import Path

from sitegen import project
from sitegen.init.files import FILES, template

PAGE = Path(__file__).parents[2] / "docs" / "publishing.md"
ACTION = """      - uses: {slug}@v1
        with:
          store: mlflow.db
          site-url: ${{{{ steps.pages.outputs.base_url }}}}
          gate: |
            val_acc >= 0.9
"""
_BLOCK = re.compile(r"(<!-- recipe: (\w+) -->\n```\w+\n)(.*?)```", re.DOTALL)
_INSTALL = re.compile(r'(pip install(?: -q)?) (?:"mlruns-sitegen @ [^"]*"|mlruns-sitegen(?![\[\w]))')


def block(name: str, now: str) -> str:
    """The recipe NAME; `now` is what the page has."""
    if name in FILES:
        return template(name)
    if name == "action":
        return ACTION.format(slug=project.slug())
    return _INSTALL.sub(lambda found: f"{found[1]} {project.quoted_requirement()}", now)


def filled(page: str) -> str:
    """The page with its recipes made anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}{block(found[2], found[3])}```", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
    print(PAGE, "written")
