"""The command that puts runs, an experiment or a comparison into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sitegen.cli.options import CONFIG, GroupedCommand, config_options, settings_from
from sitegen.cli.printing import printable, progress_bar
from sitegen.errors import UsageError

NOT_IN_REPORTS = (
    "output", "title", "site_url", "index", "max_run_pages", "host", "since", "filter", "shard", "cache", "no_cache",
    "by_content", "force_adopt", "executor", "traces",
)  # fmt: skip


@click.command(
    cls=GroupedCommand, epilog="Example:  sitegen report ./mlruns cnn-long cnn-wide --compare -o report.html"
)
@click.argument("store")
@click.argument("what", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    metavar="FILE",
    help="File to write.",
)
@click.option("--compare", is_flag=True, help="Put the runs side by side, in place of the page of each.")
@click.option("--pdf", is_flag=True, help="Write FILE as PDF too; needs Chromium, Chrome or Edge.")
@click.option(
    "--max-size", type=click.FloatRange(0.1), default=2.0, show_default=True, metavar="MB", help="Largest file, in MB."
)
@config_options(without=NOT_IN_REPORTS)
@CONFIG
def report(
    store: str,
    what: tuple[str, ...],
    output: Path,
    compare: bool,
    pdf: bool,
    max_size: float,
    config: Path | None,
    **flags: Any,
) -> None:
    """Put runs, an experiment or a comparison of STORE into one file, for mail and archives.

    WHAT is a run or an experiment, by its id or name; several make one report.
    """
    from sitegen.analysis.words import size
    from sitegen.report import make_report
    from sitegen.report.pdf import find_browser, print_pdf

    if pdf:
        find_browser()
    settings = settings_from(config, {**flags, "store": store})
    with progress_bar() as progress:
        made = make_report(settings, what, compare, int(max_size * 1_000_000), progress)
    try:
        output.write_text(made.text, "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror}); choose another file with -o.") from error
    click.echo(f"Wrote {output}, {size(len(made.text.encode()))}.")
    if pdf:
        paper = output.with_suffix(".pdf")
        print_pdf(made.unfolded, paper)
        click.echo(f"Wrote {paper}, {size(paper.stat().st_size)}.")
    for line in filter(None, (made.left_out, made.read)):
        click.echo(printable(line))
