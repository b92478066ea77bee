"""MLmodel files: what the flavors' writers put there is read, nothing hostile is, and versions lead to the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.model import ArtifactFolder
from sitegen.stores.artifacts import list_files
from sitegen.stores.disk import ProblemLog
from sitegen.stores.modelfile import MAX_ENTRIES, artifact_path_of, read_model_file
from tests.stores.mlruns_builder import RUN, write

MLMODEL = """\
artifact_path: model
flavors:
  python_function:
    env: {conda: conda.yaml}
    loader_module: mlflow.sklearn
  sklearn:
    code: null
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "x", "required": true}]'
  outputs: null
  params: null
utc_time_created: '2026-11-21 07:18:46.708689'
"""


def folder(root: Path) -> ArtifactFolder:
    return ArtifactFolder("", root, list_files(str(root), ProblemLog(str(root))))


def test_reads_what_a_model_says_of_itself(tmp_path: Path) -> None:
    write(tmp_path / "model" / "MLmodel", MLMODEL)
    write(tmp_path / "model" / "model.pkl", b"x" * 100)
    write(tmp_path / "model" / "requirements.txt", "# made by mlflow\nmlflow==3.17.2\n\nscikit-learn==1.9.1\n")
    write(tmp_path / "other" / "big.bin", b"x" * 1000)
    found = read_model_file(folder(tmp_path), "model")
    assert found is not None
    assert dict(found.flavors["sklearn"]) == {"sklearn_version": "1.9.1"}
    assert found.flavors["python_function"]["env"] == '{"conda": "conda.yaml"}'
    assert found.inputs == '[{"type": "double", "name": "x", "required": true}]'
    assert (found.outputs, found.params, found.mlflow_version) == ("", "", "3.17.2")
    assert found.requirements == ("mlflow==3.17.2", "scikit-learn==1.9.1")
    assert found.files == 3
    assert found.size == 100 + sum((tmp_path / "model" / n).stat().st_size for n in ("MLmodel", "requirements.txt"))


def test_reads_what_the_user_wrote_and_what_stands_beside_it(tmp_path: Path) -> None:
    more = "metadata: {team: nlp, limits: {a: 1}}\nsaved_input_example_info: {artifact_path: input_example.json, type: x}\n"
    more += "resources: {api_version: '1', databricks: {serving_endpoint: [{name: chat}], bad: 3}}\n"
    code = MLMODEL.replace("code: null", "code: [code, lib]")
    write(tmp_path / "MLmodel", code + more + "is_signature_from_type_hint: true\n")
    write(tmp_path / "input_example.json", '{"a": 1}')
    for at in range(MAX_ENTRIES):
        write(tmp_path / "code" / f"{at}.py", "")
    found = read_model_file(folder(tmp_path), "")
    assert found is not None
    assert found.metadata == {"team": "nlp", "limits": '{"a": 1}'}
    assert (found.code_paths, found.resources) == (("code", "lib"), ("serving_endpoint: chat",))
    assert found.is_from_type_hints and found.example is not None and found.example.text == '{"a": 1}'
    assert (len(found.entries), found.files) == (MAX_ENTRIES, MAX_ENTRIES + 2)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "flavors: 3\n",
        "a: &a [*a]\n",
        "x: !!python/object:os.system\n",
        "flavors: {a: 1}\nmetadata: [1]\nresources: {a: {b: [1, [2]]}}\n",
        "resources: 3\nmetadata: {1: 2}\n",
        "\xff" * 9,
    ],
)
def test_a_broken_file_says_little_and_breaks_nothing(tmp_path: Path, content: str) -> None:
    write(tmp_path / "MLmodel", content.encode("latin-1"))
    found = read_model_file(folder(tmp_path), "")
    assert found is None or not any(found.flavors.values())


def test_nothing_outside_the_artifacts_is_read(tmp_path: Path) -> None:
    write(tmp_path / "MLmodel", MLMODEL)
    write(tmp_path / "artifacts" / "x", "")
    (tmp_path / "artifacts" / "linked").symlink_to(tmp_path)
    for path in ("..", "../", "linked", "x/..", "/"):
        assert read_model_file(folder(tmp_path / "artifacts"), path) is None
    assert read_model_file(ArtifactFolder("gone"), "") is None


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (f"runs:/{RUN}/model", "model"),
        (f"runs:/{RUN}/a/b c/", "a/b c"),
        (f"file:///p/mlruns/1/{RUN}/artifacts/model", "model"),
        (f"s3://bucket/1/{RUN}/artifacts/a/b", "a/b"),
        (f"mlflow-artifacts:/1/{RUN}/artifacts/model", "model"),
        (f"runs:/{RUN}/", None),
        (f"x runs:/{RUN}/model", None),
        ("runs:/" + "b" * 32 + "/model", None),
        ("models:/m-" + "a" * 32, None),
        ("dummy-source", None),
        ("", None),
    ],
)
def test_where_a_version_lies_among_its_runs_artifacts(source: str, path: str | None) -> None:
    assert artifact_path_of(source, RUN) == path
