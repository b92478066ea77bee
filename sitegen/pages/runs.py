"""A run's page. It depends on its own run alone; nested runs are passed in once all runs have been read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sitegen.addresses import (
    NOWHERE,
    Href,
    experiment_page,
    file_list_address,
    run_anchor,
    run_page,
    with_anchor,
)
from sitegen.analysis.goals import Objective
from sitegen.analysis.labels import short_ids
from sitegen.analysis.objective import choose_objective
from sitegen.analysis.runs_table import ExperimentTable, RunRow, in_natural_order, natural
from sitegen.analysis.words import duration, number, plural, shortened, size, when
from sitegen.markup.links import commit_url, safe_url
from sitegen.markup.notes import note_html
from sitegen.model import Experiment, Run, is_possible
from sitegen.pages.evaluations import EvaluationSection
from sitegen.pages.files import OPEN_FILES, PAGE_FILES, FolderLines, files_hint, folders_of
from sitegen.pages.gallery import Gallery, gallery_of
from sitegen.pages.nested_runs import NO_CHILDREN, ChildLine, Children
from sitegen.pages.page import Fact
from sitegen.pages.platforms import platform_facts, repository_of
from sitegen.pages.reproduce import Reproduce, reproduce_of
from sitegen.pages.run_drawings import CROWD, SYSTEM, RunDrawings
from sitegen.pages.run_metrics import CurveFigure, MetricLine, curve_figure, metric_line
from sitegen.pages.run_models import NO_MODELS, DatasetLine, ModelLine, Models, dataset_lines, made_models, model_lines
from sitegen.pages.run_scores import RunScores, run_scores
from sitegen.pages.run_training import TrainingLine
from sitegen.viewers.copies import CopiedArtifact, CopiedFiles
from sitegen.viewers.copying import CopiedFile
from sitegen.viewers.failures import Failure
from sitegen.viewers.known import known
from sitegen.viewers.models import ModelFolder

FIRST_LINES = 60
"""Number of metrics and params that are not folded."""
FILTER_FROM = 20
"""Lines from which on a list has a box to filter it."""
MAX_KNOWN = 40
# MLflow's own tags that a page says elsewhere, or that mean nothing to a reader.
SAID_ELSEWHERE = frozenset(
    "mlflow.runName mlflow.user mlflow.note.content mlflow.source.name mlflow.source.type mlflow.source.git.commit "
    "mlflow.parentRunId "
    "mlflow.log-model.history mlflow.loggedArtifacts mlflow.loggedImages mlflow.runColor mlflow.datasets".split()
)


@dataclass(frozen=True)
class RunPage:
    """A run's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    description: str
    """The page in a sentence, for search engines and link previews; at most 200 characters."""
    run_id: str
    """The run's id."""
    short_id: str
    """The first 6 characters of the id, shown beside the name, which other runs may have too."""
    status: str
    """MLflow's word for the run's status: `FINISHED`."""
    deleted: bool
    """Whether the run is marked as deleted."""
    experiment: str
    """The name of its experiment."""
    experiment_href: Href
    """Where the experiment's page is."""
    place_href: Href
    """Where its row in the table of the experiment's page is, for readers without scripts."""
    parent_href: Href
    """Where the page of its parent run is; empty for a run that is not nested."""
    parent_label: str
    """The text of the link to the parent run."""
    facts: tuple[Fact, ...]
    """Id, times, user, source and commit."""
    notices: tuple[str, ...]
    """What to know before trusting the page, a sentence each: the run had not ended, a time cannot be right."""
    note: str
    """The run's note as finished HTML, sanitised."""
    metrics: tuple[MetricLine, ...]
    """The first 60 metrics that are in no table of `scores`, in natural order of their keys."""
    scores: tuple[RunScores, ...]
    """Confusion matrices and tables of scores, made of its metrics and read from its files; at most 12."""
    metrics_hint: str
    """How many metrics there are: `3 metrics`."""
    has_curves: bool
    """Whether any metric has more than one point, so that the table needs columns for them."""
    more_metrics: tuple[MetricLine, ...]
    """The metrics beyond the first 60, and those that tables of `scores` show."""
    filter_metrics: bool
    """Whether there are enough metrics for a box that filters them."""
    has_sparks: bool
    """Whether any line of the metrics has a small curve."""
    params: tuple[tuple[str, str], ...]
    """Key and value of the first 60 params, in natural order of their keys."""
    more_params: tuple[tuple[str, str], ...]
    """Key and value of the params beyond the first 60."""
    filter_params: bool
    """Whether there are enough params for a box that filters them."""
    params_hint: str
    """How many params there are: `5 params`."""
    curves: tuple[CurveFigure, ...]
    """Further curves, shown below the tables."""
    curves_hint: str
    """How many metrics are drawn, where that is not all of them."""
    system: tuple[MetricLine, ...]
    """System metrics (`system/...`), in natural order of their keys."""
    children: tuple[ChildLine, ...]
    """Its nested runs, in the order of their experiment."""
    children_hint: str
    """How many nested runs there are: `4 runs`."""
    children_metric: str
    """The metric shown for nested runs; empty if none of them has it."""
    children_params: tuple[str, ...]
    """The params in which nested runs differ; at most 5."""
    gallery: Gallery
    """The images among its artifacts."""
    known: tuple[tuple[str, str, Href], ...]
    """Files that autologging wrote: what each is, its path, and where it is shown."""
    folders: tuple[FolderLines, ...]
    """The artifacts, by folder."""
    files_hint: str
    """How many artifacts there are and their size: `12 files, 3.4 MB`."""
    files_href: Href
    """Where the list of all artifacts is; empty if this page has all of them."""
    many_files: bool
    """Whether there are enough artifacts for a box that filters them."""
    artifacts_line: str
    """A sentence on artifacts that are not with the store; else empty."""
    datasets: tuple[DatasetLine, ...]
    """The datasets that it used."""
    models: tuple[ModelLine, ...]
    """The models that it registered, logged or used."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its tags, those of MLflow's own left out that the page shows elsewhere."""
    key_curves: tuple[CurveFigure, ...]
    """The curves of the metrics that matter most; at most 4."""
    reproduce: Reproduce
    """How to run it again, load its model, and cite it."""
    training: TrainingLine | None = None
    """What training did, by one curve; none for a run without a curve of which it is known which way is better."""
    failure: Failure | None = None
    """What the artifacts of a run that failed say of why; none if they say nothing."""
    evaluation: EvaluationSection | None = None
    """What scorers said of each example; none for a run that is not an evaluation."""
    labels: tuple[tuple[str, str], ...] = ()
    """What link previews show beside the description: the metric that judges it, with its value, and the status."""
    card: str = ""
    """The picture that links to it show, from the site's root; empty if that is its experiment's."""
    template: str = "run.html"
    kind: str = "run"


