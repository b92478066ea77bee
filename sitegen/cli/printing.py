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
    from sitegen.commands.words import hidden_words, not_copied_words

    done = "Nothing has changed since it was built; left" if built.is_unchanged else "Built"
    lines = [
        f"{done} {built.output / 'index.html'}: {plural(built.runs, 'run')} in {plural(built.experiments, 'experiment')}, "
        f"{plural(built.pages, 'page')}, {plural(built.files, 'file')}, {size(built.size)}, {built.seconds:.1f} s.",
        printable(built.read),
    ]
    lines += [f"Kept your {printable(path)} as {printable(kept)}." for path, kept in built.renamed[:SHOWN_PROBLEMS]]
    if len(built.renamed) > SHOWN_PROBLEMS:
        lines.append(f"Kept {len(built.renamed) - SHOWN_PROBLEMS} more of your files under such names.")
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
    lines += _secret_lines(built)
    if built.not_copied:
        lines.append(f"Artifacts listed but not copied: {not_copied_words(built.not_copied)}.")
        lines += [f"  - {printable(what)}" for what in built.withheld]
    if built.not_compared and not built.is_unchanged:
        lines.append(f"Not compared with the site that was there before; --since {built.output} adds what changed.")
    lines += problem_lines(built.problems, "the home page of the site lists them")
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


def _secret_lines(built: Built) -> list[str]:
    """The secrets that are not shown, those that are allowed, and the allowed fingerprints that no value has."""
    from sitegen.analysis.words import plural

    lines = []
    if built.secrets:
        lines.append(f"Masked or left out: {plural(len(built.secrets), 'secret')} (sitegen scan lists all).")
        lines += [f"  - {printable(s.where)}: {s.rule}, {s.fingerprint}" for s in built.secrets[:SHOWN_PROBLEMS]]
        if len(built.secrets) > SHOWN_PROBLEMS:
            lines.append(f"  and {len(built.secrets) - SHOWN_PROBLEMS:,} more.")
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


def problem_lines(problems: Sequence[Problem], elsewhere: str) -> list[str]:
    """The problems of a store: the count and the first few; `elsewhere` names the place that lists all."""
    from sitegen.analysis.words import plural

    if not problems:
        return []
    lines = [f"{plural(len(problems), 'record')} could not be read properly:"]
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
