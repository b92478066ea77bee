"""What a build takes over from the one before, if the whole has changed (`unchanged.py`): runs and outputs of tasks.

- A run: its stamp, its experiment and what is asked of it are the same. It is then not read; its record, its row and
  the copies of its artifacts are those of the shard's file in the cache.
- An experiment: it and its runs are the same. What the rest of the site shows of it (`facts.py`) is known then.
- A task: it has the same fields. A field that is a record counts by its content, so that a run that was read again (its
  files have new times, as in a fresh checkout) but says the same changes no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.build.analyse import Analysed
from sitegen.build.built import Built
from sitegen.build.context import WorkerContext
from sitegen.build.digests import Known, NoDigestError, digest_of, hashed
from sitegen.build.facts import Facts
from sitegen.build.read import ReadRuns
from sitegen.build.records import RecordRef
from sitegen.build.saved import SavedShard, output_of
from sitegen.build.task import Later, Output, Result, Task, task_of
from sitegen.build.unchanged import Before
from sitegen.model import Experiment
from sitegen.output import SCRATCH


@dataclass(frozen=True, slots=True)
class SavedTasks:
    """The outputs of tasks by the key of their fields."""

    results: Mapping[str, Result] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedFacts:
    """The facts of an experiment, with the key of all that they were made from."""

    key: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class AllFacts:
    """Those of all experiments, by id."""

    facts: Mapping[str, SavedFacts] = field(default_factory=dict)


class Reuse:
    """Decides what one build takes over, and leaves what the next one needs."""

    def __init__(self, before: Before) -> None:
        self._before = before
        self._cache = before.cache
        self._site = before.site
        self._settings = before.settings
        self._shards: set[str] = set()
        self._tasks: dict[str, Result] = {}
        self._known_tasks: SavedTasks | None = None
        self._known: Known = {}
        self._known_facts: AllFacts | None = None
        self._facts_keys: dict[str, str] = {}
        self._facts: dict[str, SavedFacts] = {}

    # Runs ----------------------------------------------------------------------------------------------------------

    def plan(self, tasks: Sequence[ReadRuns], context: WorkerContext) -> list[Task | Output]:
        """For each task of reading its output, if nothing in it changed, else the task with the runs to take over."""
        self._settings = digest_of([self._settings, context.site])
        self._shards = {task.shard for task in tasks}
        refs = [ref for task in tasks for ref in task.refs]
        stamps = snapshot.runs(refs) if (snapshot := self._before.snapshot) else {}
        experiments = {ref.experiment_id: digest_of(context.experiment(ref.experiment_id)) for ref in refs}
        keys = {}
        for ref in refs:
            stamp = stamps.get(ref.run_id)
            if stamp and self._before.is_settled(stamp):
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

    # Experiments ---------------------------------------------------------------------------------------------------

    def facts_of(self, experiment: Experiment, contents: Mapping[str, str]) -> Facts | None:
        """The facts of an experiment, if neither it nor its runs, with these digests of their content, have changed."""
        if self._known_facts is None:
            self._known_facts = self._cache.load("experiments", AllFacts) or AllFacts()
        runs = repr(sorted(contents.items())).encode("utf-8", "surrogatepass")
        key = hashed(self._settings.encode(), digest_of(experiment).encode(), runs)
        self._facts_keys[experiment.experiment_id] = key
        known = self._known_facts.facts.get(experiment.experiment_id)
        return known.facts if known and known.key == key else None

    # Tasks ---------------------------------------------------------------------------------------------------------

    def use(self, analysed: Analysed) -> None:
        """The reports and records that the fields of tasks are made of."""
        content = {run_id: ref.content for run_id, ref in analysed.records.items()}
        self._facts = {
            one.experiment_id: SavedFacts(self._facts_keys[one.experiment_id], one.facts)
            for one in analysed.experiments
        }
        self._known = {
            RunRow: lambda row: content[row.run_id],
            RecordRef: lambda ref: ref.content,
            Report: lambda report: self._facts[report.table.experiment.experiment_id].facts.digest,
        }

    def planned(self, tasks: Sequence[Task | Later]) -> list[tuple[str, Task | Output]]:
        """Each task with the key of its fields ('' if it has none), or its output, if it has been made before."""
        return [(key, self._output(key) or task_of(task)) for task in tasks for key in [self._key_of(task)]]

    def keep(self, key: str, output: Output) -> None:
        """Keep the output of the task with this key for the next build."""
        if key:
            self._tasks[key] = output.result()

    def _key_of(self, task: Task | Later) -> str:
        of, inputs = (task.of, task.inputs) if isinstance(task, Later) else (type(task), task.inputs())
        try:
            return digest_of([self._settings, of.__name__, inputs], self._known) if of.is_reusable else ""
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
            self._cache.take_shards(Path(self._before.stage.root, SCRATCH), self._shards)

    def save(self, built: Built, site: Path) -> None:
        """Keep the rest, when the new site is in its place."""
        with suppress(OSError):
            self._cache.save("tasks", SavedTasks(self._tasks))
            self._cache.save("experiments", AllFacts(self._facts))
            self._before.save(built, site)
