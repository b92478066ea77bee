"""The home page: all experiments with their headline result, the newest runs, what the site contains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sitegen.addresses import NOWHERE, Href, model_page, run_page
from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.labels import run_labels
from sitegen.analysis.words import dates, duration, plural, shortened, when
from sitegen.markup.notes import note_excerpt
from sitegen.model import Catalog, Problem, RegisteredModel
from sitegen.pages.home_experiment import MAX_NAME, RECENT, ExperimentLine, HomeExperiment, HomeRun
from sitegen.pages.home_results import last_week
from sitegen.pages.page import Fact

MAX_PROBLEMS = 500


@dataclass(frozen=True, slots=True)
class RecentLine:
    """A run in the list of the latest runs."""

    href: Href
    """Where the run's page is."""
    name: str
    """The run's name, with 6 characters of its id where several of these runs have it."""
    status: str
    """MLflow's word for the run's status: `FINISHED`."""
    experiment: str
    """The name of its experiment."""
    experiment_href: Href
    """Where the experiment's page is."""
    metric: str
    """The metric that its experiment is judged by; empty if there is none."""
    value: str
    """The run's last value of that metric, rounded; empty if it has none."""
    value_full: str
    """The same value in all its digits."""
    start: str
    """When it started, in UTC."""
    duration: str
    """How long it took: `1 h 5 min`; empty if it did not end."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A registered model in the list."""

    href: Href
    """Where the model's page is."""
    name: str
    """The model's name."""
    description: str
    """The beginning of its description as plain text; at most 120 characters."""
    versions: str
    """How many versions it has."""
    aliases: str
    """Its aliases with their versions: `@champion v2`."""
    stages: str
    """Versions that have a stage: `Production v1`."""
    run: str
    """The name of the run that made the newest version; empty if the site has no such run."""
    run_href: Href
    """Where that run's page is."""


@dataclass(frozen=True)
class HomePage:
    """The home page: all experiments with their best result, the latest runs, what the site contains."""

    title: str
    lede: str
    """How many runs and experiments there are, and when they started: `3 runs in 1 experiment · 8 Sep 2026`."""
    last_week: str
    """What changed in the 7 days before the newest time in the store, in a sentence; empty if nothing did."""
    as_of: str
    """The day of the newest time in the store: `10 Nov 2026`; empty if no run has a time."""
    facts: tuple[Fact, ...]
    """Counts over the whole store, and links to the lists of models and datasets."""
    experiments: tuple[ExperimentLine, ...]
    """The experiments, those with the newest result first, those without a result last."""
    recent: tuple[RecentLine, ...]
    """The runs that started last, the newest first; at most 12."""
    models: tuple[ModelLine, ...]
    """The registered models; prompts are not among them."""
    problems: tuple[Problem, ...]
    """Records that could not be read properly; at most 500."""
    problems_line: str
    """How many records those are, in words."""
    views: tuple[tuple[Href, str], ...] = ()
    """Address and name of each named view."""
    changes: Href = NOWHERE
    """Where the page of what changed since an earlier site is; empty if there is none."""
    path: str = "index.html"
    template: str = "home.html"
    kind: str = "home"


def home_page_of(
    title: str,
    experiments: Sequence[HomeExperiment],
    catalog: Catalog,
    problems: Sequence[Problem],
    links: Sequence[Fact],
    name_of: Callable[[str], str | None],
    now: int | None = None,
) -> HomePage:
    """The home page. Experiments come with the newest result first; those without a result by their newest activity.

    `now` is the newest time in the store, `links` are facts that lead to the lists of models and datasets, `name_of`
    gives the name of a run of the site.
    """
    ordered = sorted(experiments, key=lambda one: (-one.results.newest, -one.last_activity, one.line.name))
    newest = _newest(experiments)
    shown = [*(best for one in experiments for best in one.best), *((run.run_id, run.name) for run, _ in newest)]
    names = run_labels(shown, MAX_NAME)
    return HomePage(
        title=title,
        lede=_lede(experiments),
        last_week=last_week([(one.line.name, one.results) for one in ordered], now),
        as_of=dates(now, now) if now is not None else "",
        facts=_facts(experiments, links),
        experiments=tuple(_named_line(one, names) for one in ordered),
        recent=tuple(_recent(newest, names)),
        models=tuple(_model_line(model, name_of) for model in catalog.registered_models if not model.is_prompt),
        problems=tuple(problems[:MAX_PROBLEMS]),
        problems_line=_problems_line(problems),
    )


