"""Pages are values: HTML is made by templates, but for the one snippet that readers copy into pages of their own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import sitegen.pages

PAGES = Path(sitegen.pages.__file__).parent
TAG = re.compile(r"(?<!\?P)</?[a-z][a-z0-9]*[\s>/]")


def html_in(file: Path) -> list[str]:
    """The strings of a module that hold tags, docstrings apart."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node.value for node in strings if node not in docstrings and TAG.search(str(node.value))]


def test_no_page_module_puts_html_together() -> None:
    found = {file.name: html for file in sorted(PAGES.glob("*.py")) if (html := html_in(file))}
    assert [(name, len(html)) for name, html in found.items()] == [("figures.py", 1)]
    assert found["figures.py"][0].startswith('<iframe src="{}" data-sitegen')
