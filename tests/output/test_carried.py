"""Names for files of the user that a site has no room for."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.output.carried import carry_over


@pytest.mark.parametrize(
    ("mine", "ours", "kept"),
    [
        ("index.html", "index.html", "index.before-sitegen.html"),
        ("CNAME", "CNAME", "CNAME.before-sitegen"),
        ("a/b.tar.gz", "a/b.tar.gz", "a/b.tar.before-sitegen.gz"),
        ("data/x.txt", "data", "x.before-sitegen.txt"),
        ("data", "data/x.txt", "data.before-sitegen"),
        ("mine.txt", "index.html", "mine.txt"),
    ],
)
def test_a_file_that_is_in_the_way_gets_a_name_that_is_free(tmp_path: Path, mine: str, ours: str, kept: str) -> None:
    for root, path, text in (("site", mine, "mine"), ("stage", ours, "ours")):
        (tmp_path / root / path).parent.mkdir(parents=True)
        (tmp_path / root / path).write_text(text)
    renamed = carry_over(tmp_path / "site", tmp_path / "stage")
    assert (tmp_path / "stage" / ours).read_text() == "ours"
    assert (tmp_path / "stage" / kept).read_text() == "mine"
    assert renamed == ([(mine, kept)] if mine != kept else [])
