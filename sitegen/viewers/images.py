"""Images as small WebP images, in this process or in one that can be killed (`decoders`)."""

from __future__ import annotations

import io
import warnings
from typing import Any

MAX_PIXELS = 40_000_000
"""Pixels of the largest image that is unpacked, and that a page shows; a small file can unpack to gigabytes."""
MAX_SCANNED = 8 * MAX_PIXELS
"""Pixels of a JPEG times its scans: a progressive one has some ten, each of which is a pass over all pixels."""
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
"""The formats that Pillow may read; it has dozens of others that are not tested against hostile files."""
_HIGH = ("I", "F", "I;16", "I;16B", "I;16L")


class BadImage(Exception):
    """Why an image is not unpacked, as a sentence."""


def opened(data: bytes) -> Any:
    """The image in `data`, of which only the header is read. Raises BadImage."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # whatever Pillow says of a broken or hostile file
        raise BadImage("The file is not an image that can be read.") from error
    pixels = image.width * image.height
    if pixels > MAX_PIXELS or (image.format == "JPEG" and pixels * data.count(b"\xff\xda") > MAX_SCANNED):
        raise BadImage("The image has too many pixels to be shown.")
    return image


def encoded(image: Any, box: tuple[int, int], quality: int) -> bytes:
    """The first frame of an image as a WebP that fits into `box`. Same bytes in, same bytes out. Raises BadImage."""
    from PIL import ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.draft("RGB", box)
            # 16-bit and float images would lose their range in a plain conversion.
            if image.mode in _HIGH:
                image = _stretched(image, box)
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
            image = image if image.mode == mode else image.convert(mode)
            image.thumbnail(box)
            out = io.BytesIO()
            image.save(out, "WEBP", quality=quality, method=2)
    except MemoryError:
        raise
    except Exception as error:
        raise BadImage("The file is not an image that can be read.") from error
    return out.getvalue()


def _stretched(image: Any, box: tuple[int, int]) -> Any:
    """Grey levels between the smallest and the largest value of an image with more than 8 bits."""
    grey = image if image.mode == "F" else image.convert("F")
    low, high = grey.getextrema()
    scale = 255 / (high - low) if high > low else 0
    grey.thumbnail(box)
    return grey.point(lambda v: v * scale - low * scale).convert("L")
