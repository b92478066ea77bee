"""What the command line prints: lines without control codes, a progress bar, the summaries of a build and an export."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from sitegen.analysis.labels import show_controls

if TYPE_CHECKING:
    from sitegen.build import Built
    from sitegen.export import Exported
    from sitegen.model import Problem
    from sitegen.stores.contract import Progress

SHOWN_PROBLEMS = 10
LONG_STAGE = 2_000
"""Steps from which on a stage is named in a log."""
SCHEMA = 1
"""The version of `build --json`, which grows when a key changes its meaning."""
_LINES = re.compile(r"[\t\n\v\f\r]+")


def printable(text: str) -> str:
    """A string of a store for one line of a terminal or a CI log: terminal codes are shown as symbols, not obeyed.

    GitHub reads `##[` anywhere in a line as a command; `::` only at its start, where no string of a store is.
    """
    return show_controls(_LINES.sub(" ", text)).replace("##[", "## [")


def say(text: str) -> None:
    """Print lines."""
    for line in text.split("\n"):
        click.echo(printable(line))


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Progress]:
    """A bar for each stage on a terminal; elsewhere a line for each long stage, so that a log is not filled."""
    if quiet:
        yield lambda what, done, total: None
    elif not sys.stderr.isatty():
        yield _stages()
    else:
        with _bars() as show:
            yield show


def _stages() -> Progress:
    """Names a stage of many steps once, as it begins."""
    named: set[str] = set()

    def show(what: str, done: int, total: int) -> None:
        if total >= LONG_STAGE and what not in named:
            named.add(what)
            click.echo(f"{what}: {total:,}", err=True)

    return show


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield show


def closing_summary(built: Built, shown: int | None = SHOWN_PROBLEMS) -> str:
    """What was built, what was skipped and why, what was hidden; the last lines that a build prints.

    Of each list the first `shown` are named, all with None.
    """
    from sitegen.analysis.words import plural, size
    from sitegen.commands.words import hidden_words, not_copied_words

    done = "Nothing has changed since it was built; left" if built.is_unchanged else "Built"
    lines = [
        f"{done} {built.output / 'index.html'}: {plural(built.runs, 'run')} in {plural(built.experiments, 'experiment')}, "
        f"{plural(built.pages, 'page')}, {plural(built.files, 'file')}, {size(built.size)}, {built.seconds:.1f} s.",
        printable(built.read),
    ]
    lines += [f"Kept your {printable(path)} as {printable(kept)}." for path, kept in built.renamed[:shown]]
    if shown is not None and len(built.renamed) > shown:
        lines.append(f"Kept {len(built.renamed) - shown} more of your files under such names.")
    lines += [f"Warning: {printable(warning)}" for warning in built.warnings]
    lines += [f"The site is {phrase}; see docs/scale.md." for phrase in built.near_limits]
    if built.missing_artifacts:
        lines.append(
            f"Artifacts were expected in {printable(built.missing_artifacts)} beside the store, which is not there."
        )
    for storage, count in sorted(built.elsewhere.items()):
        lines.append(
            f"Artifacts of {plural(count, 'run')} are in {storage} and were not fetched (fetch them with --fetch-artifacts)."
        )
    if not (built.runs or built.unmatched or built.deleted):
        lines.append("It holds no runs, so the site is empty; build again when there are some.")
    if built.unmatched:
        lines.append(f"{built.runs:,} of {plural(built.runs + built.unmatched, 'run')} match the filter.")
    if built.deleted:
        lines.append(f"Left out as deleted: {built.deleted} (show them with --deleted).")
    if built.traces_left_out:
        traces = [plural(built.traces_left_out, "trace"), *_counts(built.trace_parts)]
        lines.append(f"Left out because often private: {', '.join(traces)} (show them with --traces).")
    if other := _counts(built.beside):
        lines.append(f"Not shown, since sitegen has no pages for them: {', '.join(other)}.")
    if built.hidden:
        lines.append(f"Hidden in the profile public: {hidden_words(built.hidden)} (show them with --profile internal).")
    if built.hidden_keys:
        lines.append(f"Left out by hide_keys of the settings: {built.hidden_keys:,} params, metrics and tags.")
    lines += _secret_lines(built, shown)
    if built.not_copied:
        lines.append(f"Artifacts listed but not copied: {not_copied_words(built.not_copied)}.")
        lines += [f"  - {printable(what)}" for what in built.withheld]
    if built.not_compared and not built.is_unchanged:
        lines.append(f"Not compared with the site that was there before; --since {built.output} adds what changed.")
    lines += problem_lines(built.problems, "the home page of the site lists them", shown)
    return "\n".join(lines)


def _counts(counts: Mapping[str, int]) -> list[str]:
    from sitegen.analysis.words import plural

    return [plural(count, word) for word, count in counts.items() if count]


def part_summary(built: Built, share: str) -> str:
    """What was built of a part, and what to do with it."""
    from sitegen.analysis.words import plural, size

    lines = [
        f"Built part {share} in {built.output}: {plural(built.runs, 'run')}, {plural(built.pages, 'page')}, "
        f"{size(built.size)}, {built.seconds:.1f} s; join all parts with sitegen merge.",
        printable(built.read),
    ]
    return "\n".join([*lines, *problem_lines(built.problems, "the home page of the site lists them")])


def _secret_lines(built: Built, shown: int | None) -> list[str]:
    """The secrets that are not shown, those that are allowed, and the allowed fingerprints that no value has."""
    from sitegen.analysis.words import plural

    lines = []
    if built.secrets:
        lines.append(f"Masked or left out: {plural(len(built.secrets), 'secret')} (sitegen scan lists all).")
        lines += [f"  - {printable(s.where)}: {s.rule}, {s.fingerprint}" for s in built.secrets[:shown]]
        if shown is not None and len(built.secrets) > shown:
            lines.append(f"  and {len(built.secrets) - shown:,} more.")
    if built.allowed:
        lines.append(f"Shown as the settings allow: {plural(built.allowed, 'value')} that would have been masked.")
    if built.unused:
        lines.append(f"Allowed in the settings, but not in the store any more: {', '.join(built.unused)}.")
    return lines


def masked_lines(secrets: int, hidden: Mapping[str, int]) -> list[str]:
    """What the profile hides of what is printed, as one line; none if that is nothing."""
    from sitegen.analysis.words import plural
    from sitegen.commands.words import hidden_words

    if not (secrets or hidden):
        return []
    facts = [plural(secrets, "secret")] if secrets else []
    more = " (show what is private with --profile internal)" if hidden else ""
    return [f"Hidden of these runs: {', '.join(filter(None, [*facts, hidden_words(hidden)]))}{more}."]


def problem_lines(problems: Sequence[Problem], elsewhere: str, shown: int | None = SHOWN_PROBLEMS) -> list[str]:
    """The problems of a store: the count and the first few; `elsewhere` names the place that lists all.

    All of them with None, and then with their fingerprints.
    """
    from sitegen.analysis.words import plural

    if not problems:
        return []
    lines = [f"{plural(len(problems), 'record')} could not be read properly:"]
    for problem in problems[:shown]:
        mark = f" ({problem.fingerprint})" if shown is None else ""
        lines.append(f"  - {printable(problem.where)}: {printable(problem.what)}{mark}")
    if shown is not None and len(problems) > shown:
        lines.append(f"  and {len(problems) - shown} more; {elsewhere}.")
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


def json_summary(built: Built) -> str:
    """What was built as JSON (docs/configuration.md): the same facts as the summary, all of each list."""
    import json

    document = {
        "schema": SCHEMA,
        "output": str(built.output),
        "read": built.read,
        "unchanged": built.is_unchanged,
        "experiments": built.experiments,
        "runs": built.runs,
        "pages": built.pages,
        "files": built.files,
        "bytes": built.size,
        "seconds": round(built.seconds, 3),
        "left_out": {"deleted": built.deleted, "unmatched": built.unmatched, "traces": built.traces_left_out},
        "warnings": list(built.warnings),
        "problems": [
            {"where": one.where, "what": one.what, "left_out": one.left_out, "fingerprint": one.fingerprint}
            for one in built.problems
        ],
        "secrets": [{"where": one.where, "rule": one.rule, "fingerprint": one.fingerprint} for one in built.secrets],
        "hidden": dict(sorted(built.hidden.items())),
        "not_copied": dict(sorted(built.not_copied.items())),
    }
    return json.dumps(document, indent=2)
