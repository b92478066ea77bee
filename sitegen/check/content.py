"""What is in one file of a site: its bytes against the manifest, its type, its secrets, and for a page its HTML."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.check.links import Link, css_links
from sitegen.check.page import PageReader, strict_errors
from sitegen.privacy import Privacy, scan_text
from sitegen.viewers.encodings import as_text
from sitegen.viewers.kinds import EMPTY, IMAGES, LFS, MEDIA, PLAIN_TEXTS, extension, kind_of

PIECE = 8_000_000
"""Bytes of a file that are in memory and searched for secrets at a time."""
OVERLAP = 20_000
"""Bytes of a piece that the next one begins with, so that no secret is cut."""
MAX_PAGE = 64_000_000
"""Bytes of the largest page and style sheet that is read."""
_BINARY = IMAGES | MEDIA | {"woff", "woff2", "ico", "gz", "zip", "wasm"}
_JSON_ESCAPE = re.compile(r"\\{1,2}u([0-9a-fA-F]{4})")
_OWN_SCRIPTS = ("assets/", "data/libraries/")
"""Folders of scripts and styles that are the same for every store; none of it is from a store."""
_SAFE = IMAGES | PLAIN_TEXTS | MEDIA


@dataclass(slots=True)
class Content:
    """What a file holds: `problems` as rule and phrase, and of a page or style sheet `links`."""

    problems: list[tuple[str, str]] = field(default_factory=list)
    page: PageReader | None = None
    links: list[Link] = field(default_factory=list)
    allowed: int = 0


def check_content(
    site: Path, path: str, listed: tuple[int, str] | None, privacy: Privacy, strict_html: bool = False
) -> Content:
    """Read the file `path` and check it; `listed` is its size and hash in the manifest, None if it is not there."""
    found = Content()
    secrets = _Secrets(path, privacy, found)
    is_own = listed is not None and path.startswith(_OWN_SCRIPTS)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        for piece in _pieces(site / path):
            digest.update(piece)
            size += len(piece)
            head = head or piece
            if extension(path) not in _BINARY and not is_own:
                secrets.add(piece)
    except OSError as error:
        found.problems.append(("manifest", f"cannot be read ({error.strerror})"))
        return found
    if listed and listed != (size, digest.hexdigest()):
        what = f"has {size:,} bytes in place of {listed[0]:,}" if size != listed[0] else "has another content"
        found.problems.append(("manifest", f"{what}: it was changed after the build"))
    if path.startswith(("artifacts/", "thumbs/")):
        found.problems += (("executable", what) for what in _executable(path, head))
    if listed and extension(path) in ("html", "css"):
        _read_text(path, head if size <= PIECE else (site / path).read_bytes()[:MAX_PAGE], strict_html, found)
    return found


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def _executable(path: str, head: bytes) -> Iterator[str]:
    """Why a browser might run a file of an artifact: a type that it runs, or a picture that is none."""
    named = extension(path)
    if named not in _SAFE and not (path.startswith("thumbs/") and named == "webp"):
        yield f"has the extension .{named}, which a browser may run" if named else "has no extension"
        return
    kind = kind_of(path, head)
    if named in IMAGES and kind not in (named, EMPTY, LFS) and not {named, kind} <= {"jpg", "jpeg"}:
        yield f"is named .{named} and holds {kind or 'something else'}"


def _read_text(path: str, data: bytes, strict_html: bool, found: Content) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        found.problems.append(("html", "is not UTF-8"))
        text = data.decode("utf-8", "replace")
    if path.endswith(".css"):
        found.links = css_links(text)
        return
    found.page = PageReader()
    found.page.read(text)
    found.problems += found.page.problems
    found.links = found.page.links
    if strict_html:
        found.problems += (("html", error) for error in strict_errors(text))


def _unescaped(text: str, name: str) -> str:
    """The text as a reader gets it: without the escapes of JSON in data scripts, and those of HTML in pages."""
    if name.endswith(".html"):
        return html.unescape(text)
    if name.startswith("data/") and "\\u" in text:
        return _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text


class _Secrets:
    """Looks for secrets in a file a piece at a time; a value is reported once."""

    def __init__(self, path: str, privacy: Privacy, found: Content) -> None:
        # Data of pages are scripts by name and JSON by content.
        self._name = path.removesuffix(".js") + ".json" if path.startswith("data/") else path.removesuffix(".txt")
        self._privacy = privacy
        self._found = found
        self._tail = b""
        self._seen: set[str] = set()

    def add(self, piece: bytes) -> None:
        """Look into the next piece of the file."""
        for one in scan_text(_unescaped(as_text(self._tail + piece), self._name), self._name, self._privacy):
            if one.fingerprint in self._seen:
                continue
            self._seen.add(one.fingerprint)
            if one.is_allowed:
                self._found.allowed += 1
            else:
                self._found.problems.append(
                    ("secret", f"holds what looks like a secret: {one.rule}, {one.fingerprint}")
                )
        self._tail = piece[-OVERLAP:]
