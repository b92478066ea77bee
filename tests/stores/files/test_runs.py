"""Run folders as runs: which fields win, what damaged files cost, and how inputs and outputs are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sitegen.model import Run, RunRef
from sitegen.stores.contract import ReadOptions
from sitegen.stores.files import runs as files_runs
from sitegen.stores.files.runs import RunReader, is_plain_name, read_dataset
from tests.stores.mlruns_builder import OTHER_RUN, RUN, dataset_input, experiment, run, write, write_meta


def reader(root: Path, *run_ids: str, **options: Any) -> RunReader:
    found = RunReader(str(root), ReadOptions(**options))
    found.read([RunRef(run_id, "1", f"1/{run_id}") for run_id in run_ids or (RUN,)])
    return found


def notes(found: RunReader) -> list[tuple[str, str]]:
    return [(problem.where, problem.what) for problem in found.log.problems]


def only(root: Path) -> Run:
    (found,) = reader(root).runs
    return found


def test_tags_win_over_the_old_fields_of_meta_yaml(tmp_path: Path) -> None:
    old: dict[str, Any] = {
        "run_name": "",
        "name": "old name",
        "source_name": "old.py",
        "source_type": 3,
        "user_id": "ada",
    }
    run(experiment(tmp_path), **old)
    found = only(tmp_path)
    assert (found.name, found.user, found.source_name, found.source_type) == ("old name", "ada", "old.py", "PROJECT")
    tags = {"mlflow.runName": "new", "mlflow.user": "eve", "mlflow.source.name": "new.py", "mlflow.source.type": "JOB"}
    run(experiment(tmp_path), **old, tags=tags)
    found = only(tmp_path)
    assert (found.name, found.user, found.source_name, found.source_type) == ("new", "eve", "new.py", "JOB")


def test_the_run_name_of_meta_yaml_is_first_and_the_id_is_last(tmp_path: Path) -> None:
    run(experiment(tmp_path), run_name="meta", tags={"mlflow.runName": "tag"})
    assert only(tmp_path).name == "meta"
    run(experiment(tmp_path), OTHER_RUN, run_name="", source_name="", source_type=4)
    (found,) = reader(tmp_path, OTHER_RUN).runs
    assert (found.name, found.source_type) == ("b" * 8, ""), "a source type without a source says nothing"


def test_a_deleted_run_is_counted_and_read_only_on_demand(tmp_path: Path) -> None:
    run(experiment(tmp_path), lifecycle_stage="deleted")
    left_out, shown = reader(tmp_path), reader(tmp_path, deleted=True)
    assert (left_out.runs, left_out.deleted) == ([], 1)
    assert ([one.lifecycle_stage for one in shown.runs], shown.deleted) == (["deleted"], 0)


def test_a_damaged_run_is_left_out_and_the_next_is_read(tmp_path: Path) -> None:
    run(experiment(tmp_path), OTHER_RUN)
    write(tmp_path / "1" / RUN / "meta.yaml", "{")
    found = reader(tmp_path, RUN, "missing", OTHER_RUN)
    assert [one.run_id for one in found.runs] == [OTHER_RUN]
    assert [problem.where for problem in found.log.problems] == [f"1/{RUN}", "1/missing"]
    assert all(problem.left_out and problem.what.endswith("; the run is left out") for problem in found.log.problems)


def test_other_ids_and_statuses_in_meta_yaml_are_noted(tmp_path: Path) -> None:
    run(experiment(tmp_path), run_id=OTHER_RUN, experiment_id="9", status=77)
    found = reader(tmp_path)
    assert (found.runs[0].run_id, found.runs[0].experiment_id, found.runs[0].status) == (RUN, "1", "UNKNOWN")
    assert [what for _, what in notes(found)] == [
        "has another run id in its meta.yaml; the folder's name is used",
        "has another experiment id in its meta.yaml; the experiment of its folder is used",
        "has a status that MLflow does not know; shown as UNKNOWN",
    ]
    run(experiment(tmp_path), OTHER_RUN)
    assert notes(reader(tmp_path, OTHER_RUN)) == []


def test_a_metric_file_at_the_limit_is_read_and_a_longer_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "1700000000000 0.5 1\n"
    long = line * 1000  # longer than what is read at once, below which no limit matters
    run(experiment(tmp_path), metrics={"a": long, "b": long + "\n", "c": line})
    monkeypatch.setattr(files_runs, "METRIC_LIMIT", len(long))
    found = reader(tmp_path)
    assert list(found.runs[0].metrics) == ["a", "c"]
    assert notes(found) == [(f"1/{RUN}/metrics/b", "is longer than 256 MB; left out")]


def test_runs_keep_their_own_metrics_however_many_are_parsed_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [letter * 32 for letter in "abc"]
    for number, run_id in enumerate(ids):
        run(experiment(tmp_path), run_id, metrics={"loss": f"1700000000000 {number} 0\n", f"m{number}": "bad"})
    for size in (0, 1 << 24):
        monkeypatch.setattr(files_runs, "_FLUSH_BYTES", size)
        found = reader(tmp_path, *ids)
        assert [one.metrics["loss"].values.tolist() for one in found.runs] == [[0.0], [1.0], [2.0]]
        assert [where for where, _ in notes(found)] == [f"1/{run_id}/metrics/m{n}" for n, run_id in enumerate(ids)]


def test_inputs_are_datasets_and_models_and_a_missing_dataset_is_noted(tmp_path: Path) -> None:
    folder = run(experiment(tmp_path))
    dataset_input(folder, "iris", "d1", context="training")
    write_meta(folder / "inputs/model", {"source_id": "m-1", "source_type": "MODEL_OUTPUT"})
    write_meta(folder / "inputs/up", {"source_id": "../../../elsewhere", "source_type": "DATASET"})
    write_meta(folder / "inputs/too/deep", {"source_id": "m-2", "source_type": "MODEL_OUTPUT"})
    write_meta(folder / "outputs/m-3", {"source_id": "m-3", "step": 4})
    write_meta(folder / "outputs/m-4", {"source_id": "m-4"})
    found = reader(tmp_path)
    (read,) = found.runs
    assert [(one.dataset.name, one.dataset.digest, dict(one.tags)) for one in read.inputs] == [
        ("iris", "d1", {"mlflow.data.context": "training"})
    ]
    assert read.model_inputs == ("m-1",)
    assert [(one.model_id, one.step) for one in read.model_outputs] == [("m-3", 4), ("m-4", 0)]
    assert notes(found) == [(f"1/{RUN}", "has an input whose dataset is missing or damaged; left out")]


def test_a_dataset_without_schema_or_profile_has_none(tmp_path: Path) -> None:
    write_meta(tmp_path / "d", {"name": "iris", "digest": "x", "schema": "", "profile": None})
    found = read_dataset(str(tmp_path / "d"))
    assert found is not None
    assert (found.name, found.digest, found.schema, found.profile) == ("iris", "x", None, None)
    write(tmp_path / "broken/meta.yaml", "{")
    assert read_dataset(str(tmp_path / "broken")) is None
    assert read_dataset(str(tmp_path / "missing")) is None


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\0b", "../a"])
def test_names_that_are_not_one_part_of_a_path(name: str) -> None:
    assert not is_plain_name(name)
    assert is_plain_name("..a") and is_plain_name("iris-1")
