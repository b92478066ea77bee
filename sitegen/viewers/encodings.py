"""Bytes to text: which encoding a file is in, by its byte order mark, by its bytes, or by its own declaration."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_LOOKED_AT = 4_000
"""Bytes from which UTF-16 without a byte order mark is recognised."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WHOLE = re.compile("[^\x00-\x7f\ufffd]")
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})|^\s*<\?xml[^>]{0,100}encoding=[\"']([A-Za-z0-9._-]{1,40})",
    re.IGNORECASE,
)
# Charsets that pages are written in; others that Python knows (punycode) take time that grows with the square.
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|ascii|latin-?1|iso-8859-\d{1,2}|windows-125\d|cp125\d|koi8-[ru]|macintosh|shift[_-]jis|sjis|"
    r"euc-(?:jp|kr)|gb2312|gbk|gb18030|big5"
)
# What HTML means by these names (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {**dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"), "macintosh": "mac-roman"}


class Decoded(NamedTuple):
    """A string, and the name of its encoding."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """`data`, which may end in the middle of a character, as text; invalid bytes are replaced."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return Decoded(_decoded(data, codec, "replace"), name)
    wide = _wide(data[:_LOOKED_AT])
    if wide:
        return Decoded(_decoded(data, wide, "replace"), "UTF-16")
    try:
        return Decoded(_decoded(data, "utf-8", "strict"), "UTF-8")
    except UnicodeDecodeError:
        return _not_utf8(data)


def as_text(data: bytes) -> str:
    """The text of `data`, by `decode`."""
    return decode(data).text


def decode_html(data: bytes) -> str:
    """The text of a page, which may declare its encoding in the first 1,024 bytes, as in browsers."""
    declared = _DECLARED.search(data[:1024])
    name = (declared[1] or declared[2]).decode("ascii").lower() if declared else ""
    if data.startswith(tuple(mark for mark, _, _ in _MARKS)) or not _CHARSETS.fullmatch(name):
        return as_text(data)
    try:
        return data.decode(_MEANT.get(name, name), "replace")
    except LookupError:
        return as_text(data)


def _decoded(data: bytes, codec: str, errors: str) -> str:
    """`data` decoded; an incomplete character at its end is left out."""
    return codecs.getincrementaldecoder(codec)(errors).decode(data)


def _wide(head: bytes) -> str:
    """The UTF-16 variant of text without a byte order mark: every other byte of Latin text is then 0."""
    pairs = len(head) // 2
    if pairs < 4:
        return ""
    low, high = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if high > 0.7 * pairs and low == 0:
        return "utf-16-le"
    return "utf-16-be" if low > 0.7 * pairs and high == 0 else ""


def _not_utf8(data: bytes) -> Decoded:
    """UTF-8 with a few broken characters, else the encoding that Windows wrote in Western Europe and America."""
    text = data.decode("utf-8", "replace")
    # Text of another encoding is hardly ever UTF-8 by chance.
    if text.count("\ufffd") < len(_WHOLE.findall(text)) or _CONTROL.search(data[:_LOOKED_AT]):
        return Decoded(text, "UTF-8")
    return Decoded(data.decode("latin-1").translate(_WINDOWS), "Windows-1252")


def _windows() -> dict[int, str]:
    """The characters of the bytes 0x80 to 0x9F there; five are undefined."""
    return {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}


_WINDOWS = _windows()