def _lede(experiments: Sequence[HomeExperiment]) -> str:
    starts = [start for one in experiments for start in one.starts]
    count = sum(one.runs for one in experiments)
    runs = f"{plural(count, 'run')} in {plural(sum(one.runs > 0 for one in experiments), 'experiment')}"
    return f"{runs} · {dates(min(starts), max(starts))}" if starts else runs


def _facts(experiments: Sequence[HomeExperiment], links: Sequence[Fact]) -> tuple[Fact, ...]:
    statuses: Counter[str] = Counter()
    for one in experiments:
        statuses.update(one.statuses)
    facts = [
        Fact(status.capitalize(), str(count)) for status, count in sorted(statuses.items(), key=lambda i: (-i[1], i[0]))
    ]
    facts += [
        Fact("Metric points", f"{sum(one.points for one in experiments):,}".replace(",", "\u202f")),
        Fact("Artifacts", str(sum(one.artifacts for one in experiments))),
        *links,
        Fact("Total run time", duration(sum(one.run_time for one in experiments))),
    ]
    return tuple(fact for fact in facts if fact.value)


def _named_line(one: HomeExperiment, names: Mapping[str, str]) -> ExperimentLine:
    """The line with the label of the best run, unless that stands for a group of runs."""
    if one.line.best or not one.best:
        return one.line
    return replace(one.line, best=names[one.best[0][0]])


def _newest(experiments: Sequence[HomeExperiment]) -> list[tuple[HomeRun, HomeExperiment]]:
    """The runs that started last, the newest first."""
    newest = [(run, one) for one in experiments for run in one.recent]
    newest.sort(key=lambda pair: (-pair[0].start, pair[0].run_id))
    return newest[:RECENT]


def _recent(shown: Sequence[tuple[HomeRun, HomeExperiment]], names: Mapping[str, str]) -> list[RecentLine]:
    """The lines of those runs, with the values of one metric in the same format."""
    values: dict[str, list[float]] = {}
    for run, one in shown:
        values.setdefault(one.metric, []).extend([] if run.value is None else [run.value])
    digits = {metric: digits_of(found) for metric, found in values.items()}
    return [_recent_line(run, one, names[run.run_id], digits[one.metric]) for run, one in shown]


def _recent_line(run: HomeRun, one: HomeExperiment, name: str, digits: Digits) -> RecentLine:
    return RecentLine(
        href=run_page(run.run_id),
        name=name,
        status=run.status,
        experiment=one.line.name,
        experiment_href=one.line.href,
        metric=one.metric,
        value=digits.text(run.value) if run.value is not None else "",
        value_full=repr(run.value) if run.value is not None else "",
        start=when(run.start),
        duration=duration(run.duration) if run.duration is not None else "",
    )


def _model_line(model: RegisteredModel, name_of: Callable[[str], str | None]) -> ModelLine:
    newest = model.versions[0] if model.versions else None
    source = newest.run_id if newest else None
    run = name_of(source) if source else None
    stages = [f"{v.stage} v{v.version}" for v in model.versions if v.stage not in ("", "None")]
    return ModelLine(
        href=model_page(model.name),
        name=model.name,
        description=note_excerpt(model.description, 120),
        versions=str(len(model.versions)),
        aliases=", ".join(f"@{alias} v{version}" for alias, version in sorted(model.aliases.items())),
        stages=", ".join(stages),
        run=shortened(run, MAX_NAME) if run is not None else "",
        run_href=run_page(source) if source and run is not None else NOWHERE,
    )


def _problems_line(problems: Sequence[Problem]) -> str:
    left_out = sum(p.left_out for p in problems)
    line = f"{plural(len(problems), 'record')} of the store could not be read properly"
    line += f", {left_out} of them left out" if left_out else ""
    return line + (f" (the first {MAX_PROBLEMS} are listed)" if len(problems) > MAX_PROBLEMS else "")
