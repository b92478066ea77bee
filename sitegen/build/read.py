"""Read every run of the store once: clean it, summarise it, thin its histories, copy its artifacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from sitegen.addresses import file_name, shard_of
from sitegen.analysis.curves import Curve, has_curve, thin
from sitegen.analysis.reducers import Wanted
from sitegen.analysis.relations import relations_of
from sitegen.analysis.runs_table import RunRow, row_of, without_records
from sitegen.analysis.sharing import Shared
from sitegen.analysis.words import plural, shortened
from sitegen.build.contents import RunContents
from sitegen.build.context import WorkerContext
from sitegen.build.evaluations import evaluation_tasks
from sitegen.build.long_values import within_limits
from sitegen.build.open import CleanCatalog, Opened
from sitegen.build.pool import RunsTasks, run_planned
from sitegen.build.records import RecordWriter, RunRecord
from sitegen.build.shards import Shard
from sitegen.build.task import Output, Task
from sitegen.errors import StoreError, UsageError
from sitegen.markup.data_js import data_script
from sitegen.model import Catalog, LoggedModel, Problem, Run, RunRef
from sitegen.output import SCRATCH
from sitegen.pages.compared import artifact_data, is_text
from sitegen.pages.files import file_page_of
from sitegen.privacy import Names, clean_model_file, clean_run, names_of
from sitegen.query import Query, matcher
from sitegen.stores.artifacts import opened_once
from sitegen.stores.checkpoints import read_checkpoint
from sitegen.stores.contract import Progress, no_progress
from sitegen.stores.dvc import read_dvc
from sitegen.stores.modelfile import read_model_file
from sitegen.viewers.blocks import Plotly
from sitegen.viewers.copies import CopiedArtifact, copy_artifacts
from sitegen.viewers.copying import BY_TYPE, CopiedFile
from sitegen.viewers.failures import failure_of
from sitegen.viewers.models import MAX_MODELS, ModelFolder, model_paths, read_model

MODELS_A_TASK = 100
PREVIEWS, FILES = "previews", "files"
LOSSES = {
    PREVIEWS: "ended the process that made its previews; its artifacts have none",
    FILES: "ended the process that read its artifacts; they are listed only",
}
"""What is said of a run that ended its worker, by what is left out of it."""


@dataclass(frozen=True, slots=True)
class ReadRuns(Task):
    """Read the runs of one shard, which share a data file."""

    shard: str
    refs: tuple[RunRef, ...]
    keys: Mapping[str, str] = field(default_factory=dict)
    """The key of all that a run is read from, by its id, for the next build; '' for what changes while it is read."""
    taken: tuple[str, ...] = ()
    """Runs that are taken from the cache."""
    is_watched: bool = False
    """Whether to note which run is being read, since a worker has ended."""
    spared: Mapping[str, str] = field(default_factory=dict)
    """Runs that ended their worker, by id, and what is left out of them: `PREVIEWS` or `FILES`."""

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """A row and a record of each run, its artifacts with their previews, and its models and datasets."""
        matches = matcher(context.query) if context.query else None

        def read_run(raw: Run, records: RecordWriter, sketches: Mapping[str, str]) -> Iterator[Output]:
            if matches and not matches(row_of(raw, 0)):
                yield Output(unmatched=1)
                return
            if self.is_watched:
                self._note(context).write_text(raw.run_id, "utf-8")
            spared = self.spared.get(raw.run_id, "")
            if spared:
                yield Output(problems=[Problem(f"run {raw.run_id}", LOSSES[spared])])
            with opened_once():
                yield from _read_run(raw, sketches, context, records, spared)

        yield from Shard(self.shard, self.refs, self.keys, self.taken, context).outputs(read_run)

    def again(self, context: WorkerContext) -> Task | None:
        """The same, watched; then without the previews of the run that ended the worker; then without its files."""
        if not self.is_watched:
            return replace(self, is_watched=True)
        try:
            run_id = self._note(context).read_text("utf-8")
        except OSError:
            return None
        if self.spared.get(run_id) == FILES:
            return None
        spared = FILES if run_id in self.spared else PREVIEWS
        # The key is empty, so that the next build reads the run anew.
        return replace(self, spared={**self.spared, run_id: spared}, keys={**self.keys, run_id: ""})

    def _note(self, context: WorkerContext) -> Path:
        return Path(context.root, SCRATCH, f"{self.shard}.now")


@dataclass(frozen=True, slots=True)
class ReadModels(Task):
    """Read the folders of logged models."""

    models: tuple[LoggedModel, ...]
    is_reusable: ClassVar[bool] = False

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The `MLmodel` file of each, as the site may show it."""
        for model in self.models:
            with opened_once():
                yield _read_model(model, context)


