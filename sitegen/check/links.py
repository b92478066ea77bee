"""Where the links of a site lead: relative, to a file that is there in just this case, to a place that is there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitegen.check.page import PageReader
from sitegen.check.walk import Paths, hash_of

MAX_PLACES = 500_000
"""Number of places in other pages that are kept to be looked for; links to further ones are only checked as files."""
NOT_FOUND = "404.html"
"""A host shows it at any depth, so that its addresses are absolute where that of the site is known."""
MAX_SHOWN = 200
"""Characters of an address in a message."""
_CSS_ADDRESS = re.compile(r"""url\(\s{0,9}["']?([^"')]{1,2000})""")
Link = tuple[str, str, str]
"""Element, attribute, address."""


def css_links(text: str) -> list[Link]:
    """The addresses in a style sheet."""
    return [("style", "url", address) for address in _CSS_ADDRESS.findall(text)]


class Anchors:
    """The places in other pages that links name, to be looked for when all pages have been read."""

    def __init__(self) -> None:
        self._wanted: dict[str, dict[str, str]] = {}
        self._count = 0

    def add_page(self, path: str, anchors: Collection[str]) -> None:
        """Take note of the places that a page has, for the links that were met before it."""
        wanted = self._wanted.get(path)
        if wanted:
            for fragment in [one for one in wanted if one in anchors]:
                wanted[fragment] = ""

    def want(self, target: str, fragment: str, source: str) -> None:
        """A link of the page `source` names the place `fragment` of the page `target`."""
        wanted = self._wanted.setdefault(target, {})
        if fragment not in wanted and self._count < MAX_PLACES:
            wanted[fragment] = source
            self._count += 1

    def missing(self, site: Path) -> Iterator[tuple[str, str]]:
        """Each place that is not there: the first page with a link to it, and what is wrong."""
        for target, wanted in sorted(self._wanted.items()):
            if any(wanted.values()):
                reader = PageReader()
                reader.read((site / target).read_text("utf-8", "replace"))
                for fragment, source in sorted(wanted.items()):
                    if source and fragment not in reader.anchors:
                        yield source, f"{_short(target + '#' + fragment)} leads to no place in that page"


def check_links(path: str, links: Iterable[Link], paths: Paths, anchors: Anchors) -> Iterator[str]:
    """What is wrong with the links of the file `path`, as phrases; each address once."""
    seen: set[int] = set()
    for tag, attribute, address in links:
        mark = hash_of(f"{tag} {attribute} {address}")
        if mark not in seen:
            seen.add(mark)
            if why := _why_not(path, tag, attribute, address, paths, anchors):
                yield f"{_short(address)} {why}"


def _why_not(path: str, tag: str, attribute: str, address: str, paths: Paths, anchors: Anchors) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "is not an address"
    if parts.scheme or parts.netloc:
        return "" if _may_leave(path, tag, attribute, parts.scheme.lower()) else "is not an address inside the site"
    if address.startswith(("/", "\\")):
        return "" if path == NOT_FOUND else "is not relative"
    target = _target(path, parts.path)
    if target.startswith("../") or target not in paths:
        return "leads to no file"
    fragment = unquote(parts.fragment)
    # A fragment with `=` is a state that a script of the page reads.
    if fragment and target.endswith(".html") and "=" not in fragment:
        anchors.want(target, fragment, path)
    return ""


def _target(path: str, address: str) -> str:
    if not address:
        return path
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(address)))


def _may_leave(path: str, tag: str, attribute: str, scheme: str) -> bool:
    """Whether an absolute address may stand there: a link that is followed, a picture as data, the page of a host."""
    if scheme == "data":
        return tag in ("img", "source", "style") or (tag, attribute) == ("link", "href")
    return scheme in ("http", "https", "mailto") and (tag == "a" or path == NOT_FOUND)


def _short(address: str) -> str:
    return address if len(address) <= MAX_SHOWN else f"{address[:MAX_SHOWN]}…"
