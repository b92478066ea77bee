"""Where the files of registered model versions lie."""

from __future__ import annotations

import pytest

from sitegen.build.model_versions import paths_by_run, version_places
from sitegen.model import Catalog, ModelVersion, RegisteredModel

RUN = "a" * 32


def version(number: str, source: str, run_id: str | None = RUN, model_id: str | None = None) -> ModelVersion:
    return ModelVersion("net", number, "None", "", source, run_id, "", "READY", "", "", 1, 1, model_id)


def catalog(*models: RegisteredModel) -> Catalog:
    return Catalog("file store", "mlruns", (), (), models)


@pytest.mark.parametrize(
    ("one", "place"),
    [
        (version("1", "models:/m-1", model_id="m-1"), "m-1"),
        (version("1", f"runs:/{RUN}/model"), (RUN, "model")),
        (version("1", f"s3://bucket/1/{RUN}/artifacts/nets/best"), (RUN, "nets/best")),
        (version("1", f"runs:/{RUN}/model", run_id=None), None),
        (version("1", "/somewhere/else"), None),
    ],
)
def test_the_place_of_a_version(one: ModelVersion, place: object) -> None:
    found = version_places(catalog(RegisteredModel("net", "", 1, 1, versions=(one,))))
    assert found == ({(0, "1"): place} if place else {})


def test_prompts_have_no_files() -> None:
    prompt = RegisteredModel(
        "ask", "", 1, 1, tags={"mlflow.prompt.is_prompt": "true"}, versions=(version("1", f"runs:/{RUN}/x"),)
    )
    assert version_places(catalog(prompt)) == {}


def test_paths_are_told_apart_by_run_and_each_is_named_once() -> None:
    places = {
        (0, "1"): (RUN, "b"),
        (0, "2"): (RUN, "a"),
        (1, "1"): (RUN, "a"),
        (1, "2"): "m-1",
        (2, "1"): ("c" * 32, "a"),
    }
    assert paths_by_run(places) == {RUN: ("a", "b"), "c" * 32: ("a",)}
