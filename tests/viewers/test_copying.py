"""What a site carries of a run's artifacts: under names that are distinct and harmless everywhere."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import Names, Privacy
from sitegen.viewers.copying import CopiedFile, copied_name, copy_file
from sitegen.viewers.encodings import decode_html
from sitegen.viewers.kinds import IMAGES, MEDIA, PLAIN_TEXTS, type_of

PARTS = st.text(st.sampled_from("aAbß.-_ İé1"), min_size=1, max_size=3).filter(lambda part: part not in (".", ".."))
ENDS = st.sampled_from(
    ["", "", ".txt", ".txt", ".TXT", ".html", ".HTML", ".png", ".html.txt", ".svg", ".js", ".tar.gz", ".ä"]
)
PATHS = st.builds(lambda folders, part, end: "/".join([*folders, part + end]), st.lists(PARTS, max_size=2), PARTS, ENDS)


def copied(folder: Path, name: str, content: bytes, profile: str = "public") -> tuple[CopiedFile, bytes]:
    (folder / name).write_bytes(content)
    privacy = Privacy("internal" if profile == "internal" else "public")
    return copy_file(ArtifactFolder("", folder), Artifact(name, len(content)), "artifacts/r", privacy)


@given(st.lists(PATHS, min_size=2, max_size=20, unique=True))
def test_different_artifacts_have_different_names_whatever_the_file_system(paths: list[str]) -> None:
    assert len({copied_name(path).casefold() for path in paths}) == len(paths)


@given(PATHS)
def test_names_are_plain_and_end_in_what_no_browser_runs(path: str) -> None:
    name = copied_name(path)
    assert re.fullmatch(r"([a-z0-9][a-z0-9-]*/)*[a-z0-9][a-z0-9-]*(\.[a-z0-9]+){1,2}", name)
    assert name.rpartition(".")[2] in IMAGES | PLAIN_TEXTS | MEDIA


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("plot.png", "plot.png"),
        ("report/index.html", "report/index.html.txt"),
        ("figure.svg", "figure.svg.txt"),
        ("code/train.py", "code/train.py.txt"),
    ],
)
def test_plain_names_stay_readable(path: str, name: str) -> None:
    assert copied_name(path) == name


def test_names_that_were_near_to_others_stay_apart() -> None:
    near = [
        "a.png",
        "a.PNG",
        "A.png",
        "license",
        "license.txt",
        "a.html",
        "a.html.txt",
        "a_b.txt",
        "a-b.txt",
        "con.txt",
    ]
    assert len({copied_name(path) for path in near}) == len(near)


def test_what_stays_behind_says_why(tmp_path: Path) -> None:
    assert copied(tmp_path, "model.pkl", b"x")[0].why == "not published"
    assert copied(tmp_path, "table.parquet", b"x")[0].why == "listed only"
    many = "\n".join(f"password_{n}: hunter2-{n}x" for n in range(21))
    assert copied(tmp_path, "log.txt", many.encode())[0].why == "holds many secrets (line 1: key-password, ...)"
    assert (
        copy_file(ArtifactFolder("", tmp_path), Artifact("gone.txt", 1), "a", Privacy())[0].why == "could not be read"
    )
    assert copy_file(ArtifactFolder("", None), Artifact("a.txt", 1), "a", Privacy())[0].why == "could not be read"
    assert (
        copy_file(ArtifactFolder("", tmp_path), Artifact("a.txt", 10**8), "a", Privacy())[0].why
        == "too large to publish"
    )


def test_a_file_that_grew_since_it_was_listed_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.viewers.copying.FILE_CAP", 10)
    (tmp_path / "log.txt").write_bytes(b"x" * 11)
    found, data = copy_file(ArtifactFolder("", tmp_path), Artifact("log.txt", 5), "a", Privacy())
    assert (found.why, data) == ("too large to publish", b"")


def test_input_examples_are_shown_inside_only(tmp_path: Path) -> None:
    assert copied(tmp_path, "input_example.json", b"[1]")[0].why == "not published"
    assert copied(tmp_path, "input_example.json", b"[1]", "internal")[1] == b"[1]"


def test_a_drawing_is_shown_as_data_which_runs_nothing(tmp_path: Path) -> None:
    found, _ = copied(tmp_path, "figure.svg", b"<svg onload='x()'/>")
    assert (found.image, found.href) == (True, "artifacts/r/figure.svg.txt")
    assert found.data.startswith("data:image/svg+xml;base64,")


def test_kinds_of_files_are_named_in_words() -> None:
    assert [type_of(p) for p in ("a/MLmodel", "a.PNG", "a.xyz", "Makefile")] == [
        "MLflow model",
        "PNG image",
        "XYZ",
        "File",
    ]


TOKEN = "gh" + "p_" + "Ab1" * 12


def test_a_secret_and_a_private_fact_are_hidden_in_the_copy_of_a_text(tmp_path: Path) -> None:
    found, data = copied(tmp_path, "a.log", f"one\n{TOKEN} by ada@example.org\nthree\n".encode())
    assert data.decode() == "one\n•••(github-token) by •••\nthree\n"
    assert [(one.where, one.rule) for one in found.secrets] == [("line 2", "github-token")]
    assert found.hidden == (("emails", 1),)
    assert copied(tmp_path, "a.log", b"by ada@example.org", "internal")[1] == b"by ada@example.org"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "latin-1", "utf-8-sig"])
def test_a_secret_is_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = f"é a long enough line of text\n{TOKEN}\n"
    found, data = copied(tmp_path, "a.txt", text.encode(encoding))
    assert found.secrets and data.decode() == text.replace(TOKEN, "•••(github-token)")


def test_a_page_that_declares_its_encoding_is_still_read_in_its_new_one(tmp_path: Path) -> None:
    page = f"<meta charset=latin-1><p>é {TOKEN}".encode("latin-1")
    data = copied(tmp_path, "a.html", page)[1]
    assert decode_html(data) == "<meta charset=latin-1><p>é •••(github-token)"


def test_a_text_that_is_clean_is_copied_byte_for_byte(tmp_path: Path) -> None:
    data = "\ufeffé\r\nx\u2028".encode("utf-16")
    assert copied(tmp_path, "a.txt", data)[1] == data


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.mp3", "a"])
def test_text_under_the_name_of_an_image_or_a_document_is_text(tmp_path: Path, name: str) -> None:
    found, data = copied(tmp_path, name, f"not what it says: {TOKEN}".encode())
    assert found.href.endswith(".txt") and data.decode() == "not what it says: •••(github-token)"


def test_an_image_as_base64_text_has_no_metadata_in_public(tmp_path: Path) -> None:
    image = io.BytesIO()
    info = PngInfo()
    info.add_text("Author", "ada@example.org")
    Image.new("RGB", (40, 40)).save(image, "PNG", pnginfo=info)
    text = b"data:image/png;base64," + base64.b64encode(image.getvalue())
    assert copied(tmp_path, "a.txt", text, "internal")[1] == text
    shown = copied(tmp_path, "picture", text)[1]
    assert shown.startswith(b"data:image/png;base64,") and b"ada@" not in base64.b64decode(shown.partition(b",")[2])


def test_names_of_the_run_are_hidden_in_its_texts(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("saved by marianne to /data/marianne/x")
    names = Names(("marianne",), frozenset(("marianne",)))
    folder = ArtifactFolder("", tmp_path)
    found, data = copy_file(folder, Artifact("a.log", 10), "a", Privacy(), names)
    assert data.decode() == "saved by ••• to /data/•••/x" and found.hidden == (("names", 2),)


def test_a_file_is_opened_by_the_name_that_is_shown(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("x")
    folder = ArtifactFolder("", tmp_path, (Artifact("shown.txt", 1),), stored={"shown.txt": "real.txt"})
    found, data = copy_file(folder, folder.files[0], "a", Privacy())
    assert (found.path, found.href, data) == ("shown.txt", "a/shown.txt", b"x")


def picture(kind: str, comment: str) -> bytes:
    """An image with a comment in its metadata."""
    out, info = io.BytesIO(), PngInfo()
    info.add_text("Comment", comment)
    Image.new("RGB", (40, 40)).save(
        out, kind, **({"pnginfo": info} if kind == "PNG" else {"comment": comment.encode()})
    )
    return out.getvalue()


@pytest.mark.parametrize("profile", ["public", "internal"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_secret_in_the_metadata_of_an_image_is_not_copied_in_either_profile(
    tmp_path: Path, kind: str, profile: str
) -> None:
    found, data = copied(tmp_path, f"a.{kind.lower()}", picture(kind, TOKEN), profile)
    assert TOKEN.encode() not in data and bool(data) == bool(found.href)
    assert bool(found.secrets) == (profile == "internal" or kind == "GIF" and not data)
    plain = picture(kind, "made by a program")
    assert copied(tmp_path, f"b.{kind.lower()}", plain, "internal")[1] == plain


def test_a_document_with_a_secret_in_its_plain_text_is_not_copied(tmp_path: Path) -> None:
    found, data = copied(tmp_path, "a.pdf", b"%PDF-1.4\n/Title (" + TOKEN.encode() + b")\n")
    assert not data and found.why == "holds metadata that cannot be taken out"
    assert copied(tmp_path, "a.pdf", b"%PDF-1.4\n/Title (plain)\n")[1]
