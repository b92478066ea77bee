"""The models and datasets on a run's page: what each says, in which order, and where it leads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sitegen.model import ArtifactFolder, Dataset, DatasetInput, ModelOutput, ModelVersion, Run
from sitegen.pages.prompt_links import PromptLink
from sitegen.pages.run_models import NO_MODELS, DatasetLine, Models, dataset_lines, made_models, model_lines


def run(**fields: Any) -> Run:
    usual = {"experiment_id": "1", "name": "r", "status": "FINISHED", "lifecycle_stage": "active", "start_time": 0}
    usual |= {"end_time": 1, "user": "", "source_name": "", "source_type": "", "artifacts": ArtifactFolder("")}
    return Run(run_id="r", **{**usual, **fields})


def version(number: str, stage: str = "None", aliases: tuple[str, ...] = ()) -> ModelVersion:
    return ModelVersion("wine", number, stage, "", "", "r", "", "READY", "", "", None, None, None, {}, aliases)


def line(source: str = "", profile: str | None = None) -> DatasetLine:
    (found,) = dataset_lines(run(inputs=(DatasetInput(Dataset("d", "1", "local", source, None, profile)),)))
    return found


def test_datasets_stand_by_name_digest_and_context_whatever_the_store_says() -> None:
    names = [("set 10", "a", ""), ("set 2", "b", "test"), ("set 2", "b", "eval"), ("set 2", "a", "train")]
    used = tuple(DatasetInput(Dataset(n, d, "", ""), {"mlflow.data.context": c}) for n, d, c in names)
    found = dataset_lines(run(inputs=used))
    assert [(one.name, one.digest, one.context) for one in found] == [
        ("set 2", "a", "train"), ("set 2", "b", "eval"), ("set 2", "b", "test"), ("set 10", "a", "")
    ]  # fmt: skip
    assert found[0].href == "datasets/a.html"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ('{"path": "p", "uri": "u"}', "u"),
        ('{"url": 3, "table_name": "t"}', "t"),
        ('{"other": "x"}', ""),
        ("[1, 2]", "[1, 2]"),
        ("/data/x.csv", "/data/x.csv"),
        ("x" * 300, "x" * 200),
        (json.dumps({"uri": "x" * 300}), "x" * 200),
        ("[" * 100_000, "[" * 200),
    ],
    ids=["uri-first", "text-only", "none", "list", "plain", "long", "long-uri", "deep"],
)
def test_the_source_is_the_place_in_what_mlflow_wrote(source: str, place: str) -> None:
    assert line(source).source == place


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ('{"num_rows": 150, "size": 1.5, "kind": "x", "shape": [1], "last": 5}', "num rows 150, size 1.5, kind x"),
        (None, ""),
        ("[1]", ""),
        ("no JSON", ""),
        ('{"k": "' + "v" * 300 + '"}', "k " + "v" * 198),
    ],
)
def test_the_profile_is_said_in_a_few_words(profile: str | None, words: str) -> None:
    assert line(profile=profile).profile == words


def test_models_stand_registered_first_then_logged_then_used() -> None:
    history = json.dumps([{"artifact_path": "model", "flavors": {"sklearn": {}, "python_function": {}}}])
    made = run(
        model_outputs=(ModelOutput("m-1", 3), ModelOutput("m-gone", 0)),
        model_inputs=("m-2", "m-none"),
        tags={"mlflow.log-model.history": history},
    )
    models = Models({"m-1": "net", "m-2": "base"}, {"r": [version("2", "Production", ("best", "old")), version("1")]})
    assert [(one.name, one.what, one.id, one.href) for one in model_lines(made, models)] == [
        ("wine", "registered model, Production, @best, @old", "version 2", "models/wine.html#v2"),
        ("wine", "registered model", "version 1", "models/wine.html#v1"),
        ("net", "logged at step 3", "m-1", "logged-models/m-1.html"),
        ("m-gone", "logged at step 0", "m-gone", ""),
        ("model", "logged model (python_function, sklearn)", "model", ""),
        ("base", "used as input", "m-2", "logged-models/m-2.html"),
        ("m-none", "used as input", "m-none", ""),
    ]
    assert made_models(made, models) == {"m-1": "net", "m-gone": ""}


@pytest.mark.parametrize("text", ["no JSON", "3", '[{"flavors": {}}]', "[1]", '[{"artifact_path": "m", "flavors": 3}]'])
def test_a_history_that_cannot_be_read_names_no_model(text: str) -> None:
    assert model_lines(run(tags={"mlflow.log-model.history": text}), NO_MODELS) == []


def test_a_model_without_flavors_is_just_a_model() -> None:
    (found,) = model_lines(run(tags={"mlflow.log-model.history": '[{"artifact_path": "m"}]'}), NO_MODELS)
    assert found.what == "logged model"


def test_prompts_that_a_run_used_lead_to_their_version() -> None:
    (found,) = model_lines(run(), Models({}, {}, {"r": (PromptLink("greet", "2"),)}))
    assert (found.name, found.what, found.id, found.href) == ("greet", "prompt", "version 2", "prompts/greet.html#v2")
