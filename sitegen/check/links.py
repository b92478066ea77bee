"""Where the links of a site lead: relative, to a file that is there in just this case, to a place that is there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitegen.check.page import PageReader
from sitegen.check.walk import Paths, hash_of

MAX_PLACES = 50_000
"""Number of places in other pages that are kept; when there are more, they are looked for."""
MAX_MISSING = 10_000
"""Number of places that are not there which are kept."""
NOT_FOUND = "404.html"
"""A host shows it at any depth, so that its addresses are absolute where that of the site is known."""
_READ_BY_SCRIPT = frozenset(("runs.html",))
"""Pages that draw what their fragment names."""
_TABLES, _ROW = "experiments/", "run-"
"""A run's page links to its row, which is on a list page where an experiment has more runs than its page shows."""
MAX_SHOWN = 200
"""Characters of an address in a message."""
_CSS_ADDRESS = re.compile(r"""url\(\s{0,9}["']?([^"')]{1,2000})""")
Link = tuple[str, str, str]
"""Element, attribute, address."""


def css_links(text: str) -> list[Link]:
    """The addresses in a style sheet."""
    return [("style", "url", address) for address in _CSS_ADDRESS.findall(text)]


class Anchors:
    """The places in other pages that links name, kept until their page is read."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._wanted: dict[str, dict[str, str]] = {}
        self.count = 0
        """How many places are kept."""
        self._missing: list[tuple[str, str]] = []

    def want(self, target: str, fragment: str, source: str) -> None:
        """A link of the page `source` names the place `fragment` of the page `target`."""
        if self.count >= MAX_PLACES:
            self._look()
        wanted = self._wanted.setdefault(target, {})
        self.count += fragment not in wanted
        wanted.setdefault(fragment, source)

    def add_page(self, path: str, anchors: Collection[str]) -> None:
        """A page has been read: the links to it that were met before lead to these places or nowhere."""
        wanted = self._wanted.pop(path, {})
        self.count -= len(wanted)
        self._add(path, wanted, anchors)

    def missing(self) -> list[tuple[str, str]]:
        """Each place that is not there: the first page with a link to it, and what is wrong."""
        self._look()
        return sorted(self._missing)

    def _look(self) -> None:
        """Read the pages that links have named since they were read, or before."""
        for target, wanted in self._wanted.items():
            reader = PageReader()
            with suppress(OSError):  # that it cannot be read is a problem of its own
                reader.read((self._site / target).read_text("utf-8", "replace"))
            self._add(target, wanted, reader.anchors)
        self._wanted, self.count = {}, 0

    def _add(self, target: str, wanted: Mapping[str, str], anchors: Collection[str]) -> None:
        for fragment, source in wanted.items():
            if fragment not in anchors and len(self._missing) < MAX_MISSING:
                self._missing.append((source, f"{_short(target + '#' + fragment)} leads to no place in that page"))


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
    is_read = target in _READ_BY_SCRIPT or "=" in fragment or (fragment.startswith(_ROW) and target.startswith(_TABLES))
    if fragment and target.endswith(".html") and not is_read:
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
