"""A site built in parts, on several machines: `build --shard i/n` makes a part of it, `sitegen merge` joins all parts.

Part i has every n-th shard of runs, so that one large experiment is shared out too. It holds what a build keeps of the
runs that it reads (`shards.py`), their pages, and the outputs of the tasks that made those by the key of the tasks'
fields. When all parts are joined, no run is read and the store is not needed. The runs' pages are taken from the parts
where the whole site has tasks with the same keys: all but those of parents whose children are in other parts.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sitegen.analysis.runs_table import gather
from sitegen.build.analyse import analyse
from sitegen.build.assets import write_assets
from sitegen.build.built import Built
from sitegen.build.cache import Cache
from sitegen.build.digests import Known, NoDigestError, digest_of
from sitegen.build.facts import families_of
from sitegen.build.finish import finish, traces_left_out
from sitegen.build.make import make_pages
from sitegen.build.open import CleanCatalog, Opened, objectives_of, open_build, open_merge, read_catalog, worker_context
from sitegen.build.pool import RunsTasks, run_planned, start_pool
from sitegen.build.previous import PreviousSite, SavedFile
from sitegen.build.read import ReadRuns, check_readable, join_runs, matching, model_tasks, read_tasks, runs_to_read
from sitegen.build.records import RecordRef
from sitegen.build.saved import SavedShard, output_of
from sitegen.build.sections.runs import ReadRecords, RunPages, pages_of_runs
from sitegen.build.settings_key import program_key, settings_key
from sitegen.build.task import Later, Output, Result, Task, task_of
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.output import SCRATCH, Stage, Written, staged
from sitegen.stores.contract import Progress, no_progress

FOLDER = "part"
"""The folder of a part that is not part of the site."""
_SHARE = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)\Z")
_KNOWN: Known = {RecordRef: lambda ref: ref.content}


@dataclass(frozen=True, slots=True)
class Part:
    """What a part says of itself. `key` is equal in all parts of one site: that of the settings and the catalog."""

    number: int
    count: int
    key: str
    stores: tuple[str, ...]
    """The stores as they were named."""
    locations: tuple[str, ...]
    why: str
    catalog: CleanCatalog
    models: Result
    """What was read of logged models."""
    shards: tuple[str, ...]
    pages: Mapping[str, Result]
    """The outputs of the tasks that made the pages of runs, by the key of the tasks' fields."""
    files: tuple[Written, ...]
    traces_left_out: int


def share_of(text: str) -> tuple[int, int]:
    """The number of a part and the count of parts out of `2/3`. Raises UsageError."""
    found = _SHARE.match(text)
    if not found or int(found[1]) > int(found[2]):
        raise UsageError(f"--shard {text} does not name a part; give its number and how many there are, such as 2/3.")
    return int(found[1]), int(found[2])


# One part -----------------------------------------------------------------------------------------------------------


