"""A site built in parts is the site that one build makes, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sitegen import addresses
from sitegen.build import build
from sitegen.build.context import Worker
from sitegen.build.parts import build_part, merge_parts, share_of
from sitegen.build.read import ReadRuns
from sitegen.build.sections.runs import RunPages
from sitegen.build.task import Task
from sitegen.config import Config
from sitegen.errors import UsageError
from tests.benchmarks.store import write_files
from tests.build.test_build import tree
from tests.stores.mlruns_builder import experiment, run

SAMPLES = Path(__file__).parents[2] / "sample_runs"
COUNT = 3


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few runs make several shards."""
    monkeypatch.setattr(addresses, "RUNS_A_SHARD", 1)


def in_parts(config: Config, folder: Path, count: int = COUNT) -> list[Path]:
    parts = [folder / f"part-{number}" for number in range(1, count + 1)]
    for number, part in enumerate(parts, 1):
        build_part(Config(**{**_fields(config), "output": part, "shard": f"{number}/{count}"}))
    return parts


def _fields(config: Config) -> dict[str, object]:
    return {name: getattr(config, name) for name in ("store", "jobs", "filter", "objective", "profile", "no_cache")}


def settings(store: Path, output: Path, **options: object) -> Config:
    return Config(store=str(store), output=output, jobs=1, no_cache=True, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("sample", ["mlflow1/mlruns", "mlflow2/mlruns", "mlflow3/mlruns"])
def test_parts_of_the_samples_make_the_same_site(sample: str, tmp_path: Path) -> None:
    whole = settings(SAMPLES / sample, tmp_path / "whole")
    built = build(whole)
    merged = merge_parts(in_parts(whole, tmp_path), settings(SAMPLES / sample, tmp_path / "merged"))
    assert tree(tmp_path / "merged") == tree(tmp_path / "whole")
    built.output, built.seconds = merged.output, merged.seconds
    assert merged == built


def test_one_experiment_is_shared_out_and_its_pages_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path / "mlruns", range(24))
    whole = settings(tmp_path / "mlruns", tmp_path / "whole", filter="params.optimizer != 'sgd'")
    build(whole)
    parts = in_parts(whole, tmp_path)
    assert all(len(list((part / "runs").glob("*.html"))) > 2 for part in parts)
    shutil.rmtree(tmp_path / "mlruns")
    made: list[Task] = []
    make = Worker.run
    monkeypatch.setattr(Worker, "run", lambda worker, task: made.append(task) or make(worker, task))
    merge_parts(parts, whole_again(whole, tmp_path / "merged"))
    assert tree(tmp_path / "merged") == tree(tmp_path / "whole")
    assert not [task for task in made if isinstance(task, ReadRuns | RunPages)]


def whole_again(config: Config, output: Path) -> Config:
    return Config(**{**_fields(config), "output": output})  # type: ignore[arg-type]


def test_children_in_other_parts_are_on_the_page_of_their_parent(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    folder = experiment(store, "1")
    run(folder, "a" * 32, metrics={"loss": "1 0.5 0\n"})
    for number in range(6):
        run(folder, f"{number:032x}", tags={"mlflow.parentRunId": "a" * 32}, metrics={"loss": f"1 0.{number} 0\n"})
    whole = settings(store, tmp_path / "whole")
    build(whole)
    merge_parts(in_parts(whole, tmp_path), whole_again(whole, tmp_path / "merged"))
    assert tree(tmp_path / "merged") == tree(tmp_path / "whole")
    assert (tmp_path / "whole" / "runs" / f"{'a' * 32}.html").read_text("utf-8").count('scope="row"') == 6


def test_what_is_wrong_with_parts_is_said(tmp_path: Path) -> None:
    write_files(tmp_path / "mlruns", range(4))
    config = settings(tmp_path / "mlruns", tmp_path / "site")
    one, two = in_parts(config, tmp_path, 2)
    write_files(tmp_path / "other" / "mlruns", range(5))
    (tmp_path / "other").mkdir(exist_ok=True)
    stranger = in_parts(settings(tmp_path / "other" / "mlruns", tmp_path), tmp_path / "other", 2)[1]
    for parts, said in (
        ([], "Name the folders of all parts"),
        ([one], "Part 2 of 2 is missing"),
        ([one, two, two], "named already"),
        ([one, stranger], "a part of another site"),
        ([one, tmp_path / "mlruns"], "holds no part of a site"),
    ):
        with pytest.raises(UsageError, match=said):
            merge_parts(parts, config)
    with pytest.raises(UsageError, match="other settings"):
        merge_parts([one, two], settings(tmp_path / "mlruns", tmp_path / "site", title="Other"))
    page = next((two / "runs").glob("*.html"))
    page.write_text("changed")
    merge_parts([one, two], config)
    assert (tmp_path / "site" / "runs" / page.name).read_text("utf-8") != "changed"
    next(iter((two / "part" / "runs").iterdir())).write_bytes(b"damaged")
    with pytest.raises(UsageError, match="missing or damaged; build that part again"):
        merge_parts([one, two], config)
    assert (tmp_path / "site" / "index.html").exists()


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "1/3x", "-1/3"])
def test_a_share_is_some_of_a_whole(text: str) -> None:
    assert share_of("2/3") == (2, 3)
    with pytest.raises(UsageError, match="such as 2/3"):
        share_of(text)


def test_traces_are_not_built_in_parts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Traces cannot be built in parts"):
        build_part(Config(store=str(tmp_path), output=tmp_path / "p", shard="1/2", traces=True))
