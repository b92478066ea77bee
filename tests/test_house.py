"""Modules and scripts stay of a size that can be read, and no test is left out."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house import House


def test_no_module_is_long_without_saying_why() -> None:
    assert House().long_modules() == []


def test_no_script_is_long() -> None:
    assert House().long_scripts() == []


def test_every_module_is_named_by_a_test() -> None:
    assert House().unnamed() == []


def test_no_folder_of_tests_is_left_out(pytestconfig: pytest.Config) -> None:
    """By itself pytest looks into no folder named `build`, `dist` or `venv`, wherever it is."""
    here = Path(__file__).parent
    folders = {part for file in here.rglob("test_*.py") for part in file.relative_to(here).parts[:-1]}
    assert "build" in folders
    left_out = pytestconfig.getini("norecursedirs")
    assert [folder for folder in folders if any(fnmatch(folder, pattern) for pattern in left_out)] == []
