"""Digests tell values apart by type and content, the same in any process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from sitegen.build.digests import NoDigestError, digest_of, hashed


@dataclass(frozen=True)
class Small:
    """A value."""

    text: str
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Like:
    """Another type with the same fields."""

    text: str
    numbers: tuple[float, ...] = ()


def test_values_that_differ_in_type_or_content_have_different_digests() -> None:
    values: list[Any] = [
        None, 0, 0.0, -0.0, False, "", b"", "0", float("nan"), float("inf"), 2**70, "\ud800", (), [], {}, ("a", "b"),
        ("ab",), ["a", "b"], {"a": "b"}, {"b": "a"}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, frozenset("ab"), Markup("a"),
        "a", PurePosixPath("a"), Small("a"), Like("a"), Small("a", (1.0,)), np.array([1.0]), np.array([1]),
        np.array([[1]]), np.array([1], dtype=object),
    ]  # fmt: skip
    digests = [digest_of(value) for value in values]
    assert len(set(digests)) == len(values)
    assert digests == [digest_of(value) for value in values]


def test_the_order_of_a_set_does_not_count_in_any_process() -> None:
    script = "from sitegen.build.digests import digest_of; print(digest_of(frozenset(map(str, range(50)))))"
    command = [sys.executable, "-c", script]
    outputs = {
        subprocess.run(command, capture_output=True, env={"PYTHONHASHSEED": s, "PYTHONPATH": "."}).stdout for s in "12"
    }
    assert len(outputs) == 1
    assert outputs != {b""}


def test_what_has_a_digest_already_counts_by_it() -> None:
    assert digest_of((Small("a"), 1), {Small: lambda _: "x"}) == digest_of((Small("b"), 1), {Small: lambda _: "x"})
    assert digest_of((Small("a"), 1), {Small: lambda _: "x"}) != digest_of((Small("a"), 1), {Small: lambda _: "y"})


def test_a_type_without_a_digest_is_refused() -> None:
    with pytest.raises(NoDigestError):
        digest_of([object()])


def test_where_parts_end_counts() -> None:
    assert hashed(b"ab", b"c") != hashed(b"a", b"bc")
