"""The command line: parse, call, print. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from sitegen import __version__
from sitegen.errors import SitegenError

if TYPE_CHECKING:
    from sitegen.build import Built, Progress
    from sitegen.config import Config
    from sitegen.export import Exported
    from sitegen.model import Problem

F = TypeVar("F", bound=Callable[..., Any])
SHOWN_PROBLEMS = 10
# A name in a store may hold terminal codes, or a line that a CI log takes for a command.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


class Commands(click.Group):
    """Prints a user's mistake as one sentence and leaves with its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a name that the terminal's encoding lacks must not end a build
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except SitegenError as error:
            click.echo(f"Error: {printable(str(error))}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("Interrupted; the previous site is untouched.", err=True)
            ctx.exit(130)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="sitegen")
def main() -> None:
    """Turn an MLflow run store into a static website that opens anywhere."""


def store_options(command: F) -> F:
    """The options that `build` and `serve` share."""
    options = [
        click.argument("store", nargs=-1),
        click.option("--title", help="Title of the site.  [default: the name of the store's folder]"),
        click.option("--objective", metavar="TEXT", help='What makes a run the best, such as "min val_loss".'),
        click.option("--filter", metavar="TEXT", help="Only runs that match, such as \"metrics.val_loss < 0.5 AND status = 'FINISHED'\"."),
        click.option("--theme", help="A built-in theme (default, paper) or a theme folder.  [default: default]"),
        click.option("--profile", type=click.Choice(["public", "internal"]), help="What may be shown: public hides users, paths and hosts.  [default: public]"),
        click.option("--site-url", metavar="URL", help="Address at which the site will be published, for snippets."),
        click.option("--deleted/--no-deleted", default=None, help="Show deleted runs and experiments too."),
        click.option("--artifacts", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="A further folder to look for artifacts in; can be repeated."),
        click.option("--map-artifacts", "artifact_map", multiple=True, type=(str, click.Path(path_type=Path)), metavar="URI DIR", help="Artifacts logged below URI are now in DIR; can be repeated."),
        click.option("--fetch-artifacts/--no-fetch-artifacts", default=None, help="Fetch artifacts that are on a tracking server or in a bucket."),
        click.option("--traces/--no-traces", default=None, help="Show traces: what users wrote and were told, so often private."),
        click.option("--jobs", type=int, metavar="N", help="Worker processes.  [default: by the size of the store]"),
        click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Config file.  [default: ./sitegen.toml]"),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@main.command(epilog='Example:  sitegen build ./mlruns -o site --objective "min val_loss" --open')
@store_options
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the site.  [default: site]"
)
@click.option(
    "--strict/--no-strict", default=None, help="Stop, and keep the previous site, when a record cannot be read."
)
@click.option(
    "--force-adopt", is_flag=True, default=None, help="Build into a folder that holds other files; they stay."
)
@click.option("--open", "open_it", is_flag=True, help="Open the site in the browser when it is built.")
def build(config: Path | None, open_it: bool, **flags: Any) -> None:
    """Build a website from each STORE together: mlruns folders, databases, servers, exports."""
    from sitegen.build import build as build_site

    settings = settings_from(config, flags)
    with progress_bar() as progress:
        built = build_site(settings, progress)
    click.echo(closing_summary(built))
    if open_it:
        click.launch((built.output.absolute() / "index.html").as_uri())


@main.command(epilog="Example:  sitegen serve ./mlruns --port 8000 --open")
@store_options
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


@main.command(epilog="Example:  sitegen export ./mlruns -o runs")
@click.argument("store", nargs=-1)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the export: a new one, an empty one, or an earlier export.",
)
@click.option(
    "--format",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="parquet for programs and for sitegen itself, csv for spreadsheets.",
)
@click.option("--deleted/--no-deleted", default=None, help="Export deleted runs and experiments too.")
@click.option("--artifacts", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="A further folder to look for artifacts in; can be repeated.")  # fmt: skip
@click.option("--map-artifacts", "artifact_map", multiple=True, type=(str, click.Path(path_type=Path)), metavar="URI DIR", help="Artifacts logged below URI are now in DIR; can be repeated.")  # fmt: skip
@click.option("--traces", is_flag=True, help="Export traces too: they hold what people wrote to an application.")
def export(output: Path, format: Literal["parquet", "csv"], traces: bool, **flags: Any) -> None:
    """Write all in each STORE as tables, full metric histories included; artifact files are listed, not copied."""
    from sitegen.export import export_store
    from sitegen.stores import ReadOptions
    from sitegen.stores.locations import place_of
    from sitegen.stores.several import open_stores

    settings = settings_from(None, flags)
    options = ReadOptions(settings.deleted, settings.artifacts, artifact_map=tuple(settings.artifact_map.items()))
    found = open_stores(settings.stores, options)
    with progress_bar() as progress:
        exported = export_store(found, output, format, progress, map(place_of, settings.stores), traces)
    click.echo(export_summary(exported))


