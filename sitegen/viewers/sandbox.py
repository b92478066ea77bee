"""HTML artifacts, shown in a frame without access to the site, the network or the reader's storage.

Files of the same folder that a page refers to (images, style sheets, scripts, fonts) are embedded as `data:` addresses,
since a frame without an origin cannot load anything from disk. A frame allows no scripts until the reader, or the
profile `internal`, starts those of the page (`frames.js`).
"""

from __future__ import annotations

import base64
import re
from html import escape

from sitegen.analysis.words import plural
from sitegen.markup.links import resolve
from sitegen.viewers.blocks import Block, Frame, PageLink, Sentence
from sitegen.viewers.encodings import as_text
from sitegen.viewers.reading import Unreadable
from sitegen.viewers.siblings import Siblings
from sitegen.viewers.tags import ANIMATIONS, LINKS, NEVER, attribute, each_attribute, each_tag

HTML_CAP = 6_000_000
"""Maximum number of characters of a page that is shown, with embedded files."""
MAX_SIBLING = 2_000_000
MAX_SIBLINGS = 4_000_000
"""Maximum number of bytes of one file, and of all files, embedded in a page."""
MAX_LINKS = 50
"""Links to other pages of a page that are listed."""
MAX_NAMED = 5

FRAME_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' data:; style-src 'self' 'unsafe-inline' data:; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src data: blob:; connect-src 'none'; frame-src 'none'; "
    "worker-src 'none'; base-uri 'none'; form-action 'none'"
)
"""The policy of a page with such a frame, which inherits it: any script and style, no network at all."""
BASE = '<base target="_blank">'
"""Inserted at the beginning of a page in a frame, where `frames.js` adds what its scripts need. No link opens a
window."""

OFF = '<script type="text/plain" data-sitegen-off'
"""Replaces the start tag of a script until `frames.js` runs it: browsers report errors for scripts in frames that allow
none."""