def build_part(config: Config, progress: Progress = no_progress) -> Built:
    """Build the part `config.shard` into the output folder. Raises StoreError, UsageError."""
    number, count = share_of(config.shard)
    if config.traces:
        raise UsageError("Traces cannot be built in parts; leave out --shard or --traces.")
    started = time.perf_counter()
    opened = open_build(replace(config, store=config.stores))
    with staged(config.output, stores=opened.found.places, adopt=config.force_adopt) as stage:
        found = read_catalog(opened)
        cache = Cache(Path(stage.root, FOLDER), program_key())
        context = worker_context(opened, found, write_assets(opened.theme, stage), stage, cache)
        tasks = _share(read_tasks(found.catalog.runs, context.site.digits), number, count)
        settings = _settings(opened, digest_of(context.site))
        keyed = [replace(task, keys={ref.run_id: "part" for ref in task.refs}) for task in tasks]
        with start_pool(config, context, runs_to_read(keyed)) as pool:
            read = join_runs(run_planned(keyed, pool), len(found.catalog.runs), progress)
            models = Output()
            for output in pool.run(model_tasks(found.catalog.logged_models)):
                models.join(output)
            read.join(models)
            pages = _run_pages(found, read, context.site.digits, settings, pool)
        shards = tuple(task.shard for task in tasks)
        cache.take_shards(Path(stage.root, SCRATCH), set(shards))
        for output in (read, *pages.values()):
            stage.record(output.written)
        part = Part(
            number=number,
            count=count,
            key=_key(opened, found, settings),
            stores=config.stores,
            locations=opened.found.locations,
            why=opened.found.why,
            catalog=replace(found, objectives={}),
            models=models.result(),
            shards=shards,
            pages={key: output.result() for key, output in pages.items()},
            files=tuple(stage.written),
            traces_left_out=traces_left_out(opened, found),
        )
        cache.save("state", part)
        stage.record(_own_files(stage))
    return Built(
        config.output,
        opened.found.sentence,
        runs=len(read.rows),
        pages=sum(one.path.endswith(".html") for one in part.files),
        files=len(part.files),
        size=sum(one.size for one in part.files),
        seconds=time.perf_counter() - started,
        problems=read.problems,
    )


def _share(tasks: Sequence[ReadRuns], number: int, count: int) -> list[ReadRuns]:
    return [task for at, task in enumerate(tasks) if at % count == number - 1]


def _run_pages(found: CleanCatalog, read: Output, digits: int, settings: str, pool: RunsTasks) -> dict[str, Output]:
    """The pages of the runs that were read, by the keys of the tasks that made them."""
    catalog = found.catalog
    runs = {ref.run_id for ref in catalog.runs}
    tables = gather(read.rows, catalog.experiments)
    families = [families_of(table.rows, None) for table in tables]
    own = [row.run_id for table in tables for row in table.rows]
    tasks = pages_of_runs(own, families, runs, ReadRecords(read.records, read.contents), catalog, digits)
    keys = [_task_key(task, settings) for task in tasks]
    return dict(zip(keys, pool.run(tasks), strict=True))


def _task_key(task: Task, settings: str) -> str:
    try:
        return digest_of([settings, task], _KNOWN)
    except NoDigestError:
        return ""


def _settings(opened: Opened, site: str) -> str:
    return digest_of([settings_key(opened.config, opened.theme), program_key(), site])


def _key(opened: Opened, found: CleanCatalog, settings: str) -> str:
    return digest_of([settings, opened.found.locations, replace(found, objectives={})])


