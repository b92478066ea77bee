"""GIF images, sound, films and PDF documents without the metadata in them: comments, authors, places, programs.

Nothing is decoded: parts of a file are left out, or overwritten where others would move. What formats hold in other
places is for the scanner (`strings_in`). Formats: GIF89a; ID3 2.4 (section 3), APEv2; RIFF; FLAC (RFC 9639, section 8);
ISO 14496-12 (MP4); Matroska (RFC 9559, section 5); PDF (ISO 32000, sections 7.5 and 14.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

_KEPT_GIF = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
"""Extensions of programs that say how often an animation runs, and how colours are meant."""
_KEPT_WAV = frozenset((b"fmt ", b"data", b"fact", b"wavl", b"slnt"))
_FLAC_STREAM, _FLAC_SEEK = 0, 3
_BOXES = frozenset((b"moov", b"trak", b"mdia", b"moof", b"traf"))
"""Boxes of an MP4 that others are in."""
_BLANKED_BOXES = frozenset((b"udta", b"meta", b"uuid", b"free", b"skip", b"wide"))
_SEGMENT, _INFO = 0x18538067, 0x1549A966
_BLANKED_ELEMENTS = frozenset((0x1254C367, 0x1941A469, 0xEC, 0x7BA9, 0x7384, 0x4461, 0x3CB923, 0x3C83AB))
"""Elements of a WebM: tags, attachments, void; title, file name, date, neighbours."""
MAX_PARTS = 300_000
"""Parts of a file that are told apart; films and animations have some thousands."""
MAX_DESCRIPTIONS = 8
_MAX_OBJECT = 20_000
"""Descriptions of a PDF (a new one may be added behind the others), and bytes of one."""
_INFO_OBJECT = re.compile(rb"/Info\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{1,9}R")
_STRING = re.compile(rb"\((?:[^()\\]|\\.|\([^()]*+\))*+\)|<[0-9A-Fa-f\s]*+>(?!>)", re.S)
_XMP = ((b"<?xpacket begin=", b"<?xpacket end="), (b"<x:xmpmeta", b"</x:xmpmeta>"))
_PRINTABLE = re.compile(rb"[\x20-\x7e]{12,}")
_PRINTABLE_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){12,}")


class Broken(Exception):
    """A file whose parts cannot be told apart."""


def without_media_metadata(data: bytes, kind: str) -> bytes | None:
    """The file without metadata, unchanged for other formats; None if its parts cannot be told apart."""
    strip = _FORMATS.get(kind)
    try:
        return strip(data) if strip else data
    except (Broken, IndexError, ValueError):
        return None


def strings_in(data: bytes) -> str:
    """What may be text in a file, a line for each piece of 12 characters or more, in one byte or in two."""
    wide = (found[::2] for found in _PRINTABLE_WIDE.findall(data))
    return b"\n".join([*_PRINTABLE.findall(data), *wide]).decode("ascii")


def _gif(data: bytes) -> bytes:
    parts = [data[:13]]
    at = 13 + _table_size(data[10])
    parts.append(data[13:at])
    while data[at : at + 1] not in (b"", b";"):
        if len(parts) > MAX_PARTS:
            raise Broken
        start, is_image = at, data[at] == 0x2C
        if not is_image and data[at] != 0x21:
            raise Broken
        at += 11 + _table_size(data[at + 9]) if is_image else 2
        first = at
        while data[at]:
            at += 1 + data[at]
        at += 1
        is_kept = is_image or data[start + 1] == 0xF9 or data[first + 1 : first + 12] in _KEPT_GIF
        parts.append(data[start:at] if is_kept else b"")
    return b"".join((*parts, b";"))


def _table_size(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _mp3(data: bytes) -> bytes:
    start, end = 0, len(data)
    while data[start : start + 3] == b"ID3":
        size = sum(
            (byte & 0x7F) << shift for byte, shift in zip(data[start + 6 : start + 10], (21, 14, 7, 0), strict=True)
        )
        start += 10 + size + (10 if data[start + 5] & 0x10 else 0)
    while start < end:
        if data[end - 128 : end - 125] == b"TAG":
            end -= 128
        elif data[end - 32 : end - 24] == b"APETAGEX":
            has_header = int.from_bytes(data[end - 12 : end - 8], "little") >> 31
            end -= int.from_bytes(data[end - 20 : end - 16], "little") + 32 * has_header
        elif data[end - 9 : end] == b"LYRICS200":
            end -= 15 + int(data[end - 15 : end - 9])
        else:
            return data[start:end]
    raise Broken


def _wav(data: bytes) -> bytes:
    body, at = [], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if data[at : at + 4] in _KEPT_WAV:
            body.append(data[at:end])
        at = end
    whole = b"WAVE" + b"".join(body)
    return b"RIFF" + len(whole).to_bytes(4, "little") + whole


def _flac(data: bytes) -> bytes:
    if data[:3] == b"ID3":
        data = _mp3(data)
    if data[:4] != b"fLaC":
        raise Broken
    blocks, at, is_last = [], 4, False
    while not is_last:
        is_last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        if kind in (_FLAC_STREAM, _FLAC_SEEK):
            blocks.append(bytes([kind]) + data[at + 1 : end])
        at = end
    blocks[-1] = bytes([blocks[-1][0] | 0x80]) + blocks[-1][1:]
    return b"fLaC" + b"".join(blocks) + data[at:]


def _mp4(data: bytes) -> bytes:
    """The boxes of metadata become free space, so that nothing moves: others have the places of frames."""
    blank = bytearray(data)
    for start, head, end, kind in _boxes(data, 0, len(data)):
        if kind in _BLANKED_BOXES:
            blank[start + 4 : start + 8] = b"free"
            blank[start + head : end] = bytes(end - start - head)
    return bytes(blank)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, bytes]]:
    """Start, bytes of the head, end and type of each box, and of those in the ones of `_BOXES`."""
    waiting, parts = [(start, end)], 0
    while waiting:
        at, limit = waiting.pop()
        while at + 8 <= limit:
            parts += 1
            size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
            if size == 1:
                size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
            size = size or limit - at
            if size < head or at + size > limit or parts > MAX_PARTS:
                raise Broken
            yield at, head, at + size, kind
            if kind in _BOXES:
                waiting.append((at + head, at + size))
            at += size


def _webm(data: bytes) -> bytes:
    """The elements of metadata become void, so that nothing moves."""
    blank = bytearray(data)
    waiting, parts = [(0, len(data))], 0
    while waiting:
        at, limit = waiting.pop()
        while at < limit:
            parts += 1
            element, after = _number(data, at, is_id=True)
            size, body = _number(data, after)
            end = limit if size is None else body + size
            if end > limit or parts > MAX_PARTS:
                raise Broken
            if element in (_SEGMENT, _INFO):
                waiting.append((body, end))
            elif element in _BLANKED_ELEMENTS:
                blank[at:end] = _void(end - at)
            at = end
    return bytes(blank)


def _number(data: bytes, at: int, is_id: bool = False) -> tuple[int | None, int]:
    """A number of one to eight bytes, and where it ends; None for a size that is not known."""
    length = 9 - data[at].bit_length()
    if length > 8:
        raise Broken
    value = int.from_bytes(data[at : at + length], "big")
    if is_id:
        return value, at + length
    value &= (1 << 7 * length) - 1
    return (None if value == (1 << 7 * length) - 1 else value), at + length


def _void(size: int) -> bytes:
    """An element without content of `size` bytes, 2 at least."""
    if size < 9:
        return bytes([0xEC, 0x80 | (size - 2)]) + bytes(size - 2)
    return b"\xec\x01" + (size - 9).to_bytes(7, "big") + bytes(size - 9)


def _pdf(data: bytes) -> bytes:
    """The strings of the document's description, and its XMP, are overwritten by spaces, so that nothing moves."""
    blank = bytearray(data)
    descriptions = set(_INFO_OBJECT.findall(data))
    if len(descriptions) > MAX_DESCRIPTIONS:
        raise Broken
    for number, generation in descriptions:
        head = re.compile(rb"(?<!\d)%b\s{1,9}%b\s{1,9}obj\b" % (number, generation))
        for found in islice(head.finditer(data), MAX_DESCRIPTIONS):
            end = data.find(b"endobj", found.end(), found.end() + _MAX_OBJECT)
            for string in _STRING.finditer(data, found.end(), end if end >= 0 else found.end() + _MAX_OBJECT):
                blank[string.start() + 1 : string.end() - 1] = b" " * (string.end() - string.start() - 2)
    for start, end in _between(data, _XMP):
        blank[start:end] = b" " * (end - start)
    return bytes(blank)


def _between(data: bytes, marks: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[int, int]]:
    """The places from each first mark up to the second that follows it."""
    for first, second in marks:
        start = data.find(first)
        while start >= 0:
            end = data.find(second, start)
            if end < 0:
                raise Broken
            yield start, end
            start = data.find(first, end)


_FORMATS: dict[str, Callable[[bytes], bytes]] = {
    "gif": _gif, "mp3": _mp3, "wav": _wav, "flac": _flac, "pdf": _pdf, "webm": _webm,
    **dict.fromkeys(("mp4", "m4a", "m4v", "mov"), _mp4),
}  # fmt: skip
