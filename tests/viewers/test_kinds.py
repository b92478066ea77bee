"""A file is what its bytes say, whatever its name; what cameras wrote into images does not reach a public site."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import Privacy
from sitegen.viewers import pictures
from sitegen.viewers.blocks import Frame, Picture, Sentence, Text
from sitegen.viewers.copying import CopiedFile, copy_file, may_copy
from sitegen.viewers.kinds import BASE64, BROKEN, EMPTY, LFS, kind_of
from sitegen.viewers.metadata import without_metadata

from .test_view import only, problem, view

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"


def image(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((60, 30), 90).convert("RGB").save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def copied(root: Path, name: str, data: bytes, profile: str = "public") -> tuple[CopiedFile, bytes]:
    (root / name).write_bytes(data)
    privacy = Privacy("internal" if profile == "internal" else "public")
    return copy_file(ArtifactFolder("", root), Artifact(name, len(data)), "artifacts/r", privacy)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.png", image("PNG"), "png"),
        ("a.jpeg", image("JPEG"), "jpeg"),
        ("a.png", image("JPEG"), "jpg"),
        ("a", image("PNG"), "png"),
        ("a.csv", image("WEBP"), "webp"),
        ("a.png", b"<html><body>x", "html"),
        ("a.png", b"<script>alert(1)</script>", "html"),
        ("fig_test", b"\n<!doctype html><p>", "html"),
        ("a", b"<?xml version='1.0'?>\n<!-- x -->\n<svg xmlns='x'>", "svg"),
        ("a.png", base64.b64encode(image("PNG")), BASE64),
        ("a.txt", b"BM is a word", "txt"),
        ("a.csv", POINTER, LFS),
        ("a.png", POINTER, LFS),
        ("a.png", b"", EMPTY),
        ("data", b"a,b\n1,2\n", "txt"),
        ("data", b'{"a": 1}', "json"),
        ("weights", b"\x00\x01\x02", ""),
        ("README", b"hello", "txt"),
        ("a.html", b"plain", "html"),
        ("a.txt", b"<html>", "txt"),
    ],
)
def test_what_a_file_is(name: str, data: bytes, kind: str) -> None:
    assert kind_of(name, data) == kind


@given(st.binary(max_size=200), st.sampled_from(["a", "a.png", "a.txt", "a.html"]))
def test_any_bytes_are_of_some_kind(data: bytes, name: str) -> None:
    assert isinstance(kind_of(name, data), str)


def test_a_wrong_name_is_told_and_the_content_shown(tmp_path: Path) -> None:
    blocks = view(tmp_path, "fig.png", "<html><body>a figure</body></html>")
    assert problem(blocks) == "The file is named .png, but holds HTML." and only(blocks, Frame)
    file, _ = copied(tmp_path, "fig.png", b"<html>")
    assert file.type == "HTML, named .png" and file.href.endswith(".html.txt") and not file.image
    blocks = view(tmp_path, "b64.png", base64.b64encode(image("PNG")))
    assert "base64" in problem(blocks) and (only(blocks, Picture).width, only(blocks, Picture).height) == (60, 30)


def test_files_without_an_extension_are_shown_as_what_they_are(tmp_path: Path) -> None:
    file, data = copied(tmp_path, "plot", image("PNG"))
    assert file.image and file.href.endswith(".png") and data
    assert only(view(tmp_path, "page", "<!doctype html><p>x"), Frame)
    assert only(view(tmp_path, "words", "just words"), Text)
    assert copied(tmp_path, "weights", b"\0\1\2")[0].why == "listed only"
    assert not may_copy(Privacy(), Artifact("weights", 10)), "nothing is fetched to see what it is"


def test_a_pointer_of_git_lfs_is_named(tmp_path: Path) -> None:
    for name in ("roc.png", "data.csv", "table.parquet", "a.npy"):
        blocks = view(tmp_path, name, POINTER)
        assert problem(blocks) == (
            "A Git LFS pointer stands here in place of the file of 12.3 kB; `git lfs pull` in the store's repository fetches it."
        )
    assert {copied(tmp_path, name, POINTER)[0].type for name in ("a.csv", "b.png", "c.parquet")} == {"Git LFS pointer"}
    assert copied(tmp_path, "model.pkl", POINTER)[0].why == "not published"


def test_empty_and_broken_files_say_so(tmp_path: Path) -> None:
    assert view(tmp_path, "a.png", b"") == (Sentence("The file is empty."),)
    assert view(tmp_path, "a.csv", b"") == (Sentence("The file is empty."),)
    assert view(tmp_path, "b.png", b"\x89PNG\r\n\x1a\nnothing") == (
        Sentence("The file is not an image that can be read."),
    )
    assert copied(tmp_path, "b.png", b"\x89PNG\r\n\x1a\nnothing")[0].kind == BROKEN


# Metadata -------------------------------------------------------------------------------------------------------------


def tagged(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "SecretCam 3000"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 15.0)
    return exif


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_place_and_camera_are_not_published_and_pixels_stay(tmp_path: Path, kind: str, name: str) -> None:
    data = image(kind, exif=tagged())
    assert b"SecretCam" in data
    file, public = copied(tmp_path, name, data)
    assert file.image and b"SecretCam" not in public and b"Exif" not in public
    assert pixels(public) == pixels(data) and dict(Image.open(io.BytesIO(public)).getexif()) == {}
    assert copied(tmp_path, name, data, "internal")[1] == data


def test_a_picture_from_a_phone_stays_upright(tmp_path: Path) -> None:
    data = image("JPEG", exif=tagged(6))
    file, public = copied(tmp_path, "a.jpg", data)
    assert (file.width, file.height) == (30, 60)
    assert dict(Image.open(io.BytesIO(public)).getexif()) == {0x0112: 6}
    small = Image.open(io.BytesIO(pictures.thumbnail(public)))
    assert small.width < small.height


def test_what_stands_behind_the_end_of_a_picture_is_left_out() -> None:
    for kind, ends in (("JPEG", b"\xff\xd9"), ("PNG", b"IEND\xaeB`\x82")):
        data = image(kind)
        assert data.endswith(ends)
        cleaned = without_metadata(data + b"SecretCam", "jpg" if kind == "JPEG" else "png")
        assert cleaned is not None and cleaned.endswith(ends)
    progressive = image("JPEG", progressive=True, comment=b"SecretCam")
    cleaned = without_metadata(progressive, "jpg")
    assert cleaned is not None and b"SecretCam" not in cleaned and pixels(cleaned) == pixels(progressive)


def test_texts_in_a_png_are_left_out_but_for_the_program() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Software", "Matplotlib")
    info.add_text("Author", "SecretCam")
    info.add_itxt("XML:com.adobe.xmp", "SecretCam")
    cleaned = without_metadata(image("PNG", pnginfo=info), "png")
    assert cleaned is not None and b"SecretCam" not in cleaned and b"Matplotlib" in cleaned


def test_an_image_whose_metadata_cannot_be_taken_out_is_not_copied(tmp_path: Path) -> None:
    file, data = copied(tmp_path, "a.avif", image("AVIF", exif=tagged()))
    assert (file.href, file.why, data) == ("", "holds metadata that cannot be taken out", b"")
    assert copied(tmp_path, "b.avif", image("AVIF"))[0].image


@given(st.sampled_from(["jpg", "png", "webp", "avif"]), st.binary(max_size=60), st.integers(0, 200))
def test_no_broken_image_breaks_the_cleaning(kind: str, noise: bytes, at: int) -> None:
    whole = {"jpg": image("JPEG", exif=tagged()), "png": image("PNG"), "webp": image("WEBP"), "avif": b"....ftypavif"}[
        kind
    ]
    cleaned = without_metadata(whole[:at] + noise + whole[at:], kind)
    assert cleaned is None or isinstance(cleaned, bytes)
