"""`sitegen summary`: the best runs as Markdown, for the summary of a job or a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sitegen.addresses import experiment_page, file_name, run_page
from sitegen.analysis.words import number, plural, shortened
from sitegen.commands.standing import Standing, best_of
from sitegen.earlier import BestRun, KnownRun
from sitegen.markup.markdown_text import markdown_text

MARKER = "<!-- sitegen summary -->"
"""The first line, by which the comment of an earlier job is found and replaced."""
MAX_CHARACTERS = 60_000
"""GitHub takes comments of 65,536 characters, and summaries of a job of 1 MiB."""
MAX_NEW = 20


def summary_text(found: Standing, base: Standing | None, site_url: str = "", place: str = "") -> str:
    """The Markdown. With `site_url`, names are links; where `place` is a built site, its pictures are shown."""
    lines: list[str] = []
    size = 0
    for line in _lines(found, base, site_url.rstrip("/"), place):
        size += len(line) + 1
        if size > MAX_CHARACTERS - 100:
            lines += ["", "The rest is left out, since hosts limit the length of comments."]
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def _lines(found: Standing, base: Standing | None, url: str, place: str) -> Iterator[str]:
    record = found.record
    bests = [one for one in record.best.values() if one.runs]
    new = _new_runs(found, base)
    yield MARKER
    yield f"### {_link(record.title or 'Runs', url, 'index.html')}"
    yield ""
    counts = f"{plural(sum(one.runs for one in bests), 'run')} in {plural(len(bests), 'experiment')}"
    if base is not None:
        counts += f", {plural(len(new), 'new run')}" if new is not None else ", runs not compared"
    yield f"{counts}."
    yield ""
    head = ["Experiment", "Best run", "By", "Value", *(["Against base"] if base else []), "How sure"]
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for one in bests:
        yield f"| {' | '.join(_cells(one, base, url))} |"
    yield from _pictures(bests, found, base, url, place)
    yield from _new_lines(new or [], record.best, url)


def _cells(one: BestRun, base: Standing | None, url: str) -> list[str]:
    experiment = _link(one.experiment, url, experiment_page(one.experiment_id))
    run = _link(one.name, url, run_page(one.run_id)) if one.run_id else "none"
    value = number(one.value) if one.value is not None else ""
    against = [markdown_text(_against(one, best_of(base.record.best, one, one.experiment)))] if base else []
    return [experiment, run, markdown_text(one.objective), markdown_text(value), *against, markdown_text(one.lead)]


def _against(now: BestRun, was: BestRun | None) -> str:
    """The change of the best value, in words: `0.0123 better (1.3%)`."""
    if was is None or not was.run_id:
        return "new" if now.run_id else ""
    if was.objective != now.objective:
        return f"other objective before: {was.objective}"
    if now.value is None or was.value is None:
        return ""
    gap = now.value - was.value
    if gap == 0:
        return "same"
    better = (gap > 0) == (now.direction == "max")
    share = f" ({abs(gap / was.value):.2%})" if was.value else ""
    return f"{number(abs(gap))} {'better' if better else 'worse'}{share}"


def _new_runs(found: Standing, base: Standing | None) -> list[KnownRun] | None:
    """The runs that the base lacks, the newest first; None where one of the two has no list."""
    if base is None or base.record.runs is None or found.record.runs is None:
        return None
    new = [run for id, run in found.record.runs.items() if id not in base.record.runs]
    return sorted(new, key=lambda run: (-(run.end_time or run.start_time or 0), run.run_id))


def _new_lines(new: Sequence[KnownRun], bests: object, url: str) -> Iterator[str]:
    if not new:
        return
    more = f", the newest {MAX_NEW}" if len(new) > MAX_NEW else ""
    yield ""
    yield f"<details><summary>{plural(len(new), 'new run')}{more}</summary>"
    yield ""
    for run in new[:MAX_NEW]:
        yield f"- {_link(run.name or run.run_id, url, run_page(run.run_id))}, {markdown_text(run.status)}"
    yield ""
    yield "</details>"


def _pictures(bests: Sequence[BestRun], found: Standing, base: Standing | None, url: str, place: str) -> Iterator[str]:
    """The chart of the first experiment whose best is new; else of the first that has a picture."""
    folder = Path(place) / "charts"
    if not (url and found.site and folder.is_dir()):
        return
    files = sorted(file.name for file in folder.glob("*-light.svg"))
    changed = [one for one in bests if base and _against(one, best_of(base.record.best, one, one.experiment)) != "same"]
    for one in [*changed, *bests]:
        start = f"{file_name(one.experiment_id)}-"
        stem = next((name.removesuffix("-light.svg") for name in files if name.startswith(start)), "")
        if stem:
            dark, light = (f"{url}/charts/{stem}-{scheme}.svg" for scheme in ("dark", "light"))
            yield ""
            yield (
                f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
                f'<img src="{light}" width="480" alt="{markdown_text(one.experiment)}"></picture>'
            )
            return


def _link(text: str, url: str, path: str) -> str:
    shown = markdown_text(shortened(text, 60))
    return f"[{shown}]({url}/{path})" if url else shown
