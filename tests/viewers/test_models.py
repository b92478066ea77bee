"""What a model folder says of itself is read as text; nothing in it is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.model import ArtifactFolder
from sitegen.privacy import Privacy
from sitegen.stores.artifacts import list_files
from sitegen.stores.disk import ProblemLog
from sitegen.viewers.models import ModelFolder, model_paths, read_model

MLMODEL = """\
flavors:
  python_function:
    loader_module: mlflow.sklearn
    python_version: 3.13.5
  sklearn:
    sklearn_version: 1.9.1
    pickled_model: model.pkl
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "alcohol", "required": true}, {"type": "long", "name": "ash", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
"""
CONDA = "dependencies:\n- python=3.11.2\n- pip<=26\n- pip:\n  - mlflow==3.17.2\n  - numpy==2.1\nname: env\n"


def folder(root: Path, **files: str) -> ArtifactFolder:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_txt", ".txt").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return ArtifactFolder("", root, list_files(str(root), ProblemLog(str(root))))


def read(root: Path, **files: str) -> ModelFolder:
    return read_model(folder(root, **files), "model", Privacy())


def test_flavors_signature_and_environment(tmp_path: Path) -> None:
    model = read(tmp_path, model__MLmodel=MLMODEL, model__requirements_txt="# made by\nmlflow==3.17.2\n\nnumpy==2.1\n")
    assert model.flavors == (("python_function", ""), ("sklearn", "1.9.1"))
    assert (model.python, model.mlflow) == ("3.13.5", "3.17.2")
    assert model.requirements == ("mlflow==3.17.2", "numpy==2.1")
    assert model.inputs == (("alcohol", "double"), ("ash", "long, optional"))
    assert model.outputs == (("(unnamed)", "int64 [-1]"),)
    assert (model.files, model.problem) == (2, "")


def test_conda_says_it_where_nothing_else_does(tmp_path: Path) -> None:
    model = read(tmp_path, model__MLmodel="flavors: {keras: {}}\n", model__conda_yaml=CONDA)
    assert (model.python, model.requirements) == ("3.11.2", ("mlflow==3.17.2", "numpy==2.1"))


def test_secrets_and_homes_in_requirements_are_masked(tmp_path: Path) -> None:
    lines = "git+https://bob:hunter2secret@example.org/p.git\n/home/bob/wheels/x.whl\n"
    model = read(tmp_path, model__MLmodel=MLMODEL, model__requirements_txt=lines)
    assert "hunter2secret" not in str(model) and "/home/bob" not in str(model)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "flavors: [",
        "!!python/object/apply:os.system [echo]",
        "a: &a [1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"{chr(97 + n)}: &{chr(97 + n)} [{','.join([f'*{chr(96 + n)}'] * 9)}]\n" for n in range(1, 9)),
        "[" * 100_000,
        "x: " + "y" * 2_000_000,
    ],
    ids=["empty", "list", "broken", "object", "bomb", "deep", "large"],
)
def test_a_broken_or_hostile_description_is_a_sentence(tmp_path: Path, text: str) -> None:
    problem = read(tmp_path, model__MLmodel=text).problem
    assert problem.endswith(".") and len(problem) < 100


def test_models_are_found_by_their_file(tmp_path: Path) -> None:
    files = folder(tmp_path, MLmodel="", deep__er__MLmodel="", notes_txt="").files
    assert model_paths(files) == ["", "deep/er"]
