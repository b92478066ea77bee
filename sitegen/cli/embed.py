"""The command `sitegen embed`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sitegen.cli.options import CONFIG, GroupedCommand, config_options, settings_from
from sitegen.cli.printing import printable, progress_bar, say


@click.command(cls=GroupedCommand, epilog='Example:  sitegen embed ./mlruns --chart "Validation loss" -o loss.svg')
@click.argument("store", nargs=-1)
@click.option("--chart", required=True, metavar="NAME", help="A declared chart, or the id in the address of any chart.")
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File to write, which ends with .svg, .png or .html.",
)
@config_options("objective", "filter", "deleted", "profile", "jobs")
@CONFIG
def embed(chart: str, file: Path, config: Path | None, **flags: Any) -> None:
    """Write one chart of STORE as a picture, or as a page in one file, without a site."""
    from sitegen.commands.embed import embed as write_chart

    settings = settings_from(config, flags)
    with progress_bar() as progress:
        write_chart(settings, chart, file, progress)
    say(printable(f"Wrote {file}."))
