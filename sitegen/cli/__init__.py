"""The command line: parse, call, print. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from sitegen import __version__
from sitegen.cli.embed import embed
from sitegen.cli.endings import bug_report, ending_as_interrupt, interrupted
from sitegen.cli.gates import check, scan
from sitegen.cli.init import init
from sitegen.cli.jobs import gate, summary
from sitegen.cli.listing import SECTIONS
from sitegen.cli.options import CONFIG, GroupedCommand, config_options, output_folder, settings_from
from sitegen.cli.printing import (
    SHOWN_PROBLEMS,
    closing_summary,
    export_summary,
    json_summary,
    masked_lines,
    part_summary,
    printable,
    problem_lines,
    progress_bar,
    say,
)
from sitegen.cli.publish import publish
from sitegen.cli.report import report
from sitegen.cli.themes import theme
from sitegen.errors import SitegenError

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.config import Config
    from sitegen.stores.contract import Progress


class Commands(click.Group):
    """Prints a user's mistake as one sentence and exits with its code."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in the order of use, with a line that is never cut."""
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, about.line) for name, about in commands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:  # click would begin a new line
            ctx.exit(interrupted(error))

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command and exit, with a code of docs/messages.md, whatever happens."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a name that the terminal's encoding lacks must not end a build
                stream.reconfigure(errors="replace")
        with ending_as_interrupt():
            try:
                code = super().main(*args, **{**extra, "standalone_mode": False}) or 0
            except click.ClickException as error:
                error.show()
                code = error.exit_code
            except SitegenError as error:
                click.echo(f"Error: {printable(str(error))}", err=True)
                code = error.exit_code
            except (KeyboardInterrupt, click.Abort) as error:
                code = interrupted(error.__cause__ or error)
            except BrokenPipeError:  # whoever reads our output has enough of it
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                code = 0
            except Exception as error:
                click.echo(bug_report(error), err=True)
                code = 1
        sys.exit(code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, "-V", "--version", prog_name="sitegen")
def main() -> None:
    """Turn an MLflow run store into a static website that opens anywhere."""


@main.command(cls=GroupedCommand, epilog='Example:  sitegen build ./mlruns -o site --objective "min val_loss" --open')
@click.argument("store", nargs=-1)
@config_options()
@CONFIG
@click.option("--open", "open_it", is_flag=True, help="Open the site in the browser when it is built.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but mistakes.")
@click.option("-v", "--verbose", is_flag=True, help="List everything that was skipped or masked, not the first ten.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs in place of the summary.")
def build(config: Path | None, open_it: bool, quiet: bool, verbose: bool, as_json: bool, **flags: Any) -> None:
    """Build a website from each STORE together: mlruns folders, databases, servers, exports."""
    from sitegen.build import build as build_site
    from sitegen.config import config_file

    if quiet and (verbose or as_json):
        raise click.UsageError("Give --quiet or --verbose or --json, not two of them.")
    settings = settings_from(config, flags)
    with progress_bar(quiet) as progress:
        built = _build_part(settings, progress) if settings.shard else build_site(settings, progress)
    if as_json:
        click.echo(json_summary(built))
    elif not quiet:
        shown = None if verbose else SHOWN_PROBLEMS
        click.echo(part_summary(built, settings.shard) if settings.shard else closing_summary(built, shown))
        if file := config_file(config):
            say(f"Settings are from {file}.")
    if open_it:
        click.launch((built.output.absolute() / "index.html").as_uri())


def _build_part(settings: Config, progress: Progress) -> Built:
    from sitegen.build.parts import build_part  # loads all that a build needs, also if nothing has changed

    return build_part(settings, progress)


@main.command(cls=GroupedCommand, epilog="Example:  sitegen merge part-1 part-2 part-3 -o site")
@click.argument("part", nargs=-1, type=click.Path(path_type=Path))
@config_options(without=("shard", "cache", "no_cache"))
@CONFIG
def merge(part: tuple[Path, ...], config: Path | None, **flags: Any) -> None:
    """Join every PART, built by sitegen build --shard with the same options, to one site."""
    from sitegen.build.parts import merge_parts

    settings = settings_from(config, flags)
    with progress_bar() as progress:
        built = merge_parts(part, settings, progress)
    click.echo(closing_summary(built))


