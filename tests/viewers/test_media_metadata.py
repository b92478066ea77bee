"""Comments, authors and places are taken out of GIF images, sound, films and documents; what is seen and heard stays."""

from __future__ import annotations

import io
import struct
import time
import wave

import pytest
from PIL import Image, ImageSequence

from sitegen.viewers.media_metadata import strings_in, without_media_metadata

SECRET = b"ghp_" + b"a1B2c3" * 6


def gif() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (shade, 9, 9)) for shade in (10, 120, 240)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=SECRET, loop=0, duration=40)
    return out.getvalue()


def id3(body: bytes, is_footed: bool = False) -> bytes:
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\4\0" + bytes([0x10 * is_footed]) + size + body + (b"3DI\4\0\x10" + size if is_footed else b"")


def ape(body: bytes) -> bytes:
    head = struct.pack("<4L", 2000, len(body) + 32, 1, 0xA0000000)
    tail = struct.pack("<4L", 2000, len(body) + 32, 1, 0x80000000)
    return b"APETAGEX" + head + bytes(8) + body + b"APETAGEX" + tail + bytes(8)


def wav(*chunks: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(bytes(range(200)))
    body = out.getvalue()[8:] + b"".join(chunks)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body) + 8) + kind + body


def element(number: bytes, body: bytes) -> bytes:
    return number + b"\x01" + len(body).to_bytes(7, "big") + body


FLAC = b"fLaC" + b"\0\0\0\x04info" + b"\4" + struct.pack(">L", len(SECRET))[1:] + SECRET + b"\x83\0\0\2sk" + b"frames"
MP4 = box(b"ftyp", b"isom") + box(
    b"moov", box(b"mvhd", b"x") + box(b"udta", SECRET) + box(b"trak", box(b"meta", SECRET))
)
WEBM = element(b"\x1a\x45\xdf\xa3", b"") + element(
    b"\x18\x53\x80\x67",
    element(b"\x15\x49\xa9\x66", element(b"\x7b\xa9", SECRET) + element(b"\x2a\xd7\xb1", b"\x01"))
    + element(b"\x12\x54\xc3\x67", SECRET)
    + element(b"\x1f\x43\xb6\x75", b"frames"),
)
PDF = (
    b"%PDF-1.4\n11 0 obj\n<< /Title (not this) >>\nendobj\n1 0 obj\n<< /Author (a \\) (b) " + SECRET + b") /Title <feff00> >>\nendobj\n"
    b"2 0 obj << /Type /Metadata >> stream\n<?xpacket begin='x'?>" + SECRET + b"<?xpacket end='w'?>\nendstream endobj\n"
    b"trailer << /Info 1 0 R >>"
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "data", "kept"),
    [
        ("gif", gif(), b"NETSCAPE2.0"),
        (
            "mp3",
            id3(SECRET, True) + id3(SECRET) + b"\xff\xfbframes" + ape(SECRET) + b"TAG" + SECRET.ljust(125),
            b"\xff\xfbframes",
        ),
        ("wav", wav(b"LIST" + struct.pack("<L", 40) + SECRET), bytes(range(200))),
        ("flac", FLAC, b"frames"),
        ("mp4", MP4 + box(b"mdat", b"frames"), b"frames"),
        ("webm", WEBM, b"frames"),
        ("pdf", PDF, b"(not this)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_metadata_is_taken_out_and_the_rest_stays(kind: str, data: bytes, kept: bytes) -> None:
    assert SECRET in data and kept in data
    found = without_media_metadata(data, kind)
    assert found is not None
    assert SECRET not in found and kept in found
    assert without_media_metadata(found, kind) == found


def test_the_frames_of_an_animation_stay_as_they_are() -> None:
    found = without_media_metadata(gif(), "gif") or b""
    before, after = (Image.open(io.BytesIO(data)) for data in (gif(), found))
    shown = [[frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(one)] for one in (before, after)]
    assert shown[0] == shown[1] and len(shown[0]) == 3
    assert (after.info["loop"], after.info["duration"]) == (0, 40)


def test_sound_stays_as_it_is() -> None:
    found = without_media_metadata(wav(b"id3 \4\0\0\0xxxx"), "wav") or b""
    with wave.open(io.BytesIO(found)) as file:
        assert file.readframes(1_000) == bytes(range(200))
    assert found == wav()


@pytest.mark.parametrize("kind", ["mp4", "webm", "pdf"])
def test_nothing_moves_where_files_hold_the_places_of_their_parts(kind: str) -> None:
    data = {"mp4": MP4, "webm": WEBM, "pdf": PDF}[kind]
    assert len(without_media_metadata(data, kind) or b"") == len(data)


@pytest.mark.parametrize("kind", ["gif", "mp3", "wav", "flac", "mp4", "webm", "pdf"])
@pytest.mark.parametrize(
    "unit", [b"ID3\4\0\0\0\0\0\0", b"!\xfe\0", b"\0\0\0\x08moov", b"\xec\x80", b"1 0 obj /Info 1 0 R (a(", b"<?xpacket begin=", b"/Info 12 0 R ", b"\xff\0"],
)  # fmt: skip
def test_hostile_files_cost_little(kind: str, unit: bytes) -> None:
    start = {"gif": b"GIF89a" + bytes(7), "wav": b"RIFF    WAVE", "flac": b"fLaC"}.get(kind, b"")
    data = start + unit * (1_000_000 // len(unit))
    began = time.process_time()
    without_media_metadata(data, kind)
    assert time.process_time() - began < 0.6


def test_what_cannot_be_told_apart_is_not_published() -> None:
    assert without_media_metadata(b"GIF89a" + bytes(7) + b"what", "gif") is None
    assert without_media_metadata(box(b"moov", b"")[:4] + b"moov", "mp4") == box(b"moov", b"")
    assert without_media_metadata(b"\0\0\1\0moov" + bytes(8), "mp4") is None
    assert without_media_metadata(b"OggS", "ogg") == b"OggS"


def test_strings_of_one_and_two_bytes_are_found() -> None:
    text = strings_in(b"\0\1" + SECRET + b"\0short\1\1" + "a long sentence".encode("utf-16-le"))
    assert text.split("\n") == [SECRET.decode(), "a long sentence"]
