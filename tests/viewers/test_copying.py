"""What a site carries of a run's artifacts: under names that are distinct and harmless everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.model import Artifact, ArtifactFolder
from sitegen.privacy import Privacy
from sitegen.viewers.copying import CopiedFile, copied_name, copy_file
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
    assert copied(tmp_path, "log.txt", b"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")[0].why
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
