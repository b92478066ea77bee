"""Built pages as a reader finds them: texts, links and tables by their headings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import html5lib

Element = Any


def read(path: Path) -> Element:
    """The parsed page."""
    return html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)


def text(element: Element) -> str:
    """All words in the element, on one line."""
    return " ".join("".join(element.itertext()).split())


def section(page: Element, heading: str) -> Element:
    """The section that a heading of this id labels."""
    found = [one for one in page.iter("section") if one.get("aria-labelledby") == heading]
    assert len(found) == 1, (heading, [one.get("aria-labelledby") for one in page.iter("section")])
    return found[0]


def has_section(page: Element, heading: str) -> bool:
    return any(one.get("aria-labelledby") == heading for one in page.iter("section"))


def rows(element: Element) -> list[dict[str, Element]]:
    """The rows of the first table in the element, each a mapping of column heading to cell."""
    table = next(iter(element.iter("table")))
    names = [text(cell) for cell in table.find("thead").find("tr")]
    return [dict(zip(names, row, strict=True)) for row in table.find("tbody").iter("tr")]


def cells(element: Element) -> list[dict[str, str]]:
    """As `rows`, with the words of the cells."""
    return [{name: text(cell) for name, cell in row.items()} for row in rows(element)]


def href(element: Element) -> str:
    """Where the first link in the element leads, '' without one."""
    return next((link.get("href") for link in element.iter("a")), "")


def facts(element: Element) -> dict[str, str]:
    """Label and words of the facts in the element."""
    found = {}
    for group in element.iter("dl"):
        for fact in group:
            words = text(fact.find("dd")).removesuffix(" Copy")
            found[text(fact.find("dt"))] = words
    return found


def pills(element: Element, css: str = "pill") -> list[str]:
    return [text(one) for one in element.iter("span") if css in (one.get("class") or "").split()]
