"""Workers that end: their tasks are run again, and what ended them costs as little of the site as can be."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sitegen.build.context import MAX_MEMORY, WorkerContext
from sitegen.build.open import open_build, read_catalog, worker_context
from sitegen.build.pool import start_pool
from sitegen.build.read import FILES, LOSSES, PREVIEWS, read_tasks
from sitegen.build.task import Output, Task
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.model import Problem, RunRef
from sitegen.output import Stage
from sitegen.stores.contract import RunBatch
from tests.stores.mlruns_builder import experiment, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have not all the limits")


BAD, GOOD = "a" * 32, "b" * 32


class Deadly(type(Path())):  # type: ignore[misc]
    """A folder that ends the process that opens a file in it for a preview (or, named `files`, to copy it)."""

    def __str__(self) -> str:
        calls = {frame.name for frame in traceback.extract_stack()}
        if "open_artifact" in calls and ("view_of" in calls or self.name == "files"):
            os.kill(os.getpid(), signal.SIGKILL)
        return str(super().__str__())


@dataclass(frozen=True)
class DeadlyStore:
    """A store, in which the artifacts of the run `BAD` are deadly."""

    store: Any
    root: Path

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """See `Store`."""
        batch: RunBatch = self.store.read_runs(refs)
        runs = [
            replace(one, artifacts=replace(one.artifacts, root=self.root)) if one.run_id == BAD else one
            for one in batch.runs
        ]
        return replace(batch, runs=runs)


@dataclass(frozen=True, slots=True)
class Number(Task):
    """Says its number; the first time, it ends its worker."""

    number: int
    flag: str = ""
    always: bool = False
    by_memory: bool = False

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The number as a problem."""
        if self.by_memory and not self.flag:
            bytearray(2 * MAX_MEMORY)
        if self.flag and (self.always or not Path(self.flag).exists()):
            Path(self.flag).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield Output(problems=[Problem("", str(self.number))])


def context_of(folder: Path) -> tuple[WorkerContext, Sequence[RunRef]]:
    """What the workers of a build of a small store get, and its runs."""
    home = experiment(folder / "mlruns", "1")
    for run_id in (BAD, GOOD):
        run(home, run_id, artifacts={"a.npy": "no array", "b.txt": "text"}, artifact_uri="")
    opened = open_build(Config(store=str(folder / "mlruns")))
    catalog = read_catalog(opened)
    stage = folder / "stage"
    stage.mkdir()
    return worker_context(opened, catalog, "assets/x/", Stage(stage)), catalog.catalog.runs


def numbers(tasks: list[Number], tmp_path: Path) -> list[str]:
    with start_pool(Config(jobs=2), context_of(tmp_path)[0], 0) as pool:
        first = [output.problems[0].what for output in pool.run(tasks)]
        assert first == [output.problems[0].what for output in pool.run([*map(Number, range(len(tasks)))])]
    return first


def test_tasks_of_a_worker_that_was_killed_are_run_again_in_their_order(tmp_path: Path) -> None:
    tasks = [Number(at, str(tmp_path / "killed") if at == 4 else "") for at in range(20)]
    assert numbers(tasks, tmp_path) == [str(at) for at in range(20)]


def test_a_task_that_always_ends_its_worker_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="was killed twice"):
        numbers([Number(0), Number(1, str(tmp_path / "killed"), always=True)], tmp_path)


def test_a_worker_gets_no_more_memory_than_the_limit(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="memory ran out"):
        numbers([Number(0, by_memory=True)], tmp_path)


@pytest.mark.parametrize(("name", "lost", "copied"), [("previews", PREVIEWS, ["b.txt"]), ("files", FILES, [])])
def test_a_run_that_ends_its_worker_costs_its_previews_and_is_named(
    tmp_path: Path, name: str, lost: str, copied: list[str]
) -> None:
    context, refs = context_of(tmp_path)
    folder = tmp_path / "mlruns" / "1" / BAD / "artifacts"
    if lost == FILES:
        folder = shutil.copytree(folder, folder.with_name("files"))
    context = replace(context, store=DeadlyStore(context.store, Deadly(folder)))
    with start_pool(Config(jobs=2), context, 2) as pool:
        [output] = pool.run(read_tasks(refs, 0))
    assert {row.run_id for row in output.rows} == {BAD, GOOD}
    assert output.problems == [Problem(f"run {BAD}", LOSSES[lost])]
    paths = [written.path for written in output.written]
    assert [path.rpartition("/")[2] for path in paths if path.startswith(f"artifacts/{BAD}")] == copied
    assert not any(path.startswith(f"files/{BAD}") for path in paths)
    assert any(path.startswith(f"files/{GOOD}") for path in paths)


def test_a_script_needs_no_guard_around_a_build(tmp_path: Path) -> None:
    """Workers do not import the script that builds, which would start over in each of them."""
    run(experiment(tmp_path / "mlruns", "1"), GOOD)
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom sitegen.build import build\nfrom sitegen.config import Config\n"
        "print(build(Config(store='mlruns', output=Path('site'), jobs=2, no_cache=True)).runs)\n"
    )
    done = subprocess.run([sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert (done.stdout, done.stderr) == ("1\n", "")
