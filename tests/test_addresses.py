"""Names of files in the site: valid and distinct on every file system."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.addresses import RESERVED, file_name

ODD = [
    "",
    ".",
    "..",
    ".git",
    "_x",
    "a.",
    "a ",
    "con",
    "CON",
    "aux",
    "com1",
    "NUL",
    "x" * 300,
    "é",
    "e\u0301",
    "\u202egnp",
    "日本",
    "\ud800",
    "a/b",
    "A",
    "a",
]


@given(st.lists(st.sampled_from(ODD) | st.text(max_size=100), unique=True))
def test_names_are_valid_and_distinct_on_every_file_system(keys: list[str]) -> None:
    names = [file_name(key) for key in keys]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[0-9a-z][0-9a-z-]{0,90}", name), name


@pytest.mark.parametrize("key", sorted(RESERVED))
def test_no_name_is_a_device_of_windows(key: str) -> None:
    assert file_name(key) not in RESERVED