@main.command(cls=GroupedCommand, epilog="Example:  sitegen serve ./mlruns --port 8000 --open")
@click.argument("store", nargs=-1)
@config_options(without=("output", "strict", "force_adopt", "shard", "executor"))
@CONFIG
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep the site in this folder.  [default: a temporary folder]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the site in the browser.")
def serve(config: Path | None, port: int, open_it: bool, **flags: Any) -> None:
    """Build STORE, serve it on this machine, and rebuild and reload whenever the store changes."""
    from sitegen.commands.serve import serve as serve_site

    keep = flags.get("output") is not None
    settings = settings_from(config, flags)
    serve_site(settings, port, keep, open_it, say, summary=closing_summary)


@main.command(cls=GroupedCommand, epilog="Example:  sitegen export ./mlruns -o runs")
@click.argument("store", nargs=-1)
@output_folder("export")
@click.option(
    "--format",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="parquet for programs and for sitegen itself, csv for spreadsheets.",
)
@config_options("deleted", "artifacts", "artifact_map")
@click.option(
    "--traces",
    is_flag=True,
    help="Export traces too: what users asked an application and what it answered, often private.",
)
def export(output: Path, format: Literal["parquet", "csv"], traces: bool, **flags: Any) -> None:
    """Export everything in each STORE as tables, with full metric histories; artifact files are listed, not copied."""
    from sitegen.export import export_store
    from sitegen.stores import find_stores, open_found
    from sitegen.stores.contract import ReadOptions

    settings = settings_from(None, flags)
    options = ReadOptions(settings.deleted, settings.artifacts, artifact_map=tuple(settings.artifact_map.items()))
    found = find_stores(settings.stores, options)
    store = open_found(found, options)
    with progress_bar() as progress:
        exported = export_store(store, output, format, progress, found.places, traces)
    click.echo(export_summary(exported))
    click.echo(printable(found.sentence))
    click.echo("It holds all that was logged, secrets and private facts too; do not publish it as it is.", err=True)


@main.command(cls=GroupedCommand, epilog="Example:  sitegen inspect ./mlruns --json")
@click.argument("store", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@config_options("profile", "artifacts", "artifact_map")
def inspect(as_json: bool, **flags: Any) -> None:
    """Show what is in each STORE: its kind, counts, size, and what could not be read. For bug reports."""
    from sitegen.commands.inspect import inspect_stores, json_text, lines_of
    from sitegen.config.privacy import privacy_of
    from sitegen.stores.contract import ReadOptions

    settings = settings_from(None, flags)
    options = ReadOptions(artifact_roots=settings.artifacts, artifact_map=tuple(settings.artifact_map.items()))
    with progress_bar() as progress:
        found = inspect_stores(settings.stores, options, progress, privacy_of(settings))
    say(json_text(found) if as_json else "\n".join(map(printable, lines_of(found))))
    if not all(one.is_readable for one in found):
        click.get_current_context().exit(4)


@main.command(
    cls=GroupedCommand, epilog='Example:  sitegen best ./mlruns "min val_loss" --where "params.lr < 0.1" --top 3'
)
@click.argument("store", required=False, default="")
@click.argument("objective", required=False)
@click.option("--where", default="", metavar="TEXT", help="Only runs that match, in the search language.")
@click.option("--experiment", metavar="NAME", help="Only this experiment, by its name or id.")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Runs shown of each experiment.")
@config_options("profile")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def best(
    store: str,
    objective: str | None,
    where: str,
    experiment: str | None,
    top: int,
    profile: Literal["public", "internal"] | None,
    as_json: bool,
) -> None:
    """Show which runs of STORE are the best and why, by OBJECTIVE such as "min val_loss".

    Without STORE, the store in or near this folder is read; an OBJECTIVE without STORE must begin with min or max.
    """
    from sitegen.commands.best import json_text, leaderboards, lines_of
    from sitegen.config import load_config, with_flags

    if objective is None and store.startswith(("min ", "max ")) and not Path(store).exists():
        store, objective = "", store
    with progress_bar() as progress:
        found = leaderboards(store, objective, where, experiment, with_flags(load_config(), profile=profile), progress)
    if as_json:
        say(json_text(found, top).replace("##[", "\\u0023#["))
    else:
        say("\n".join(map(printable, lines_of(found, top))).rstrip("\n"))
    for line in (
        found.read,
        *masked_lines(found.secrets, found.hidden),
        *problem_lines(found.problems, f"sitegen inspect {store} counts them"),
    ):
        click.echo(printable(line), err=True)
    if not found.rankings:
        click.get_current_context().exit(4)


main.add_command(init)
main.add_command(scan)
main.add_command(check)
main.add_command(embed)
main.add_command(publish)
main.add_command(report)
main.add_command(summary)
main.add_command(gate)
main.add_command(theme)
