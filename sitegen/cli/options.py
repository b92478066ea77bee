"""Options of click made from the rows of `sitegen.config`, and help that shows them in groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, get_origin

import click

from sitegen.cli.listing import COMMANDS, address
from sitegen.config.options import Config
from sitegen.config.rows import Row, is_path, rows_of

F = TypeVar("F", bound=Callable[..., Any])
COMMAND = "This command"
"""Heading of the options that only one command has."""
FOLDER = click.Path(path_type=Path)

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Config file.  [default: ./sitegen.toml]",
)


class GroupedOption(click.Option):
    """An option with the heading under which `--help` shows it."""

    def __init__(self, *args: Any, group: str = COMMAND, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose `--help` shows its options in groups, in the order of the table."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record:
                groups.setdefault(getattr(param, "group", COMMAND), []).append(record)
        for group in sorted(groups, key=lambda group: group == COMMAND):
            with formatter.section(group if len(groups) > 1 else "Options"):
                formatter.write_dl(groups[group])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example as it is, since it is to be copied, and where more is written."""
        formatter.write_paragraph()
        if self.epilog:
            formatter.write(f"{self.epilog}\n")
        if self.name and self.name in COMMANDS:
            formatter.write(f"More:     {address(COMMANDS[self.name].page)}\n")


def config_options(*names: str, without: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Add the options of `Config` that are named, or all that have a flag, to a command."""
    rows = [row for row in rows_of(Config) if row.flag and row.name not in without]
    chosen = [row for row in rows if not names or row.name in names]

    def decorate(command: F) -> F:
        for row in reversed(chosen):
            command = _option(row)(command)
        return command

    return decorate


def _option(row: Row) -> Callable[[F], F]:
    kind, text = _kind(row)
    if row.default_text or (row.default and not kind.get("multiple")):
        text += f"  [default: {row.default_text or row.default}]"
    flags = row.flag.split()
    if row.type is bool and row.key:
        flags[-1] += f"/--no-{flags[-1].removeprefix('--')}"
    return click.option(
        *flags, row.name, cls=GroupedOption, group=row.group, metavar=row.metavar or None, help=text, **kind
    )


def _kind(row: Row) -> tuple[Mapping[str, Any], str]:
    """The arguments of click for a row's type, and its sentence. None means that the option was not given."""
    origin = get_origin(row.type)
    if row.type is bool:
        return {"is_flag": True, "default": None}, row.help
    if origin is tuple or (isinstance(origin, type) and issubclass(origin, Mapping)):
        many = FOLDER if origin is tuple else (str, FOLDER)
        return {"type": many, "multiple": True}, row.help.removesuffix(".") + "; can be repeated."
    if row.choices:
        return {"type": click.Choice(row.choices)}, row.help
    return {"type": FOLDER if is_path(row.type) else int if row.type is int else str}, row.help


def output_folder(what: str) -> Callable[[F], F]:
    """The option `-o` of a command that makes a folder without settings: a `preview`, an `export`."""
    text = f"Folder of the {what}: a new one, an empty one, or an earlier {what}."
    kind = click.Path(path_type=Path)
    return click.option("-o", "--output", required=True, type=kind, metavar="DIR", help=text)


def settings_from(config: Path | None, flags: dict[str, Any]) -> Config:
    """The config file and the flags combined; `stores` is empty if neither names a store."""
    from sitegen.config import load_config, with_flags

    flags |= {name: flags.get(name) or None for name in ("store", "artifacts")}
    flags["artifact_map"] = dict(flags.get("artifact_map", ())) or None
    given = frozenset(name for name, value in flags.items() if value is not None)
    return replace(with_flags(load_config(config), **flags), given=given)
