"""Links: pages hold addresses from the site's root, and rendering alone makes them relative to a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.addresses import NOWHERE, Href, experiment_page, resolved, run_page, version_address, with_anchor
from sitegen.render.themes import BUILT_IN

PACKAGE = Path(__file__).parent.parent.parent / "sitegen"
ADDRESS = re.compile(r'\b(?:href|src|data-href|data-assets)="(?P<value>[^"]*)"')
FIXED = re.compile(r"#[a-z-]+|https://[^{}]*|#\{\{ [a-z.]+ \}\}")
"""Addresses that need not be resolved: places on the same page, and pages elsewhere."""


@pytest.mark.parametrize(
    ("href", "root", "written"),
    [
        (run_page("r1"), "../", "../runs/r1.html"),
        (run_page("r1"), "", "runs/r1.html"),
        (with_anchor(experiment_page("0"), "health"), "../../", "../../experiments/0.html#health"),
        (version_address("m", "2"), "/wine/", "/wine/models/m.html#v2"),
        (Href("#v2"), "../", "#v2"),
        (Href("https://example.org/a"), "../", "https://example.org/a"),
        (Href("mailto:a@example.org"), "../", "mailto:a@example.org"),
        (Href("data:image/png;base64,AA"), "../", "data:image/png;base64,AA"),
        (NOWHERE, "../", ""),
    ],
)
def test_an_address_from_the_root_is_made_relative_and_others_stay(href: Href, root: str, written: str) -> None:
    assert resolved(href, root) == written


@pytest.mark.parametrize("room", ["pages", "build", "viewers"])
def test_no_page_is_told_how_deep_it_lies(room: str) -> None:
    code = {file.name: file.read_text("utf-8") for file in (PACKAGE / room).rglob("*.py")}
    assert [name for name, text in code.items() if re.search(r"""[frb]?["']\.\./""", text)] == []


def test_every_address_in_a_template_of_ours_is_resolved() -> None:
    found = [
        f"{file.name}: {address[0]}"
        for file in sorted((BUILT_IN / "default" / "templates").glob("*.html"))
        for address in ADDRESS.finditer(file.read_text("utf-8"))
        if not address["value"].startswith("{{ url(") and not FIXED.fullmatch(address["value"])
    ]
    assert found == []
