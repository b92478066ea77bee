"""Pictures made at build time: thumbnails, and images in a form that browsers show."""

from __future__ import annotations

import base64

from sitegen.viewers import images
from sitegen.viewers.blocks import Picture
from sitegen.viewers.decoding import decode
from sitegen.viewers.images import BadImage
from sitegen.viewers.reading import Unreadable

THUMB_WIDTH, THUMB_HEIGHT = 480, 360
"""Pixels of the box that a thumbnail fits into: a card of the gallery at twice its size on the page."""
SMALL_BYTES = 24_000
"""An image of fewer bytes is its own thumbnail."""
SHOWN_SIDE = 1_600
MAX_HERE = 8_000_000
"""Pixels of the largest image that is unpacked in this process; larger ones are in a process with limits of its own."""
MAX_PAGES = 1_000
"""Maximum number of pages of a TIFF that are counted."""


def thumbnail(data: bytes) -> bytes:
    """A small WebP of an image's first frame, empty when it cannot be made. Same bytes in, same bytes out."""
    try:
        return _converted(data, (THUMB_WIDTH, THUMB_HEIGHT), quality=76)[2]
    except Unreadable:
        return b""


def picture_view(data: bytes, alt: str) -> Picture:
    """An image that browsers do not show (TIFF) as one that they do. Raises Unreadable."""
    width, height, small = _converted(data, (SHOWN_SIDE, SHOWN_SIDE), quality=85)
    address = "data:image/webp;base64," + base64.b64encode(small).decode("ascii")
    note = f"{width:,} × {height:,} pixels{_pages_note(data)}, converted for the page."
    scale = min(1.0, SHOWN_SIDE / max(width, height))
    return Picture(address, alt, note, max(1, round(width * scale)), max(1, round(height * scale)))


def _converted(data: bytes, box: tuple[int, int], quality: int) -> tuple[int, int, bytes]:
    """Width and height of an image, and a WebP of it that fits into `box`. Raises Unreadable."""
    try:
        image = images.opened(data)
        if image.format != "TIFF" and image.width * image.height <= MAX_HERE:
            width, height = image.size
            return width, height, images.encoded(image, box, quality)
    except BadImage as problem:
        raise Unreadable(str(problem)) from problem
    found = decode({"what": "image", "box": box, "quality": quality}, data, "image")
    return found["width"], found["height"], base64.b64decode(found["data"])


def _pages_note(data: bytes) -> str:
    pages = _pages(data)
    if pages < 2:
        return ""
    return f", the first of {f'more than {MAX_PAGES:,}' if pages > MAX_PAGES else pages} pages"


def _pages(data: bytes) -> int:
    """The pages of a TIFF (TIFF 6.0, section 2), counted by their directories; 1 for other formats."""
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return 1
    little = data[:1] == b"I"

    def number(at: int, length: int) -> int:
        return int.from_bytes(data[at : at + length], "little" if little else "big")

    pages, at = 0, number(4, 4)
    while 0 < at < len(data) and pages <= MAX_PAGES:
        pages += 1
        end = at + 2 + 12 * number(at, 2)
        at = number(end, 4)
    return pages
