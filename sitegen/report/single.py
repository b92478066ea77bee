"""A page of a built site as a part of one file: its main content, with pictures inside and no address that is loaded.

The page is finished HTML of ours, closed in order. Scripts and what only works with them is dropped, links to other
parts become links within the file, links to pages that are not in it become text, pictures become data.
"""

from __future__ import annotations

import base64
import html
import posixpath
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitegen.render.themes import Theme

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
DROPPED = frozenset("script style button template dialog input select textarea".split())
SITE_ONLY = frozenset("needs-js metric-switch embed embed-source permanent crumbs".split())
"""Classes of what needs scripts, or leads to pages of the site alone."""
FRAMES = frozenset("iframe video audio object embed".split())
_IDS = frozenset(("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers"))
_KEPT_DATA = frozenset(("data-label", "data-kind"))
_LOCAL_URL = re.compile(r"url\(#([^)]+)\)")
TYPES = {"jpg": "jpeg", "svg": "svg+xml"} | {kind: kind for kind in "png jpeg gif webp avif bmp".split()}
"""Types of pictures by the ending of their files."""


class Budget:
    """The bytes that are left for a file, and what was left out since there were none."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.pictures = 0
        self.frames = 0


def part_of(site: Path, path: str, anchors: Mapping[str, str], budget: Budget, unfold: bool = False) -> tuple[str, str]:
    """Title and content of the page at `path`. `anchors` are the ids of all parts by the paths of their pages."""
    text = (site / path).read_text("utf-8")
    budget.left -= len(_main(text).encode())
    reader = _Part(site, path, anchors, budget)
    reader.feed(text)
    reader.close()
    return reader.title, "".join(reader.out)


def styles_of(site: Path, pages: Sequence[str], theme: Theme) -> str:
    """The styles that the pages link to, each once in their order, and those of reports."""
    found = {file.relative_to(site).as_posix(): file.read_text("utf-8") for file in site.glob("assets/*/site.css")}
    for path in pages:
        for href in re.findall(r'<link rel="stylesheet" href="([^"]+)"', (site / path).read_text("utf-8")):
            file = posixpath.normpath(posixpath.join(posixpath.dirname(path), href))
            found.setdefault(file, (site / file).read_text("utf-8"))
    own = theme.find("templates/report.css")
    styles = [*found.values(), *([own.read_text("utf-8")] if own else [])]
    return "\n".join(styles).replace("</", "<\\/")


def _main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def _is_of_the_site(given: Mapping[str, str]) -> bool:
    """Whether an element makes no sense outside of the site; a run's place is known to scripts alone."""
    return not SITE_ONLY.isdisjoint(given.get("class", "").split()) or "data-place" in given


class _Part(HTMLParser):
    """Reads a page and keeps what its `main` holds."""

    def __init__(self, site: Path, path: str, anchors: Mapping[str, str], budget: Budget) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.title = ""
        self._site = site
        self._path = path
        self._anchors = anchors
        self._prefix = f"{anchors[path]}-"
        self._budget = budget
        self._inside = False
        self._skipped: list[str] = []
        """The elements that are open inside one that is dropped, with it."""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, closed=False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs, closed=True)

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], closed: bool) -> None:
        if tag == "main":
            self._inside = True
            return
        if tag == "h1" and self._inside and not self.title:
            self._in_title = True
        if not self._inside:
            return
        given = {key: value or "" for key, value in attrs}
        is_open = not closed and tag not in VOID
        if self._skipped:
            self._skipped += [tag] if is_open else []
            return
        if tag in FRAMES:
            self._budget.frames += 1
        if tag in DROPPED or tag in FRAMES or _is_of_the_site(given):
            self._skipped = [tag] if is_open else []
            return
        if tag == "img":
            self._picture(given)
            return
        self.out.append(f"<{tag}{self._attributes(given)}{'/' if closed else ''}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._inside = False
        elif self._skipped:
            if tag == self._skipped[-1]:
                self._skipped.pop()
        elif self._inside:
            self._in_title = self._in_title and tag != "h1"
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._inside and not self._skipped:
            self.out.append(data)
            if self._in_title:
                self.title += data

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, text: str) -> None:
        if self._inside and not self._skipped:
            self.out.append(text)
            if self._in_title:
                self.title += html.unescape(text)

    def _attributes(self, given: Mapping[str, str]) -> str:
        kept = (self._attribute(key, value) for key, value in given.items())
        return "".join(f' {key}="{html.escape(value)}"' for key, value in kept if key)

    def _attribute(self, key: str, value: str) -> tuple[str, str]:
        """Name and value of an attribute as it is in the file; no name if it is dropped."""
        dropped = key.startswith(("on", "data-")) and key not in _KEPT_DATA
        if dropped or key in ("src", "srcset", "style"):
            return "", ""
        if key == "id":
            return key, self._prefix + value
        if key in _IDS:
            return key, " ".join(self._prefix + one for one in value.split())
        if key in ("href", "xlink:href"):
            target = self._target(value)
            return (key, target) if target else ("", "")
        return key, _LOCAL_URL.sub(lambda match: f"url(#{self._prefix}{match[1]})", value)

    def _target(self, href: str) -> str:
        """Where a link leads: into the file, or out to the web; '' for a page that is not in the file."""
        parts = urlsplit(href)
        if parts.scheme:
            return href if parts.scheme in ("http", "https", "mailto") else ""
        path = self._resolved(parts.path) if parts.path else self._path
        anchor = self._anchors.get(path)
        if anchor is None:
            return ""
        return f"#{anchor}-{parts.fragment}" if parts.fragment else f"#{anchor}"

    def _resolved(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._path), unquote(path)))

    def _picture(self, given: Mapping[str, str]) -> None:
        """A picture as data where there is room; else its text, and a word that it is missing."""
        src = given.get("src", "")
        data = src if src.startswith("data:image/") else self._data(src)
        if data:
            rest = self._attributes({key: value for key, value in given.items() if key != "loading"})
            self.out.append(f'<img src="{data}"{rest}>')
            return
        self._budget.pictures += 1
        name = html.escape(given.get("alt", "") or "picture")
        self.out.append(f'<span class="left-out">{name}: left out of this file</span>')

    def _data(self, src: str) -> str:
        path = self._resolved(urlsplit(src).path)
        kind = TYPES.get(path.rpartition(".")[2].lower())
        file = self._site / path
        if kind is None or path.startswith("..") or not file.is_file():
            return ""
        room = file.stat().st_size * 4 // 3 + 100
        if room > self._budget.left:
            return ""
        self._budget.left -= room
        return f"data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
