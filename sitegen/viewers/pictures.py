"""Pictures made at build time: thumbnails, and images in a form that browsers show."""

from __future__ import annotations

import base64
import io
import warnings
from typing import Any

from sitegen.viewers.blocks import Picture
from sitegen.viewers.reading import Unreadable

THUMB_WIDTH, THUMB_HEIGHT = 480, 360
"""Pixels of the box that a thumbnail fits into: a card of the gallery at twice its size on the page."""
SMALL_BYTES = 24_000
"""An image of fewer bytes is its own thumbnail."""
SHOWN_SIDE = 1_600
MAX_PIXELS = 40_000_000
"""Pixels of the largest image that is unpacked; the same as in `copying.py`."""
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
"""The formats that Pillow may read; it has dozens of others that are not tested against hostile files."""


def thumbnail(data: bytes) -> bytes:
    """A small WebP of an image's first frame, empty when it cannot be made. Same bytes in, same bytes out."""
    try:
        return _encoded(_opened(data), (THUMB_WIDTH, THUMB_HEIGHT), quality=76)
    except Unreadable:
        return b""


def picture_view(data: bytes, alt: str) -> Picture:
    """An image that browsers do not show (TIFF) as one that they do. Raises Unreadable."""
    image = _opened(data)
    width, height = image.size
    frames = getattr(image, "n_frames", 1)
    encoded = base64.b64encode(_encoded(image, (SHOWN_SIDE, SHOWN_SIDE), quality=85)).decode("ascii")
    note = (
        f"{width:,} × {height:,} pixels"
        + (f", the first of {frames} pages" if frames > 1 else "")
        + ", converted for the page."
    )
    scale = min(1.0, SHOWN_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return Picture(f"data:image/webp;base64,{encoded}", alt, note, *size)


def _opened(data: bytes) -> Any:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # whatever Pillow says of a broken or hostile file
        raise Unreadable("The file is not an image that can be read.") from error
    if image.width * image.height > MAX_PIXELS:
        raise Unreadable("The image has too many pixels to be shown.")
    return image


def _encoded(image: Any, box: tuple[int, int], quality: int) -> bytes:
    from PIL import ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.draft("RGB", box)
            # 16-bit and float images would lose their range in a plain conversion.
            if image.mode in ("I", "F", "I;16", "I;16B", "I;16L"):
                image = _stretched(image)
            image = ImageOps.exif_transpose(image)
            image = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
            image.thumbnail(box)
            out = io.BytesIO()
            image.save(out, "WEBP", quality=quality, method=2)
    except Exception as error:
        raise Unreadable("The file is not an image that can be read.") from error
    return out.getvalue()


def _stretched(image: Any) -> Any:
    """Grey levels between the smallest and the largest value of an image with more than 8 bits."""
    grey = image.convert("F")
    low, high = grey.getextrema()
    scale = 255 / (high - low) if high > low else 0
    return grey.point(lambda v: v * scale - low * scale).convert("L")