_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "avif": "image/avif",
    "bmp": "image/bmp", "svg": "image/svg+xml", "css": "text/css", "js": "text/javascript", "mjs": "text/javascript", "woff": "font/woff",
    "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf", "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "wav": "audio/wav",
}  # fmt: skip
_STYLE = re.compile(r"(<style\b[^<>]*>)([^<]*)", re.IGNORECASE)
_URL = re.compile(
    r"(\burl\(\s*|@import\s+)(?:\"([^\"()<>\n]{1,300})\"|'([^'()<>\n]{1,300})'|([^\s\"'()<>]{1,300})(?=\s*\)))"
)
_OUTSIDE = re.compile(r"(?:https?:)?//([^/?#]{1,200})", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*(?:<!--[^<>]*-->\s*)?<!doctype[^<>]*>", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_SCRIPTS = re.compile(r"<(?:script|object|embed)\b|[\s\"'/]on[a-z]{3,24}\s*=|javascript:", re.IGNORECASE)


def frame_view(text: str, path: str, siblings: Siblings, starts: bool) -> tuple[Block, ...]:
    """The page at `path` in its frame, and sentences on what is missing. Raises Unreadable.

    `starts`: its scripts run at once, not only when the reader asks for it.
    """
    page = _Page(path, siblings)
    source = page.rewritten(text)
    if len(source) > HTML_CAP:
        raise Unreadable("The page is too large to be shown in a frame; its text is linked above.")
    frame = Frame(source, bool(_SCRIPTS.search(text)), starts, tuple(page.links))
    return (*map(Sentence, page.missing()), frame)


class _Page:
    """Rewrites a page for its frame, and collects the embedded files, the links, and what is missing."""

    def __init__(self, path: str, siblings: Siblings) -> None:
        self.path, self.siblings = path, siblings
        self.links: list[PageLink] = []
        self.hosts: dict[str, None] = {}
        self.lost: dict[str, None] = {}
        self.large: dict[str, None] = {}
        self.inner = 0
        self._left = MAX_SIBLINGS

    def rewritten(self, text: str) -> str:
        """`text` with files of its folder embedded, and links that do not navigate the frame."""
        doctype = _DOCTYPE.match(text)
        start = doctype.end() if doctype else 0
        body = _STYLE.sub(lambda m: m[1] + self._css(m[2], self.path, 0), each_tag(text[start:], self._tag))
        return text[:start] + BASE + _SCRIPT.sub(OFF, body)

    def missing(self) -> list[str]:
        """What the page refers to and is not loaded, in sentences."""
        found = []
        if self.hosts:
            found.append(
                f"It asks for files from the web ({_named(self.hosts)}), which are not loaded here; "
                "what depends on them stays blank."
            )
        if self.lost:
            found.append(
                f"It refers to {plural(len(self.lost), 'file')} that this site does not have: {_named(self.lost)}."
            )
        if self.large:
            found.append(f"Too large to be put into the page: {_named(self.large)}.")
        if self.inner:
            found.append(f"It holds {plural(self.inner, 'page')} in frames of their own, which are not shown.")
        return found

    def _tag(self, name: str, attributes: str) -> str | None:
        if name == "link":
            return self._style(attributes)
        if name in NEVER:
            self._framed(name, attributes)
            return None
        if name in ANIMATIONS:
            animates = attribute(attributes, "attributename").lower()
            return None if animates.endswith(("href", "target")) else f"<{name}{attributes}>"
        return f"<{name}{each_attribute(attributes, self._link if name in LINKS else self._loaded)}>"

    def _style(self, attributes: str) -> str | None:
        """A style sheet of the run; other links are not there."""
        address = attribute(attributes, "href")
        if "stylesheet" not in attribute(attributes, "rel").lower().split() or not address:
            return None
        data = self._data(address, self.path, 0)
        media = escape(attribute(attributes, "media"))
        return f'<style media="{media}">@import "{data}";</style>' if data else None

    def _framed(self, name: str, attributes: str) -> None:
        """A page or file in a frame of the page: it is not loaded, but is in the list of links."""
        if name not in ("iframe", "frame", "embed", "object"):
            return
        value = attribute(attributes, "data" if name == "object" else "src")
        path, outside = resolve(self.path, value), _OUTSIDE.match(value)
        address = self.siblings.page(path) if path and len(self.links) < MAX_LINKS else ""
        if address:
            self.links.append(PageLink(path.rpartition("/")[2], address))
        elif path:
            self.lost[path[:80]] = None
        elif outside:
            self.hosts[outside[1][:80]] = None
        elif attribute(attributes, "srcdoc"):
            self.inner += 1

    def _link(self, name: str, value: str) -> str | None:
        if name not in ("href", "xlink:href"):
            return "" if name in ("target", "ping", "download", "attributionsrc") else None
        if value.startswith("#"):
            return f'href="about:srcdoc{escape(value)}" target="_self"' if name == "href" else None
        path = resolve(self.path, value)
        address = self.siblings.page(path) if path and len(self.links) < MAX_LINKS else ""
        if not address:
            # A browser connects to where a link leads as soon as it is clicked, though the frame may not go there.
            return f'data-href="{escape(value)}" title="{escape(value)}"'
        link = PageLink(path.rpartition("/")[2], address)
        if link not in self.links:
            self.links.append(link)
        return f'{name}="{escape(value)}" data-sitegen-page="{self.links.index(link)}"'

    def _loaded(self, name: str, value: str) -> str | None:
        """An attribute that loads a file. Attributes with its hash, and other resolutions, are removed."""
        if name in ("srcset", "integrity", "crossorigin"):
            return ""
        if name == "type" and value.lower() == "speculationrules":
            return 'type="text/plain"'
        if name not in ("src", "href", "xlink:href", "poster"):
            return None
        address = self._data(value, self.path, 0)
        if not address and _OUTSIDE.match(value):
            return ""
        return f'{name}="{address}"' if address else None

    def _css(self, text: str, path: str, depth: int) -> str:
        def put(found: re.Match[str]) -> str:
            address = self._data((found[2] or found[3] or found[4]).strip(), path, depth + 1)
            quoted = f'"{address}"'
            return found[1] + quoted if address else found[0]

        return _URL.sub(put, text) if depth < 3 else text

    def _data(self, reference: str, page: str, depth: int) -> str:
        """The file that `page` refers to as a `data:` address; empty if the run has no such file."""
        path = resolve(page, reference)
        if not path:
            outside = _OUTSIDE.match(reference)
            if outside:
                self.hosts[outside[1][:80]] = None
            return ""
        kind = _kind(path, self.siblings)
        data = self.siblings.bytes_of(path) if kind in _TYPES else b""
        if not data:
            self.lost[path[:80]] = None
            return ""
        if len(data) > min(MAX_SIBLING, self._left):
            self.large[path[:80]] = None
            return ""
        self._left -= len(data)
        if kind == "css":
            data = self._css(as_text(data), path, depth).encode()
        return f"data:{_TYPES[kind]};base64,{base64.b64encode(data).decode('ascii')}"


def _kind(path: str, siblings: Siblings) -> str:
    """What a file is: of fonts, which are in no list of artifacts' kinds, by name."""
    return siblings.kind_of(path) or path.rpartition(".")[2].lower()


def _named(names: dict[str, None]) -> str:
    """The first of `names` in a sentence."""
    more = len(names) - MAX_NAMED
    return ", ".join(list(names)[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
