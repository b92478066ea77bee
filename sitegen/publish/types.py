"""With which headers the files of a site are stored: what they are, and how long a browser may keep them."""

from __future__ import annotations

import re

_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "txt": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "yaml": "text/plain; charset=utf-8",
    "yml": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "ico": "image/x-icon",
    "pdf": "application/pdf",
    "woff2": "font/woff2",
    "wasm": "application/wasm",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
}
"""By the end of the name. A table of our own, since Python's depends on the machine."""
_NAMED_BY_CONTENT = re.compile(r"(?:.*/)?(?:assets/[0-9a-f]{10}|thumbs/[0-9a-f]{2})/")
FOREVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"


def type_of(path: str) -> str:
    """The media type of a file, by its name."""
    return _TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")


def keeping_of(path: str) -> str:
    """How long a browser may keep a file: those that are named after their content for ever."""
    return FOREVER if _NAMED_BY_CONTENT.match(path) else ASK_EACH_TIME
