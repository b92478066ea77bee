"""The scripts of the theme: what each needs stands in its first line, and pages load them in that order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.errors import UsageError
from sitegen.render.scripts import EVERY_PAGE, load_order, needs_of
from sitegen.render.themes import BUILT_IN, load_theme
from tests.stores.mlruns_builder import write

FOLDER = BUILT_IN / "default" / "assets" / "js"
SOURCES = {file.stem: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.js"))}
MAX_LINES = 250
MAX_COLUMNS = 120
FIRST_LINE = re.compile(r"// needs: (nothing|[a-z-]+\.js(, [a-z-]+\.js)*)(; later: ([a-z-]+\.js(, [a-z-]+\.js)*))?")
THEME = load_theme("default")


def later(name: str) -> list[str]:
    """What a script uses that is loaded when a reader asks for it."""
    found = SOURCES[name].partition("\n")[0].partition("; later: ")[2]
    return [one.removesuffix(".js") for one in found.split(", ")] if found else []


def code(name: str) -> str:
    return re.sub(r"^\s*(//|/?\*).*$", "", SOURCES[name], flags=re.MULTILINE)


def gives(name: str) -> set[str]:
    """The names that a script puts into SG."""
    own = set(re.findall(r"^ *SG\.(\w+) =", code(name), re.MULTILINE))
    merged = re.search(r"^(window\.SG = |Object\.assign\(\s*SG,)", code(name), re.MULTILINE)
    returned = re.findall(r"^ {2,4}return \{([^}]*)\};$", code(name), re.MULTILINE) if merged else []
    return own | set(re.findall(r"\w+", returned[-1])) if returned else own


def uses(name: str) -> set[str]:
    taken = re.findall(r"const \{([^}]*)\} = SG;", code(name))
    return set(re.findall(r"\bSG\.(\w+)", code(name))) | {one for names in taken for one in re.findall(r"\w+", names)}


@pytest.mark.parametrize("name", SOURCES)
def test_the_first_line_says_what_a_script_needs(name: str) -> None:
    assert FIRST_LINE.fullmatch(SOURCES[name].partition("\n")[0])


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_script_uses_is_what_it_needs(name: str) -> None:
    within_reach = {name, *needs_of(THEME, name)}
    for one in later(name):
        within_reach |= set(load_order(THEME, [one]))
    known = {given for one in within_reach for given in gives(one)}
    assert uses(name) - known == set()
    # The files of the search language share one object; that of sitegen.js is SG itself.
    unused = [one for one in needs_of(THEME, name) if one != "sitegen" and not gives(one) & uses(name)]
    assert unused == [] or name.startswith("query")


@pytest.mark.parametrize("name", SOURCES)
def test_scripts_are_short(name: str) -> None:
    _, *lines = SOURCES[name].splitlines()  # the first says what is needed, however much that is
    assert len(lines) < MAX_LINES
    # A regular expression cannot be broken.
    assert [line for line in lines if len(line) > MAX_COLUMNS and not line.strip().startswith("/")] == []


def test_the_search_language_is_loaded_behind_what_it_needs() -> None:
    loaded = re.findall(r'"(query[a-z-]*)"', SOURCES["explorer"].partition("const QUERY = [")[2].partition("]")[0])
    before = load_order(THEME, [*EVERY_PAGE, "explorer"])
    assert loaded == [one for one in load_order(THEME, [*EVERY_PAGE, "explorer", *loaded]) if one not in before]


def test_needs_come_first_and_once(tmp_path: Path) -> None:
    theme = scripts(tmp_path, a="b.js, c.js; later: d.js", b="c.js", c="nothing", d="nothing")
    assert load_order(theme, ["a", "b"]) == ["c", "b", "a"]


def test_needs_that_go_round_or_nowhere_are_a_sentence(tmp_path: Path) -> None:
    theme = scripts(tmp_path, a="b.js", b="a.js", c="missing.js")
    with pytest.raises(UsageError, match="a, b, a depend on each other"):
        load_order(theme, ["a"])
    with pytest.raises(UsageError, match=r"no script missing\.js"):
        load_order(theme, ["c"])


def scripts(folder: Path, **needs: str):  # type: ignore[no-untyped-def]
    write(folder / "ours" / "theme.toml", "")
    for name, line in needs.items():
        write(folder / "ours" / "assets" / "js" / f"{name}.js", f"// needs: {line}\n")
    return load_theme(str(folder / "ours"))
