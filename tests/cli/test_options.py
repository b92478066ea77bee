"""Options of commands out of a table of options: flags, types, sentences, groups of the help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
import pytest
from click.testing import CliRunner, Result

from sitegen.cli import options
from sitegen.cli.options import COMMAND, GroupedCommand, config_options
from sitegen.config.rows import option


@dataclass(frozen=True)
class Settings:
    """A small table with an option of each type."""

    title: str = option("", "-t --title", "The site", "What the site is called.", default_text="the folder's name")
    digits: int = option(4, "--digits", "The site", "How many digits.", metavar="N")
    strict: bool = option(False, "--strict", "Building", "Refuse problems.")
    loud: bool = option(False, "--loud", "Building", "Say more.", key="")
    mode: Literal["", "fast", "slow"] = option("", "--mode", "Building", "How to build.")
    roots: tuple[Path, ...] = option((), "--root", "Building", "Where to look.")
    moves: Mapping[str, Path] = option({}, "--move", "Building", "What was moved.")
    hidden: str = option("", group="Building", help="Only in the file.")


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "Config", Settings)


def call(*arguments: str, names: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> tuple[Result, dict[str, Any]]:
    got: dict[str, Any] = {}

    @click.command(cls=GroupedCommand)
    @config_options(*names, without=without)
    @click.option("--open", is_flag=True, help="Open it.")
    def command(**flags: Any) -> None:
        got.update(flags)

    return CliRunner().invoke(command, list(arguments)), got


def test_options_that_are_not_given_are_none_so_that_the_file_decides() -> None:
    result, got = call()
    assert result.exit_code == 0
    assert got == {
        "title": None, "digits": None, "strict": None, "loud": None, "mode": None, "roots": (), "moves": (),
        "open": False,
    }  # fmt: skip


def test_values_have_the_type_of_their_row() -> None:
    _, got = call("-t", "T", "--digits", "3", "--root", "a", "--root", "b", "--move", "s3://x", "c", "--mode", "fast")
    assert (got["title"], got["digits"], got["mode"]) == ("T", 3, "fast")
    assert got["roots"] == (Path("a"), Path("b")) and got["moves"] == (("s3://x", Path("c")),)
    assert call("--digits", "many")[0].exit_code == 2
    assert "'fast', 'slow'" in call("--mode", "odd")[0].stderr


def test_a_switch_of_the_file_can_be_turned_off_and_a_mere_flag_cannot() -> None:
    assert call("--strict")[1]["strict"] is True
    assert call("--no-strict")[1]["strict"] is False
    assert call("--loud")[1]["loud"] is True
    assert call("--no-loud")[0].exit_code == 2


def test_help_is_in_groups_with_those_of_the_command_last() -> None:
    text = call("--help")[0].stdout
    heads = [line.rstrip(":") for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert heads == ["The site", "Building", COMMAND]
    assert text.index("--open") > text.index(COMMAND) > text.index("--mode") > text.index("--title")
    assert "--hidden" not in text


def test_help_says_defaults_and_what_may_be_repeated() -> None:
    text = " ".join(call("--help")[0].stdout.split())
    assert "What the site is called. [default: the folder's name]" in text
    assert "--digits N How many digits. [default: 4]" in text
    assert "Where to look; can be repeated." in text and "What was moved; can be repeated." in text
    assert "How to build. --root" in text, "an empty default is not worth a word"


def test_a_command_takes_those_that_it_names_and_not_those_that_it_excludes() -> None:
    assert set(call(names=("title", "mode"))[1]) == {"title", "mode", "open"}
    assert set(call(without=("moves", "roots"))[1]) == {"title", "digits", "strict", "loud", "mode", "open"}


def test_one_group_needs_no_heading_of_its_own() -> None:
    @click.command(cls=GroupedCommand)
    @click.option("--open", is_flag=True, help="Open it.")
    def command(open: bool) -> None:
        """Nothing."""

    text = CliRunner().invoke(command, ["--help"]).stdout
    assert "Options:" in text and COMMAND not in text


def test_two_groups_have_headings() -> None:
    @click.command(cls=GroupedCommand)
    @config_options("title")
    def command(title: str | None) -> None:
        """Nothing."""

    text = CliRunner().invoke(command, ["--help"]).stdout
    assert "The site:" in text and f"{COMMAND}:" in text and "Options:" not in text
