"""The page "What changed": new bests, new, changed and gone runs, against an earlier site that the user names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import NOWHERE, Href, experiment_page, placed, run_page
from sitegen.analysis.words import dates, number, plural, shortened, when
from sitegen.earlier import BestRun, KnownRun, SiteRecord

PATH = Href("changes.html")
MAX_LINES = 500
"""Runs of one kind that the page lists; all are counted."""
ATOM, JSON = Href("feed.xml"), Href("feed.json")


@dataclass(frozen=True, slots=True)
class BestChange:
    """An experiment whose best run, or its value, is another one than before."""

    experiment: str
    """The experiment's name."""
    href: Href
    """Where the experiment's page is."""
    objective: str
    """What is best now: `min val_loss`."""
    before: str
    """The best run before, with its value: `cnn-3 · 0.213`; empty if there was none."""
    after: str
    """The best run now, with its value; empty if there is none."""
    after_href: Href
    """Where the best run's page is."""
    verdict: str
    """How sure it is: `clear`, `within noise`."""
    note: str
    """What a reader should know: that another objective counts now; else empty."""
    run_id: str
    """The id of the best run now."""
    time: int | None
    """When that run ended or started, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class RunChange:
    """A run that is new, has changed, or is gone."""

    run_id: str
    """The run's id."""
    name: str
    """The run's name."""
    href: Href
    """Where the run's page is; empty for one that is gone."""
    experiment: str
    """The name of its experiment."""
    status: str
    """MLflow's word for its status; of a gone run, the last one."""
    what: str
    """What changed: `RUNNING before`; empty where only values, params or tags did."""
    when: str
    """When it ended, or started if it has not ended, in UTC."""
    time: int | None
    """The same in milliseconds since 1970."""


@dataclass(frozen=True)
class ChangesPage:
    """What changed since an earlier site."""

    lede: str
    """The changes in a sentence."""
    since: str
    """The day of the newest time in the earlier site: `10 Nov 2026`; empty if its runs have no time."""
    bests: tuple[BestChange, ...]
    """Experiments with another best."""
    new: tuple[RunChange, ...]
    """Runs that the earlier site does not have, the newest first; at most 500."""
    changed: tuple[RunChange, ...]
    """Runs whose status, values, params or tags changed, the newest first; at most 500."""
    gone: tuple[RunChange, ...]
    """Runs that only the earlier site has; at most 500."""
    new_hint: str
    """How many of the new runs are listed: `the newest 500 of 1,203`; empty if all are."""
    changed_hint: str
    """The same of the changed runs."""
    gone_hint: str
    """The same of the gone runs."""
    title: str = "What changed"
    path: str = PATH
    template: str = "changes.html"
    kind: str = "changes"
    feeds: tuple[Href, ...] = (ATOM, JSON)
    """The feeds of the same: Atom and JSON."""


def changes_page(
    earlier: SiteRecord, best: Mapping[str, BestRun], runs: Mapping[str, KnownRun], is_packed: bool
) -> ChangesPage:
    """The page about `best` and `runs` of this site, by id, against those of an `earlier` one."""
    names = {one.experiment_id: one.experiment for one in (*earlier.best.values(), *best.values())}
    before = earlier.runs or {}
    new = [run for id, run in runs.items() if id not in before] if earlier.runs is not None else []
    changed = [run for id, run in runs.items() if id in before and before[id].state != run.state]
    gone = [run for id, run in before.items() if id not in runs]
    bests = [_best_change(earlier.best.get(one.experiment_id), one, runs, is_packed) for one in best.values()]
    found = tuple(one for one in bests if one)
    counts = (("new", len(new)), ("changed", len(changed)), ("gone", len(gone)))
    times = [time for run in before.values() for time in (run.start_time, run.end_time) if time is not None]
    return ChangesPage(
        lede=_lede(found, dict(counts), earlier.runs is not None),
        since=dates(max(times), max(times)) if times else "",
        bests=found,
        new=_lines(new, names, is_packed),
        changed=_lines(changed, names, is_packed, before),
        gone=tuple(_line(run, names, NOWHERE, "") for run in _newest(gone)[:MAX_LINES]),
        new_hint=_hint(len(new)),
        changed_hint=_hint(len(changed)),
        gone_hint=_hint(len(gone)),
    )


def _hint(count: int) -> str:
    return f"the newest {MAX_LINES:,} of {count:,}" if count > MAX_LINES else ""


def _best_change(
    before: BestRun | None, now: BestRun, runs: Mapping[str, KnownRun], is_packed: bool
) -> BestChange | None:
    """The change of an experiment's best run; None where run, value and objective are as before, or never were."""
    was = before or BestRun(now.experiment_id, now.experiment, "", "", "min")
    if (was.run_id, was.value, was.objective) == (now.run_id, now.value, now.objective):
        return None
    if not was.run_id and not now.run_id:
        return None
    other = bool(was.objective) and was.objective != now.objective
    run = runs.get(now.run_id)
    return BestChange(
        experiment=now.experiment,
        href=experiment_page(now.experiment_id),
        objective=now.objective,
        before=_named(was),
        after=_named(now),
        after_href=placed(run_page(now.run_id), is_packed) if now.run_id else NOWHERE,
        verdict=now.lead,
        note=f"The objective was {was.objective}." if other else "",
        run_id=now.run_id,
        time=_time(run) if run else None,
    )


def _named(best: BestRun) -> str:
    """Name and value of a best run; empty if none is the best."""
    if not best.run_id:
        return ""
    return " · ".join([shortened(best.name), *([number(best.value)] if best.value is not None else [])])


def _lines(
    runs: Sequence[KnownRun], names: Mapping[str, str], is_packed: bool, before: Mapping[str, KnownRun] | None = None
) -> tuple[RunChange, ...]:
    shown = _newest(runs)[:MAX_LINES]
    was = {run.run_id: before[run.run_id].status for run in shown} if before else {}
    return tuple(
        _line(run, names, placed(run_page(run.run_id), is_packed), was.get(run.run_id, run.status)) for run in shown
    )


def _line(run: KnownRun, names: Mapping[str, str], href: Href, was: str) -> RunChange:
    time = _time(run)
    return RunChange(
        run_id=run.run_id,
        name=run.name or run.run_id,
        href=href,
        experiment=names.get(run.experiment_id, run.experiment_id),
        status=run.status,
        what=f"{was} before" if was and was != run.status else "",
        when=when(time) if time is not None else "",
        time=time,
    )


def _newest(runs: Sequence[KnownRun]) -> list[KnownRun]:
    return sorted(runs, key=lambda run: (-(_time(run) or 0), run.run_id))


def _time(run: KnownRun) -> int | None:
    return run.end_time if run.end_time is not None else run.start_time


def _lede(bests: Sequence[BestChange], counts: Mapping[str, int], has_list: bool) -> str:
    parts = [plural(len(bests), "new best")] if bests else []
    parts += [f"{plural(count, 'run')} {word}" for word, count in counts.items() if count]
    found = " · ".join(parts) or ("nothing has changed" if has_list else "no new best")
    older = "" if has_list else " It was built by an older sitegen, which listed no runs, so runs are not compared."
    return f"{found[0].upper()}{found[1:]}.{older}"
