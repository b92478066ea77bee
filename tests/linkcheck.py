"""Checks every link of a built site: relative, to a file that is there in just this case, to an anchor that is there.

`problems(site)` gives one line for each link that is not right; `reachable(site)` what is found from index.html alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Fragments that a script of the page reads (docs/architecture.md, "Addresses").
READ_BY_SCRIPTS = {"compare.html", "runs.html", "search.html", "charts/curve.html", "charts/table.html"}
ADDRESSES = ("href", "src", "data-href", "action", "poster", "data")


@dataclass
class Links(HTMLParser):
    """The links and anchors of one page; `links` are (tag, attribute, address)."""

    links: list[tuple[str, str, str]] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [(tag, name, given[name]) for name in ADDRESSES if name in given]
        self.anchors += [given["id"]] if "id" in given else []


@cache
def read(page: Path) -> Links:
    parser = Links()
    parser.feed(page.read_text("utf-8"))
    return parser


def files(site: Path) -> set[str]:
    return {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}


def problems(site: Path) -> list[str]:
    """What is wrong with the links of the site, a line each, as `page: address: why`."""
    found = files(site)
    wrong = [line for page in sorted(found) if page.endswith(".html") for line in _page(site, page, found)]
    return wrong + [line for sheet in sorted(found) if sheet.endswith(".css") for line in _sheet(site, sheet, found)]


def _page(site: Path, page: str, found: set[str]) -> Iterator[str]:
    links = read(site / page)
    for anchor in {a for a in links.anchors if links.anchors.count(a) > 1}:
        yield f"{page}: #{anchor}: comes twice"
    for tag, attribute, address in links.links:
        why = _why_not(site, page, tag, attribute, address, found)
        if why:
            yield f"{page}: {address}: {why}"


def _why_not(site: Path, page: str, tag: str, attribute: str, address: str, found: set[str]) -> str:
    if tag == "a" and attribute == "href" and address.startswith(("https://", "http://", "mailto:")):
        return ""
    if tag == "img" and address.startswith("data:image/"):
        return ""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith("/"):
        return "is not relative"
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))) if parts.path else page
    if target not in found:
        return "leads nowhere"
    if parts.fragment and target not in READ_BY_SCRIPTS and unquote(parts.fragment) not in read(site / target).anchors:
        # A run's page links to its row, which may be on a list page where the table is cut.
        is_cut = parts.fragment.startswith("run-") and "runs-more" in (site / target).read_text("utf-8")
        return "" if is_cut else "leads to no anchor"
    return ""


def _sheet(site: Path, sheet: str, found: set[str]) -> Iterator[str]:
    for address in re.findall(r"""url\(\s*["']?([^"')]+)""", (site / sheet).read_text("utf-8")):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(sheet), address))
        if not address.startswith("data:") and target not in found:
            yield f"{sheet}: {address}: leads nowhere"


def reachable(site: Path) -> set[str]:
    """The pages that a reader without scripts comes to from index.html."""
    found, waiting = {"index.html"}, ["index.html"]
    while waiting:
        page = waiting.pop()
        for tag, attribute, address in read(site / page).links:
            path = urlsplit(address).path
            if (tag, attribute) != ("a", "href") or "://" in address or not path.endswith(".html"):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path)))
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
