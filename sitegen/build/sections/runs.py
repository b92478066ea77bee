"""Run pages, and the data of runs that scripts load."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sitegen.addresses import NOWHERE, Href, shard_of
from sitegen.analysis.evaluated import is_evaluation
from sitegen.analysis.evaluation import Evaluation
from sitegen.build.analyse import Analysed
from sitegen.build.contents import RunContents
from sitegen.build.context import WorkerContext
from sitegen.build.evaluations import logged_evaluation, results_table
from sitegen.build.facts import Families
from sitegen.build.records import RecordRef, RunRecord, read_records
from sitegen.build.task import Output, Task
from sitegen.markup.data_js import data_script
from sitegen.model import Catalog, ModelVersion
from sitegen.pages.cards import run_card
from sitegen.pages.compared import comparison, directions
from sitegen.pages.evaluations import EvaluationSection, evaluation_section
from sitegen.pages.files import file_list_page
from sitegen.pages.gallery import index_record
from sitegen.pages.nested_runs import NO_CHILDREN, Children
from sitegen.pages.page import Page
from sitegen.pages.prompt_links import PromptsOfRuns, prompts_of_runs
from sitegen.pages.run_data import run_records
from sitegen.pages.run_drawings import RunDrawings, draw_runs
from sitegen.pages.run_models import Models
from sitegen.pages.run_scores import scores_record
from sitegen.pages.run_training import TrainingLine, training_line
from sitegen.pages.runs import RunPage, run_page_of
from sitegen.viewers.models import ModelFolder

MAX_BATCH = 2 * 2**20
"""Bytes of records whose curves are drawn at once; in memory they take a few times more."""


@dataclass(frozen=True, slots=True)
class RunPages(Task):
    """The pages and the data file of the runs of one shard."""

    shard: str
    records: tuple[RecordRef, ...]
    children: Mapping[str, Children]
    """The lines about nested runs, by the id of their parent."""
    orphans: frozenset[str]
    """Runs whose parent is not in the site; their pages do not link to it."""
    models: Models
    """The names of the logged models and the registered versions that the pages mention."""
    model_folders: Mapping[str, ModelFolder]
    """The content of the folder of each logged model, by model id."""
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)
    """The evaluations among the traces, by run id."""
    carded: frozenset[str] = frozenset()
    """The best runs, whose links show a picture of their own; in a site without such pictures none."""

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """A page for each run, and the shard's data files."""
        runs, images = [], []
        for batch in _batches(self.records):
            records = list(read_records(batch))
            if not context.site.is_packed:
                yield from self._pages(records, context)
            data = run_records([(record.row, record.curves) for record in records])
            for record, found in zip(records, data, strict=True):
                runs.append(found | comparison(record.run, len(record.copies)) | directions(record.row.metrics))
                runs[-1] |= scores_record(record.row, record.copies)
                if context.site.is_packed:
                    runs[-1] |= _told(record, context)
                images.append(index_record(record.run.run_id, record.copies))
        files: list[tuple[str, str | bytes]] = [_data_file(f"runs/{self.shard}", runs)]
        if any(images):
            files.append(_data_file(f"images/{self.shard}", [image for image in images if image]))
        yield Output(files=files)

    def _pages(self, records: Sequence[RunRecord], context: WorkerContext) -> Iterator[Output]:
        drawings = draw_runs([(record.row, record.curves) for record in records])
        for record, drawn in zip(records, drawings, strict=True):
            page, *others = self._pages_of(record, drawn, context)
            page, cards = self._carded(page, record, drawn, context)
            yield Output(pages=[page, *others], files=cards)

    def _carded(
        self, page: RunPage, record: RunRecord, drawn: RunDrawings, context: WorkerContext
    ) -> tuple[RunPage, list[tuple[str, str | bytes]]]:
        """The page with its card, where the run has one."""
        if not context.site.every_card and record.run.run_id not in self.carded:
            return page, []
        judged_by = page.labels[0][0]
        first = judged_by.removeprefix("best_").removeprefix("best/")  # of which that is the best value
        metrics = [judged_by, first, *(one.metric for one in drawn.first)]
        experiment = context.experiment(record.run.experiment_id)
        path, picture = run_card(page, record.row, experiment, record.curves, metrics, context.site)
        return replace(page, card=path), [(path, picture)]

    def _pages_of(
        self, record: RunRecord, drawings: RunDrawings, context: WorkerContext
    ) -> tuple[RunPage, *tuple[Page, ...]]:
        """The page of a run; of one with very many artifacts also the list of them."""
        run = record.run
        if run.run_id in self.orphans:
            run = replace(run, tags={key: tag for key, tag in run.tags.items() if key != "mlflow.parentRunId"})
        logged = [self.model_folders[out.model_id] for out in run.model_outputs if out.model_id in self.model_folders]
        experiment = context.experiment(run.experiment_id)
        page = run_page_of(
            run,
            record.row,
            experiment,
            drawings,
            record.copies,
            self.children.get(run.run_id, NO_CHILDREN),
            self.models,
            (*record.models, *logged),
            context.site.site_url,
            _training(record, context),
            context.objectives.get(run.experiment_id),
        )
        if record.failure:
            page = replace(page, failure=record.failure)
        if section := self._evaluation(record, context.root):
            page = replace(page, evaluation=section)
        files = file_list_page(run, experiment, record.copies)
        return (page, files) if files else (page,)

    def _evaluation(self, record: RunRecord, root: str) -> EvaluationSection | None:
        """What the page of an evaluation shows of it; None for any other run."""
        traced = self.evaluations.get(record.run.run_id)
        if traced or not is_evaluation(record.run.tags):
            return evaluation_section(record.run, traced) if traced else None
        table = results_table(record)
        href = Href(table.view or table.file.href) if table else NOWHERE
        return evaluation_section(record.run, logged_evaluation(record, root), href)


