"""What a run's page says. It depends on its own run alone; nested runs are handed in once all runs are known."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sitegen.addresses import (
    NOWHERE,
    Href,
    curve_page,
    dataset_page,
    experiment_page,
    file_list_address,
    file_name,
    logged_model_page,
    run_page,
    version_address,
)
from sitegen.analysis.curves import Curve, MetricSummary
from sitegen.analysis.direction import direction_of
from sitegen.analysis.objective import data_of
from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import duration, number, plural, when
from sitegen.charts.chart import MEDIUM
from sitegen.charts.svg import Series, curves_svg, sparkline
from sitegen.markup.links import commit_url, safe_url
from sitegen.markup.notes import note_excerpt, note_html
from sitegen.model import ArtifactFolder, Experiment, ModelVersion, Run
from sitegen.pages.files import OPEN_FILES, PAGE_FILES, FolderLines, files_hint, folders_of
from sitegen.pages.gallery import Gallery, gallery_of
from sitegen.pages.page import Fact
from sitegen.pages.reproduce import Reproduce, reproduce_of
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.known import known
from sitegen.viewers.models import ModelFolder

KEY_CURVES = 4
"""Curves that stand above the tables."""
MAX_CURVES = 24
"""Curves drawn in the page itself; a run with more metrics has the others in its table, and live on demand."""
CROWD = 100
"""Metrics from which on a page draws fewer of them: it must stay light."""
CROWD_CURVES = 12
MAX_SPARKLINES = 60
FIRST_LINES = 60
"""Metrics and params that stand in the open; the others are folded."""
FILTER_FROM = 20
"""Lines from which on a list has a box to filter it."""
MAX_KNOWN = 40
CHILD_PARAMS = 5
SYSTEM = "system/"
# MLflow's own tags that a page says elsewhere, or that mean nothing to a reader.
SAID_ELSEWHERE = frozenset(
    "mlflow.runName mlflow.user mlflow.note.content mlflow.source.name mlflow.source.type mlflow.source.git.commit "
    "mlflow.parentRunId "
    "mlflow.log-model.history mlflow.loggedArtifacts mlflow.loggedImages mlflow.runColor mlflow.datasets".split()
)


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A metric in the table: formatted values, their full form as titles, a small curve."""

    key: str
    last: str
    last_full: str
    first: str
    min: str
    min_title: str
    max: str
    max_title: str
    mean: str
    count: str
    spark: str


@dataclass(frozen=True, slots=True)
class CurveFigure:
    id: str
    metric: str
    caption: str
    svg: str
    href: Href
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ChildLine:
    href: Href
    name: str
    status: str
    value: str
    value_full: str
    params: tuple[str, ...]
    duration: str
    best: bool


@dataclass(frozen=True, slots=True)
class Children:
    """Nested runs of a run: the metric and params that tell them apart, and a line for each."""

    hint: str
    metric: str
    params: tuple[str, ...]
    lines: tuple[ChildLine, ...]


@dataclass(frozen=True, slots=True)
class DatasetLine:
    name: str
    context: str
    digest: str
    source: str
    profile: str
    href: Href


@dataclass(frozen=True, slots=True)
class ModelLine:
    name: str
    what: str
    id: str
    href: Href = NOWHERE


@dataclass(frozen=True)
class RunPage:
    """A run's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    description: str
    run_id: str
    status: str
    deleted: bool
    experiment: str
    experiment_href: Href
    parent_href: Href
    parent_label: str
    facts: tuple[Fact, ...]
    missing: str
    note: str
    metrics: tuple[MetricLine, ...]
    metrics_hint: str
    has_curves: bool
    more_metrics: tuple[MetricLine, ...]
    filter_metrics: bool
    has_sparks: bool
    params: tuple[tuple[str, str], ...]
    more_params: tuple[tuple[str, str], ...]
    filter_params: bool
    params_hint: str
    curves: tuple[CurveFigure, ...]
    curves_hint: str
    system: tuple[MetricLine, ...]
    children: tuple[ChildLine, ...]
    children_hint: str
    children_metric: str
    children_params: tuple[str, ...]
    gallery: Gallery
    known: tuple[tuple[str, str, Href], ...]
    folders: tuple[FolderLines, ...]
    files_hint: str
    files_href: Href
    many_files: bool
    artifacts_line: str
    datasets: tuple[DatasetLine, ...]
    models: tuple[ModelLine, ...]
    tags: tuple[tuple[str, str], ...]
    key_curves: tuple[CurveFigure, ...]
    reproduce: Reproduce
    template: str = "run.html"
    kind: str = "run"


NO_CHILDREN = Children("", "", (), ())


@dataclass(frozen=True, slots=True)
class Models:
    """What a run's page may say of models: names of logged models by id, registered versions by their source run."""

    logged: Mapping[str, str]
    versions: Mapping[str, Sequence[ModelVersion]]
    folders: Mapping[str, ArtifactFolder] = field(default_factory=dict)
    """The artifacts of logged models by id, of those that have any."""


