"""Images without the metadata that cameras and programs add: place, owner, serial numbers, comments.

Pixels and colours are kept byte for byte; nothing is encoded again. The orientation of a JPEG is kept, so
that browsers turn it upright. Formats: JPEG (ITU T.81, Annex B), PNG (W3C PNG 3, section 11.3), WebP (RFC 9649).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from sitegen.viewers.media_metadata import without_media_metadata

_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
# APP1 (EXIF, XMP), APP3 to APP13 (makers' own, IPTC) and comments; APP0, APP2 and APP14 say how colours are meant.
_JPEG_DROPPED = frozenset((0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE))
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""A marker that does not belong to the data of a scan."""
_PNG_DROPPED = frozenset((b"eXIf", b"tIME", b"tEXt", b"zTXt", b"iTXt"))
_PNG_KEPT = (b"Software\0", b"Title\0")
_WEBP_DROPPED = frozenset((b"EXIF", b"XMP "))
_WEBP_FLAGS = 0b00001100
"""The bits in a WebP's header for EXIF and XMP."""


def without_metadata(data: bytes, kind: str) -> bytes | None:
    """The image without metadata, unchanged for other formats; None if it has metadata that cannot be removed."""
    try:
        if kind in ("jpg", "jpeg"):
            return _jpeg(data)
        if kind == "png":
            return b"".join(_png(data))
        if kind == "webp":
            return _webp(data)
    except (IndexError, ValueError):  # a broken file: what cannot be told apart is left out
        return None
    if kind == "avif" and (_EXIF in data or b"Exif" in data[:4096] or b"application/rdf+xml" in data):
        return None
    return without_media_metadata(data, kind)


def _jpeg(data: bytes) -> bytes:
    parts, at, orientation = [data[:2]], 2, 1
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in (0xDA, 0xD9):
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : end]
        if marker == 0xE1 and body.startswith(_EXIF):
            orientation = _orientation(body[6:])
        if marker not in _JPEG_DROPPED:
            parts.append(data[at:end])
        at = end
    rest = data[at:]
    if orientation != 1:
        parts.insert(1, _oriented(orientation))
    return b"".join((*parts, _to_its_end(rest)))


def _to_its_end(rest: bytes) -> bytes:
    """The scans up to the end of the picture: phones put a second one, with metadata of its own, behind it."""
    at = 0
    while found := _MARKER.search(rest, at):
        mark = found.start()
        if rest[mark + 1] == 0xD9:
            return rest[: mark + 2]
        at = mark + 2 + int.from_bytes(rest[mark + 2 : mark + 4], "big")
    return rest


def _orientation(tiff: bytes) -> int:
    """How the picture is to be turned, 1 to 8, from the first directory of its EXIF."""
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    start = int.from_bytes(tiff[4:8], order)
    for entry in range(int.from_bytes(tiff[start : start + 2], order)):
        at = start + 2 + 12 * entry
        if int.from_bytes(tiff[at : at + 2], order) == _ORIENTATION:
            value = int.from_bytes(tiff[at + 8 : at + 10], order)
            return value if 1 <= value <= 8 else 1
    return 1


def _oriented(orientation: int) -> bytes:
    """An EXIF segment with nothing but the orientation."""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + orientation.to_bytes(2, "big") + b"\0\0"
    body = _EXIF + b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while at + 8 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if kind not in _PNG_DROPPED or (kind == b"tEXt" and data.startswith(_PNG_KEPT, at + 8)):
            yield data[at:end]
        if kind == b"IEND":
            return  # whatever stands behind the end is not part of the picture
        at = end


def _webp(data: bytes) -> bytes:
    parts, at = [], 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + length % 2
        kind, chunk = data[at : at + 4], data[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            parts.append(chunk)
        at = end
    body = b"".join(parts)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body