def _training(record: RunRecord, context: WorkerContext) -> TrainingLine | None:
    """What training did in a run."""
    experiment_id = record.run.experiment_id
    experiment = context.experiment(experiment_id)
    return training_line(record.row, record.curves, experiment, context.judged.get(experiment_id))


def _told(record: RunRecord, context: WorkerContext) -> dict[str, object]:
    """What the page that draws a packed run says in words: its note, what training did, why it failed."""
    found: dict[str, object] = {}
    if record.row.note:
        found["note"] = record.row.note
    if training := _training(record, context):
        found["training"] = [training.label, training.text]
    if failure := record.failure:
        found["failure"] = [failure.line, failure.path, failure.href]
    return found


class ReadRecords(NamedTuple):
    """What was read of runs: their records by id, their models and datasets."""

    records: Mapping[str, RecordRef]
    contents: RunContents


def tasks(analysed: Analysed) -> list[RunPages]:
    """The runs by shard."""
    families = [one.facts.families for one in analysed.experiments]
    read = ReadRecords(analysed.records, analysed.contents)
    found = pages_of_runs(analysed.home, families, analysed.home, read, analysed.catalog, analysed.site.digits)
    if not analysed.site.has_cards or analysed.site.is_packed:
        return found
    best: dict[str, set[str]] = {}
    for run in (one.facts.best["best"] for one in analysed.experiments):
        if run:
            best.setdefault(shard_of(run["run_id"], analysed.site.digits), set()).add(run["run_id"])
    return [replace(one, carded=frozenset(best.get(one.shard, ()))) for one in found]


def pages_of_runs(
    runs: Iterable[str],
    families: Sequence[Families],
    known: Container[str],
    read: ReadRecords,
    catalog: Catalog,
    digits: int,
) -> list[RunPages]:
    """The `runs`, with the `families` of their experiments, by shard. `known` are the ids of all runs of the site."""
    children = {parent: lines for family in families for parent, lines in family.children.items()}
    parents = {run_id: parent for family in families for run_id, parent in family.parents.items()}
    orphans = frozenset(run_id for run_id, parent in parents.items() if parent not in known)
    prompts = prompts_of_runs(catalog, read.contents.relations)
    models = _ModelsOfRuns(catalog, read.contents, prompts)
    evaluations = read.contents.evaluations
    shards: dict[str, list[str]] = {}
    for run_id in sorted(runs):
        shards.setdefault(shard_of(run_id, digits), []).append(run_id)
    return [
        RunPages(
            shard,
            tuple(read.records[run_id] for run_id in runs),
            {run_id: children[run_id] for run_id in runs if run_id in children},
            orphans.intersection(runs),
            models.named_by(runs),
            models.folders_of(runs),
            {run_id: evaluations[run_id] for run_id in runs if run_id in evaluations} if evaluations else {},
        )
        for shard, runs in sorted(shards.items())
    ]


def _batches(records: Sequence[RecordRef]) -> Iterator[list[RecordRef]]:
    """The records that are worked on together: as many as fit into `MAX_BATCH`, at least one."""
    batch: list[RecordRef] = []
    size = 0
    for ref in records:
        if batch and size + ref.size > MAX_BATCH:
            yield batch
            batch, size = [], 0
        batch.append(ref)
        size += ref.size
    if batch:
        yield batch


def _data_file(key: str, runs: Sequence[object]) -> tuple[str, str]:
    return f"data/{key}.js", data_script(key, {"runs": runs})


class _ModelsOfRuns:
    """The models related to some runs, out of all models."""

    def __init__(self, catalog: Catalog, contents: RunContents, prompts: PromptsOfRuns) -> None:
        self._prompts = prompts
        self._names = {model.model_id: model.name for model in catalog.logged_models}
        self._folders = contents.model_folders
        self._made = {
            found.run_id: [out.model_id for out in found.models_made] + list(found.models_used)
            for found in contents.relations
        }
        self._versions: dict[str, list[ModelVersion]] = {}
        for version in (v for model in catalog.registered_models if not model.is_prompt for v in model.versions):
            self._versions.setdefault(version.run_id or "", []).append(version)

    def named_by(self, runs: Sequence[str]) -> Models:
        """The models that the pages of `runs` mention."""
        named = (model_id for run_id in runs for model_id in self._made.get(run_id, ()))
        return Models(
            {model_id: self._names[model_id] for model_id in named if model_id in self._names},
            {run_id: self._versions[run_id] for run_id in runs if run_id in self._versions},
            {run_id: self._prompts[run_id] for run_id in runs if run_id in self._prompts},
        )

    def folders_of(self, runs: Sequence[str]) -> dict[str, ModelFolder]:
        """The folders of the logged models that `runs` made."""
        made = (model_id for run_id in runs for model_id in self._made.get(run_id, ()))
        return {model_id: self._folders[model_id] for model_id in made if model_id in self._folders}
