"""What the compare page is told of a run: datasets, code, environment, artifacts and their texts."""

from __future__ import annotations

import pytest

from sitegen.markup.links import compare_url
from sitegen.model import ArtifactFolder, Dataset, DatasetInput, Run
from sitegen.pages.compared import TEXT_CAP, TEXTS_CAP, artifact_data, comparison, directions, environment
from sitegen.viewers.copying import CopiedFile

COMMIT = "a" * 40


def run(**fields: object) -> Run:
    known = {"run_id": "r", "experiment_id": "1", "name": "r", "status": "FINISHED", "lifecycle_stage": "active"}
    rest = {"start_time": 0, "end_time": 1, "user": "", "source_name": "", "source_type": ""}
    return Run(**{**known, **rest, "artifacts": ArtifactFolder(""), **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r/compare/{from}...{to}"),
        ("git@github.com:o/r.git", "https://github.com/o/r/compare/{from}...{to}"),
        ("https://user:secret@gitlab.com/o/r", "https://gitlab.com/o/r/-/compare/{from}...{to}"),
        ("https://bitbucket.org/o/r", "https://bitbucket.org/o/r/branches/compare/{to}..{from}"),
        ("https://github.com/o/{to}", "https://github.com/o/%7Bto%7D/compare/{from}...{to}"),
        ("javascript:alert(1)", None),
        ("https://github.com", None),
    ],
)
def test_code_is_compared_where_it_is_hosted(repository: str, page: str | None) -> None:
    found = compare_url(repository, COMMIT)
    # An address with braces is refused or has them escaped: only ours are filled in.
    assert found == page or ("{to}" in repository and found is None)


def test_a_commit_that_is_none_has_no_link() -> None:
    assert compare_url("https://github.com/o/r", "../../x") is None


def test_a_run_with_nothing_more_adds_nothing() -> None:
    assert comparison(run(), 0) == {}


def test_datasets_and_code_are_told() -> None:
    used = DatasetInput(Dataset("iris", "d1", "local", ""), {"mlflow.data.context": "train"})
    tags = {"mlflow.source.git.repoURL": "https://github.com/o/r", "mlflow.source.git.commit": COMMIT}
    assert comparison(run(inputs=(used,), tags=tags), 2) == {
        "datasets": [["iris", "d1", "train"]],
        "code": "https://github.com/o/r/compare/{from}...{to}",
        "files": 2,
    }


def test_directions_are_those_of_names() -> None:
    assert directions(["val_loss", "acc", "whatever"]) == {"better": {"up": ["acc"], "down": ["val_loss"]}}
    assert directions(["whatever"]) == {}


def copied(path: str, href: str = "artifacts/r/x.txt", image: bool = False) -> CopiedFile:
    return CopiedFile(path, 3, "Text", href, image=image)


def test_small_texts_travel_and_others_are_listed() -> None:
    found = artifact_data(
        [
            (copied("a.yaml"), b"x: 1\r\ny: 2\n"),
            (copied("big.txt"), b"x" * (TEXT_CAP + 1)),
            (copied("model.pkl", href=""), b""),
            (copied("plot.png", image=True), b""),
        ]
    )
    assert found["texts"] == [["a.yaml", "x: 1\ny: 2\n"]]
    assert [file[0] for file in found["files"]] == ["a.yaml", "big.txt", "model.pkl", "plot.png"]  # type: ignore[attr-defined]


def test_the_texts_of_one_run_are_bounded() -> None:
    many = [(copied(f"{i:02d}.txt"), b"x" * TEXT_CAP) for i in range(20)]
    texts = artifact_data(many)["texts"]
    assert sum(len(text) for _, text in texts) <= TEXTS_CAP  # type: ignore[attr-defined]


def test_an_environment_is_read_from_what_the_model_asks_for() -> None:
    texts = [
        [
            "model/requirements.txt",
            "numpy==1.26.4\nTorch_Vision[all]==0.2 ; python_version>'3'\n# c\n-e .\npandas>=2\n",
        ],
        ["model/python_env.yaml", "python: 3.11.4\nbuild_dependencies:\n- pip\n"],
    ]
    assert environment(texts) == [
        ["python", "3.11.4"], ["numpy", "1.26.4"], ["pandas", ">=2"], ["torch-vision", "0.2"],
    ]  # fmt: skip
    assert environment([]) == []
