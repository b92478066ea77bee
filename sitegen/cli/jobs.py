"""The commands for a job in CI: `summary` says how the runs stand, `gate` whether they are good enough."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from sitegen.cli.options import CONFIG, GroupedCommand, config_options, settings_from
from sitegen.cli.printing import printable, progress_bar
from sitegen.errors import GateError

if TYPE_CHECKING:
    from sitegen.commands.standing import Standing
    from sitegen.config import Config

BASE = click.option(
    "--base", default="", metavar="SITE_OR_STORE", help="Compare with this: a site, a store, a git ref or an address."
)


@click.command(
    cls=GroupedCommand, epilog="Example:  sitegen summary site --base origin/gh-pages >> $GITHUB_STEP_SUMMARY"
)
@click.argument("source", metavar="[SITE_OR_STORE]", required=False, default="")
@BASE
@config_options("objective", "profile", "site_url")
@CONFIG
def summary(source: str, base: str, config: Path | None, **flags: Any) -> None:
    """Print the best runs as Markdown, for the summary of a job or for one comment on a pull request."""
    from sitegen.commands.summary import summary_text

    settings = settings_from(config, flags)
    found, against = _read(source, base, settings)
    click.echo(summary_text(found, against, settings.site_url, source), nl=False)


@click.command(cls=GroupedCommand, epilog='Example:  sitegen gate mlflow.db "val_acc >= 0.93" --base origin/gh-pages')
@click.argument("store")
@click.argument("condition", nargs=-1, required=True)
@BASE
@click.option(
    "--run",
    default="",
    metavar="RUN",
    help="Run to judge: latest, an id, a name, or a filter.  [default: those that the base lacks, else latest]",
)
@click.option("--experiment", default="", metavar="NAME", help="Only runs of this experiment, by its name or id.")
@click.option("--any", "any_run", is_flag=True, help="One run has to meet all conditions, not every run.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="text for people, markdown for the summary of a job, json for programs.",
)
@config_options("objective", "profile")
@CONFIG
def gate(
    store: str,
    condition: tuple[str, ...],
    base: str,
    run: str,
    experiment: str,
    any_run: bool,
    form: Literal["text", "markdown", "json"],
    config: Path | None,
    **flags: Any,
) -> None:
    """Exit with code 5 unless the new runs of STORE meet each CONDITION on their metrics.

    A CONDITION is "val_acc >= 0.93", or "val_loss no worse than base by 1%"; docs/gate.md has them all. STORE may be
    "", for the one that sitegen.toml names.
    """
    from sitegen.commands.gate import gate_sentence, json_text, judge_runs, markdown_lines, text_lines

    settings = settings_from(config, flags)
    found, against = _read(store, base, settings)
    judged = judge_runs(found, condition, against, run, experiment, any_run)
    if form == "json":
        click.echo(json_text(judged))
    else:
        for line in text_lines(judged) if form == "text" else markdown_lines(judged):
            click.echo(printable(line))
    if not judged.passed:
        raise GateError(gate_sentence(judged))


def _read(source: str, base: str, settings: Config) -> tuple[Standing, Standing | None]:
    """How the source stands, and the base if there is one."""
    from sitegen.commands.standing import read_standing

    with progress_bar() as progress:
        found = read_standing(source, settings, progress)
        against = read_standing(base, settings, progress) if base else None
    for one in (found, against):
        if one:
            click.echo(printable(one.read), err=True)
    return found, against
