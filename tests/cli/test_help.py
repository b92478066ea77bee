"""`--help`: nothing is cut, nothing is wider than a terminal, commands stand in the order of use."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from sitegen import project
from sitegen.cli import main
from sitegen.cli.listing import COMMANDS, SECTIONS, address

NAMES = sorted(main.commands)


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_fits_a_terminal_and_no_sentence_is_cut(name: str) -> None:
    done = CliRunner().invoke(main, [*([name] if name else []), "--help"], terminal_width=80)
    assert done.exit_code == 0
    assert [line for line in done.output.splitlines() if len(line) > 80] == []
    assert "..." not in done.output.replace("]...", "").replace("WHAT...", "").replace("[ARGS]...", "").replace(
        "CONDITION...", ""
    )


def test_every_command_is_in_the_list_once_in_the_order_of_use() -> None:
    assert sorted(COMMANDS) == NAMES and sum(map(len, SECTIONS.values())) == len(COMMANDS)
    shown = CliRunner().invoke(main, ["--help"]).output
    places = [shown.index(f"  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert all(about.line.endswith(".") and len(about.line) <= 60 for about in COMMANDS.values())


@pytest.mark.parametrize("name", [name for name in NAMES if not isinstance(main.commands[name], click.Group)])
def test_help_names_an_example_and_the_page_that_says_more(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"]).output
    assert f"Example:  sitegen {name} " in shown
    assert f"More:     {address(COMMANDS[name].page)}" in shown


def test_pages_are_on_the_web_once_the_repository_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert address("best.md") == "docs/best.md"
    monkeypatch.setattr(project, "urls", lambda: {"Repository": "https://github.com/ada/sitegen"})
    assert address("best.md") == "https://github.com/ada/sitegen/blob/main/docs/best.md"