NO_MODELS = Models({}, {})


def run_page_of(
    run: Run,
    row: RunRow,
    experiment: Experiment,
    curves: Mapping[str, Curve],
    copies: Sequence[CopiedArtifact],
    children: Children = NO_CHILDREN,
    models: Models = NO_MODELS,
    folders: Sequence[ModelFolder] = (),
    site_url: str = "",
) -> RunPage:
    """The page of `run`; `row` and `curves` are its summary and thinned histories, `shelf` its artifacts.

    `folders` are the model folders that it logged, `site_url` is where the site will be, where that is known.
    """
    own = sorted((key for key in row.metrics if not key.startswith(SYSTEM)), key=natural)
    system = sorted((key for key in row.metrics if key.startswith(SYSTEM)), key=natural)
    sparks = {key: sparkline(curves[key].values) for key in [*own, *system][:MAX_SPARKLINES] if key in curves}
    drawn = sorted((key for key in own if key in curves), key=_interest)
    most = MAX_CURVES if len(drawn) < CROWD else CROWD_CURVES
    lines = [_metric_line(key, row.metrics[key], sparks.get(key, ""), len(own) < CROWD) for key in own]
    params = [(key, run.params[key].removesuffix("\n")) for key in sorted(run.params, key=natural)]
    copied = [one.file for one in copies]
    return RunPage(
        path=run_page(run.run_id),
        title=run.name,
        description=_description(row, experiment),
        run_id=run.run_id,
        status=run.status,
        deleted=run.lifecycle_stage == "deleted",
        experiment=experiment.name,
        experiment_href=experiment_page(experiment.experiment_id),
        parent_href=run_page(run.parent_id) if run.parent_id else NOWHERE,
        parent_label="parent run" if run.parent_id else "",
        facts=_facts(run),
        missing=_missing(run),
        note=note_html(run.note) if run.note.strip() else "",
        metrics=tuple(lines[:FIRST_LINES]),
        more_metrics=tuple(lines[FIRST_LINES:]),
        filter_metrics=len(lines) > FILTER_FROM,
        has_sparks=any(line.spark for line in lines),
        metrics_hint=plural(len(own), "metric") if own else "",
        has_curves=bool(drawn),
        params=tuple(params[:FIRST_LINES]),
        more_params=tuple(params[FIRST_LINES:]),
        filter_params=len(params) > FILTER_FROM,
        params_hint=plural(len(run.params), "param") if run.params else "",
        key_curves=tuple(_curve(run.run_id, key, row.metrics[key], curves[key]) for key in drawn[:KEY_CURVES]),
        curves=tuple(_curve(run.run_id, key, row.metrics[key], curves[key]) for key in drawn[KEY_CURVES:most]),
        curves_hint=f"{most} of {len(drawn)} metrics with more than one point are drawn" if len(drawn) > most else "",
        system=tuple(_metric_line(key, row.metrics[key], sparks.get(key, "")) for key in system),
        children=children.lines,
        children_hint=children.hint,
        children_metric=children.metric,
        children_params=children.params,
        gallery=gallery_of(copies),
        known=_known(copies),
        folders=folders_of(copies),
        files_hint=files_hint(copied),
        files_href=file_list_address(run.run_id) if len(copies) > PAGE_FILES else NOWHERE,
        many_files=len(copies) > OPEN_FILES,
        artifacts_line=_artifacts_line(run, copied),
        datasets=tuple(_datasets(run)),
        models=tuple(_models(run, models)),
        tags=tuple((k, v) for k, v in sorted(run.tags.items()) if k not in SAID_ELSEWHERE),
        reproduce=reproduce_of(
            run, experiment.name, folders, _made_models(run, models), models.versions.get(run.run_id, ()), site_url
        ),
    )


