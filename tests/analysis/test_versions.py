"""Which code and data a run was made from, as MLflow, people and other tools write it down."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sitegen.analysis.runs_table import row_of
from sitegen.analysis.versions import commit_of, data_versions_of
from sitegen.model import ArtifactFolder, Dataset, DatasetInput, Run

SHA = "3f2a9c1d" * 5


def run(tags: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None, *sources: str) -> Run:
    inputs = tuple(DatasetInput(Dataset("wine", "d1", "delta_table", source), {}) for source in sources)
    folder = ArtifactFolder("", None)
    plain = ("FINISHED", "active", 0, 1, "", "", "", folder)
    return Run("r", "1", "r", *plain, tags=tags or {}, params=params or {}, inputs=inputs)


@pytest.mark.parametrize(
    "key",
    ["git_commit", "commit", "git_sha", "git.commit", "code_version", "GITHUB_SHA", "CI_COMMIT_SHA",
     "BUILD_SOURCEVERSION", "kedro.git_sha", "mlflow.databricks.gitRepoCommit"],
)  # fmt: skip
def test_a_commit_is_found_in_tags_and_params(key: str) -> None:
    assert commit_of(run({key: SHA})) == SHA == commit_of(run(None, {key: SHA}))


def test_mlflows_own_tag_speaks_first_and_words_are_no_commit() -> None:
    assert commit_of(run({"git_commit": "a" * 40, "mlflow.source.git.commit": SHA})) == SHA
    assert commit_of(run({"commit": "fix the loader", "git_sha": ""})) == ""
    assert commit_of(run({"code_version": "v1.4.2"})) == "v1.4.2"
    assert commit_of(run({"git_sha": "3f2a9c1-dirty"})) == "3f2a9c1-dirty"


def test_versions_of_data_are_found_in_tags_params_and_sources() -> None:
    found = run(
        {"data_version": "v2", "dataset": "wine-2024", "dvc.data/train": "9c1d", "team": "x"},
        {"dataset_version": "7", "dataset": "a setting"},
        '{"path": "/t", "delta_table_version": 3}',
    )
    assert data_versions_of(found) == (
        ("data_version", "v2"), ("dataset", "wine-2024"), ("dataset_version", "7"), ("dvc.data/train", "9c1d"),
        ("wine delta table version", "3"),
    )  # fmt: skip


def test_a_source_that_is_no_json_and_a_long_value_are_no_version() -> None:
    assert data_versions_of(run({"data_version": "x" * 101}, None, "revision of {", '["revision"]')) == ()
    assert data_versions_of(run(None, None, '{"path": "wine", "revision": "main"}')) == (("wine revision", "main"),)


def test_a_row_has_both() -> None:
    row = row_of(run({"git_sha": SHA, "data_version": "v2"}), 0)
    assert (row.git_commit, row.data_versions) == (SHA, (("data_version", "v2"),))
