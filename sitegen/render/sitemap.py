"""`sitemap.xml` (sitemaps.org): the pages that search engines may list, in files of at most 50,000."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from sitegen.addresses import whole_address

MAX_ADDRESSES = 50_000
_OPENING = '<?xml version="1.0" encoding="utf-8"?>\n'
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NOT_LISTED = frozenset(["404.html", "search.html", "runs.html"])


def sitemap_files(pages: Iterable[str], site_url: str, most: int = MAX_ADDRESSES) -> list[tuple[str, str]]:
    """Path and content of the sitemap of `pages` (paths from the root); beyond `most` of an index with its parts."""
    listed = sorted(path for path in pages if path not in _NOT_LISTED and not path.startswith("charts/"))
    found = [whole_address(site_url, path) for path in listed]
    if len(found) <= most:
        return [("sitemap.xml", _list("urlset", "url", found))]
    parts = [found[at : at + most] for at in range(0, len(found), most)]
    files = [(f"sitemap-{n}.xml", _list("urlset", "url", part)) for n, part in enumerate(parts, 1)]
    index = _list("sitemapindex", "sitemap", [whole_address(site_url, path) for path, _ in files])
    return [("sitemap.xml", index), *files]


def _list(outer: str, inner: str, addresses: Iterable[str]) -> str:
    lines = "".join(f"<{inner}><loc>{escape(one)}</loc></{inner}>\n" for one in addresses)
    return f"{_OPENING}<{outer} {_SCHEMA}>\n{lines}</{outer}>\n"