@main.command(epilog="Example:  sitegen inspect ./mlruns --json")
@click.argument("store", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("--artifacts", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="A further folder to look for artifacts in; can be repeated.")  # fmt: skip
@click.option("--map-artifacts", "artifact_map", multiple=True, type=(str, click.Path(path_type=Path)), metavar="URI DIR", help="Artifacts logged below URI are now in DIR; can be repeated.")  # fmt: skip
def inspect(as_json: bool, **flags: Any) -> None:
    """Say what is in each STORE: its kind, counts, size, and what could not be read. For bug reports."""
    from sitegen.commands.inspect import inspect_store, json_text, lines_of
    from sitegen.stores import ReadOptions

    settings = settings_from(None, flags)
    options = ReadOptions(artifact_roots=settings.artifacts, artifact_map=tuple(settings.artifact_map.items()))
    with progress_bar() as progress:
        found = [inspect_store(store, options, progress) for store in settings.stores]
    say(json_text(found) if as_json else "\n".join(map(printable, lines_of(found))))
    if not all(one.is_readable for one in found):
        click.get_current_context().exit(4)


@main.command(epilog='Example:  sitegen best ./mlruns "min val_loss" --where "params.lr < 0.1" --top 3')
@click.argument("store")
@click.argument("objective", required=False)
@click.option("--where", default="", metavar="TEXT", help="Only runs that match, in the search language.")
@click.option("--experiment", metavar="NAME", help="Only this experiment, by its name or id.")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Runs shown of each experiment.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def best(store: str, objective: str | None, where: str, experiment: str | None, top: int, as_json: bool) -> None:
    """Say which runs of STORE are the best and why, by OBJECTIVE such as "min val_loss"."""
    from sitegen.commands.best import json_text, leaderboards, lines_of
    from sitegen.config import load_config

    with progress_bar() as progress:
        found = leaderboards(store, objective, where, experiment, load_config(), progress)
    if as_json:
        say(json_text(found, top).replace("##[", "\\u0023#["))
    else:
        say("\n".join(map(printable, lines_of(found, top))).rstrip("\n"))
    for line in problem_lines(found.problems, f"sitegen inspect {store} counts them"):
        click.echo(printable(line), err=True)
    if not found.rankings:
        click.get_current_context().exit(4)


def settings_from(config: Path | None, flags: dict[str, Any]) -> Config:
    """The config file and the flags joined. Raises UsageError when no store is named in either."""
    from sitegen.config import load_config, with_flags
    from sitegen.errors import UsageError

    flags |= {name: flags.get(name) or None for name in ("store", "artifacts")}
    flags["artifact_map"] = dict(flags.get("artifact_map", ())) or None
    settings = with_flags(load_config(config), **flags)
    if not any(settings.stores):
        raise UsageError("Say which store to read, for example: sitegen build ./mlruns")
    return settings


def printable(text: str) -> str:
    """Text of a store as a part of one harmless line of a terminal or a CI log.

    GitHub takes `##[` for a command anywhere in a line, and `::` at its start, also after spaces.
    """
    return CONTROL.sub(" ", text).replace("##[", "## [")


def say(text: str) -> None:
    """Print lines."""
    for line in text.split("\n"):
        click.echo(printable(line))


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on a terminal; nothing elsewhere, where it would only fill a log."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            task = tasks.setdefault(what, bars.add_task(what, total=total)) if what not in tasks else tasks[what]
            bars.update(task, completed=done, total=total)

        yield show


def closing_summary(built: Built) -> str:
    """What was built, what was skipped and why, what was hidden; the last lines that a build prints."""
    from sitegen.analysis.words import plural, size

    lines = [
        f"Built {built.output / 'index.html'}: {plural(built.runs, 'run')} in {plural(built.experiments, 'experiment')}, "
        f"{plural(built.pages, 'page')}, {plural(built.files, 'file')}, {size(built.size)}, {built.seconds:.1f} s."
    ]
    if built.unmatched:
        lines.append(f"{built.runs:,} of {plural(built.runs + built.unmatched, 'run')} match the filter.")
    if built.deleted:
        lines.append(f"Left out as deleted: {built.deleted} (show them with --deleted).")
    if built.traces_left_out:
        lines.append(f"Left out, as often private: {plural(built.traces_left_out, 'trace')} (show them with --traces).")
    if built.hidden:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(built.hidden.items()))
        lines.append(f"Hidden in the profile public: {kinds} (show them with --profile internal).")
    if built.secrets:
        lines.append(f"Masked: {plural(len(built.secrets), 'secret')}.")
        lines += [f"  - {printable(s.where)}: {s.rule}" for s in built.secrets[:SHOWN_PROBLEMS]]
    lines += problem_lines(built.problems, "the home page of the site lists them")
    return "\n".join(lines)


def problem_lines(problems: Sequence[Problem], elsewhere: str) -> list[str]:
    """What could not be read as it should be: the count and the first few; `elsewhere` has them all."""
    from sitegen.analysis.words import plural

    if not problems:
        return []
    lines = [f"Not read as they should be: {plural(len(problems), 'record')}."]
    lines += [f"  - {printable(p.where)}: {printable(p.what)}" for p in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  and {len(problems) - SHOWN_PROBLEMS} more; {elsewhere}.")
    return lines


def export_summary(exported: Exported) -> str:
    """The last lines that an export prints."""
    from sitegen.analysis.words import plural, size

    rows = exported.rows
    lines = [
        f"Exported {exported.output}: {plural(rows['runs'], 'run')} in {plural(rows['experiments'], 'experiment')}, "
        f"{plural(rows['metric_history'], 'metric point')}, "
        + (f"{plural(rows['traces'], 'trace')}, " if "traces" in rows else "")
        + f"{size(exported.size)}, {exported.seconds:.1f} s."
    ]
    if exported.deleted:
        lines.append(f"Left out as deleted: {exported.deleted} (export them with --deleted).")
    return "\n".join(lines + problem_lines(exported.problems, "sitegen-export.json lists them"))
