"""HTML artifacts, shown in a frame without access to the site, the network or the reader's storage.

Files of the same folder that a page refers to (images, style sheets, scripts, fonts) are embedded as `data:` addresses,
since a frame without an origin cannot load anything from disk. A frame allows no scripts until the reader, or the
profile `internal`, starts those of the page (`frames.js`).
"""

from __future__ import annotations

import base64
import re
from html import escape, unescape

from sitegen.analysis.words import plural
from sitegen.markup.links import resolve
from sitegen.viewers.blocks import Block, Frame, PageLink, Sentence
from sitegen.viewers.encodings import as_text
from sitegen.viewers.reading import Unreadable
from sitegen.viewers.siblings import Siblings

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
_TAG = re.compile(
    r"<(img|script|link|source|video|audio|image|use|input|a|area|iframe|frame|embed)(?=[\s/])([^<>]{0,4000})>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(?<![^\s\"'/])(src|href|xlink:href|poster|srcset|target|integrity|crossorigin)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+)",
    re.IGNORECASE,
)
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
        self._left = MAX_SIBLINGS

    def rewritten(self, text: str) -> str:
        """`text` with files of its folder embedded, and links that do not navigate the frame."""
        doctype = _DOCTYPE.match(text)
        start = doctype.end() if doctype else 0
        body = _STYLE.sub(lambda m: m[1] + self._css(m[2], self.path, 0), _TAG.sub(self._tag, text[start:]))
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
        return found

    def _tag(self, found: re.Match[str]) -> str:
        name, attributes = found[1].lower(), found[2]
        if name in ("a", "area"):
            return f"<{found[1]}{_ATTRIBUTE.sub(self._link, attributes)}>"
        if name in ("iframe", "frame", "embed"):
            return f"<{found[1]}{_ATTRIBUTE.sub(self._framed, attributes)}>"
        is_style = name != "link" or re.search(r"\brel\s*=\s*[\"']?[^\"'>]*\bstylesheet", attributes, re.IGNORECASE)
        return f"<{found[1]}{_ATTRIBUTE.sub(self._loaded if is_style else lambda m: '', attributes)}>"

    def _link(self, found: re.Match[str]) -> str:
        name, value = found[1].lower(), unescape(found[2].strip("\"'")).strip()
        if name != "href":
            return "" if name == "target" else found[0]
        if value.startswith("#"):
            return f'href="about:srcdoc{escape(value)}" target="_self"'
        path = resolve(self.path, value)
        address = self.siblings.page(path) if path and len(self.links) < MAX_LINKS else ""
        if not address:
            return found[0]
        link = PageLink(path.rpartition("/")[2], address)
        if link not in self.links:
            self.links.append(link)
        return f'{found[0]} data-sitegen-page="{self.links.index(link)}"'

    def _framed(self, found: re.Match[str]) -> str:
        """A page in a frame of the page: it is not loaded, but is in the list of links."""
        if found[1].lower() != "src":
            return found[0]
        value = unescape(found[2].strip("\"'")).strip()
        path, outside = resolve(self.path, value), _OUTSIDE.match(value)
        address = self.siblings.page(path) if path and len(self.links) < MAX_LINKS else ""
        if address:
            self.links.append(PageLink(path.rpartition("/")[2], address))
        elif path:
            self.lost[path[:80]] = None
        elif outside:
            self.hosts[outside[1][:80]] = None
        return ""

    def _loaded(self, found: re.Match[str]) -> str:
        """An attribute that loads a file. Attributes with its hash, and other resolutions, are removed."""
        name, value = found[1].lower(), unescape(found[2].strip("\"'")).strip()
        if name in ("srcset", "integrity", "crossorigin"):
            return ""
        address = self._data(value, self.path, 0)
        if not address and _OUTSIDE.match(value):
            return ""
        return f'{found[1]}="{address}"' if address else found[0]

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
