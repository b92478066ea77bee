"""The settings and the theme are part of every key; what pages do not depend on is not."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from sitegen.build import settings_key as module
from sitegen.build.settings_key import NOT_IN_PAGES, program_key, settings_key
from sitegen.config import Config
from sitegen.render.themes import load_theme

THEME = load_theme("default")


def test_an_option_changes_the_key_unless_no_page_depends_on_it(tmp_path: Path) -> None:
    key = settings_key(Config(), THEME)
    assert settings_key(Config(title="Other"), THEME) != key
    assert settings_key(Config(profile="internal"), THEME) != key
    assert settings_key(replace(Config(), output=tmp_path, jobs=3, strict=True, no_cache=True), THEME) == key
    assert {field.name for field in fields(Config)} > NOT_IN_PAGES


def test_every_file_of_a_theme_counts_in_one_process_too(tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text('name = "mine"\nextends = "default"\n')
    keys = [settings_key(Config(), load_theme(f"{tmp_path}/"))]
    for text in ("a", "bc"):
        (tmp_path / "assets").mkdir(exist_ok=True)
        (tmp_path / "assets" / "custom.css").write_text(text)
        keys.append(settings_key(Config(), load_theme(f"{tmp_path}/")))
    assert len({*keys, settings_key(Config(), THEME)}) == 4


def test_the_code_and_the_libraries_are_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def key() -> str:
        program_key.cache_clear()
        return program_key()

    before = key()
    assert key() == before
    monkeypatch.setattr(module, "_code", lambda: "other code")
    assert key() != before
    monkeypatch.undo()
    monkeypatch.setattr(module, "KINDS_FILE", module.PACKAGE / "charts" / "specs.py")
    assert key() != before, "the kinds of charts that are compiled ahead are part of it"
    monkeypatch.undo()
    monkeypatch.setattr(module, "_version", lambda name: "9.9" if name == "jinja2" else "")
    assert key() != before
    monkeypatch.undo()
    program_key.cache_clear()
