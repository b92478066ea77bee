"""The pages of logged models (MLflow 3): what each is, its metrics by dataset, and the runs and versions linked to
it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import logged_model_page
from sitegen.analysis.runs_table import natural
from sitegen.analysis.words import day, number, plural, when
from sitegen.charts import sparkline
from sitegen.markup.notes import note_excerpt
from sitegen.model import LoggedModel, ModelMetric
from sitegen.pages.library import NO_LINK, Library, Link, version_link
from sitegen.pages.model_card import ModelCard, load_line, model_card
from sitegen.pages.model_snippets import ModelAddress, model_snippets, version_addresses
from sitegen.pages.page import Fact
from sitegen.pages.snippet import Snippet
from sitegen.search import NOTE_WEIGHT, SearchEntry

MAX_METRICS = 1000
MAX_RUNS = 200
LINE_METRICS = 3
TAGS_SAID_ELSEWHERE = frozenset(("mlflow.modelVersions",))
STATUSES = {"READY": "finished", "FAILED": "failed", "PENDING": "running"}
"""The CSS class of each status."""


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """A logged model in the list."""

    model: Link
    """Its name, with its page and the beginning of its id."""
    status: str
    """Its status in words: `Ready`."""
    look: str
    """The class that colours the status: `finished`, `failed` or `running`."""
    type: str
    """MLflow's type of it: `agent`; empty for none."""
    experiment: Link
    """Its experiment."""
    run: Link
    """The run that made it."""
    registered: str
    """The versions of registered models that were made from it: `churn v2`."""
    metrics: str
    """Its first metrics with their values; at most 3."""
    created: str
    """The day on which it was made; empty if that is not known."""


@dataclass(frozen=True, slots=True)
class ModelMetricLine:
    """A metric of a logged model."""

    key: str
    """The metric's key."""
    dataset: Link
    """The dataset that it was measured on; empty if that is not known."""
    value: str
    """Its value, rounded."""
    value_full: str
    """The same value in all its digits."""
    step: str
    """The step of the model that was measured."""
    spark: str
    """A drawing of its values over steps; empty if there is one."""
    run: Link
    """The run that measured it."""


@dataclass(frozen=True, slots=True)
class LinkedRun:
    """A run linked to a logged model."""

    run: Link
    """The run."""
    how: str
    """The relation: `logged it at step 3`, `used it`."""


@dataclass(frozen=True)
class LoggedModelPage:
    """A logged model's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    model_id: str
    """The model's id."""
    description: str
    """The page in a sentence, for search engines and link previews; at most 200 characters."""
    status: str
    """The model's status in words: `Ready`."""
    look: str
    """The class that colours the status: `finished`, `failed` or `running`."""
    deleted: bool
    """Whether the model is marked as deleted."""
    experiment: Link
    """Its experiment."""
    facts: tuple[Fact, ...]
    """Id, type, source run, time, and where its files were logged to."""
    status_message: str
    """MLflow's message about its status; may be empty."""
    addresses: tuple[ModelAddress, ...]
    """The addresses by which it can be loaded; empty for an external model."""
    snippets: tuple[Snippet, ...]
    """How to load it, predict with it and serve it; empty if its files are not known."""
    load: str
    """The line of Python that loads it, where there are no snippets; empty for an external model."""
    card: ModelCard
    """The content of its `MLmodel` file."""
    params: tuple[tuple[str, str], ...]
    """Key and value of its params, in natural order of their keys."""
    metrics: tuple[ModelMetricLine, ...]
    """Its metrics, by key and dataset; at most 1,000."""
    metrics_hint: str
    """How many metrics it has."""
    steps: tuple[ModelMetricLine, ...]
    """Every point of the metrics that have several, by key, dataset and step; at most 1,000."""
    steps_line: str
    """How many those are: `Every step: 12 points`; empty if no metric has several."""
    has_datasets: bool
    """Whether any metric names the dataset that it was measured on."""
    runs: tuple[LinkedRun, ...]
    """The runs that made or used it; at most 200."""
    runs_hint: str
    """How many of those runs are shown, in a sentence, where that is not all of them; else empty."""
    versions: tuple[Link, ...]
    """The versions of registered models that were made from it."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its tags."""
    template: str = "logged_model.html"
    kind: str = "logged-model"

    @property
    def search(self) -> SearchEntry:
        """What the search finds of it: its id and params."""
        texts = (self.model_id, *(f"{key} {value}" for key, value in self.params))
        subtitle = ", ".join(filter(None, ("logged model", self.experiment.text)))
        return SearchEntry("model", subtitle, tuple((text, NOTE_WEIGHT) for text in texts))


def logged_lines(library: Library) -> Sequence[LoggedLine]:
    """All logged models for the list, the newest first."""
    models = sorted(library.logged.values(), key=lambda m: (-(m.creation_time or 0), m.model_id))
    return tuple(_line(model, library) for model in models)


def _line(model: LoggedModel, library: Library) -> LoggedLine:
    versions = library.versions.get(model.model_id, [])
    metrics = {metric.key: metric for metric in sorted(model.metrics, key=_order)}
    return LoggedLine(
        model=Link(model.name, logged_model_page(model.model_id), model.model_id[:10]),
        status=model.status.capitalize(),
        look=STATUSES.get(model.status, ""),
        type=model.model_type,
        experiment=library.experiment(model.experiment_id),
        run=library.run(model.source_run_id) if model.source_run_id else NO_LINK,
        registered=", ".join(f"{v.name} v{v.version}" for v in versions),
        metrics=", ".join(f"{key} {number(m.value)}" for key, m in list(metrics.items())[:LINE_METRICS]),
        created=day(model.creation_time) if model.creation_time is not None else "",
    )


