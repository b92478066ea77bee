"""Scan a store as a build reads and cleans it, without making a site: what would be hidden, and where.

The tasks run the steps of a build (`read.py`) and drop what they make but for the findings, so that a scan and a build
cannot differ in what they find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.addresses import shard_digits
from sitegen.build.context import WorkerContext
from sitegen.build.finish import traces_left_out
from sitegen.build.open import CleanCatalog, Opened, open_build, read_catalog, worker_context
from sitegen.build.pool import start_pool
from sitegen.build.read import check_readable, copies_of, model_tasks, read_tasks, take_contents
from sitegen.build.task import Output, Task
from sitegen.config import Config
from sitegen.model import Run, RunRef
from sitegen.output import Stage
from sitegen.privacy import HIDDEN_KEYS, Finding, Hidden, clean_run, clean_trace, names_of
from sitegen.stores.artifacts import opened_once
from sitegen.stores.contract import Progress, no_progress, with_traces

MAX_LISTED = 100_000
"""Number of findings, and of places of private facts, that are kept; further ones are only counted."""


@dataclass
class Scan:
    """What was found in a store, in the order of place."""

    read: str
    """Which stores were read and why, as a sentence."""
    runs: int = 0
    findings: list[Finding] = field(default_factory=list)
    """The first `MAX_LISTED` secrets, those that are allowed among them."""
    secrets: int = 0
    """All secrets that are not allowed."""
    allowed: int = 0
    private: list[tuple[str, str, int]] = field(default_factory=list)
    """The first `MAX_LISTED` places of private facts: place, kind, number. Empty in the profile `internal`."""
    hidden: Hidden = field(default_factory=Hidden)
    """All private facts by kind."""
    not_copied: Counter[str] = field(default_factory=Counter)
    """How many artifacts a site lists but does not hold, by the reason."""
    traces_left_out: int = 0
    """Traces that were not scanned, since they were not asked for."""
    problems: int = 0
    """Records that could not be read, so that they were not scanned."""
    unused: tuple[str, ...] = ()
    """Allowed fingerprints that no value has."""
    seen: set[str] = field(default_factory=set)
    """The allowed fingerprints that were found."""

    def add(self, output: Output) -> None:
        """Add what a task found."""
        self.runs += output.scanned
        for one in output.findings:
            self.secrets += not one.is_allowed
            self.allowed += one.is_allowed
            if one.is_allowed:
                self.seen.add(one.fingerprint)
        self.findings += output.findings[: MAX_LISTED - len(self.findings)]
        self.private += output.private[: MAX_LISTED - len(self.private)]
        self.hidden.update(output.hidden)
        self.not_copied.update(output.not_copied)


@dataclass(frozen=True, slots=True)
class ScanRuns(Task):
    """Scan the runs of one shard, their artifacts and model files included."""

    refs: tuple[RunRef, ...]

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """What is found in each run and in each of its artifacts."""
        batch = context.store.read_runs(self.refs)
        yield Output(problems=batch.problems, deleted=batch.deleted)
        for run in batch.runs:
            with opened_once():
                yield from _scan_run(run, context)


@dataclass(frozen=True, slots=True)
class ScanTraces(Task):
    """Scan every trace of an experiment."""

    experiment_id: str

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """What is found in each trace."""
        store = with_traces(context.store)
        output = Output()
        for raw in store.traces(self.experiment_id, output.problems) if store else ():
            part = Output()
            _, part.findings = clean_trace(raw, context.privacy, part.hidden)
            yield _only_found(part, f"trace {raw.trace_id}")
        yield output


def scan(config: Config, progress: Progress = no_progress) -> Scan:
    """Everything in the store that a site does not show, as `config` has it; traces only with `config.traces`.

    Raises StoreError, also when no run can be read, and UsageError.
    """
    opened = open_build(config)
    found = read_catalog(opened)
    catalog = found.catalog
    scanned = Scan(opened.found.sentence)
    scanned.add(_only_found(Output(findings=list(found.findings), hidden=found.hidden), "experiments and models"))
    context = worker_context(opened, found, "", Stage(Path()))
    problems = {*catalog.problems}
    whole = Output()
    tasks = _tasks(opened, found)
    with start_pool(config, context, len(catalog.runs)) as pool:
        for at, output in enumerate(pool.run(tasks)):
            problems.update(output.problems)
            whole.deleted += output.deleted
            scanned.add(output)
            progress("Scanned", at + 1, len(tasks))
    whole.problems = list(problems)
    check_readable(catalog, whole, scanned.runs)
    scanned.problems = len(problems)
    scanned.traces_left_out = traces_left_out(opened, found)
    scanned.unused = tuple(sorted(opened.privacy.allow - scanned.seen))
    scanned.findings.sort(key=lambda one: (one.where, one.rule, one.fingerprint))
    scanned.private.sort()
    return scanned


def _tasks(opened: Opened, found: CleanCatalog) -> list[Task]:
    catalog = found.catalog
    tasks: list[Task] = [ScanRuns(task.refs) for task in read_tasks(catalog.runs, shard_digits(len(catalog.runs)))]
    tasks += [_Found(task) for task in model_tasks(catalog.logged_models)]
    if opened.config.traces:
        tasks += [ScanTraces(experiment.experiment_id) for experiment in catalog.experiments]
    return tasks


@dataclass(frozen=True, slots=True)
class _Found(Task):
    """Another task, of whose output only what it found is kept."""

    task: Task

    def make(self, context: WorkerContext) -> Iterator[Output]:
        for part in self.task.make(context):
            yield _only_found(part, "models")


def _scan_run(raw: Run, context: WorkerContext) -> Iterator[Output]:
    where = f"run {raw.run_id}"
    part = Output(scanned=1)
    run, part.findings = clean_run(raw, context.privacy, part.hidden)
    names = names_of(raw, context.privacy)
    take_contents(run, context, part, names)
    yield _only_found(part, where)
    for part in copies_of(run, context, [], [], names):
        yield _only_found(part, where)


def _only_found(part: Output, where: str) -> Output:
    """What was found in a record; `where` names it in the list of private facts."""
    part.hidden.pop(HIDDEN_KEYS, None)  # what the user chose to hide is not a finding
    private = [(where, kind, count) for kind, count in sorted(part.hidden.items())]
    return Output(
        findings=part.findings,
        hidden=part.hidden,
        private=private,
        not_copied=part.not_copied,
        problems=part.problems,
        scanned=part.scanned,
    )
