"""What a build takes over from the one before: the whole site, runs that were read, outputs of tasks.

- The whole: settings, program and the stamp of the store are the same, and the site is as it was left.
- A run: its stamp, its experiment and what is asked of it are the same. It is then not read; its record, its row and
  the copies of its artifacts are those of the shard's file in the cache.
- A task: it has the same fields. A field that is a record counts by its content, so that a run that was read again (its
  files have new times, as in a fresh checkout) but says the same changes no page.

Stamps with a time close to that of the build are not kept: a file that changed again in the same instant could have the
same one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.build.analyse import Analysed
from sitegen.build.cache import Cache
from sitegen.build.context import WorkerContext
from sitegen.build.digests import Known, NoDigestError, digest_of, hashed
from sitegen.build.finish import Built
from sitegen.build.open import Opened
from sitegen.build.previous import PreviousSite, SavedFile
from sitegen.build.read import ReadRuns
from sitegen.build.records import RecordRef
from sitegen.build.saved import SavedShard, output_of
from sitegen.build.settings_key import settings_key
from sitegen.build.task import Output, Result, Task
from sitegen.output import SCRATCH, Stage
from sitegen.stores.contract import HasSnapshots
from sitegen.stores.stamps import Snapshot, Stamp

SETTLED_NS = 2_000_000_000
"""A stamp counts if nothing in it changed later than this before it was taken, in ns."""


@dataclass(frozen=True, slots=True)
class State:
    """The last build: the key of all that it was made from ('' if that was changing), its files, its counts."""

    key: str
    files: list[SavedFile]
    built: Built


@dataclass(frozen=True, slots=True)
class SavedTasks:
    """The outputs of tasks by the key of their fields."""

    results: Mapping[str, Result] = field(default_factory=dict)


class Reuse:
    """Decides what one build takes over, and leaves what the next one needs."""

    def __init__(self, opened: Opened, cache: Cache, stage: Stage) -> None:
        self._cache = cache
        self._stage = stage
        self._moment = time.time_ns()
        store = opened.store
        self._snapshot: Snapshot | None = store.snapshot() if isinstance(store, HasSnapshots) else None
        self._settings = settings_key(opened.config, opened.theme)
        self._key = self._build_key(opened)
        self._state = cache.load("state", State)
        files = self._state.files if self._state else ()
        self._site = PreviousSite(stage.previous, stage.root, files, cache.is_secret)
        self._shards: set[str] = set()
        self._tasks: dict[str, Result] = {}
        self._known_tasks: SavedTasks | None = None
        self._known: Known = {}

    def _build_key(self, opened: Opened) -> str:
        """The key of all that the site is made from; '' where that is not known for certain."""
        config = opened.config
        stamp = self._snapshot.stamp if self._snapshot and not config.traces else None
        if stamp is None or not self._is_settled(stamp):
            return ""
        return digest_of(
            [self._settings, opened.found.locations, opened.found.sentence, config.strict, config.host, stamp.digest]
        )

    def _is_settled(self, stamp: Stamp) -> bool:
        return stamp.newest < self._moment - SETTLED_NS

    def unchanged(self, opened: Opened) -> Built | None:
        """What the build before made, if this one would make the same; None if it has to build."""
        state = self._state
        if state is None or not self._key or state.key != self._key or not self._site.is_whole():
            return None
        return replace(state.built, output=opened.config.output, is_unchanged=True)

    # Runs ----------------------------------------------------------------------------------------------------------

    def plan(self, tasks: Sequence[ReadRuns], context: WorkerContext) -> list[Task | Output]:
        """For each task of reading its output, if nothing in it changed, else the task with the runs to take over."""
        self._settings = digest_of([self._settings, context.site])
        self._shards = {task.shard for task in tasks}
        refs = [ref for task in tasks for ref in task.refs]
        stamps = self._snapshot.runs(refs) if self._snapshot else {}
        experiments = {ref.experiment_id: digest_of(context.experiment(ref.experiment_id)) for ref in refs}
        keys = {}
        for ref in refs:
            stamp = stamps.get(ref.run_id)
            if stamp and self._is_settled(stamp):
                asked = (context.wanted.get(ref.experiment_id), context.model_paths.get(ref.run_id))
                parts = (self._settings, stamp.digest, experiments[ref.experiment_id], repr((ref.run_id, asked)))
                keys[ref.run_id] = hashed(*(part.encode("utf-8", "surrogatepass") for part in parts))
        return [self._planned(task, keys) for task in tasks]

    def _planned(self, task: ReadRuns, keys: dict[str, str]) -> Task | Output:
        own = {ref.run_id: keys.get(ref.run_id, "") for ref in task.refs}
        task = replace(task, keys=own)
        known = self._cache.load(f"runs/{task.shard}", SavedShard)
        if known is None:
            return task
        same = [run_id for run_id, key in own.items() if key and key == known.keys.get(run_id)]
        taken = [
            run_id for run_id in same if run_id not in known.runs or self._site.take(known.runs[run_id].result.written)
        ]
        if taken == list(known.keys) == list(own):
            return output_of(known, self._cache.shard_file(task.shard))
        return replace(task, taken=() if known.shared else tuple(run_id for run_id in taken if run_id in known.runs))

    # Tasks ---------------------------------------------------------------------------------------------------------

    def use(self, analysed: Analysed) -> None:
        """The reports and records that the fields of tasks are made of."""
        content = {run_id: ref.content for run_id, ref in analysed.records.items()}
        rows: Known = {RunRow: lambda row: content[row.run_id]}
        reports = {
            report.table.experiment.experiment_id: digest_of(
                [report.table.experiment, [content[row.run_id] for row in report.table.rows], report.health], rows
            )
            for report in analysed.reports
        }
        self._known = {
            **rows,
            RecordRef: lambda ref: ref.content,
            Report: lambda report: reports[report.table.experiment.experiment_id],
        }

    def planned(self, tasks: Sequence[Task]) -> list[tuple[str, Task | Output]]:
        """Each task with the key of its fields ('' if it has none), or its output, if it has been made before."""
        return [(key, self._output(key) or task) for task in tasks for key in [self._key_of(task)]]

    def keep(self, key: str, output: Output) -> None:
        """Keep the output of the task with this key for the next build."""
        if key:
            self._tasks[key] = output.result()

    def _key_of(self, task: Task) -> str:
        try:
            return (
                digest_of([self._settings, type(task).__name__, task.inputs()], self._known) if task.is_reusable else ""
            )
        except NoDigestError:
            return ""

    def _output(self, key: str) -> Output | None:
        if self._known_tasks is None:
            self._known_tasks = self._cache.load("tasks", SavedTasks) or SavedTasks()
        known = self._known_tasks.results.get(key) if key else None
        if known is None or not self._site.take(known.written):
            return None
        output = Output()
        output.join(known)
        return output

    # For the next build --------------------------------------------------------------------------------------------

    def save_runs(self) -> None:
        """Keep the records of this build, before its scratch folder is removed."""
        with suppress(OSError):  # a site without a cache is a site
            self._cache.take_shards(Path(self._stage.root, SCRATCH), self._shards)

    def save(self, built: Built, site: Path) -> None:
        """Keep the rest, when the new site is in its place."""
        with suppress(OSError):
            files = [SavedFile(*one, (site / one.path).lstat().st_mtime_ns) for one in self._stage.written]
            self._cache.save("tasks", SavedTasks(self._tasks))
            self._cache.save("state", State(self._key, files, built))
