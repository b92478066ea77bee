"""Modules and scripts stay of a size that can be read."""

from __future__ import annotations

from tests.house import House


def test_no_module_is_long_without_saying_why() -> None:
    assert House().long_modules() == []


def test_no_script_is_long() -> None:
    assert House().long_scripts() == []


def test_every_module_is_named_by_a_test() -> None:
    assert House().unnamed() == []
