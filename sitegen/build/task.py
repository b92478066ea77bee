"""The contract of everything that a build makes: a task declares its inputs and returns its output.

A task is a frozen dataclass. Everything that it needs from the run table, other tasks' outputs or the settings is in
its fields, so that two tasks with equal fields give equal outputs; what is the same for the whole build (store, theme,
privacy) is in the `WorkerContext`. A section (`sections/`) yields tasks; the pool runs them and joins their outputs in
the order of the tasks, whatever the number of workers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sitegen.analysis.runs_table import RunRow
from sitegen.build.contents import RunContents
from sitegen.build.records import RecordRef
from sitegen.model import Problem
from sitegen.output import Written
from sitegen.pages.page import NavEntry, Page
from sitegen.privacy import Finding, Hidden
from sitegen.search import SearchEntry

if TYPE_CHECKING:
    from sitegen.build.context import WorkerContext


MAX_WITHHELD = 10
"""Number of artifacts that the summary of a build names as not copied; all are counted."""


class PackedRow(NamedTuple):
    """The row of a run that was taken over, encoded (`packing.py`): only a changed experiment decodes it."""

    run_id: str
    experiment_id: str
    data: bytes


@dataclass(slots=True)
class Result:
    """What is left of an output when it is written: plain data, which a cache can keep (`records.encode`)."""

    written: list[Written] = field(default_factory=list)
    rows: list[RunRow] = field(default_factory=list)
    """The rows of the runs that were read, in the order of their shard."""
    contents: RunContents = field(default_factory=RunContents)
    found: list[tuple[str, str, SearchEntry]] = field(default_factory=list)
    """Path, title and search entry of each page that the search finds."""
    nav: list[NavEntry] = field(default_factory=list)
    """What the home page links to."""
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """Secrets that are masked or left out, those in artifacts included, and those that are allowed."""
    not_copied: Counter[str] = field(default_factory=Counter)
    """How many artifacts are not copied, by the reason."""
    withheld: list[str] = field(default_factory=list)
    """The first artifacts that are not copied although their type would be: place and reason."""
    hidden: Hidden = field(default_factory=Hidden)
    private: list[tuple[str, str, int]] = field(default_factory=list)
    """Place, kind and number of the private facts that were hidden; only a scan lists them."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """How many runs have their artifacts in a storage from which they were not fetched, by its kind."""
    scanned: int = 0
    """Runs that were scanned, which have no row."""
    deleted: int = 0
    """Runs that were left out as deleted."""
    unmatched: int = 0
    """Runs that the filter left out."""

    def join(self, other: Result) -> None:
        """Add the result of another task."""
        self.written += other.written
        self.rows += other.rows
        self.contents.join(other.contents)
        self.found += other.found
        self.nav += other.nav
        self.problems += other.problems
        self.findings += other.findings
        self.not_copied.update(other.not_copied)
        self.withheld = [*self.withheld, *other.withheld][:MAX_WITHHELD]
        self.hidden.update(other.hidden)
        self.private += other.private
        self.elsewhere.update(other.elsewhere)
        self.scanned += other.scanned
        self.deleted += other.deleted
        self.unmatched += other.unmatched


@dataclass(slots=True)
class Output(Result):
    """What a task made. `pages` and `files` are still to be written; `written` says what has been.

    `files` are (path from the site's root, content). Histories are never part of an output.
    """

    pages: list[Page] = field(default_factory=list)
    files: list[tuple[str, str | bytes]] = field(default_factory=list)
    records: dict[str, RecordRef] = field(default_factory=dict)
    """Where each run's record is kept until its page is made, by run id."""
    packed: list[PackedRow] = field(default_factory=list)
    """The rows of the runs that were taken over."""

    def join(self, other: Result) -> None:
        """Add the output of another task."""
        Result.join(self, other)
        if isinstance(other, Output):
            self.pages += other.pages
            self.files += other.files
            self.records |= other.records
            self.packed += other.packed

    def result(self) -> Result:
        """Its result, when all is written."""
        return Result(**{field.name: getattr(self, field.name) for field in fields(Result)})


class Task(ABC):
    """Something to be made. Subclasses are frozen dataclasses of picklable values."""

    in_parent: ClassVar[bool] = False
    """Whether it is made in the parent process, since its inputs are too large to be sent to a worker."""

    is_reusable: ClassVar[bool] = True
    """Whether a task with equal fields gives the same in the next build; not if it reads the store."""

    def inputs(self) -> object:
        """What the output depends on: the task itself, or a value that changes less often than its fields."""
        return self

    @abstractmethod
    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The output, in parts: each is written before the next is made, so that one part is in memory at a time."""

    def again(self, context: WorkerContext) -> Task | None:
        """What to do in its place after it has ended its worker; None for the same once more, and then nothing."""
        return None


@dataclass(frozen=True, slots=True)
class Later:
    """A task that is worked out only if its output is not known: `of` is its class, `inputs` what it depends on."""

    of: type[Task]
    inputs: object
    task: Callable[[], Task]


def task_of(one: Task | Later) -> Task:
    """The task itself."""
    return one.task() if isinstance(one, Later) else one


@dataclass(frozen=True, slots=True)
class RenderPages(Task):
    """Pages whose values are known already."""

    pages: tuple[Page, ...]

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The pages."""
        yield Output(pages=list(self.pages))
