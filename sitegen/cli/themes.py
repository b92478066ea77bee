"""The commands for authors of themes."""

from __future__ import annotations

from pathlib import Path

import click

from sitegen.cli.options import GroupedCommand, output_folder
from sitegen.cli.printing import printable, say


@click.group(epilog="Example:  sitegen theme preview ./ours -o preview")
def theme() -> None:
    """Commands for authors of themes."""


@theme.command(
    cls=GroupedCommand,
    short_help="Show every component with example values.",
    epilog="Example:  sitegen theme preview ./ours -o preview --open",
)
@click.argument("theme", default="default")
@output_folder("preview")
@click.option("--theme-trusted", is_flag=True, help="Run the theme's templates without a sandbox.")
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
def preview(theme: str, output: Path, theme_trusted: bool, open_it: bool) -> None:
    """Make a page that shows every component of THEME in its states, with example values."""
    from sitegen.build.theme_preview import build_preview

    page = build_preview(theme, output, is_trusted=theme_trusted)
    say(printable(f"Made {page}."))
    if open_it:
        click.launch(page.absolute().as_uri())
