"""The command that publishes a site."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sitegen.cli.options import CONFIG, GroupedCommand, config_options, settings_from
from sitegen.cli.printing import closing_summary, printable, progress_bar
from sitegen.errors import UsageError

if TYPE_CHECKING:
    from sitegen.commands.publish import Order
    from sitegen.config import Config

NUMBER = click.IntRange(1)
NOT_WHEN_PUBLISHING = ("output", "shard", "executor", "cache", "no_cache", "by_content", "force_adopt")


@click.command(cls=GroupedCommand, epilog="Example:  sitegen publish gh-pages ./mlruns --dry-run")
@click.argument("target")
@click.argument("source", metavar="[SITE_OR_STORE]...", nargs=-1)
@click.option("--remote", default="origin", show_default=True, help="Git remote of gh-pages: its name or address.")
@click.option("--branch", default="gh-pages", show_default=True, help="Branch that the host publishes.")
@click.option("--history", is_flag=True, help="Add a commit to the branch; without it, the branch is one commit.")
@click.option("--prefix", default="", metavar="FOLDER", help="Publish in this folder of the target, beside the rest.")
@click.option("--preview", type=NUMBER, default=None, metavar="N", help="Publish as pr-preview/pr-N, beside the site.")
@click.option("--remove-preview", type=NUMBER, default=None, metavar="N", help="Remove pr-preview/pr-N.")
@click.option(
    "--keep", type=NUMBER, default=None, metavar="N", help="Keep the last N reports, with a page that lists them."
)
@click.option(
    "--report", default="", metavar="NAME", help="Name of this report, such as a commit.  [default: its date]"
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to prepare for netlify, cloudflare or huggingface.  [default: TARGET-site]",
)
@click.option("--force-adopt", is_flag=True, help="Replace files of the target that sitegen did not put there.")
@click.option("--message", default="Publish with sitegen", show_default=True, help="Message of the commit.")
@click.option("--dry-run", is_flag=True, help="Say what would be added, changed and deleted; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before commits of the branch are replaced.")
@config_options(without=NOT_WHEN_PUBLISHING)
@CONFIG
def publish(
    target: str,
    source: tuple[str, ...],
    config: Path | None,
    force_adopt: bool,
    message: str,
    dry_run: bool,
    yes: bool,
    preview: int | None,
    remove_preview: int | None,
    keep: int | None,
    report: str,
    output: Path | None,
    remote: str,
    branch: str,
    history: bool,
    prefix: str,
    **flags: Any,
) -> None:
    """Publish a built site, or the site of a store, to TARGET.

    TARGET is gh-pages, a folder (./www), a bucket (s3://bucket/runs), or netlify, cloudflare or huggingface, for
    which a folder is prepared.

    Without SITE_OR_STORE, the folder "site" is published, else the store near this folder. A site is checked first, as
    sitegen check does, and not published if anything is wrong with it; a store is built with --strict.
    """
    from sitegen.commands.publish import Order

    numbers = {"preview": preview or 0, "remove_preview": remove_preview or 0, "keep": keep or 0}
    order = Order(
        target, remote, branch, history, prefix.strip("/"), **numbers, report=report, output=output, adopt=force_adopt
    )
    order.check()
    _publish(order, lambda question: yes or _asked(question), _site(order, source, config, flags), message, dry_run)


def _publish(
    order: Order,
    confirm: Callable[[str], bool],
    found: AbstractContextManager[tuple[Path | None, Config]],
    message: str,
    dry_run: bool,
) -> None:
    from sitegen.commands.publish import closing_lines, lines_of, maker, opened
    from sitegen.publish import publish as publish_to

    with opened(order, confirm) as target, found as (site, settings):
        changes = publish_to(target, maker(order, site, settings), message, dry_run)
        lines = [*lines_of(order, target, changes, dry_run), *([] if dry_run else closing_lines(order, target))]
    click.echo("\n".join(map(printable, lines)))


@contextmanager
def _site(
    order: Order, source: tuple[str, ...], config: Path | None, flags: dict[str, Any]
) -> Iterator[tuple[Path | None, Config]]:
    """The folder of the checked site, None if a preview is removed, and the settings.

    Raises GateError if the check finds anything.
    """
    from sitegen.commands.check import check_gate, lines_of
    from sitegen.commands.publish import build_for, host_of, site_among
    from sitegen.config import load_config
    from sitegen.config.privacy import privacy_of
    from sitegen.publish import checked_site, held

    if order.remove_preview:
        yield None, load_config(config)
        return
    with ExitStack() as stack, progress_bar() as progress:
        if site := site_among(source, flags):
            settings = load_config(config)
        else:
            settings = settings_from(config, flags | {"store": source})
            site, built = stack.enter_context(build_for(settings, flags.get("strict"), progress))
            click.echo(closing_summary(built), err=True)
        stack.enter_context(held(site))
        checked = checked_site(site, privacy_of(settings), host_of(order), progress)
        if not checked.is_good:
            click.echo("\n".join(map(printable, lines_of(checked, site))))
        check_gate(checked, site)
        yield site, settings


def _asked(question: str) -> bool:
    """The answer of whoever is at the terminal. Raises UsageError if there is none."""
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Nobody can be asked here: give --yes, or --history to add a commit instead.")
    return click.confirm(question)