def _own_files(stage: Stage) -> Iterator[Written]:
    """What a part has beside files of the site, for its manifest."""
    for path in sorted(Path(stage.root, FOLDER).rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            yield Written(path.relative_to(stage.root).as_posix(), path.stat().st_size, digest)


# All parts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Opened:
    """A part that is joined: its folder, what it says of itself, its files."""

    root: Path
    part: Part
    cache: Cache
    site: PreviousSite


class _Taken:
    """Takes the outputs of tasks from the parts; see `make.Planner`."""

    def __init__(self, parts: Sequence[_Opened], settings: str) -> None:
        self._parts = parts
        self._settings = settings

    def use(self, analysed: object) -> None:
        """Nothing of the analysis is part of the keys."""

    def planned(self, tasks: Sequence[Task | Later]) -> list[tuple[str, Task | Output]]:
        """Each task, or its output, if a part has it."""
        return [("", self._output(task) or task) for task in map(task_of, tasks)]

    def keep(self, key: str, output: Output) -> None:
        """Nothing is kept for another build."""

    def _output(self, task: Task) -> Output | None:
        key = _task_key(task, self._settings) if isinstance(task, RunPages) else ""
        for one in self._parts if key else ():
            result = one.part.pages.get(key)
            if result and one.site.take(result.written):
                output = Output()
                output.join(result)
                return output
        return None


def merge_parts(folders: Sequence[Path], config: Config, progress: Progress = no_progress) -> Built:
    """Join the parts in `folders` to the site that one build of the whole store makes.

    `config` has the settings that the parts were built with. Raises UsageError when the folders are not all parts of
    one site, and what `build` raises.
    """
    started = time.perf_counter()
    loaded = [(folder, _load(folder)) for folder in folders]
    _check_whole(loaded)
    first = loaded[0][1]
    config = replace(config, store=first.stores)
    opened = open_merge(config, first.locations, first.why)
    found = replace(first.catalog, objectives=objectives_of(first.catalog.catalog, config))
    with staged(config.output, stores=folders, adopt=config.force_adopt) as stage:
        context = worker_context(opened, found, write_assets(opened.theme, stage), stage)
        settings = _settings(opened, digest_of(context.site))
        if _key(opened, found, settings) != first.key:
            raise UsageError(
                "The parts were built with other settings or another theme; give sitegen merge the same options and "
                "the same sitegen.toml."
            )
        parts = [_opened(folder, part, stage) for folder, part in loaded]
        with start_pool(config, context, len(found.catalog.runs)) as pool:
            tasks = read_tasks(found.catalog.runs, context.site.digits)
            read = join_runs(_taken(parts, tasks), len(found.catalog.runs), progress)
            check_readable(found.catalog, read, len(read.records))
            if opened.query:
                found = replace(found, catalog=matching(found.catalog, read, opened.query))
            read.join(first.models)
            analysed = analyse(opened, found, read, context.site)
            made = make_pages(analysed, pool, progress, _Taken(parts, settings))
        built = finish(opened, found, analysed, read, made, stage)
    built.traces_left_out = first.traces_left_out
    built.renamed = stage.renamed
    built.seconds = time.perf_counter() - started
    return built


def _load(folder: Path) -> Part:
    part = Cache(folder / FOLDER, program_key()).load("state", Part)
    if part is None:
        raise UsageError(
            f"{folder} holds no part of a site that this version of sitegen built; "
            "give folders that sitegen build --shard made."
        )
    return part


def _check_whole(loaded: Sequence[tuple[Path, Part]]) -> None:
    """Raises UsageError unless these are all parts of one site."""
    if not loaded:
        raise UsageError("Name the folders of all parts, those that sitegen build --shard made.")
    count, key = loaded[0][1].count, loaded[0][1].key
    others = [folder for folder, part in loaded if (part.count, part.key) != (count, key)]
    if others:
        raise UsageError(
            f"{others[0]} is a part of another site than {loaded[0][0]}: its store, settings or number of parts differ."
        )
    numbers = [part.number for _, part in loaded]
    missing = [str(number) for number in range(1, count + 1) if number not in numbers]
    if missing:
        raise UsageError(f"Part {', '.join(missing)} of {count} is missing; name the folders of all parts.")
    if len(numbers) > count:
        twice = next(folder for at, (folder, part) in enumerate(loaded) if part.number in numbers[:at])
        raise UsageError(f"{twice} is a part that was named already; name each part once.")


def _opened(folder: Path, part: Part, stage: Stage) -> _Opened:
    """A part whose files are compared by content: they may have been carried from another machine."""
    files = [SavedFile(*one, 0) for one in part.files]
    site = PreviousSite(str(folder.absolute()), stage.root, files, by_content=True)
    return _Opened(folder, part, Cache(folder.absolute() / FOLDER, program_key()), site)


def _taken(parts: Sequence[_Opened], tasks: Sequence[ReadRuns]) -> Iterator[Output]:
    """The output of each task out of the parts. Raises UsageError when a file of a part is not as it was."""
    places = {shard: one for one in parts for shard in one.part.shards}
    for task in tasks:
        one = places[task.shard]
        shard = one.cache.load(f"runs/{task.shard}", SavedShard)
        output = output_of(shard, one.cache.shard_file(task.shard)) if shard else None
        if output is None or not one.site.take(output.written):
            raise UsageError(f"Files of the part {one.root} are missing or damaged; build that part again.")
        yield output
