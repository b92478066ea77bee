"""The command that starts a site: settings and CI files for a store, a few questions at most."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import click

from sitegen.cli.options import GroupedCommand
from sitegen.cli.printing import printable, progress_bar

CHOICES = ("github", "gitlab", "netlify", "cloudflare", "none")


@click.command(cls=GroupedCommand, epilog="Example:  sitegen init mlflow.db --ci github --title 'Wine models'")
@click.argument("store", required=False, default="")
@click.option("--ci", type=click.Choice(CHOICES), multiple=True, help="Write the file of this host; can be repeated.")
@click.option("--title", default=None, metavar="TEXT", help="Title of the site.")
@click.option("--site-url", default=None, metavar="URL", help="Address at which the site will be published.")
@click.option("--previews", is_flag=True, help="Also write workflows that preview pull requests (github).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR",
    help="Folder to write to.  [default: this one]",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Ask nothing; without --ci, write sitegen.toml alone.")
def init(
    store: str,
    ci: tuple[str, ...],
    title: str | None,
    site_url: str | None,
    previews: bool,
    output: Path,
    yes: bool,
) -> None:
    """Write sitegen.toml, and what a CI needs, for STORE; never over a file that is there."""
    from sitegen.init import CI, Answers, look, plan, write
    from sitegen.init.files import next_steps

    assert get_args(CI) == CHOICES
    with progress_bar() as progress:
        seen = look(store, output, progress)
    click.echo(printable(seen.sentence))
    asks = not yes and sys.stdin.isatty()
    if title is None:
        title = click.prompt("Title of the site", default=Path.cwd().name) if asks else ""
    if not ci:
        ci = (click.prompt("Publish with", type=click.Choice(CHOICES), default="github"),) if asks else ("none",)
    if site_url is None:
        site_url = click.prompt("Address of the site, if you know it", default="", show_default=False) if asks else ""
    answers = Answers(title, site_url, ci, previews)
    written, kept = write(output, plan(seen, answers))
    for path in written:
        click.echo(f"Wrote {output / path}.")
    for path in kept:
        click.echo(f"Kept {output / path}, which was there.")
    for step in next_steps(seen, ci):
        click.echo(printable(step))
    click.echo("Build the site with: sitegen build --open")