def run_page_of(
    run: Run,
    row: RunRow,
    experiment: Experiment,
    drawings: RunDrawings,
    copies: Sequence[CopiedArtifact],
    children: Children = NO_CHILDREN,
    models: Models = NO_MODELS,
    folders: Sequence[ModelFolder] = (),
    site_url: str = "",
    training: TrainingLine | None = None,
    objective: Objective | None = None,
) -> RunPage:
    """The page of `run`; `row` is its summary, `drawings` are its curves, `copies` its copied artifacts.

    `folders` are the model folders that it logged, `site_url` is where the site will be, where that is known,
    `training` is what training did, `objective` what the settings judge runs by.
    """
    keys = in_natural_order(row.metrics)
    own, system = ([key for key in keys if key.startswith(SYSTEM) == is_system] for is_system in (False, True))
    sparks, drawn = drawings.sparks, len(drawings.first) + len(drawings.further)
    of_key = {key: metric_line(key, row.metrics[key], sparks.get(key, ""), len(own) < CROWD) for key in own}
    scores, scored = run_scores(row, copies)
    shown = [line for key, line in of_key.items() if key not in scored]
    folded = [*shown[FIRST_LINES:], *(line for key, line in of_key.items() if key in scored)]
    params = [(key, run.params[key].removesuffix("\n")) for key in in_natural_order(run.params)]
    copied = [one.file for one in copies]
    labels = _labels(row, experiment, objective)
    return RunPage(
        path=run_page(run.run_id),
        training=training,
        title=run.name,
        description=_description(row, experiment, labels),
        labels=labels,
        run_id=run.run_id,
        short_id=short_ids([run.run_id])[run.run_id],
        status=run.status,
        deleted=run.lifecycle_stage == "deleted",
        experiment=experiment.name,
        experiment_href=experiment_page(experiment.experiment_id),
        place_href=with_anchor(experiment_page(experiment.experiment_id), run_anchor(run.run_id)),
        parent_href=run_page(run.parent_id) if run.parent_id else NOWHERE,
        parent_label="parent run" if run.parent_id else "",
        facts=_facts(run, row),
        notices=tuple(_notices(run)),
        note=note_html(run.note, CopiedFiles(copies)) if run.note.strip() else "",
        scores=scores,
        metrics=tuple(shown[:FIRST_LINES]),
        more_metrics=tuple(folded),
        filter_metrics=len(own) > FILTER_FROM,
        has_sparks=any(line.spark for line in of_key.values()),
        metrics_hint=plural(len(own), "metric") if own else "",
        has_curves=any(line.count for line in of_key.values()),
        params=tuple(params[:FIRST_LINES]),
        more_params=tuple(params[FIRST_LINES:]),
        filter_params=len(params) > FILTER_FROM,
        params_hint=plural(len(run.params), "param") if run.params else "",
        key_curves=tuple(curve_figure(row.metrics[one.metric], of_key[one.metric], one) for one in drawings.first),
        curves=tuple(curve_figure(row.metrics[one.metric], of_key[one.metric], one) for one in drawings.further),
        curves_hint=_curves_hint(drawn, drawings.curves),
        system=tuple(metric_line(key, row.metrics[key], sparks.get(key, "")) for key in system),
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
        datasets=tuple(dataset_lines(run)),
        models=tuple(model_lines(run, models)),
        tags=tuple((k, v) for k, v in sorted(run.tags.items()) if k not in SAID_ELSEWHERE),
        reproduce=reproduce_of(
            run, experiment.name, folders, made_models(run, models), models.versions.get(run.run_id, ()), site_url
        ),
    )


