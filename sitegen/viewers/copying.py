"""Which artifact files are copied into the site, under which names, and why the others are not.

Static hosts cannot send headers, so a file that a browser would execute is a security hole even if no page links to it:
HTML, SVG and code are copied as `NAME.ext.txt` (docs/publishing.md, "What is published"). Models, archives and
databases are listed but never copied. In text, secrets are masked, and in the profile `public` private facts hidden.
"""

from __future__ import annotations

import base64
import posixpath
import warnings
from dataclasses import dataclass, replace
from typing import IO

from sitegen.addresses import file_name
from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import NO_NAMES, Finding, Names, Privacy, artifact_never, clean_document, scan_bytes
from sitegen.stores.artifacts import open_artifact
from sitegen.viewers.encodings import as_text, decode_html
from sitegen.viewers.figures import extracted
from sitegen.viewers.kinds import (
    BASE64,
    BROKEN,
    EMPTY,
    IMAGES,
    LFS,
    MAX_POINTER,
    MEDIA,
    PLAIN_TEXTS,
    TEXTS,
    extension,
    is_text_name,
    kind_of,
    type_of,
)
from sitegen.viewers.media_metadata import strings_in
from sitegen.viewers.metadata import without_metadata

FILE_CAP = 10_000_000
"""Bytes of the largest artifact that is copied."""
SVG_CAP = 200_000
"""Bytes of the largest SVG that is shown in its page as data."""
LISTED = "listed only"
"""The reason why files of other types are not copied."""
NOT_PUBLISHED = "not published"
"""The reason why models, databases, keys and input data are not copied."""
BY_TYPE = frozenset((LISTED, NOT_PUBLISHED))
"""The reasons that follow from the type of a file alone."""
METADATA = "holds metadata that cannot be taken out"
"""The reason why an image is not copied."""
_WITH_METADATA = frozenset(("gif", "bmp", "avif"))
"""Kinds of images of which `without_metadata` leaves some."""
_MARKUP = frozenset(("html", "htm", "xhtml", "xml", "svg"))
"""Kinds that may declare an encoding."""
PIXEL_CAP = 40_000_000
"""Pixels of the largest image that a page shows; a small file can unpack to gigabytes."""


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """The copy of an artifact: `href` is its path from the site's root, empty when it is not copied (`why` says why).

    `image` is true if a page may show it; then `width` and `height` are in pixels (0 unknown) and `data` holds an
    SVG as a data address, which cannot run anything. `kind` is what the file is by its content (`kinds.kind_of`, or
    `plotly` where its figures are copied in its place); empty for files that were not opened.
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
    kind: str = ""
    secrets: tuple[Finding, ...] = ()
    """The secrets in a text, at most 20, whose `where` is a line; those that are not allowed are masked in the copy."""
    hidden: tuple[tuple[str, int], ...] = ()
    """How many private facts are hidden in the copy, by kind."""


def copied_name(path: str, kind: str = "") -> str:
    """The path of an artifact inside the site: valid everywhere, never with an extension that a browser executes.

    `kind` is the type of the content if its name says otherwise.
    """
    *folders, name = path.split("/")
    stem, given = posixpath.splitext(name)
    ext = given.lower() if given[1:].isalnum() and given.isascii() else ""
    # Where it is changed at all the whole name goes into a hash, so that `a.PNG` and `a.png` stay two files, as do
    # `license` and `license.txt`; the slash, which no name has, makes sure of one.
    is_other = kind not in ("", EMPTY, ext[1:])
    kept = stem if ext and ext == given and file_name(stem) == stem and not is_other else file_name(f"/{name}")
    safe = IMAGES | PLAIN_TEXTS | MEDIA
    ext = f".{kind}" if is_other else ext
    return "/".join([*map(file_name, folders), kept + (ext if ext[1:] in safe else f"{ext}.txt")])


def copy_file(
    folder: ArtifactFolder, artifact: Artifact, base: str, privacy: Privacy, names: Names = NO_NAMES
) -> tuple[CopiedFile, bytes]:
    """The copy of one artifact below `base`, and its bytes (empty when it is not copied).

    `names` are those that the run's fields hold, hidden in its texts.
    """
    why = _why_not(artifact, privacy)
    if why and not (why == LISTED and is_pointer(folder, artifact)):
        return _not_copied(artifact, why), b""
    try:
        with open_artifact(folder, artifact.path) as file:
            return _copy_open(file, artifact, base, privacy, names)
    except OSError:
        known = extension(artifact.path) or is_text_name(artifact.path)
        return _not_copied(artifact, "could not be read" if known else LISTED), b""


def is_pointer(folder: ArtifactFolder, artifact: Artifact) -> bool:
    """Whether the file is a Git LFS pointer, which is text whatever the file was."""
    if artifact.size > MAX_POINTER:
        return False
    try:
        with open_artifact(folder, artifact.path) as file:
            return kind_of(artifact.path, file.read(MAX_POINTER)) == LFS
    except OSError:
        return False


def _copy_open(
    file: IO[bytes], artifact: Artifact, base: str, privacy: Privacy, names: Names
) -> tuple[CopiedFile, bytes]:
    data = file.read(FILE_CAP + 1)
    if len(data) > FILE_CAP:
        return _not_copied(artifact, "too large to publish"), b""
    path = artifact.path
    kind = kind_of(path, data)
    if not kind:
        return _not_copied(artifact, LISTED), b""
    found = CopiedFile(path, len(data), type_of(path, kind), f"{base}/{copied_name(path, kind)}", kind=kind)
    if kind in IMAGES:
        return _image(found, data, privacy)
    if kind in MEDIA:
        return _media(found, data, privacy, names)
    return _text(found, data, base, privacy, names)


def _text(found: CopiedFile, data: bytes, base: str, privacy: Privacy, names: Names) -> tuple[CopiedFile, bytes]:
    """A text as it may be shown; for a page that contains plotly.js, only its figures.

    The copy is byte for byte the file where nothing is hidden in it, else its text in UTF-8.
    """
    figures = extracted(data) if found.kind in ("html", "htm") else b""
    if figures:
        found, data = replace(found, kind="plotly", href=f"{base}/{_figures_name(found.path)}"), figures
    if found.kind == BASE64:
        return _base64(found, data, privacy)
    text = decode_html(data) if found.kind in _MARKUP else as_text(data)
    clean = clean_document(text, found.path, found.kind, privacy, names)
    found = replace(found, secrets=clean.findings, hidden=tuple(sorted(clean.hidden.items())))
    if clean.why:
        first = f" ({clean.findings[0].where}: {clean.findings[0].rule}, ...)" if clean.findings else ""
        return replace(found, href="", why=clean.why + first, hidden=()), b""
    if clean.text != text:
        # The byte order mark says the encoding, whatever the text itself declares.
        data = clean.text.encode("utf-8-sig" if found.kind in _MARKUP else "utf-8", "replace")
    svg = found.kind == "svg" and len(data) <= SVG_CAP
    address = "data:image/svg+xml;base64," + base64.b64encode(data).decode("ascii") if svg else ""
    return replace(found, image=svg, data=address), data


def _media(found: CopiedFile, data: bytes, privacy: Privacy, names: Names) -> tuple[CopiedFile, bytes]:
    """Sound, a film or a document, in the profile `public` without metadata, and not if it holds private facts yet."""
    if privacy.public:
        cleaned = without_metadata(data, found.kind)
        if cleaned is None or clean_document(strings_in(cleaned), "", "txt", privacy, names).hidden:
            return replace(found, href="", why=METADATA), b""
        data = cleaned
    return _without_secrets(found, data, privacy)


def _base64(found: CopiedFile, data: bytes, privacy: Privacy) -> tuple[CopiedFile, bytes]:
    """An image that was logged as its base64 text, in the profile `public` without metadata."""
    head, comma, encoded = data.partition(b",") if data.startswith(b"data:") else (b"", b"", data)
    try:
        image = base64.b64decode(b"".join(encoded.split()), validate=True)
    except ValueError:
        return replace(found, href="", why="is not an image that can be read"), b""
    cleaned = without_metadata(image, kind_of("", image)) if privacy.public else image
    if cleaned is None:
        return replace(found, href="", why=METADATA), b""
    return found, data if cleaned == image else head + comma + base64.b64encode(cleaned)


def _figures_name(path: str) -> str:
    """Where the figures of a page are: `NAME.html.json`, a name that no copied artifact has."""
    return copied_name(path).removesuffix(".txt") + ".json"


def may_copy(privacy: Privacy, artifact: Artifact) -> bool:
    """Whether a file of this name and size may be copied; only such files are fetched from servers and buckets."""
    return bool(extension(artifact.path) or is_text_name(artifact.path)) and not _why_not(artifact, privacy)


def _why_not(artifact: Artifact, privacy: Privacy) -> str:
    """Why the file is not even opened; files without an extension are opened to find their type."""
    if artifact_never(artifact.path, privacy):
        return NOT_PUBLISHED
    if artifact.size > FILE_CAP:
        return "too large to publish"
    ext = extension(artifact.path)
    return "" if not ext or ext in IMAGES | TEXTS | MEDIA or is_text_name(artifact.path) else LISTED


def _not_copied(artifact: Artifact, why: str) -> CopiedFile:
    return CopiedFile(artifact.path, artifact.size, type_of(artifact.path), why=why)


def _image(found: CopiedFile, data: bytes, privacy: Privacy) -> tuple[CopiedFile, bytes]:
    """An image, in the profile `public` without metadata; only its header is read, since it can unpack to gigabytes."""
    if privacy.public:
        cleaned = without_metadata(data, found.kind)
        if cleaned is None:
            return replace(found, href="", why=METADATA), b""
        data = cleaned
    if not privacy.public or found.kind in _WITH_METADATA:
        found, data = _without_secrets(found, data, privacy)
        if not data:
            return found, b""
    width, height = _size_of(data)
    if not width:
        return replace(found, kind=BROKEN), data
    is_shown = width * height <= PIXEL_CAP
    return replace(found, image=is_shown, width=width, height=height), data


def _without_secrets(found: CopiedFile, data: bytes, privacy: Privacy) -> tuple[CopiedFile, bytes]:
    """A binary file; not copied if what programs wrote into it as plain text holds a secret and cannot be removed."""
    secrets = tuple(scan_bytes(data, privacy))
    if not any(not one.is_allowed for one in secrets):
        return found, data
    found = replace(found, secrets=secrets)
    cleaned = without_metadata(data, found.kind) or b""
    if cleaned and not scan_bytes(cleaned, privacy):
        return found, cleaned
    return replace(found, href="", why=METADATA), b""


def _size_of(data: bytes) -> tuple[int, int]:
    """Width and height of an image in pixels as it is shown, upright; 0 if it cannot be read."""
    import io

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                is_turned = image.format == "JPEG" and image.getexif().get(0x0112, 1) >= 5
    except Exception:  # whatever Pillow says of a broken or hostile file, the file is only linked
        return 0, 0
    return (height, width) if is_turned else (width, height)