def _interest(key: str) -> tuple[bool, int, object]:
    """The order of curves: metrics that runs are judged by first, on validation data before training data."""
    return direction_of(key) is None, data_of(key), natural(key)


def _made_models(run: Run, models: Models) -> dict[str, str]:
    return {output.model_id: models.logged.get(output.model_id, "") for output in run.model_outputs}


def children_of(parent: RunRow, children: Sequence[RunRow], metric: str, better: str) -> Children:
    """The nested runs of `parent`, told apart by the metric that ranks their experiment and the params that vary."""
    values = [(c, c.metrics[metric].last if metric in c.metrics else math.nan) for c in children]
    finite = [v for _, v in values if math.isfinite(v)]
    best = (min(finite) if better == "min" else max(finite)) if finite else None
    varying = _varying(children)[:CHILD_PARAMS]
    lines = tuple(
        ChildLine(
            href=run_page(c.run_id),
            name=c.name,
            status=c.status,
            value=number(value) if metric in c.metrics else "",
            value_full=repr(value),
            params=tuple(c.params.get(key, "") for key in varying),
            duration=duration(c.duration) if c.duration is not None else "",
            best=len(finite) > 1 and value == best,
        )
        for c, value in values
    )
    return Children(plural(len(children), "run"), metric if finite else "", tuple(varying), lines)


def _varying(rows: Sequence[RunRow]) -> list[str]:
    keys = sorted({key for row in rows for key in row.params}, key=natural)
    return [key for key in keys if len({row.params.get(key) for row in rows}) > 1]


def _description(row: RunRow, experiment: Experiment) -> str:
    best = [f"{key} {number(s.last)}" for key, s in list(row.metrics.items())[:3]]
    return note_excerpt(". ".join([f"Run {row.name} of {experiment.name}: {row.status.lower()}", *best]), 200)


def _facts(run: Run) -> tuple[Fact, ...]:
    repository = run.tags.get("mlflow.source.git.repoURL", "")
    commit_href = Href(commit_url(repository, run.git_commit) or "")
    source_href = Href(safe_url(run.source_name) or "")
    facts = [
        Fact("Run id", run.run_id, mono=True, copy=run.run_id),
        Fact("Started", when(run.start_time) if run.start_time is not None else "not known"),
        Fact("Duration", _length(run)),
        Fact("User", run.user),
        Fact("Source", run.source_name, source_href),
        Fact("Source type", run.source_type if run.source_type not in ("", "UNKNOWN", "LOCAL") else ""),
        Fact("Git commit", run.git_commit[:12], commit_href, mono=True, copy=run.git_commit),
        Fact("Branch", run.tags.get("mlflow.source.git.branch", "")),
    ]
    return tuple(fact for fact in facts if fact.value)


def _length(run: Run) -> str:
    if run.duration is None:
        return "still running?" if run.status == "RUNNING" else "not known"
    return duration(run.duration)


def _missing(run: Run) -> str:
    if run.status == "RUNNING":
        return "This run had not ended when the site was built: what it says may be incomplete."
    return ""


def _metric_line(key: str, s: MetricSummary, spark: str, full: bool = True) -> MetricLine:
    """A line of the table; `full` says at which step the extremes were, in all digits."""
    curved = s.count > 1
    return MetricLine(
        key=key,
        last=number(s.last),
        last_full=f"{s.last!r} at step {s.last_step}",
        first=number(s.first) if curved else "",
        min=number(s.min) if curved else "",
        min_title=f"{s.min!r} at step {s.min_step}" if curved and full else "",
        max=number(s.max) if curved else "",
        max_title=f"{s.max!r} at step {s.max_step}" if curved and full else "",
        mean=number(s.mean) if curved else "",
        count=str(s.count) if curved else "",
        spark=spark,
    )


