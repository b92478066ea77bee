"""The contract of tasks: inputs declared, outputs joined in order, the same whatever runs them."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from sitegen.analysis.report import Report
from sitegen.build.analyse import Analysed, analyse
from sitegen.build.contents import RunContents
from sitegen.build.context import Worker, WorkerContext
from sitegen.build.make import make_pages
from sitegen.build.open import open_build, read_catalog, worker_context
from sitegen.build.pool import Pool, joined, start_pool
from sitegen.build.read import read_store, read_tasks
from sitegen.build.sections import (
    PAGES,
    WHOLE_SITE,
    experiments,
    logged_tables,
    models_and_datasets,
    runs,
    search,
    site,
    traces,
    views,
)
from sitegen.build.task import Output, RenderPages, Task, task_of
from sitegen.config import Config
from sitegen.model import Problem, RunRef
from sitegen.output import SCRATCH, Stage
from sitegen.pages.page import PlainPage, nav_of, search_of
from sitegen.stores.contract import no_progress

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_runs" / "mlflow3" / "mlruns"


@dataclass(frozen=True, slots=True)
class Say(Task):
    """Says a number as a file and as a problem, in two parts."""

    number: int

    def make(self, context: WorkerContext) -> Iterator[Output]:
        yield Output(files=[(f"said/{self.number}.txt", str(self.number))])
        yield Output(problems=[Problem("", str(self.number))])


@dataclass(frozen=True, slots=True)
class SayHere(Say):
    """The same, in the parent."""

    in_parent: ClassVar[bool] = True


@dataclass(frozen=True)
class Found:
    """A sample store, read and analysed, and the pool that did it."""

    analysed: Analysed
    read: Output
    pool: Pool
    root: Path


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    root = tmp_path_factory.mktemp("stage")
    opened = open_build(Config(store=str(SAMPLE)))
    catalog = read_catalog(opened)
    context = worker_context(opened, catalog, "assets/x/", Stage(root))
    with start_pool(Config(jobs=1), context, 61) as pool:
        read, catalog = read_store(
            opened, catalog, read_tasks(catalog.catalog.runs, context.site.digits), pool, no_progress
        )
        yield Found(analyse(opened, catalog, read, context.site), read, pool, root)


def every_task(found: Found) -> list[tuple[ModuleType, Task]]:
    made = Output()
    tasks = [(section, task) for section in PAGES for task in section.tasks(found.analysed)]
    tasks += [(section, task) for section in WHOLE_SITE for task in section.tasks(found.analysed, made)]
    return [(section, task_of(task)) for section, task in tasks]


def test_a_task_is_a_frozen_value_with_all_its_inputs(found: Found) -> None:
    for _, task in every_task(found):
        with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
            setattr(task, next((field.name for field in fields(task)), "more"), None)  # type: ignore[arg-type]
        assert task.in_parent or type(pickle.loads(pickle.dumps(task))) is type(task)


@pytest.mark.parametrize(
    ("section", "pages"),
    [
        (runs, "runs/"),
        (experiments, "experiments/"),
        (experiments, "best/"),
        (experiments, "charts/"),
        (models_and_datasets, "models/"),
        (models_and_datasets, "datasets/"),
        (models_and_datasets, "logged-models/"),
        (logged_tables, "tables/"),
        (site, "index.html"),
        (site, "data/best.json"),
        (search, "data/search/"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__.rpartition(".")[2],
)
def test_a_section_makes_its_pages(found: Found, section: ModuleType, pages: str) -> None:
    tasks = [task for of, task in every_task(found) if of is section]
    written = [one.path for output in found.pool.run(tasks) for one in output.written]
    assert any(path.startswith(pages) for path in written)


def test_sections_without_anything_to_show_give_no_task(found: Found) -> None:
    assert traces.tasks(found.analysed) == []
    assert views.tasks(found.analysed) == []


def test_no_two_tasks_write_the_same_file(found: Found) -> None:
    made = make_pages(found.analysed, found.pool, no_progress)
    paths = [written.path for written in (*found.read.written, *made.written) if not written.path.startswith("thumbs/")]
    assert len(paths) == len(set(paths))


def test_pages_carry_what_the_search_finds_and_what_the_home_page_leads_to(found: Found) -> None:
    made = joined(found.pool.run(models_and_datasets.tasks(found.analysed)))
    assert {entry.kind for _, _, entry in made.found} == {"model", "dataset"}
    assert {entry.label for entry in made.nav} >= {"Registered models", "Logged models", "Datasets"}
    plain = PlainPage("search.html", "search.html", "search", "Search")  # type: ignore[arg-type]
    assert search_of(plain) is None
    assert nav_of(plain) == ()


@pytest.mark.parametrize("jobs", [1, 2])
def test_outputs_come_in_the_order_of_the_tasks(found: Found, jobs: int) -> None:
    tasks = [SayHere(number) if number % 3 == 0 else Say(number) for number in range(8)]
    with start_pool(Config(jobs=jobs), found.pool._here.context, 1000) as pool:
        outputs = list(pool.run(tasks))
    assert [output.problems[0].what for output in outputs] == [str(number) for number in range(8)]
    assert [one.path for one in joined(outputs).written] == [f"said/{number}.txt" for number in range(8)]
    assert all((found.root / "said" / f"{number}.txt").read_text() == str(number) for number in range(8))


def test_a_worker_writes_each_part_before_the_next_is_made(found: Found) -> None:
    class Watching(Task):
        def make(self, context: WorkerContext) -> Iterator[Output]:
            yield Output(files=[("watched/first.txt", "1")])
            assert Path(context.root, "watched/first.txt").is_file()

    Worker(found.pool._here.context).run(Watching())


def test_known_pages_are_rendered_as_they_are(found: Found) -> None:
    plain = PlainPage("again.html", "search.html", "search", "Search")  # type: ignore[arg-type]
    [output] = found.pool.run([RenderPages((plain,))])
    assert [one.path for one in output.written] == ["again.html"]
    assert output.pages == []


def test_runs_are_cut_into_the_same_shards_whatever_their_order() -> None:
    refs = [RunRef(f"{number:032x}", "1", "") for number in range(200)]
    tasks = read_tasks(refs, 1)
    assert tasks == read_tasks(refs[::-1], 1)
    assert sorted(ref.run_id for task in tasks for ref in task.refs) == [ref.run_id for ref in refs]
    assert [task.shard for task in tasks] == sorted({task.shard for task in tasks})


def test_an_output_takes_in_all_of_another() -> None:
    whole = Output(deleted=1, unmatched=2, contents=RunContents(files={"m-1": None}))  # type: ignore[dict-item]
    other = Output(deleted=3, unmatched=4, contents=RunContents(files={"m-2": None}))  # type: ignore[dict-item]
    other.problems.append(Problem("a", "b"))
    other.hidden["paths"] += 2
    whole.join(other)
    whole.join(other.result())
    assert (whole.deleted, whole.unmatched, whole.hidden["paths"], whole.problems) == (
        7,
        10,
        4,
        [Problem("a", "b")] * 2,
    )
    assert list(whole.contents.files) == ["m-1", "m-2"]


def test_an_analysed_store_has_a_report_of_each_experiment_and_a_record_of_each_run(found: Found) -> None:
    reports: tuple[Report, ...] = found.analysed.reports
    assert all(report.table.rows for report in reports)
    assert {row.run_id for report in reports for row in report.table.rows} == set(found.analysed.records)


def test_records_are_no_part_of_the_site(found: Found, tmp_path: Path) -> None:
    assert (found.root / SCRATCH).is_dir()
    stage = Stage(tmp_path)
    (tmp_path / SCRATCH).mkdir()
    (tmp_path / SCRATCH / "all").write_bytes(b"1")
    stage.finish()
    assert not (tmp_path / SCRATCH).exists()


KILLED = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from sitegen.build import context, pool
if __name__ == "__main__":
    workers = ProcessPoolExecutor(2, mp_context=pool._processes(), initializer=context.end_with_parent)
    print(*workers.map(os.getpgid, [0, 0]), flush=True)
    print(*(worker.pid for worker in workers._processes.values()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no list of processes")
def test_workers_end_with_a_build_that_is_killed(tmp_path: Path) -> None:
    """They wait for tasks from a queue that they hold open themselves, so nothing else would tell them."""
    (tmp_path / "build.py").write_text(KILLED)
    command, env = [sys.executable, tmp_path / "build.py"], os.environ | {"PYTHONPATH": str(ROOT)}
    killed = subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    workers = [Path("/proc", pid) for pid in killed.stdout.split("\n")[1].split()]
    assert workers
    deadline = time.monotonic() + 60
    while any(map(Path.exists, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [worker.name for worker in workers if worker.exists()] == []