def logged_model_page_of(model: LoggedModel, library: Library) -> LoggedModelPage:
    """The page of a logged model."""
    metrics = sorted(model.metrics, key=_order)
    of_series = _series(model)
    steps = [point for points in of_series.values() if len(points) > 1 for point in points]
    runs = _linked_runs(model, library)
    is_external = model.tags.get("mlflow.model.isExternal", "").lower() == "true"
    missing = "An external model: only what was logged of it is here, not its files." if is_external else ""
    file = library.files.get(model.model_id)
    uri = f"models:/{model.model_id}"
    snippets = model_snippets(file, uri, library.store, model.name) if file and not is_external else ()
    return LoggedModelPage(
        path=logged_model_page(model.model_id),
        title=model.name,
        model_id=model.model_id,
        description=note_excerpt(f"Logged model {model.name}: {model.status.lower()}.", 200),
        status=model.status.capitalize(),
        look=STATUSES.get(model.status, ""),
        deleted=model.lifecycle_stage == "deleted",
        experiment=library.experiment(model.experiment_id),
        facts=_facts(model, library),
        status_message=model.status_message,
        addresses=() if is_external else tuple(_addresses(model, library)),
        snippets=snippets,
        load="" if is_external or snippets else load_line(uri),
        card=model_card(file, *([missing] if missing else [])),
        params=tuple((key, model.params[key]) for key in sorted(model.params, key=natural)),
        metrics=tuple(_metric_line(metric, library, of_series) for metric in metrics[:MAX_METRICS]),
        steps=tuple(_metric_line(point, library) for point in steps[:MAX_METRICS]),
        steps_line=_steps_line(steps),
        metrics_hint=_metrics_hint(metrics),
        has_datasets=any(metric.dataset_name for metric in metrics),
        runs=tuple(runs[:MAX_RUNS]),
        runs_hint=f"Runs shown: the first {MAX_RUNS} of {len(runs)}." if len(runs) > MAX_RUNS else "",
        versions=tuple(version_link(version) for version in library.versions.get(model.model_id, [])),
        tags=tuple((key, value) for key, value in sorted(model.tags.items()) if key not in TAGS_SAID_ELSEWHERE),
    )


def _addresses(model: LoggedModel, library: Library) -> Iterator[ModelAddress]:
    """By its id, by the run that made it, and by the versions that were registered from it."""
    yield ModelAddress("Logged model", f"models:/{model.model_id}")
    if model.source_run_id:
        yield ModelAddress("Run", f"runs:/{model.source_run_id}/{model.name}")
    for version in library.versions.get(model.model_id, []):
        yield from version_addresses(version, library.newest_of_stage(version))


def _order(metric: ModelMetric) -> tuple[object, ...]:
    return (natural(metric.key), metric.dataset_name or "", metric.dataset_digest or "", metric.step, metric.timestamp)


def _metrics_hint(metrics: Sequence[ModelMetric]) -> str:
    cut = f"the first {MAX_METRICS} of {len(metrics)}"
    return cut if len(metrics) > MAX_METRICS else plural(len({metric.key for metric in metrics}), "metric")


def _facts(model: LoggedModel, library: Library) -> tuple[Fact, ...]:
    run = library.run(model.source_run_id) if model.source_run_id else NO_LINK
    facts = [
        Fact("Model id", model.model_id, mono=True, copy=model.model_id),
        Fact("Type", model.model_type),
        Fact("Source run", run.text, run.href),
        Fact("Created", when(model.creation_time) if model.creation_time is not None else ""),
        Fact("Artifacts", model.artifacts.uri, mono=True),
    ]
    return tuple(fact for fact in facts if fact.value)


def _series(model: LoggedModel) -> dict[tuple[str, str | None, str | None], list[ModelMetric]]:
    """The points of each metric and dataset, by step."""
    found: dict[tuple[str, str | None, str | None], list[ModelMetric]] = {}
    for point in sorted((*model.metrics, *model.earlier), key=_order):
        found.setdefault(_name(point), []).append(point)
    return found


def _name(point: ModelMetric) -> tuple[str, str | None, str | None]:
    return point.key, point.dataset_name, point.dataset_digest


def _steps_line(steps: Sequence[ModelMetric]) -> str:
    cut = f", the first {MAX_METRICS:,} shown" if len(steps) > MAX_METRICS else ""
    return f"Every step: {plural(len(steps), 'point')}{cut}" if steps else ""


def _metric_line(
    metric: ModelMetric,
    library: Library,
    of_series: Mapping[tuple[str, str | None, str | None], Sequence[ModelMetric]] = {},
) -> ModelMetricLine:
    values = [point.value for point in of_series.get(_name(metric), ())]
    return ModelMetricLine(
        key=metric.key,
        dataset=library.dataset(metric.dataset_name, metric.dataset_digest) if metric.dataset_name else NO_LINK,
        value=number(metric.value),
        value_full=repr(metric.value),
        step=str(metric.step),
        spark=sparkline(values) if len(values) > 1 else "",
        run=library.run(metric.run_id) if metric.run_id else NO_LINK,
    )


def _linked_runs(model: LoggedModel, library: Library) -> list[LinkedRun]:
    """The run that made it, other runs that name it as an output, and runs that used it."""
    made, used = library.runs_of_model(model.model_id)
    found = [LinkedRun(library.run(run_id), f"logged it at step {step}") for run_id, step in made]
    if model.source_run_id and model.source_run_id not in {run_id for run_id, _ in made}:
        found.insert(0, LinkedRun(library.run(model.source_run_id), "logged it"))
    return found + [LinkedRun(library.run(run_id), "used it") for run_id in used]
