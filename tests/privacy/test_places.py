"""Paths and e-mail addresses: what of them is hidden."""

from __future__ import annotations

import pytest

from sitegen.privacy.places import PLACE_RULES
from sitegen.privacy.scanner import Scanner, hidden_in

FIND = Scanner(PLACE_RULES).find


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ada/x", "~/x"),
        ("/HOME/ada", "~"),
        ("/root/x", "~/x"),
        ("C:/Users/ada b/x", "~/x"),
        ('"C:\\\\Users\\\\ada\\\\x"', '"~\\\\x"'),
        ("\\Users\\ada\\x", "~\\x"),
        ("ada@lab.example.org,", "•••,"),
        ("ada.l+x@lab.io", "•••"),
        ("//nas/ada/x.csv", "…/x.csv"),
        ("//nas/ada/ada@lab.io.csv", "•••"),
        ("/Users/ada/OneDrive - Lab/x", "~/OneDrive/x"),
    ],
)
def test_what_tells_of_a_person_is_hidden(text: str, shown: str) -> None:
    assert hidden_in(text, FIND(text)) == shown


@pytest.mark.parametrize("text", ["https://example.org/home/ada", "git@github.com:a/b", "x@y", "recall@5.mean", "a@b.final",
                                  "\\\\u0041\\\\u0042", "//comment", "homes/ada", "/rootless", "trailer << /Size 6 /Root 1 0 R >>", "/scratch/data/x"])  # fmt: skip
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert FIND(text) == []