def _curve(run_id: str, key: str, s: MetricSummary, curve: Curve) -> CurveFigure:
    rows = (
        ("First", number(s.first), str(int(curve.steps[0]))),
        ("Min", number(s.min), str(s.min_step)),
        ("Max", number(s.max), str(s.max_step)),
        ("Last", number(s.last), str(s.last_step)),
    )
    bad = f", {s.bad} NaN or infinite" if s.bad else ""
    return CurveFigure(
        id=f"curve-{file_name(key)}",
        metric=key,
        caption=f"{plural(s.count, 'point')}{bad}, last {number(s.last)}",
        svg=curves_svg(
            [Series(key, 1, curve.steps, curve.values)], width=MEDIUM, height=190, x_title="step", y_title=""
        ),
        href=curve_page(run_id, key),
        rows=rows,
    )


def _known(copies: Sequence[CopiedArtifact]) -> tuple[tuple[str, str, Href], ...]:
    """Files that autologging wrote: title, path and where they are shown; images are in the gallery."""
    found = [(meaning, one) for one in copies if (one.view or one.file.href) and (meaning := known(one.file.path))]
    files = [(meaning, one) for meaning, one in found if not one.file.image][:MAX_KNOWN]
    files.sort(key=lambda pair: (pair[0].order, pair[0].title, natural(pair[1].file.path)))
    return tuple((meaning.title, one.file.path, Href(one.view or one.file.href)) for meaning, one in files)


def _artifacts_line(run: Run, copied: Sequence[CopiedFile]) -> str:
    if copied or run.artifacts.root is not None:
        return ""
    if run.artifacts.uri and not run.artifacts.uri.startswith("•"):
        return f"The artifacts are not with this store. They were logged to {run.artifacts.uri}."
    return "The artifacts are not with this store." if run.artifacts.uri else ""


def _datasets(run: Run) -> list[DatasetLine]:
    """By name: stores give them in orders of their own."""
    lines = (
        DatasetLine(
            d.dataset.name,
            d.context,
            d.dataset.digest,
            _dataset_source(d.dataset.source),
            _profile(d.dataset.profile),
            dataset_page(d.dataset.digest),
        )
        for d in run.inputs
    )
    return sorted(lines, key=lambda line: (natural(line.name), line.digest, line.context))


def _dataset_source(text: str) -> str:
    """The place inside the JSON that MLflow stores, or the text as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text[:200]
    if isinstance(value, dict):
        place = next((value[k] for k in ("uri", "url", "path", "table_name") if isinstance(value.get(k), str)), "")
        return place[:200]
    return text[:200]


def _profile(text: str | None) -> str:
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict):
        return ""
    return ", ".join(
        f"{k.replace('_', ' ')} {v}" for k, v in list(value.items())[:4] if isinstance(v, (int, float, str))
    )[:200]


def _models(run: Run, models: Models) -> list[ModelLine]:
    names = models.logged
    made = [
        ModelLine(
            names.get(o.model_id, o.model_id), f"logged at step {o.step}", o.model_id, _logged_href(o.model_id, models)
        )
        for o in run.model_outputs
    ]
    used = [ModelLine(names.get(i, i), "used as input", i, _logged_href(i, models)) for i in run.model_inputs]
    registered = [
        ModelLine(v.name, _registration(v), f"version {v.version}", version_address(v.name, v.version))
        for v in models.versions.get(run.run_id, ())
    ]
    return [*registered, *made, *_model_history(run), *used]


def _logged_href(model_id: str, models: Models) -> Href:
    return logged_model_page(model_id) if model_id in models.logged else NOWHERE


def _registration(version: ModelVersion) -> str:
    stage = version.stage if version.stage not in ("", "None") else ""
    return ", ".join(["registered model", *([stage] if stage else []), *(f"@{alias}" for alias in version.aliases)])


def _model_history(run: Run) -> list[ModelLine]:
    """Models that MLflow 2 logged into the run itself."""
    try:
        entries = json.loads(run.tags.get("mlflow.log-model.history", "[]"))
        found = [(str(e["artifact_path"]), ", ".join(sorted(map(str, e.get("flavors", {}))))) for e in entries]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
    return [
        ModelLine(path, f"logged model ({flavors})" if flavors else "logged model", path) for path, flavors in found
    ]
