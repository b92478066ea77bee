"""Themes: a file of one replaces that of its parent, the smallest is one style sheet, and mistakes are sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.render.themes import BUILT_IN, built_in_themes, load_theme
from tests.stores.mlruns_builder import experiment, run, write


@pytest.fixture
def store(tmp_path: Path) -> Path:
    run(experiment(tmp_path / "mlruns", "1", name="sweep"), metrics={"loss": "1700000000000 0.5 1\n"})
    return tmp_path / "mlruns"


def site(store: Path, theme: str) -> Path:
    output = store.parent / "site"
    build(Config(store=str(store), output=output, theme=theme))
    return output


def styles(site: Path) -> str:
    return next(site.glob("assets/*/site.css")).read_text("utf-8")


def test_the_built_in_themes() -> None:
    assert built_in_themes() == ("default", "paper")


def test_paper_changes_tokens_and_nothing_else(store: Path) -> None:
    theme = load_theme("paper")
    own = [p.relative_to(theme.folders[0]).as_posix() for p in theme.folders[0].rglob("*") if p.is_file()]
    assert sorted(own) == ["assets/css/custom.css", "theme.toml"]
    sheet = re.sub(r"/\*.*?\*/", "", (theme.folders[0] / "assets/css/custom.css").read_text("utf-8"), flags=re.DOTALL)
    declared = re.findall(r"([\w-]+)\s*:[^;{}]*;", sheet)
    assert declared
    assert [name for name in declared if not name.startswith("--") and name != "color-scheme"] == []
    assert sheet.strip() in re.sub(r"/\*.*?\*/", "", styles(site(store, "paper")), flags=re.DOTALL)


TYPE = {"--text-s": 12, "--text": 14, "--text-l": 16, "--text-xl": 20, "--text-2xl": 28}
"""The scale of docs/design.md, in px."""


def test_all_type_is_on_the_scale() -> None:
    """A size in px is that of a token; words inside drawings are scaled with them."""
    sheets = {f.name: f.read_text("utf-8") for f in sorted((BUILT_IN / "default" / "assets" / "css").glob("*.css"))}
    screen = re.findall(r"(--text[\w-]*): (\d+)px", sheets["tokens.css"])
    assert {name: int(size) for name, size in screen} == TYPE
    rules = [(name, rule) for name, sheet in sheets.items() for rule in re.findall(r"[^{}]*\{[^{}]*\}", sheet)]
    sized = [(name, rule.strip()) for name, rule in rules if re.search(r"\bfont(-size)?:[^;}/]*\d(px|em|pt|%)", rule)]
    assert [found for found in sized if ".drawing text" not in found[1]] == []


def test_a_theme_folder_needs_one_file_more_than_its_name(store: Path, tmp_path: Path) -> None:
    write(tmp_path / "ours" / "theme.toml", "")
    write(tmp_path / "ours" / "assets" / "css" / "custom.css", ":root { --accent: teal }")
    assert ":root { --accent: teal }" in styles(site(store, str(tmp_path / "ours")))


def test_a_theme_may_replace_one_template(store: Path, tmp_path: Path) -> None:
    write(tmp_path / "ours" / "theme.toml", 'extends = "paper"')
    text = '{% extends "base.html" %}{% block main %}<h1>Lost in {{ site.title }}</h1>{% endblock %}'
    write(tmp_path / "ours" / "templates" / "404.html", text)
    built = site(store, str(tmp_path / "ours"))
    assert "<h1>Lost in " in (built / "404.html").read_text()
    assert "<h1>" in (built / "index.html").read_text()


def test_a_theme_may_extend_a_folder_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "one" / "theme.toml", 'extends = "../two"')
    write(tmp_path / "two" / "theme.toml", 'extends = "paper"')
    assert [f.name for f in load_theme(str(tmp_path / "one")).folders] == ["one", "two", "paper", "default"]


def test_a_name_without_a_slash_is_never_a_folder_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that a command is run in must not bring its templates; nor may a theme extend what lies here."""
    write(tmp_path / "ours" / "theme.toml", "")
    write(tmp_path / "other" / "theme.toml", 'extends = "ours"')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match='"ours" does not exist; use default, paper, or the path of a folder'):
        load_theme("ours")
    with pytest.raises(UsageError, match='"ours" does not exist'):
        load_theme("./other")
    assert [f.name for f in load_theme("./ours").folders] == ["ours", "default"]


@pytest.mark.parametrize("extends", ["../../private", "{away}", "../link", "../../private/../private"])
def test_a_theme_does_not_extend_what_lies_elsewhere(tmp_path: Path, extends: str) -> None:
    away = write(tmp_path / "private" / "theme.toml", "").parent
    write(tmp_path / "site" / "ours" / "theme.toml", f'extends = "{extends.format(away=away)}"')
    (tmp_path / "site" / "link").symlink_to(away)
    with pytest.raises(UsageError, match="private, which is not beside it"):
        load_theme(str(tmp_path / "site" / "ours"))