def _curves_hint(drawn: int, curves: int) -> str:
    return f"{drawn} of {curves} metrics with more than one point are drawn" if curves > drawn else ""


def _description(row: RunRow, experiment: Experiment, labels: Sequence[tuple[str, str]]) -> str:
    judged = [f"{label} {value}" for label, value in labels if label != "Status"]
    took = f", {duration(row.duration)}" if row.duration is not None else ""
    what = f"{row.status.capitalize()} run of {experiment.name}{took}"
    params = ", ".join(f"{shortened(key, 30)} {shortened(row.params[key], 30)}" for key in islice(row.params, 3))
    return shortened(". ".join(filter(None, [*judged, what, params])), 200)


def _labels(row: RunRow, experiment: Experiment, judged: Objective | None) -> tuple[tuple[str, str], ...]:
    """The metric that judges the run, as far as the run alone tells it, and its status."""
    found = judged or (choose_objective(ExperimentTable(experiment, (row,))) if row.metrics else None)
    value = found.value_of(row) if found else None
    status = ("Status", row.status.capitalize())
    return ((shortened(found.label), number(value)), status) if found and value is not None else (status,)


def _facts(run: Run, row: RunRow) -> tuple[Fact, ...]:
    repository = repository_of(run.tags)
    commit = row.git_commit
    commit_href = Href(commit_url(repository, commit) or "")
    source_href = Href(safe_url(run.source_name) or "")
    facts = [
        Fact("Run id", run.run_id, mono=True, copy=run.run_id),
        Fact("Started", when(run.start_time) if run.start_time is not None else "not known"),
        Fact("Duration", _length(run)),
        Fact("User", run.user),
        Fact("Source", run.source_name, source_href),
        Fact("Source type", run.source_type if run.source_type not in ("", "UNKNOWN", "LOCAL") else ""),
        Fact("Git commit", commit[:12], commit_href, mono=True, copy=commit),
        Fact("Branch", run.tags.get("mlflow.source.git.branch", "")),
        Fact("Data version", ", ".join(_data_versions(run, row))),
        *platform_facts(run.tags),
    ]
    return tuple(fact for fact in facts if fact.value)


def _data_versions(run: Run, row: RunRow) -> Iterator[str]:
    """Name and version of its data, with the size where a file of DVC says it."""
    sizes = {(one.path, one.digest): one.size for one in run.tracked if one.size is not None}
    for name, value in row.data_versions:
        known = sizes.get((name, value))
        yield f"{name} {shortened(value, 40)}" + (f" ({size(known)})" if known is not None else "")


def _length(run: Run) -> str:
    if run.duration is None:
        return "still running?" if run.status == "RUNNING" else "not known"
    return duration(run.duration)


def _notices(run: Run) -> Iterator[str]:
    """What to know before trusting the page."""
    if run.status == "RUNNING":
        yield "This run had not ended when the site was built: what it says may be incomplete."
    start, end = run.start_time, run.end_time
    for which, time in (("start", start), ("end", end)):
        if time is not None and not is_possible(time):
            date = when(time).removesuffix(" (wrong)")
            shown = str(time) if date.endswith(" ms") else f"{time}, which is {date}"
            yield f"The recorded {which} time cannot be right: {shown}. MLflow writes milliseconds since 1970."
    if start is not None and end is not None and end < start and is_possible(start) and is_possible(end):
        yield f"The recorded end ({when(end)}) is before the start, so how long the run took is not known."


def _known(copies: Sequence[CopiedArtifact]) -> tuple[tuple[str, str, Href], ...]:
    """Files that autologging wrote: title, path and where they are shown; images are in the gallery."""
    found = [(meaning, one) for one in copies if (one.view or one.file.href) and (meaning := known(one.file.path))]
    files = [(meaning, one) for meaning, one in found if not one.file.image][:MAX_KNOWN]
    files.sort(key=lambda pair: (pair[0].order, pair[0].title, natural(pair[1].file.path)))
    return tuple((meaning.title, one.file.path, Href(one.view or one.file.href)) for meaning, one in files)


def _artifacts_line(run: Run, copied: Sequence[CopiedFile]) -> str:
    """The sentence if no file of a run is available; '' if none is needed."""
    folder = run.artifacts
    address = f" They were logged to {folder.uri}." if folder.uri and not folder.uri.startswith("•") else ""
    if copied:
        return ""
    if folder.expected:
        known = "The artifacts" if folder.root is None else "Artifacts of this run, if it has logged any,"
        return f"{known} were expected in {folder.expected} beside the store, which is not there.{address}"
    if folder.storage:
        at = f", at {folder.uri}" if folder.uri and not folder.uri.startswith("•") else ""
        return (
            f"The artifacts of this run are in {folder.storage}{at}, and were not fetched. Whoever may read them there "
            "fetches those that a site shows with sitegen build --fetch-artifacts."
        )
    if folder.root is not None or not folder.uri:
        return ""
    return f"The artifacts are not with this store.{address}"
