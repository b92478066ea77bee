"""What kind of file an artifact is: by its name, or by its first bytes if they contradict the name.

People log a plotly page as `figure.png`, an image without an extension, the base64 text of an image; a repository that
was cloned without Git LFS holds pointers in place of files. Each is shown as what it really is, with a note on its
page.
"""

from __future__ import annotations

import posixpath
import re

IMAGES = frozenset("png jpg jpeg gif webp avif bmp".split())
PLAIN_TEXTS = frozenset("csv tsv json txt log md yaml yml".split())
# Text that a browser, or a host, could take for more than text.
TEXTS_TO_DISARM = frozenset(
    "svg html htm xhtml xml js mjs css py ipynb toml cfg conf cnf cf ini properties prop hocon err rst sh r sql geojson jsonl jsonnet mdx diff patch".split()
)
# Played or shown by the browser itself, as what they are.
MEDIA = frozenset("pdf mp3 wav flac m4a aac ogg oga opus mp4 webm ogv mov m4v".split())
TEXTS = PLAIN_TEXTS | TEXTS_TO_DISARM
BARE_TEXTS = frozenset(("mlmodel", "mlproject", "dockerfile", "makefile", "readme", "license"))
LFS, BASE64, EMPTY, BROKEN = "lfs", "base64", "empty", "broken"
"""Kinds that no extension names: a Git LFS pointer, an image as base64 text, 0 bytes, an image that cannot be read."""

TYPES = {
    "png": "PNG image", "jpg": "JPEG image", "jpeg": "JPEG image", "gif": "GIF image", "webp": "WebP image", "avif": "AVIF image",
    "bmp": "BMP image", "svg": "SVG drawing", "csv": "CSV table", "tsv": "TSV table", "json": "JSON", "geojson": "GeoJSON", "txt": "Text", "log": "Log",
    "md": "Markdown", "yaml": "YAML", "yml": "YAML", "html": "HTML", "htm": "HTML", "xml": "XML", "js": "JavaScript", "py": "Python",
    "ipynb": "Notebook", "parquet": "Parquet table", "pkl": "Pickle", "npy": "NumPy array", "npz": "NumPy arrays", "pdf": "PDF", "zip": "Archive", "pt": "PyTorch weights",
    "pth": "PyTorch weights", "h5": "HDF5", "onnx": "ONNX model", "toml": "TOML", "ini": "Config", "cfg": "Config", "mp4": "Video", "wav": "Audio", "mp3": "Audio",
    "flac": "Audio", "m4a": "Audio", "aac": "Audio", "ogg": "Audio", "oga": "Audio", "opus": "Audio", "webm": "Video", "ogv": "Video", "mov": "Video", "m4v": "Video",
    "tif": "TIFF image", "tiff": "TIFF image", "jsonl": "JSON lines", LFS: "Git LFS pointer", BASE64: "Image as base64 text", EMPTY: "Empty file",
}  # fmt: skip

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"BM", "bmp"), (b"%PDF-", "pdf"),
)  # fmt: skip
_LFS = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\r?\n(?:[a-z0-9-]+ [^\n]{1,200}\r?\n){1,8}")
_LFS_SIZE = re.compile(rb"^size (\d{1,15})\r?$", re.MULTILINE)
_BASE64 = re.compile(
    rb"(?:data:image/(?:png|jpeg|gif|webp);base64,)?(?:iVBORw0KGgo|/9j/|R0lGOD|UklGR)[A-Za-z0-9+/=\r\n]{40,}"
)
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body|script|div)\b", re.I | re.S
)
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.{0,200}?\?>\s*)?(?:<!--.{0,500}?-->\s*|<!DOCTYPE svg.{0,300}?>\s*)*<svg\b", re.S
)
_HEAD = 4_000
MAX_POINTER = 1_000
"""Bytes of the largest Git LFS pointer; git itself writes some 130."""


def extension(path: str) -> str:
    """The extension of a file in small letters, without the dot."""
    return posixpath.splitext(path)[1][1:].lower()


def is_text_name(path: str) -> bool:
    """Whether the name is that of a text file which has no extension."""
    return posixpath.basename(path).lower() in BARE_TEXTS


def kind_of(path: str, data: bytes) -> str:
    """The type of a file, as an extension or one of the kinds above: that of its name if its bytes agree."""
    named = extension(path)
    if not data:
        return EMPTY
    if len(data) <= MAX_POINTER and _LFS.fullmatch(data):
        return LFS
    found = _binary_kind(data)
    if found:
        return named if {named, found} == {"jpg", "jpeg"} else found
    if named in IMAGES | MEDIA or (not named and not is_text_name(path)):
        return _text_kind(data) or named
    return named or "txt"


def _binary_kind(data: bytes) -> str:
    """The kind of an image or PDF by its first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    found = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")
    # `BM` may begin a word; in a bitmap the size of the file follows.
    is_word = found == "bmp" and int.from_bytes(data[2:6], "little") > 4 * len(data) + 100
    return "" if is_word else found


def _text_kind(data: bytes) -> str:
    """The kind of a text file without a telling name; empty if it is not text."""
    head = data[:_HEAD]
    if _HTML.match(head):
        return "html"
    if _SVG.match(head):
        return "svg"
    if _BASE64.match(head):
        return BASE64
    if b"\0" in head or not _is_utf8(head):
        return ""
    return "json" if head.lstrip()[:1] in (b"{", b"[") else "txt"


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # half a character at the end
    return True


def is_event_log(path: str) -> bool:
    """Whether the name is that of a log of TensorBoard, whose last parts are a time, a host and numbers."""
    return posixpath.basename(path).startswith("events.out.tfevents")


def type_of(path: str, kind: str = "") -> str:
    """The file's type in words; `kind` is that of its content."""
    named, name = extension(path), posixpath.basename(path)
    if kind and kind != named and not is_text_name(path):
        what = TYPES.get(kind, kind.upper())
        return f"{what}, named .{named}" if named and kind not in (LFS, EMPTY) else what
    if is_event_log(path):
        return "TensorBoard log"
    return TYPES.get(named) or ("MLflow model" if name == "MLmodel" else named.upper() or "File")


def lfs_size(data: bytes) -> int:
    """The bytes of the file that a Git LFS pointer stands for; 0 if it has no size."""
    found = _LFS_SIZE.search(data)
    return int(found[1]) if found else 0
