"""`sitegen theme preview`: one page, in any theme, with all that a theme may style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sitegen.build.theme_preview import build_preview
from sitegen.charts import OTHER_COLOUR
from sitegen.cli import main
from sitegen.cli.themes import theme as theme_commands
from sitegen.pages.page import Site
from sitegen.pages.preview import preview_page
from sitegen.render.themes import BUILT_IN, built_in_themes
from tests.stores.mlruns_builder import write


def preview(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["theme", "preview", *map(str, arguments)])


@pytest.mark.parametrize("theme", built_in_themes())
def test_every_theme_has_a_preview_that_links_to_nothing_else(theme: str, tmp_path: Path) -> None:
    result = preview(theme, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert '<meta name="robots" content="noindex">' in page
    links = {link for link in re.findall(r'(?:href|src)="([^"#]+)', page) if "://" not in link}
    assert [link for link in links if not (tmp_path / "out" / link).exists()] == []


def test_the_preview_shows_every_state(tmp_path: Path) -> None:
    assert preview("-o", tmp_path / "out").exit_code == 0
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    words = ["Finished", "Running", "Scheduled", "Failed", "Killed", "Clear", "Within noise", "Tie", "Only one run"]
    words += ["Ahead, spread unknown", "No verdict", "metric guessed", "disabled", "aria-pressed", "long-value"]
    assert [word for word in words if word not in page] == []
    assert {"curves", "scatter", "histogram"} <= set(re.findall(r'data-kind="(\w+)"', page))


def test_every_colour_of_a_run_is_shown() -> None:
    page = preview_page(Site("", "", "", "", 2))
    assert page.hues == tuple(f"c{n}" for n in range(1, OTHER_COLOUR + 1))


def test_the_same_theme_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = (build_preview("paper", tmp_path / name).read_bytes() for name in ("one", "other"))
    assert one == other


def test_the_help_says_what_it_makes() -> None:
    assert "every component of THEME" in CliRunner().invoke(theme_commands, ["preview", "--help"]).output


def test_a_theme_of_the_users_is_shown_in_its_own_style(tmp_path: Path) -> None:
    write(tmp_path / "ours" / "theme.toml", "")
    write(tmp_path / "ours" / "assets" / "css" / "custom.css", ":root { --accent: teal }")
    assert preview(tmp_path / "ours", "-o", tmp_path / "out").exit_code == 0
    assert "--accent: teal" in next((tmp_path / "out").glob("assets/*/site.css")).read_text("utf-8")


def test_a_theme_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    result = preview("glitter", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert 'The theme "glitter" does not exist' in result.output
    assert not (tmp_path / "out").exists()


def test_the_preview_does_not_replace_files_of_the_user(tmp_path: Path) -> None:
    write(tmp_path / "out" / "thesis.tex", "mine")
    assert preview("-o", tmp_path / "out").exit_code == 2
    assert (tmp_path / "out" / "thesis.tex").read_text("utf-8") == "mine"


def test_all_classes_of_the_preview_are_styled() -> None:
    """A class that no style sheet knows is a component that has been renamed."""
    sheets = "".join(f.read_text("utf-8") for f in (BUILT_IN / "default" / "assets" / "css").glob("*.css"))
    template = (BUILT_IN / "default" / "templates" / "preview.html").read_text("utf-8")
    used = {name for found in re.findall(r'class="([^"{]+)"', template) for name in found.split()}
    assert sorted(name for name in used if f".{name}" not in sheets) == []