def read_store(
    opened: Opened, found: CleanCatalog, planned: Sequence[Task | Output], pool: RunsTasks, progress: Progress
) -> tuple[Output, CleanCatalog]:
    """Read every run and the folders of logged models; also returns the catalog without what the filter leaves out.

    `planned` are the `read_tasks`, or outputs of those that need not be run. Raises StoreError when no run can be read,
    UsageError when none matches the filter.
    """
    catalog = found.catalog
    read = join_runs(run_planned(planned, pool), len(catalog.runs), progress)
    check_readable(catalog, read, len(read.records))
    if opened.query:
        catalog = matching(catalog, read, opened.query)
    further: list[Task] = [*model_tasks(catalog.logged_models)]
    if opened.config.traces:
        further += evaluation_tasks(read.rows)
    for output in pool.run(further):
        read.join(output)
    return read, replace(found, catalog=catalog)


def join_runs(outputs: Iterable[Output], runs: int, progress: Progress = no_progress) -> Output:
    """What was read of runs as one output, of which the rows share what they have in common. `runs` are expected."""
    read, shared = Output(), Shared()
    for output in outputs:
        output.rows = list(map(shared.row, output.rows))
        read.join(output)
        # What is left out as deleted, by the filter or as damaged counts too, so that the bar reaches its end.
        done = len(read.rows) + len(read.packed) + read.deleted + read.unmatched
        progress("Reading runs", min(done, runs), runs)
    progress("Reading runs", runs, runs)
    return read


def check_readable(catalog: Catalog, read: Output, runs: int) -> None:
    """Raises StoreError if the store has runs and none of them could be read."""
    if runs or not catalog.runs or catalog.deleted or read.deleted or read.unmatched:
        return
    problems = sorted({*catalog.problems, *read.problems}, key=lambda problem: (problem.where, problem.what))
    first = f": {problems[0].where} {problems[0].what}" if problems else ""
    raise StoreError(f"None of the {plural(len(catalog.runs), 'run')} in the store could be read{first}.")


def matching(catalog: Catalog, read: Output, query: Query) -> Catalog:
    """`catalog` reduced to the runs that match the filter, their experiments, and the logged models that they mention.

    Raises UsageError when no run matches.
    """
    found = {row.run_id: row.experiment_id for row in read.rows}
    found |= {row.run_id: row.experiment_id for row in read.packed}
    if not found and read.unmatched:
        raise UsageError(f"None of the {plural(read.unmatched, 'run')} matches the filter {shortened(query.text)}.")
    runs, experiments = found.keys(), set(found.values())
    models = read.contents.models()
    return replace(
        catalog,
        runs=tuple(ref for ref in catalog.runs if ref.run_id in runs),
        experiments=tuple(e for e in catalog.experiments if e.experiment_id in experiments),
        logged_models=tuple(m for m in catalog.logged_models if m.model_id in models or m.source_run_id in runs),
    )


def read_tasks(refs: Sequence[RunRef], digits: int) -> list[ReadRuns]:
    """The runs by shard, in the order of the shards' names: the same tasks whatever the number of workers."""
    shards: dict[str, list[RunRef]] = {}
    for ref in refs:
        shards.setdefault(shard_of(ref.run_id, digits), []).append(ref)
    return [ReadRuns(name, tuple(sorted(found, key=_by_id))) for name, found in sorted(shards.items())]


def runs_to_read(planned: Sequence[Task | Output]) -> int:
    """How many runs are not taken from the build before."""
    return sum(len(task.refs) - len(task.taken) for task in planned if isinstance(task, ReadRuns))


def model_tasks(models: Sequence[LoggedModel]) -> list[ReadModels]:
    """The logged models that have files, some at a time."""
    found = [model for model in models if model.artifacts.files]
    return [ReadModels(tuple(found[at : at + MODELS_A_TASK])) for at in range(0, len(found), MODELS_A_TASK)]


def reduce_run(
    run: Run, wanted: Sequence[Wanted] = (), sketches: Mapping[str, str] | None = None
) -> tuple[RunRow, dict[str, Curve]]:
    """A run's row, with the `wanted` reductions of its histories, and a thinned curve of each metric with several
    points."""
    curves = {key: thin(history) for key, history in run.metrics.items() if has_curve(history)}
    return row_of(run, len(run.artifacts.files), wanted, read_checkpoint(run.artifacts), sketches), curves


def _by_id(ref: RunRef) -> str:
    return ref.run_id


