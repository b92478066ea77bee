"""Which artifact files are copied into the site, under which names, and why the others are not.

Static hosts cannot send headers, so a file that a browser would execute is a hole even if no page links to it: HTML,
SVG and code are copied as `NAME.ext.txt` (docs/publishing.md, "What is published"). Models, archives and databases are
listed but never copied, and neither is text that holds a secret.
"""

from __future__ import annotations

import base64
import posixpath
import warnings
from dataclasses import dataclass, replace
from typing import IO

from sitegen.addresses import file_name
from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import Finding, Privacy, artifact_never, scan_text
from sitegen.stores.artifacts import open_artifact

FILE_CAP = 10_000_000
"""Bytes of the largest artifact that is copied."""
SVG_CAP = 200_000
"""Bytes of the largest SVG that is shown in its page as data."""
PIXEL_CAP = 40_000_000
"""Pixels of the largest image that a page shows; a small file can unpack to gigabytes."""

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

TYPES = {
    "png": "PNG image", "jpg": "JPEG image", "jpeg": "JPEG image", "gif": "GIF image", "webp": "WebP image", "avif": "AVIF image",
    "bmp": "BMP image", "svg": "SVG drawing", "csv": "CSV table", "tsv": "TSV table", "json": "JSON", "geojson": "GeoJSON", "txt": "Text", "log": "Log",
    "md": "Markdown", "yaml": "YAML", "yml": "YAML", "html": "HTML", "htm": "HTML", "xml": "XML", "js": "JavaScript", "py": "Python",
    "ipynb": "Notebook", "parquet": "Parquet table", "pkl": "Pickle", "npy": "NumPy array", "npz": "NumPy arrays", "pdf": "PDF", "zip": "Archive", "pt": "PyTorch weights",
    "pth": "PyTorch weights", "h5": "HDF5", "onnx": "ONNX model", "toml": "TOML", "ini": "Config", "cfg": "Config", "mp4": "Video", "wav": "Audio", "mp3": "Audio",
    "flac": "Audio", "m4a": "Audio", "aac": "Audio", "ogg": "Audio", "oga": "Audio", "opus": "Audio", "webm": "Video", "ogv": "Video", "mov": "Video", "m4v": "Video",
    "tif": "TIFF image", "tiff": "TIFF image", "jsonl": "JSON lines",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """The copy of an artifact: `href` is its path from the site's root, empty when it is not copied (`why` says why).

    `image` is true where a page may show it; then `width` and `height` are in pixels (0 unknown) and `data` holds an
    SVG as a data address, which cannot run anything.
    """

    path: str
    size: int
    type: str
    href: str = ""
    why: str = ""
    image: bool = False
    width: int = 0
    height: int = 0
    data: str = ""
    secret: Finding | None = None
    """The first secret in a text that is not copied because of it; `where` is its line."""


def extension(path: str) -> str:
    return posixpath.splitext(path)[1][1:].lower()


def type_of(path: str) -> str:
    """What a reader would call the file."""
    name = posixpath.basename(path)
    return TYPES.get(extension(path)) or ("MLflow model" if name == "MLmodel" else extension(path).upper() or "File")


def copied_name(path: str) -> str:
    """The path of an artifact inside the site: valid everywhere, never under an extension that a browser executes."""
    *folders, name = path.split("/")
    stem, given = posixpath.splitext(name)
    ext = given.lower() if given[1:].isalnum() and given.isascii() else ""
    # Where it is changed at all the whole name goes into a hash, so that `a.PNG` and `a.png` stay two files, as do
    # `license` and `license.txt`; the slash, which no name has, makes sure of one.
    kept = stem if ext and ext == given and file_name(stem) == stem else file_name(f"/{name}")
    safe = IMAGES | PLAIN_TEXTS | MEDIA
    return "/".join([*map(file_name, folders), kept + (ext if ext[1:] in safe else f"{ext}.txt")])


def copy_file(folder: ArtifactFolder, artifact: Artifact, base: str, privacy: Privacy) -> tuple[CopiedFile, bytes]:
    """The copy of one artifact below `base`, and its bytes (empty when it is not copied)."""
    why = _why_not(artifact, privacy)
    if why:
        return _not_copied(artifact, why), b""
    try:
        with open_artifact(folder, artifact.path) as file:
            return _copy_open(file, artifact, f"{base}/{copied_name(artifact.path)}")
    except OSError:
        return _not_copied(artifact, "could not be read"), b""


def _copy_open(file: IO[bytes], artifact: Artifact, href: str) -> tuple[CopiedFile, bytes]:
    data = file.read(FILE_CAP + 1)
    if len(data) > FILE_CAP:
        return _not_copied(artifact, "too large to publish"), b""
    kind = extension(artifact.path)
    if kind in IMAGES:
        return _image(artifact, data, href), data
    if kind in MEDIA:
        return CopiedFile(artifact.path, len(data), type_of(artifact.path), href), data
    if found := scan_text(data.decode("utf-8", "replace"), artifact.path):
        why = f"holds what looks like a secret ({found[0].where}: {found[0].rule})"
        return replace(_not_copied(artifact, why), secret=found[0]), b""
    svg = kind == "svg" and len(data) <= SVG_CAP
    address = "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii") if svg else ""
    return CopiedFile(artifact.path, len(data), type_of(artifact.path), href, image=svg, data=address), data


def may_copy(privacy: Privacy, artifact: Artifact) -> bool:
    """Whether a file of this name and size may be copied; only such files are fetched from servers and buckets."""
    return not _why_not(artifact, privacy)


def _why_not(artifact: Artifact, privacy: Privacy) -> str:
    name = posixpath.basename(artifact.path).lower()
    if artifact_never(artifact.path, privacy):
        return "not published"
    if artifact.size > FILE_CAP:
        return "too large to publish"
    if extension(artifact.path) not in IMAGES | TEXTS | MEDIA and name not in BARE_TEXTS:
        return "listed only"
    return ""


def _not_copied(artifact: Artifact, why: str) -> CopiedFile:
    return CopiedFile(artifact.path, artifact.size, type_of(artifact.path), why=why)


def _image(artifact: Artifact, data: bytes, href: str) -> CopiedFile:
    """Read the header alone: an image of a hundred kilobytes can unpack to gigabytes."""
    import io

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
    except Exception:  # whatever Pillow says of a broken or hostile file, the file is only linked
        return CopiedFile(artifact.path, len(data), type_of(artifact.path), href)
    shown = width * height <= PIXEL_CAP
    return CopiedFile(artifact.path, len(data), type_of(artifact.path), href, image=shown, width=width, height=height)
