"""The commands that stop a deployment: `scan` for a store, `check` for a built site."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from sitegen.cli.options import CONFIG, GroupedCommand, config_options, settings_from
from sitegen.cli.printing import printable, progress_bar
from sitegen.errors import UsageError


@click.command(cls=GroupedCommand, epilog="Example:  sitegen scan ./mlruns --strict --format sarif -o scan.sarif")
@click.argument("store", nargs=-1)
@config_options("deleted", "profile", "traces", "artifacts", "artifact_map", "fetch_artifacts", "jobs")
@CONFIG
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="text for people, json for programs, sarif for code scanning.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to FILE.")
@click.option("--private", is_flag=True, help="List the places of private facts too, in text; JSON has them.")
@click.option("--strict", is_flag=True, help="Exit with code 5 if a secret is found that is not allowed.")
def scan(
    config: Path | None,
    form: Literal["text", "json", "sarif"],
    output: Path | None,
    private: bool,
    strict: bool,
    **flags: Any,
) -> None:
    """List the secrets in each STORE, artifacts included: place, rule and fingerprint, never the value."""
    from sitegen.build.scan import scan as scan_store
    from sitegen.commands.scan import check_gate, report, summary_lines

    settings = settings_from(config, flags)
    with progress_bar() as progress:
        found = scan_store(settings, progress)
    text = report(found, form, private)
    text = "\n".join(map(printable, text.split("\n"))) if form == "text" else text
    if output:
        write_report(output, text)
    elif text:
        click.echo(text)
    for line in summary_lines(found):
        click.echo(printable(line), err=output is None and form != "text")
    if strict:
        check_gate(found)


@click.command(cls=GroupedCommand, epilog="Example:  sitegen check site --host cloudflare")
@click.argument("site", type=click.Path(path_type=Path), default="site")
@CONFIG
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people, json for programs.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to FILE.")
@click.option(
    "--host",
    type=click.Choice(["github", "gitlab", "cloudflare", "netlify"]),
    help="Where it will be published; being too large for it is a problem.",
)
@click.option("--html", is_flag=True, help="Report every parse error of HTML5 too; needs the extra html.")
def check(
    site: Path, config: Path | None, form: Literal["text", "json"], output: Path | None, host: str | None, html: bool
) -> None:
    """Check the built SITE: links, manifest, secrets, files that a browser would run, limits of hosts.

    The exit code is 5 if anything is wrong. Without SITE, the folder "site" is checked.
    """
    from sitegen.check import check_site
    from sitegen.commands.check import check_gate, json_text, lines_of
    from sitegen.config import load_config
    from sitegen.config.privacy import privacy_of

    privacy = privacy_of(load_config(config))
    with progress_bar() as progress:
        found = check_site(site, privacy, host or "", html, progress)
    text = json_text(found, site) if form == "json" else "\n".join(map(printable, lines_of(found, site)))
    if output:
        write_report(output, text)
    else:
        click.echo(text)
    check_gate(found, site)


def write_report(file: Path, text: str) -> None:
    """Write a report. Raises UsageError if it cannot be written, or would be in a store."""
    from sitegen.config.places import store_around

    if store_around(file.absolute().parent):
        raise UsageError(f"{file} is inside a store, which is never written to; choose another file with -o.")
    try:
        file.write_text(text + "\n" if text else "", "utf-8")
    except OSError as error:
        raise UsageError(f"Cannot write {file}: {error.strerror}; choose another file with -o.") from error