def test_links_that_leave_a_theme_are_not_published(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret" / "key.js", "secret").parent
    write(tmp_path / "ours" / "theme.toml", "")
    write(tmp_path / "ours" / "assets" / "a.js", "1")
    (tmp_path / "ours" / "assets" / "b.js").symlink_to("a.js")
    (tmp_path / "ours" / "assets" / "key.js").symlink_to(secret / "key.js")
    (tmp_path / "ours" / "assets" / "folder").symlink_to(secret)
    (tmp_path / "ours" / "templates").symlink_to(secret)
    theme = load_theme(str(tmp_path / "ours"))
    assert {"assets/a.js", "assets/b.js"} <= theme.files("assets").keys()
    assert not [path for path in theme.files("assets") if path.endswith("/key.js")]
    assert theme.find("templates/key.js") is None


def test_themes_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "one" / "theme.toml", 'extends = "../two"')
    write(tmp_path / "two" / "theme.toml", 'extends = "../one"')
    with pytest.raises(UsageError, match="extends itself; fix `extends` in .*theme.toml"):
        load_theme(str(tmp_path / "one"))


@pytest.mark.parametrize(
    ("text", "description"),
    [
        (b"extends =", "is not valid TOML"),
        (b'x = "\xff"', "is not valid TOML"),
        (b'extends = "gone"', 'The theme "gone" does not exist'),
    ],
)
def test_a_broken_theme_toml_is_one_sentence(tmp_path: Path, text: bytes, description: str) -> None:
    write(tmp_path / "ours" / "theme.toml", text)
    with pytest.raises(UsageError, match=description):
        load_theme(str(tmp_path / "ours"))


@pytest.mark.parametrize("name", ["", "glitter", "../themes", "/nowhere"])
def test_what_is_no_theme_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load_theme(name)


def test_hidden_files_of_a_theme_are_not_shipped(tmp_path: Path) -> None:
    write(tmp_path / "ours" / "theme.toml", "")
    write(tmp_path / "ours" / "assets" / ".DS_Store", "x")
    assert "assets/.DS_Store" not in load_theme(str(tmp_path / "ours")).files("assets")
    assert "assets/icon.svg" in load_theme("default").files("assets")


def test_every_built_in_theme_is_where_the_package_looks() -> None:
    assert (BUILT_IN / "default" / "templates" / "base.html").is_file()


# Templates of strangers ---------------------------------------------------------------------------------------------

ESCAPE = "{{ ''.__class__.__mro__[1].__subclasses__()|length }}"


def hostile_theme(folder: Path, template: str = ESCAPE) -> Path:
    write(folder / "ours" / "theme.toml", "")
    write(
        folder / "ours" / "templates" / "search.html",
        f"{{% extends 'base.html' %}}{{% block main %}}{template}{{% endblock %}}",
    )
    return folder / "ours"


def test_templates_of_a_theme_folder_run_in_a_sandbox(store: Path) -> None:
    theme = hostile_theme(store.parent)
    with pytest.raises(
        UsageError, match="cannot render search.html: access to attribute '__class__' of 'str' object is"
    ):
        site(store, str(theme))


def test_a_theme_that_is_trusted_runs_without_a_sandbox_and_its_code_is_kept_apart(store: Path) -> None:
    theme, output = hostile_theme(store.parent), store.parent / "site"
    build(Config(store=str(store), output=output, theme=str(theme), trust_theme=True))
    assert re.search(r"\b\d{3,}\b", (output / "search.html").read_text("utf-8"))
    with pytest.raises(UsageError, match="cannot render search.html"):
        site(store, str(theme))


def test_every_template_of_ours_runs_in_the_sandbox_too(store: Path) -> None:
    theme = hostile_theme(store.parent, "<p>ours</p>")
    assert "<p>ours</p>" in (site(store, str(theme)) / "search.html").read_text("utf-8")


def test_a_theme_of_styles_needs_no_sandbox_and_the_built_in_ones_are_trusted(tmp_path: Path) -> None:
    write(tmp_path / "ours" / "theme.toml", "")
    write(tmp_path / "ours" / "assets" / "css" / "custom.css", "")
    assert not load_theme(str(tmp_path / "ours")).is_sandboxed
    assert not load_theme("paper").is_sandboxed
    assert load_theme(str(hostile_theme(tmp_path))).is_sandboxed


@pytest.mark.parametrize("name", ["../../secret.txt", "../theme.toml"])
def test_a_template_reads_no_file_outside_the_templates(store: Path, name: str) -> None:
    write(store.parent / "secret.txt", "secret")
    with pytest.raises(UsageError, match="cannot render search.html"):
        site(store, str(hostile_theme(store.parent, f"{{% include '{name}' %}}")))