def _read_run(
    raw: Run, sketches: Mapping[str, str], context: WorkerContext, records: RecordWriter, spared: str = ""
) -> Iterator[Output]:
    raw, long = within_limits(raw)
    output = Output(problems=long)
    if spared == FILES:
        raw = replace(raw, artifacts=replace(raw.artifacts, root=None))
    if tracked := read_dvc(raw.artifacts):
        raw = replace(raw, tracked=tracked)
    run, findings = clean_run(raw, context.privacy, output.hidden)
    output.findings += findings
    row, curves = reduce_run(run, context.wanted.get(run.experiment_id, ()), sketches)
    output.rows.append(without_records(row))
    if run.artifacts.storage:
        output.elsewhere[run.artifacts.storage] += 1
    names = names_of(raw, context.privacy)
    take_contents(run, context, output, names)
    copies: list[CopiedArtifact] = []
    texts: list[bytes] = []
    has_previews = not spared
    yield from copies_of(run, context, copies, texts, names, has_previews)
    if copies:
        key = f"artifacts/{file_name(run.run_id)}"
        content = artifact_data([(one.file, text) for one, text in zip(copies, texts, strict=True)])
        output.files.append((f"data/{key}.js", data_script(key, content)))
    failure = failure_of(run.status, copies, texts)
    models = tuple(_models(run, context, names))
    record = RunRecord(replace(run, metrics={}), row, curves, tuple(copies), models, failure)
    output.records[run.run_id] = records.add(record)
    yield output


def take_contents(run: Run, context: WorkerContext, output: Output, names: Names) -> None:
    """Add the models and datasets of the run to `output`; `names` are those that its fields hold."""
    contents = output.contents
    if relations := relations_of(run):
        contents.relations.append(relations)
    contents.forms.add(used.dataset for used in run.inputs)
    for path in context.model_paths.get(run.run_id, ()):
        if raw := read_model_file(run.artifacts, path):
            where = f"run {run.run_id}"
            clean, found = clean_model_file(raw, context.privacy, where, output.hidden, names)
            contents.files[run.run_id, path] = clean
            output.findings += found


def copies_of(
    run: Run,
    context: WorkerContext,
    copies: list[CopiedArtifact],
    texts: list[bytes],
    names: Names,
    has_previews: bool = True,
) -> Iterator[Output]:
    """The files of the artifacts that are published: copies, and, where the run `has_previews`, these and thumbnails.

    Appends each artifact's copy to `copies`, and the strings that the compare page shows to `texts`.
    """
    experiment = context.experiment(run.experiment_id)
    for one in copy_artifacts(run, context.privacy, names, has_previews):
        part = Output()
        _count_copy(one.artifact.file, f"run {run.run_id}", part)
        if one.artifact.file.href:
            part.files.append((one.artifact.file.href, one.data))
        if one.blocks:
            part.pages.append(file_page_of(run, experiment, one.artifact, one.blocks))
            part.contents.has_figures = any(isinstance(block, Plotly) for block in one.blocks)
        if one.thumb_data:
            part.files.append((one.artifact.thumb, one.thumb_data))
        copies.append(one.artifact)
        texts.append(one.data if is_text(one.artifact.file.path, len(one.data)) else b"")
        yield part


def _count_copy(file: CopiedFile, where: str, part: Output) -> None:
    """Add the secrets in an artifact, and the reason why it is not copied, to `part`."""
    part.findings += [replace(one, where=f"{where}: {file.path}, {one.where}") for one in file.secrets]
    part.hidden.update(dict(file.hidden))
    if not file.href:
        part.not_copied[file.why.partition(" (")[0]] += 1
        if file.why not in BY_TYPE:
            part.withheld.append(f"{where}: {file.path}: {file.why}")


def _models(run: Run, context: WorkerContext, names: Names) -> Iterator[ModelFolder]:
    """The model folders among the artifacts of the run."""
    for path in model_paths(run.artifacts.files)[:MAX_MODELS]:
        yield read_model(run.artifacts, path, context.privacy, names)


def _read_model(model: LoggedModel, context: WorkerContext) -> Output:
    output = Output(contents=RunContents())
    raw = read_model_file(model.artifacts, "")
    if raw:
        where = f"logged model {model.model_id}"
        file, output.findings = clean_model_file(raw, context.privacy, where, output.hidden)
        output.contents.files[model.model_id] = file
    for path in model_paths(model.artifacts.files)[:1]:
        folder = replace(read_model(model.artifacts, path, context.privacy), path=f"models:/{model.model_id}")
        output.contents.model_folders[model.model_id] = folder
    return output
