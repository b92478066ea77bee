"""docs/cli.md, made from the commands: `python -m tests.docs.cli_page` writes it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sitegen.cli import main
from sitegen.cli.listing import SECTIONS

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def lines() -> Iterator[str]:
    """The page: every command by section, with its own help."""
    yield "# Command line\n"
    yield "Made from the commands themselves by `python -m tests.docs.cli_page`. Exit codes are in [messages](messages.md)."
    for section, commands in SECTIONS.items():
        yield f"\n## {section}"
        for name, about in commands.items():
            yield f"\n### sitegen {name}\n\n{about.line} More: [{about.page}]({about.page}).\n\n```text"
            command = main.commands[name]
            yield help_of(name, command)
            yield "```"
            for inner in sorted(command.commands) if isinstance(command, click.Group) else ():
                yield f"\n```text\n{help_of(f'{name} {inner}', command.commands[inner])}\n```"


def help_of(name: str, command: click.Command) -> str:
    # As a part of `sitegen`, from which it has its settings: else the page would depend on what was asked before.
    parent = click.Context(main, info_name="sitegen", terminal_width=80, max_content_width=80)
    context = click.Context(command, parent=parent, info_name=name, **main.context_settings)
    return command.get_help(context).rstrip()


if __name__ == "__main__":
    text = "\n".join(lines()) + "\n"
    if "--print" in sys.argv:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, "utf-8")
        print(PAGE, "written")
